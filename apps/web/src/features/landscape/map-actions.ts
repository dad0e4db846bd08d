import { createContext } from 'react';

/** What a press on the map does; the same object for its whole life, so that it makes nothing draw again. */
export interface MapActions {
  select(what: string | null): void;
  openFlow(flowId: string): void;
}

export const MapActionsContext = createContext<MapActions>({ select: () => undefined, openFlow: () => undefined });

/** How much can be read at the present distance: `near` all of it, `mid` names and numbers of trouble, `far` colours only. */
export type MapLevel = 'near' | 'mid' | 'far';
export const LevelContext = createContext<MapLevel>('near');
