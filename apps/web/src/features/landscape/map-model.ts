/** Pure model of the flow map: systems and flows become nodes and edges with what they say. */
import type { HealthStatus } from '@pult/shared/contracts/counters';
import type { FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import { sumTraffic, type Traffic } from '@pult/shared/domain/metrics/pace';
import { BUS, deadLettersAt, type Ends, type Leg, legsOf } from './map-legs.ts';
import { isOfView, type MapView } from './map-view.ts';

export interface MapNode {
  readonly id: string;
  readonly systems: readonly SystemHealth[];
  /** Worst of its systems; of systems that stand there for orientation none. */
  readonly status: HealthStatus | null;
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

export interface MapEdge {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly flows: readonly FlowHealth[];
  readonly legs: readonly Leg[];
  readonly status: HealthStatus;
  readonly perMinute: number;
  /** Drawn for orientation: stays as it is and is none of what the view shows. */
  readonly quiet: boolean;
  /** What stands on the line: the worst fact, else the rate; null when there is nothing worth saying. */
  readonly label:
    | { readonly kind: 'waiting' | 'doubt' | 'failed' | 'stuck'; readonly count: number }
    | { readonly kind: 'silent' }
    | { readonly kind: 'noConsumer' }
    | { readonly kind: 'status'; readonly status: 'warn' }
    | { readonly kind: 'rate'; readonly traffic: Traffic }
    | { readonly kind: 'compared'; readonly stage: 'shadow' | 'cut-over'; readonly share: number | null }
    | { readonly kind: 'stage'; readonly stage: 'point-to-point' | 'bus' }
    | null;
}

/** Grid of the map in px; columns are wide enough for a label between two nodes. */
export const NODE_WIDTH = 140;
const NODE_HEIGHT = 46;
/** A system that Pult itself asks has one more line: the use of its connections. So has a group: how many of it work. */
const TALL_HEIGHT = 62;
const COLUMN_PX = 114;
const ROW_PX = 64;

const SEVERITY: readonly HealthStatus[] = ['bad', 'warn', 'doubt', 'ok', 'idle'];
export const worst = (statuses: readonly HealthStatus[]): HealthStatus =>
  SEVERITY.find((status) => statuses.includes(status)) ?? 'idle';

/** A system that Pult asks shows the use of its connections; a bus and what reads it have more to say of themselves. */
export const showsConnection = ({ connection, service, kind }: SystemHealth): boolean =>
  connection != null && service == null && kind !== 'bus';

/** A service that reads the bus has its lag below its instances. */
const showsLag = ({ service, bus }: SystemHealth): boolean => service != null && bus != null;

export interface MapModel {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
}

const EMPTY: MapModel = { nodes: [], edges: [] };

const sameList = <Item>(one: readonly Item[], other: readonly Item[]): boolean =>
  one.length === other.length && one.every((item, index) => item === other[index]);

interface Drawn {
  readonly ends: Ends;
  readonly legs: Leg[];
}

/**
 * Systems of one group are one node at the place of the first. What stands on the same systems and flows as in the model
 * before is the same object as there: nothing that shows it has to be drawn again.
 */
export function mapModel(
  systems: readonly SystemHealth[],
  flows: readonly FlowHealth[],
  { view = 'now', before = EMPTY }: { readonly view?: MapView; readonly before?: MapModel } = {},
): MapModel {
  const nodeOf = new Map<string, string>();
  const members = new Map<string, SystemHealth[]>();
  const nodesBefore = new Map(before.nodes.map((node) => [node.id, node]));
  const edgesBefore = new Map(before.edges.map((edge) => [edge.id, edge]));
  for (const system of systems) {
    const id = system.group ?? system.id;
    nodeOf.set(system.id, id);
    members.set(id, [...(members.get(id) ?? []), system]);
  }
  const ends = new Map<string, Ends>();
  const idsOf = (node: string): string[] => (members.get(node) ?? []).map(({ id }) => id);
  const drawn = new Map<string, Drawn>();
  const shown = new Set<string>();
  for (const flow of flows) {
    const lines = linesOf(flow, nodeOf).map(([source, target]): Ends => {
      const id = `${source}>${target}`;
      const known = ends.get(id) ?? { source, target, from: idsOf(source), to: idsOf(target) };
      ends.set(id, known);
      return known;
    });
    const quiet = !isOfView(flow, view);
    legsOf(flow, lines, quiet).forEach((leg, index) => {
      const line = lines[index];
      if (!line) return;
      const id = `${line.source}>${line.target}`;
      const edge = drawn.get(id) ?? { ends: line, legs: [] };
      edge.legs.push(leg);
      drawn.set(id, edge);
      if (!quiet) shown.add(line.source).add(line.target);
    });
  }
  return {
    nodes: [...members].map(([id, group]): MapNode => {
      const known = nodesBefore.get(id);
      if (known && sameList(known.systems, group)) return known;
      return nodeAt(id, group, view !== 'to-be' || shown.has(id));
    }),
    edges: [...drawn].map(([id, { ends, legs }]): MapEdge => {
      const known = edgesBefore.get(id);
      const own = legs.map(({ flow }) => flow);
      if (known && sameList(known.flows, own)) return known;
      const loud = legs.filter(({ quiet }) => !quiet);
      const status = worst(loud.map((leg) => leg.status));
      return {
        id,
        source: ends.source,
        target: ends.target,
        flows: own,
        legs,
        status,
        quiet: loud.length === 0,
        perMinute: loud.reduce((sum, { flow }) => sum + flow.perMinute, 0),
        label: labelOf(loud, { ends, status, view }),
      };
    }),
  };
}

/** Pairs of nodes between which a flow is drawn, each once. */
function linesOf({ from, to, channel }: FlowHealth, nodeOf: ReadonlyMap<string, string>): [string, string][] {
  const lines = new Map<string, [string, string]>();
  for (const one of from)
    for (const other of to) {
      const source = nodeOf.get(one);
      const target = nodeOf.get(other);
      if (!source || !target || source === target) continue;
      // A flow over the bus is drawn leg by leg: into the bus and out of it, never past it.
      if (channel === 'kafka' && source !== BUS && target !== BUS) continue;
      lines.set(`${source}>${target}`, [source, target]);
    }
  return [...lines.values()];
}

function nodeAt(id: string, group: readonly SystemHealth[], isShown: boolean): MapNode {
  const place = group[0]?.place ?? { column: 0, row: 0 };
  const [only, ...others] = group;
  // A group says how many of it work, and then how they do.
  const isTall = only !== undefined && (others.length > 0 || showsConnection(only) || showsLag(only));
  return {
    id,
    systems: group,
    status: isShown ? worst(group.map(({ status }) => status)) : null,
    x: place.column * COLUMN_PX,
    y: place.row * ROW_PX - (isTall ? (TALL_HEIGHT - NODE_HEIGHT) / 2 : 0),
    height: isTall ? TALL_HEIGHT : NODE_HEIGHT,
  };
}

interface LabelContext {
  readonly ends: Ends;
  readonly status: HealthStatus;
  readonly view: MapView;
}

function labelOf(legs: readonly Leg[], { ends, status, view }: LabelContext): MapEdge['label'] {
  const isTrouble = status === 'bad' || status === 'warn' || status === 'doubt';
  const speaking = legs.filter((leg) => leg.speaks);
  const rule = speaking.find((leg) => leg.status === status)?.rule;
  const total = (pick: (flow: FlowHealth) => number) => speaking.reduce((sum, { flow }) => sum + pick(flow), 0);
  // A rule may count what the hour's numbers no longer hold; a count of nothing is not worth a word.
  const counted = (kind: 'waiting' | 'doubt' | 'failed' | 'stuck', sum: number): MapEdge['label'] => {
    const count = sum > 0 ? sum : Number(rule?.data.count ?? 0);
    return count > 0 ? { kind, count } : null;
  };
  switch (rule?.code) {
    case 'target_down': {
      // What waits for the system that is down, as its incident says it; a source that is down holds nothing back.
      const count = total((flow) => (flow.rule.code === 'target_down' ? Number(flow.rule.data.waiting ?? 0) : 0));
      return count > 0 ? { kind: 'waiting', count } : null;
    }
    case 'failures':
    case 'undecided':
      return counted(
        'failed',
        total((flow) => deadLettersAt(flow, ends) ?? flow.failed),
      );
    case 'silence':
      return { kind: 'silent' };
    case 'stuck':
      return counted(
        'stuck',
        total((flow) => flow.stuck),
      );
    case 'in_doubt':
      return counted(
        'doubt',
        total((flow) => flow.inDoubt),
      );
    case 'no_consumer':
      return { kind: 'noConsumer' };
    case 'slow':
      return { kind: 'status', status: 'warn' };
    default:
      // What ails it is said on another line of the same flow.
      return isTrouble ? null : calmLabel(legs, { ends, view });
  }
}

/** Without a trouble: on the way into the bus how far the flow has moved, elsewhere how much comes. */
function calmLabel(
  legs: readonly Leg[],
  { ends, view }: { readonly ends: Ends; readonly view: MapView },
): MapEdge['label'] {
  const flows = legs.map(({ flow }) => flow);
  const move = ends.target === BUS ? flows.find(({ migration }) => migration?.role === 'bus')?.migration : undefined;
  if (move?.stage === 'shadow' || move?.stage === 'cut-over')
    return { kind: 'compared', stage: move.stage, share: move.share };
  // What was built on the bus has no migration: it is there.
  if (view === 'to-be' && ends.target === BUS && flows.length > 0)
    return { kind: 'stage', stage: move?.stage ?? 'bus' };
  const traffic = sumTraffic(flows.map((flow) => flow.traffic));
  return traffic.hour > 0 ? { kind: 'rate', traffic } : null;
}

/** The flow of a line that speaks for it. */
export const worstFlow = (edge: MapEdge): FlowHealth | undefined =>
  (edge.legs.find((leg) => !leg.quiet && leg.status === edge.status) ?? edge.legs[0])?.flow;
