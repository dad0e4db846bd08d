/** Pure model of the flow map: systems and flows become nodes and edges with what they say. */
import type { HealthStatus } from '@pult/shared/contracts/counters';
import type { FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import { sumTraffic, type Traffic } from '@pult/shared/domain/metrics/pace';

export interface MapNode {
  readonly id: string;
  readonly systems: readonly SystemHealth[];
  readonly status: HealthStatus;
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

export interface MapEdge {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly flows: readonly FlowHealth[];
  readonly status: HealthStatus;
  readonly perMinute: number;
  /** What stands on the line: the worst fact, else the rate; null when there is nothing worth saying. */
  readonly label:
    | { readonly kind: 'waiting' | 'doubt' | 'failed' | 'stuck'; readonly count: number }
    | { readonly kind: 'silent' }
    | { readonly kind: 'noConsumer' }
    | { readonly kind: 'status'; readonly status: 'bad' | 'warn' | 'doubt' }
    | { readonly kind: 'rate'; readonly traffic: Traffic }
    | { readonly kind: 'compared'; readonly stage: 'shadow' | 'cut-over'; readonly share: number | null }
    | null;
}

/** Grid of the map in px; columns are wide enough for a label between two nodes. */
export const NODE_WIDTH = 140;
const NODE_HEIGHT = 46;
/** A system that Pult itself asks has one more line: the use of its connections. */
const ASKED_HEIGHT = 62;
const COLUMN_PX = 114;
const ROW_PX = 64;

/** The bus, which flows over it are drawn through. */
const BUS = 'kafka';

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

/**
 * Systems of one group are one node at the place of the first. What stands on the same systems and flows as in the model
 * before is the same object as there: nothing that shows it has to be drawn again.
 */
export function mapModel(
  systems: readonly SystemHealth[],
  flows: readonly FlowHealth[],
  before: MapModel = EMPTY,
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
  const edges = new Map<string, { source: string; target: string; flows: FlowHealth[] }>();
  for (const flow of flows)
    for (const from of flow.from)
      for (const to of flow.to) {
        const source = nodeOf.get(from);
        const target = nodeOf.get(to);
        if (!source || !target || source === target) continue;
        // A flow over the bus is drawn leg by leg: into the bus and out of it, never past it.
        const hops = flow.channel === 'kafka' && source !== BUS && target !== BUS;
        if (hops) continue;
        const id = `${source}>${target}`;
        const edge = edges.get(id) ?? { source, target, flows: [] };
        if (edge.flows.at(-1) !== flow) edge.flows.push(flow);
        edges.set(id, edge);
      }
  const nodes = [...members].map(([id, group]): MapNode => {
    const known = nodesBefore.get(id);
    if (known && sameList(known.systems, group)) return known;
    const place = group[0]?.place ?? { column: 0, row: 0 };
    const [only, ...others] = group;
    const asked = only !== undefined && others.length === 0 && (showsConnection(only) || showsLag(only));
    return {
      id,
      systems: group,
      status: worst(group.map(({ status }) => status)),
      x: place.column * COLUMN_PX,
      y: place.row * ROW_PX - (asked ? (ASKED_HEIGHT - NODE_HEIGHT) / 2 : 0),
      height: asked ? ASKED_HEIGHT : NODE_HEIGHT,
    };
  });
  return {
    nodes,
    edges: [...edges].map(([id, edge]): MapEdge => {
      const known = edgesBefore.get(id);
      if (known && sameList(known.flows, edge.flows)) return known;
      const total = (pick: (flow: FlowHealth) => number) => edge.flows.reduce((sum, flow) => sum + pick(flow), 0);
      const status = worst(edge.flows.map((flow) => flow.status));
      return { id, ...edge, status, perMinute: total((flow) => flow.perMinute), label: labelOf(edge, status) };
    }),
  };
}

function labelOf(
  { flows, target }: { readonly flows: readonly FlowHealth[]; readonly target: string },
  status: HealthStatus,
): MapEdge['label'] {
  const total = (pick: (flow: FlowHealth) => number) => flows.reduce((sum, flow) => sum + pick(flow), 0);
  const rule = flows.find((flow) => flow.status === status)?.rule;
  // A rule may count what the hour's numbers no longer hold; a count of nothing is not worth a word.
  const counted = (kind: 'waiting' | 'doubt' | 'failed' | 'stuck', sum: number): MapEdge['label'] => {
    const count = sum > 0 ? sum : Number(rule?.data.count ?? 0);
    return count > 0 ? { kind, count } : null;
  };
  // On the way into the bus it says how the shadow goes; the way out of it says how much comes.
  const move = target === BUS ? flows.find(({ migration }) => migration?.role === 'bus')?.migration : undefined;
  const stage = move?.stage === 'shadow' || move?.stage === 'cut-over' ? move.stage : null;
  const isTrouble = status === 'bad' || status === 'warn' || status === 'doubt';
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
        total((flow) => flow.failed),
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
    default: {
      if (stage !== null && isTrouble) return { kind: 'status', status };
      if (stage !== null) return { kind: 'compared', stage, share: move?.share ?? null };
      const traffic = sumTraffic(flows.map((flow) => flow.traffic));
      return traffic.hour > 0 ? { kind: 'rate', traffic } : null;
    }
  }
}

/** The flow of a line that speaks for it. */
export const worstFlow = (edge: MapEdge): FlowHealth | undefined =>
  edge.flows.find((flow) => flow.status === edge.status) ?? edge.flows[0];
