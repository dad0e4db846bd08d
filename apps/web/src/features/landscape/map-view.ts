/** Which part of the landscape the map shows: the flows of today's channels, those of the bus, or what runs now. Pure. */
import type { FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';

export const MAP_VIEWS = ['as-is', 'now', 'to-be'] as const;
export type MapView = (typeof MAP_VIEWS)[number];

/**
 * `as-is`: every flow of the old channels. `to-be`: the bus, and for orientation the flows that move nowhere; what the bus takes
 * over is gone, with its failures. `now`: by the stage of each flow — the old channel until the flow is on the bus, the bus from
 * the shadow on.
 */
export function flowsOfView(flows: readonly FlowHealth[], view: MapView): FlowHealth[] {
  const isShown = (flow: FlowHealth): boolean => {
    switch (view) {
      case 'as-is':
        return flow.era === 'as-is';
      case 'to-be':
        return flow.era === 'to-be' || flow.migration === null;
      case 'now':
        if (flow.migration === null) return true;
        if (flow.era === 'as-is') return flow.stage !== 'bus';
        // A flow over the bus that reports already is there, whatever it takes over.
        return flow.watched || flow.stage !== 'point-to-point';
    }
  };
  return flows.filter(isShown);
}

/** Systems that a shown flow touches, and those that no flow touches at all. */
export function systemsOfView(
  systems: readonly SystemHealth[],
  shown: readonly FlowHealth[],
  all: readonly FlowHealth[],
): SystemHealth[] {
  const touched = (flows: readonly FlowHealth[]): Set<string> =>
    new Set(flows.flatMap(({ from, to }) => [...from, ...to]));
  const [now, ever] = [touched(shown), touched(all)];
  return systems.filter(({ id }) => now.has(id) || !ever.has(id));
}

/** Whether a flow is what the view is about; the others stand there for orientation. */
export const isOfView = ({ era }: FlowHealth, view: MapView): boolean => view !== 'to-be' || era === 'to-be';
