import type { DeliveryStateName, MessageDetail } from '@pult/shared/contracts/messages';

type Step = MessageDetail['track'][number];

/** A place on the track: passed, or possible from here. Lane 0 is the usual path, lane 1 what left it. */
export interface TrackNode {
  readonly column: number;
  readonly lane: 0 | 1;
  readonly state: DeliveryStateName;
  /** Null: possible, not passed. */
  readonly step: Step | null;
  readonly current: boolean;
}
export interface TrackEdge {
  readonly from: number;
  readonly to: number;
  readonly passed: boolean;
  /** Between two passed places. */
  readonly ms: number | null;
  /** What decides between two ways on. */
  readonly choice: 'found' | 'absent' | null;
}
export interface Track {
  readonly nodes: readonly TrackNode[];
  readonly edges: readonly TrackEdge[];
  readonly columns: number;
  /** Steps in the middle that are left out. */
  readonly hidden: number;
  /** Index of the node after which they stood. */
  readonly hiddenAfter: number;
}

const USUAL: readonly DeliveryStateName[] = ['accepted', 'sent', 'delivered', 'applied'];
const MOST = 11;
const KEPT_HEAD = 3;

/** Where every state stands and what may still come. Long stories keep their beginning and their end. */
export function layoutTrack(track: readonly Step[]): Track {
  const hidden = Math.max(0, track.length - MOST);
  const shown = hidden === 0 ? track : [...track.slice(0, KEPT_HEAD), ...track.slice(KEPT_HEAD + hidden)];
  let left = false;
  const nodes: TrackNode[] = shown.map((step, column) => {
    // Once a message left the usual path, only the target brings it back.
    if (!USUAL.includes(step.state)) left = true;
    if (step.state === 'applied') left = false;
    return { column, lane: left ? 1 : 0, state: step.state, step, current: column === shown.length - 1 };
  });
  const edges: TrackEdge[] = nodes.slice(1).map((_, index) => ({
    from: index,
    to: index + 1,
    passed: true,
    ms: hidden > 0 && index === KEPT_HEAD - 1 ? null : (shown[index]?.untilNextMs ?? null),
    choice: null,
  }));
  const last = nodes.length - 1;
  const state = shown.at(-1)?.state;
  let columns = nodes.length;
  const possible = (
    next: DeliveryStateName,
    place: { from: number; column: number; lane: 0 | 1; choice?: TrackEdge['choice'] },
  ) => {
    nodes.push({ column: place.column, lane: place.lane, state: next, step: null, current: false });
    edges.push({ from: place.from, to: nodes.length - 1, passed: false, ms: null, choice: place.choice ?? null });
    columns = Math.max(columns, place.column + 1);
    return nodes.length - 1;
  };
  if (state === 'in_doubt') {
    possible('applied', { from: last, column: last + 1, lane: 0, choice: 'found' });
    possible('failed', { from: last, column: last + 1, lane: 1, choice: 'absent' });
  } else if (state === 'failed') {
    const again = possible('retrying', { from: last, column: last + 1, lane: 1 });
    possible('applied', { from: again, column: last + 2, lane: 0 });
  } else if (state === 'retrying' || (state !== undefined && USUAL.includes(state) && nodes[last]?.lane === 1)) {
    possible('applied', { from: last, column: last + 1, lane: 0 });
  } else if (state !== undefined && state !== 'discarded') {
    let from = last;
    for (const next of USUAL.slice(USUAL.indexOf(state) + 1)) from = possible(next, { from, column: columns, lane: 0 });
  }
  return { nodes, edges, columns, hidden, hiddenAfter: hidden > 0 ? KEPT_HEAD - 1 : -1 };
}
