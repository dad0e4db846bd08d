/** Where the words of the lines stand so that none lies on another: along their lines first, beside them where there is no room. Pure. */
import { type Cubic, type MapLine, type Point, pointAt, round } from './map-lines.ts';
import { type MapNode, NODE_WIDTH } from './map-model.ts';

/** Words of one line that want a place. */
export interface LabelWish {
  readonly id: string;
  readonly line: MapLine;
  /** Widest that they become, px of the map. */
  readonly width: number;
}

/** Height that is kept for words at any distance: from further away they are larger. */
export const LABEL_HEIGHT = 28;
/** Kept for the words of every line, so that a changed number moves nothing. */
export const LABEL_WIDTH = 112;
/** Free space between two of them, px. */
const SPACE = 2;
/** Steps along a line, as a share of it. */
const STEP = 0.03;
/** Words keep off the ends of their line. */
const ENDS = 0.08;
/** So much of a node may be covered by words: less than the room beside its own. */
const COVERED = 16;
/** Words that stand in the middle of a gap may be this far beside the point of their line, px: they still lie on it. */
const OFF_LINE = 24;
/** Steps beside the line, px. */
const ASIDE = 6;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/**
 * Middle of the words of each line, px of the map; no two of them intersect. The same wishes give the same places.
 * @param reach how far from its line words may be moved, px; those for which nothing is free so near have none
 */
export function placeLabels(
  wishes: readonly LabelWish[],
  nodes: readonly MapNode[],
  reach = Number.POSITIVE_INFINITY,
): ReadonlyMap<string, Point> {
  const placed = new Shelves();
  const obstacles = new Shelves();
  for (const { x, y, height } of nodes)
    for (let top = y; top < y + height; top += LABEL_HEIGHT)
      obstacles.add({
        x: x + NODE_WIDTH / 2,
        y: Math.min(top, y + height - LABEL_HEIGHT) + LABEL_HEIGHT / 2,
        width: NODE_WIDTH - 2 * COVERED,
      });
  const places = new Map<string, Point>();
  for (const wish of wishes) {
    const place = placeOf(wish, { placed, obstacles, reach });
    if (place === null) continue;
    placed.add({ x: place[0], y: place[1], width: wish.width });
    places.set(wish.id, place);
  }
  return places;
}

interface Taken {
  readonly placed: Shelves;
  readonly obstacles: Shelves;
  readonly reach: number;
}

function placeOf({ line, width }: LabelWish, { placed, obstacles, reach }: Taken): Point | null {
  let onNode: Point | null = null;
  for (const t of sharesAround(line.wordsAt)) {
    const [x, y] = wordsAt(line, t);
    const box = { x, y, width };
    if (placed.meets(box)) continue;
    if (!obstacles.meets(box)) return [x, y];
    onNode ??= [x, y];
  }
  if (onNode !== null) return onNode;
  const [x, y] = wordsAt(line, line.wordsAt);
  for (let aside = ASIDE; aside <= reach; aside += ASIDE)
    for (const at of [y + aside, y - aside]) if (!placed.meets({ x, y: at, width })) return [x, round(at)];
  return null;
}

/** Shares of a line, the wanted one first, then to both sides of it. */
function sharesAround(wanted: number): number[] {
  const shares = [wanted];
  for (let off = STEP; off < 1; off += STEP)
    for (const t of [wanted + off, wanted - off]) if (t > ENDS && t < 1 - ENDS) shares.push(t);
  return shares;
}

/** In a gap words stand in its middle, as far as they still lie on their line. */
function wordsAt({ curve, gapX }: { readonly curve: Cubic; readonly gapX: number | null }, t: number): Point {
  const [x, y] = pointAt(curve, t);
  const middle = gapX === null ? x : Math.min(Math.max(gapX, x - OFF_LINE), x + OFF_LINE);
  return [round(middle), round(y)];
}

/** Boxes of the height of words, found by where they lie. */
class Shelves {
  private readonly rows = new Map<number, Box[]>();

  add(box: Box): void {
    const row = this.rows.get(rowOf(box.y));
    if (row) row.push(box);
    else this.rows.set(rowOf(box.y), [box]);
  }

  meets(box: Box): boolean {
    const row = rowOf(box.y);
    return [row - 1, row, row + 1].some((at) => this.rows.get(at)?.some((other) => areMeeting(box, other)) ?? false);
  }
}

const PITCH = LABEL_HEIGHT + SPACE;
const rowOf = (y: number): number => Math.floor(y / PITCH);
const areMeeting = (one: Box, other: Box): boolean =>
  Math.abs(one.y - other.y) < PITCH && Math.abs(one.x - other.x) < (one.width + other.width) / 2 + SPACE;
