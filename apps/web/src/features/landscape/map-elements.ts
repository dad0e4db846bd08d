/** The model of the map as elements of the library that draws it. Pure; what did not change stays the same object. */
import { type Edge, type Node, Position } from '@xyflow/react';
import { LABEL_WIDTH, type LabelWish, placeLabels } from './map-labels.ts';
import { BUS } from './map-legs.ts';
import { blocking, lineOf, type MapLine, type Point } from './map-lines.ts';
import { type MapEdge, type MapModel, type MapNode, NODE_WIDTH } from './map-model.ts';

export type SystemNode = Node<{ node: MapNode }, 'system'>;
/** The line is known from the measures of the nodes, so that nothing has to be measured in the page. */
export type FlowEdge = Edge<{ edge: MapEdge; line: MapLine; label: Point | null }, 'flow'>;

export interface MapElements {
  readonly nodes: readonly SystemNode[];
  readonly edges: readonly FlowEdge[];
}

export const NO_ELEMENTS: MapElements = { nodes: [], edges: [] };

/** The library draws no line before it knows some ends; the real ones stand in the line. */
const HANDLES = (['source', 'target'] as const).map((type) => ({ type, position: Position.Top, x: 0, y: 0 }));

/** With more lines than this the map is wide: its quiet lines are drawn together at any distance; those in trouble keep their words. */
const MANY_LINES = 200;
/** How far words may stand from their line on a wide map, px: where more are in trouble than fit, colours speak. */
const WIDE_REACH = 60;
/** Widest words of a line, px: with the share of what both channels carry alike, and for each digit that a count has more. */
const COMPARED_WIDTH = 164;
const DIGIT_WIDTH = 9;
const USUAL_DIGITS = 3;

export const isWide = (edges: readonly unknown[]): boolean => edges.length > MANY_LINES;

/** A line that somebody has to look at, or that was chosen. */
export const speaksForItself = ({ selected = false, data }: FlowEdge): boolean =>
  selected || (data !== undefined && data.edge.status !== 'ok' && data.edge.status !== 'idle');

/**
 * @param selected `system:<id>` or `flow:<id>`; null when nothing is chosen
 * @param before what was drawn last: unchanged elements are taken from it
 */
export function mapElements(model: MapModel, selected: string | null, before: MapElements): MapElements {
  const nodesBefore = new Map(before.nodes.map((node) => [node.id, node]));
  const edgesBefore = new Map(before.edges.map((edge) => [edge.id, edge]));
  const at = new Map(model.nodes.map((node) => [node.id, node]));
  const drawn = new Set(model.edges.map(({ id }) => id));
  const degree = new Map<string, number>();
  for (const { source, target } of model.edges)
    for (const end of [source, target]) degree.set(end, (degree.get(end) ?? 0) + 1);
  const isBlocked = blocking(model.nodes);
  const isChosen = ({ flows }: MapEdge): boolean =>
    selected?.startsWith('flow:') === true && flows.some(({ id }) => selected === `flow:${id}`);
  const lines = model.edges.flatMap((edge): FlowEdge[] => {
    const [source, target] = [at.get(edge.source), at.get(edge.target)];
    if (!source || !target) return [];
    const isDouble = drawn.has(`${edge.target}>${edge.source}`);
    return [
      {
        id: edge.id,
        type: 'flow',
        source: edge.source,
        target: edge.target,
        selected: isChosen(edge),
        domAttributes: { 'aria-hidden': true },
        data: { edge, line: lineOf(source, target, { degree, isBlocked, isDouble }), label: null },
      },
    ];
  });
  const labels = labelsOf(lines, model.nodes);
  return {
    nodes: model.nodes.map((node): SystemNode => {
      const chosen = selected === `system:${node.id}`;
      const known = nodesBefore.get(node.id);
      if (known?.data.node === node && known.selected === chosen) return known;
      return {
        id: node.id,
        type: 'system',
        position: { x: node.x, y: node.y },
        width: NODE_WIDTH,
        height: node.height,
        measured: { width: NODE_WIDTH, height: node.height },
        handles: HANDLES,
        selected: chosen,
        domAttributes: { 'aria-roledescription': undefined },
        data: { node },
      };
    }),
    edges: lines.map((line): FlowEdge => {
      if (!line.data) return line;
      const label = labels.get(line.id) ?? null;
      const known = edgesBefore.get(line.id);
      const { edge } = line.data;
      if (
        known?.data?.edge === edge &&
        known.selected === line.selected &&
        sameLine(known.data, { ...line.data, label })
      )
        return known;
      return { ...line, data: { ...line.data, label } };
    }),
  };
}

/** On a map that is not wide every line keeps a place for its words, so that they stand still when numbers change. */
function labelsOf(lines: readonly FlowEdge[], nodes: readonly MapNode[]): ReadonlyMap<string, Point> {
  const wide = isWide(lines);
  const wishes = lines.flatMap((line): LabelWish[] =>
    line.data && !line.data.edge.quiet && (!wide || speaksForItself(line))
      ? [{ id: line.id, line: line.data.line, width: widthOf(line.data.edge) }]
      : [],
  );
  return placeLabels(wishes, nodes, wide ? WIDE_REACH : undefined);
}

function widthOf({ label, target, flows }: MapEdge): number {
  if (target === BUS && flows.some(({ migration }) => migration?.role === 'bus')) return COMPARED_WIDTH;
  const digits = label !== null && 'count' in label ? String(label.count).length : 0;
  return LABEL_WIDTH + Math.max(0, digits - USUAL_DIGITS) * DIGIT_WIDTH;
}

type Drawn = NonNullable<FlowEdge['data']>;
const sameLine = (one: Drawn, other: Drawn): boolean =>
  one.line.d === other.line.d && one.label?.[0] === other.label?.[0] && one.label?.[1] === other.label?.[1];
