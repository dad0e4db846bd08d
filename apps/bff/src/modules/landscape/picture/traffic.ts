/** What passed through flows and systems in the last whole minutes. Pure. */
import type { FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import { sumTraffic, type Traffic } from '@pult/shared/domain/metrics/pace';
import type { FlowNumbers } from '../ports.ts';

const NOTHING: Traffic = { fiveMinutes: 0, hour: 0, seenMs: null, usualHour: null };

/** How much of the whole minutes a flow was seen, ms; null before its first whole one. */
export const seenMsOf = ({ seenSince, wholeUntil }: Pick<FlowNumbers, 'seenSince' | 'wholeUntil'>): number | null =>
  seenSince === null || seenSince >= wholeUntil ? null : wholeUntil - seenSince;

/** What came to each system and left it, over all watched flows; both ways were seen equally long. */
export function trafficOfSystems(
  flows: readonly Pick<FlowHealth, 'id' | 'from' | 'to' | 'watched'>[],
  numbers: ReadonlyMap<string, FlowNumbers>,
): (systemId: string) => Pick<SystemHealth, 'incoming' | 'outgoing'> {
  // One walk over the flows: for each system anew it would be the product of both.
  const [comes, leaves] = [new Map<string, Traffic[]>(), new Map<string, Traffic[]>()];
  const note = (side: Map<string, Traffic[]>, systems: readonly string[], part: Traffic): void => {
    for (const id of new Set(systems)) {
      const parts = side.get(id);
      if (parts === undefined) side.set(id, [part]);
      else parts.push(part);
    }
  };
  for (const flow of flows) {
    const known = flow.watched ? numbers.get(flow.id) : undefined;
    if (known === undefined) continue;
    const seen = { seenMs: seenMsOf(known), usualHour: null };
    note(comes, flow.to, { ...known.applied, ...seen });
    note(leaves, flow.from, { ...known.accepted, ...seen });
  }
  return (systemId) => {
    const [incoming, outgoing] = [comes, leaves].map((side) => sumTraffic(side.get(systemId) ?? []));
    const { seenMs } = sumTraffic([incoming ?? NOTHING, outgoing ?? NOTHING]);
    return { incoming: { ...(incoming ?? NOTHING), seenMs }, outgoing: { ...(outgoing ?? NOTHING), seenMs } };
  };
}
