/** Which of the lines that are drawn together lies under the pointer. Asked at a press only: a picture of lines has no elements to press. Pure. */
import type { FlowEdge, MapElements } from './map-elements.ts';

type Point = readonly [x: number, y: number];

/** Straight pieces that a line is measured by; between them it bends by about a pixel. */
const PIECES = 24;

/** The line nearest to the point; none when it is further away than `reach`. All in px of the map. */
export function lineAt(edges: MapElements['edges'], point: Point, reach: number): FlowEdge | null {
  let nearest: FlowEdge | null = null;
  let least = reach;
  for (const edge of edges) {
    const distance = edge.data ? distanceTo(edge.data.line.d, point, least) : Number.POSITIVE_INFINITY;
    if (distance > least || (distance === least && nearest !== null)) continue;
    nearest = edge;
    least = distance;
  }
  return nearest;
}

/** Distance to the curve of a path `Mx,y Cx,y x,y x,y`; that of one which cannot come within `reach` is not measured. */
function distanceTo(d: string, point: Point, reach: number): number {
  const [x0, y0, x1, y1, x2, y2, x3, y3] = (d.match(/-?[\d.]+/g) ?? []).map(Number) as unknown as Cubic;
  // A curve stays between its ends and its control points.
  if (isOutside(point[0], [x0, x1, x2, x3], reach) || isOutside(point[1], [y0, y1, y2, y3], reach))
    return Number.POSITIVE_INFINITY;
  let least = Number.POSITIVE_INFINITY;
  let from: Point = [x0, y0];
  for (let piece = 1; piece <= PIECES; piece += 1) {
    const t = piece / PIECES;
    const to: Point = [along(t, [x0, x1, x2, x3]), along(t, [y0, y1, y2, y3])];
    least = Math.min(least, distanceToPiece(point, from, to));
    from = to;
  }
  return least;
}

type Cubic = readonly [number, number, number, number, number, number, number, number];
type Axis = readonly [number, number, number, number];

const isOutside = (value: number, axis: Axis, reach: number): boolean =>
  value < Math.min(...axis) - reach || value > Math.max(...axis) + reach;

const along = (t: number, [a, b, c, d]: Axis): number =>
  (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t ** 2 * (1 - t) * c + t ** 3 * d;

function distanceToPiece([x, y]: Point, [x1, y1]: Point, [x2, y2]: Point): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / length));
  return Math.hypot(x - x1 - t * dx, y - y1 - t * dy);
}
