/** Cells of the flow map for systems to which the landscape file gives none. Pure: the same file gives the same map, for everybody. */
import type { LandscapeFile } from '@pult/shared/contracts/landscape-file';

export interface Place {
  readonly column: number;
  readonly row: number;
}

/** A node is wider than a cell; with the gap for the figure of a line it takes two. */
const COLUMN_STEP = 2;
/** Columns per system under the root: with the measures of the map it comes out a little wider than high. */
const SQUARE = 0.34;
/** Free rows between the cells of the file and the found ones. */
const GAP_ROWS = 2;
const SWEEPS = 6;

/**
 * A place for each system by its id. Places of the file stay; systems of one group share a cell; the others stand below,
 * sources left of those who get, and neighbours of a line in rows close to each other.
 */
export function placesOf({ systems, flows }: Pick<LandscapeFile, 'systems' | 'flows'>): ReadonlyMap<string, Place> {
  const nodeOf = new Map(systems.map(({ id, group }) => [id, group ?? id]));
  const cells = new Map<string, Place>();
  for (const { id, group, place } of systems) if (place && !cells.has(group ?? id)) cells.set(group ?? id, place);
  const open = [...new Set(nodeOf.values())].filter((node) => !cells.has(node));
  if (open.length > 0) {
    const lowest = Math.max(...[...cells.values()].map(({ row }) => row), -GAP_ROWS);
    for (const [node, place] of gridOf(open, neighboursOf(nodeOf, flows))) {
      cells.set(node, { column: place.column, row: place.row + lowest + GAP_ROWS });
    }
  }
  return new Map(
    systems.flatMap(({ id, group }) => {
      const place = cells.get(group ?? id);
      return place ? [[id, place]] : [];
    }),
  );
}

type Neighbours = ReadonlyMap<string, { readonly to: readonly string[]; readonly all: readonly string[] }>;

function neighboursOf(nodeOf: ReadonlyMap<string, string>, flows: LandscapeFile['flows']): Neighbours {
  const known = new Map<string, { to: string[]; all: string[] }>();
  for (const node of nodeOf.values()) known.set(node, { to: [], all: [] });
  for (const flow of flows)
    for (const from of flow.from)
      for (const to of flow.to) {
        const [source, target] = [nodeOf.get(from) ?? from, nodeOf.get(to) ?? to];
        if (source === target) continue;
        known.get(source)?.to.push(target);
        known.get(source)?.all.push(target);
        known.get(target)?.all.push(source);
      }
  return known;
}

/** Columns are filled by the depth of a node, and ordered by where its neighbours stand. */
function gridOf(nodes: readonly string[], neighbours: Neighbours): Map<string, Place> {
  const depths = depthsOf(nodes, neighbours);
  const ordered = [...nodes].sort((one, other) => (depths.get(one) ?? 0) - (depths.get(other) ?? 0));
  const rows = Math.ceil(nodes.length / Math.max(1, Math.round(Math.sqrt(nodes.length * SQUARE))));
  const columns: string[][] = [];
  for (let at = 0; at < ordered.length; at += rows) columns.push(ordered.slice(at, at + rows));
  const rowOf = new Map<string, number>();
  const note = (column: readonly string[]) => column.forEach((node, row) => void rowOf.set(node, row));
  columns.forEach(note);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1)
    for (const column of columns) {
      const wanted = new Map(column.map((node) => [node, middleOf(node, neighbours, rowOf)]));
      column.sort((one, other) => (wanted.get(one) ?? 0) - (wanted.get(other) ?? 0));
      note(column);
    }
  return new Map(
    columns.flatMap((column, at) => column.map((node, row) => [node, { column: at * COLUMN_STEP, row }] as const)),
  );
}

/** Mean row of the neighbours that stand in the grid; its own where there are none. */
function middleOf(node: string, neighbours: Neighbours, rowOf: ReadonlyMap<string, number>): number {
  const rows = (neighbours.get(node)?.all ?? []).flatMap((one) => rowOf.get(one) ?? []);
  return rows.length === 0 ? (rowOf.get(node) ?? 0) : rows.reduce((sum, row) => sum + row, 0) / rows.length;
}

/** Steps from the first sources; a line that closes a ring does not count. */
function depthsOf(nodes: readonly string[], neighbours: Neighbours): ReadonlyMap<string, number> {
  const depths = new Map<string, number>(nodes.map((node) => [node, 0]));
  const order: string[] = [];
  const forward = new Map<string, string[]>();
  const state = new Map<string, 'open' | 'done'>();
  for (const start of nodes) {
    if (state.has(start)) continue;
    const path = [{ node: start, next: 0 }];
    state.set(start, 'open');
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const target = neighbours.get(top.node)?.to[top.next];
      top.next += 1;
      if (target === undefined) {
        state.set(top.node, 'done');
        order.push(top.node);
        path.pop();
        continue;
      }
      if (!depths.has(target) || state.get(target) === 'open') continue;
      forward.set(top.node, [...(forward.get(top.node) ?? []), target]);
      if (state.has(target)) continue;
      state.set(target, 'open');
      path.push({ node: target, next: 0 });
    }
  }
  for (const node of order.reverse())
    for (const target of forward.get(node) ?? [])
      depths.set(target, Math.max(depths.get(target) ?? 0, (depths.get(node) ?? 0) + 1));
  return depths;
}
