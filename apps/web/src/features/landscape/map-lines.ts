/** How the lines of the map run: past the nodes between, apart from the line of the other way, words near the smaller end. Pure. */
import { type MapNode, NODE_WIDTH } from './map-model.ts';

export type Point = readonly [x: number, y: number];
export type Cubic = readonly [Point, Point, Point, Point];

export interface MapLine {
  /** Path of the line, px of the map. */
  readonly d: string;
  readonly curve: Cubic;
  /** Where the middle of its words stands by itself, as a share of the line from its begin. */
  readonly wordsAt: number;
  /** Middle of the gap between two columns that the line crosses, px; null for other lines: their words stand on them. */
  readonly gapX: number | null;
}

export interface LineContext {
  /** Lines at each node, by its id. */
  readonly degree: ReadonlyMap<string, number>;
  /** Whether another node stands between the two, in their column or row. */
  readonly isBlocked: (source: MapNode, target: MapNode) => boolean;
  /** Whether a line of the other way is drawn as well. */
  readonly isDouble: boolean;
}

/** Half of the distance between the two lines of one pair of nodes, px: their words stand one above the other. */
const APART = 15;
/** How far a line keeps from a node that it goes round, px at its control points. */
const DETOUR = 46;
/** The same beside a column, where words stand in the gap to the next one. */
const DETOUR_BESIDE = 26;
/** Where the words stand, as a share of the line from the end with fewer lines: there no other words are. */
const WORDS_AT = 0.25;

/** Line from a node to another; ends lie on the sides that face each other. */
export function lineOf(source: MapNode, target: MapNode, { degree, isBlocked, isDouble }: LineContext): MapLine {
  const side = isDouble ? (source.id < target.id ? -APART : APART) : 0;
  const more = (degree.get(source.id) ?? 0) - (degree.get(target.id) ?? 0);
  // Of two equal ends always the same one, whichever way the line runs.
  const fromSmaller = more < 0 || (more === 0 && source.id < target.id);
  const blocked = isBlocked(source, target);
  const curve: Cubic = isColumn(source, target)
    ? blocked
      ? besideColumn(source, target, side)
      : alongColumn(source, target, side)
    : blocked
      ? aboveRow(source, target, side)
      : between(source, target, { side, fromSmaller });
  const along = alongOf({ isColumn: isColumn(source, target), blocked, isDouble, side });
  const [start, ...rest] = curve.map(([x, y]) => `${round(x)},${round(y)}`);
  return {
    d: `M${start} C${rest.join(' ')}`,
    curve,
    wordsAt: fromSmaller ? along : 1 - along,
    gapX: blocked || isColumn(source, target) ? null : gapOf(curve),
  };
}

/** Middle of the gap between two columns side by side; a longer line has no gap of its own. */
function gapOf([[x1], , , [x2]]: Cubic): number | null {
  return Math.abs(x2 - x1) < NODE_WIDTH ? (x1 + x2) / 2 : null;
}

interface LineShape {
  readonly isColumn: boolean;
  readonly blocked: boolean;
  readonly isDouble: boolean;
  readonly side: number;
}

/** Where the words stand on the line, as a share of it from the smaller end. */
function alongOf(line: LineShape): number {
  // The two lines of a column lie side by side: their words stand one above the other.
  if (line.isColumn && line.isDouble) return 0.5 + line.side / 60;
  if (line.isColumn) return line.blocked ? WORDS_AT : 0.5;
  return line.blocked ? 0.5 : WORDS_AT;
}

/** Nodes of which one stands between two others of the same column or row. */
export function blocking(nodes: readonly MapNode[]): LineContext['isBlocked'] {
  const columns = Map.groupBy(nodes, ({ x }) => x);
  const rows = Map.groupBy(nodes, centerY);
  const isBetween = (value: number, one: number, other: number): boolean =>
    value > Math.min(one, other) && value < Math.max(one, other);
  return (source, target) =>
    source.x === target.x
      ? (columns.get(source.x) ?? []).some((node) => isBetween(centerY(node), centerY(source), centerY(target)))
      : centerY(source) === centerY(target) &&
        (rows.get(centerY(source)) ?? []).some(({ x }) => isBetween(x, source.x, target.x));
}

const centerY = ({ y, height }: MapNode): number => y + height / 2;
const centerX = ({ x }: MapNode): number => x + NODE_WIDTH / 2;
const isColumn = (one: MapNode, other: MapNode): boolean => Math.abs(one.x - other.x) < NODE_WIDTH;
export const round = (value: number): number => Math.round(value * 10) / 10;

/** Leaves the smaller end straight and turns near the larger one, where many lines meet anyway. */
function between(from: MapNode, to: MapNode, { side, fromSmaller }: { side: number; fromSmaller: boolean }): Cubic {
  const right = from.x < to.x;
  const [x1, x2] = [from.x + (right ? NODE_WIDTH : 0), to.x + (right ? 0 : NODE_WIDTH)];
  const [y1, y2] = [centerY(from) + (fromSmaller ? side : side / 2), centerY(to) + (fromSmaller ? side / 2 : side)];
  const [first, second] = fromSmaller ? [0.9, 0.7] : [0.3, 0.1];
  return [
    [x1, y1],
    [x1 + (x2 - x1) * first, y1],
    [x1 + (x2 - x1) * second, y2],
    [x2, y2],
  ];
}

function alongColumn(from: MapNode, to: MapNode, side: number): Cubic {
  const down = centerY(from) < centerY(to);
  const [y1, y2] = [from.y + (down ? from.height : 0), to.y + (down ? 0 : to.height)];
  const [x1, x2] = [centerX(from) + side, centerX(to) + side];
  const middle = (y1 + y2) / 2;
  return [
    [x1, y1],
    [x1, middle],
    [x2, middle],
    [x2, y2],
  ];
}

/** From right side to right side. */
function besideColumn(from: MapNode, to: MapNode, side: number): Cubic {
  const [x1, x2] = [from.x + NODE_WIDTH, to.x + NODE_WIDTH];
  const [y1, y2] = [centerY(from), centerY(to)];
  return [
    [x1, y1],
    [x1 + DETOUR_BESIDE + side, y1],
    [x2 + DETOUR_BESIDE + side, y2],
    [x2, y2],
  ];
}

/** From top to top. */
function aboveRow(from: MapNode, to: MapNode, side: number): Cubic {
  const [x1, x2] = [centerX(from), centerX(to)];
  return [
    [x1, from.y],
    [x1, from.y - DETOUR - side * 1.2],
    [x2, to.y - DETOUR - side * 1.2],
    [x2, to.y],
  ];
}

export function pointAt(curve: Cubic, t: number): Point {
  const weights = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t ** 2 * (1 - t), t ** 3];
  const sum = (axis: 0 | 1): number =>
    curve.reduce((total, point, index) => total + point[axis] * (weights[index] ?? 0), 0);
  return [sum(0), sum(1)];
}
