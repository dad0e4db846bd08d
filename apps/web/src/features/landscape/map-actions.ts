import { createContext } from 'react';

/** What a press on the map does; the same object for its whole life, so that it makes nothing draw again. */
export interface MapActions {
  select(what: string | null): void;
  openFlow(flowId: string): void;
}

export const MapActionsContext = createContext<MapActions>({ select: () => undefined, openFlow: () => undefined });

/** Whether the map is too far away for words. */
export const FarContext = createContext(false);
