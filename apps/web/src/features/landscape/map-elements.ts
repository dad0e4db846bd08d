/** The model of the map as elements of the library that draws it. Pure; what did not change stays the same object. */
import { type Edge, type Node, Position } from '@xyflow/react';
import { blocking, lineOf, type MapLine } from './map-lines.ts';
import { type MapEdge, type MapModel, type MapNode, NODE_WIDTH } from './map-model.ts';

export type SystemNode = Node<{ node: MapNode }, 'system'>;
/** The line is known from the measures of the nodes, so that nothing has to be measured in the page. */
export type FlowEdge = Edge<{ edge: MapEdge; line: MapLine }, 'flow'>;

export interface MapElements {
  readonly nodes: readonly SystemNode[];
  readonly edges: readonly FlowEdge[];
}

export const NO_ELEMENTS: MapElements = { nodes: [], edges: [] };

/** The library draws no line before it knows some ends; the real ones stand in the line. */
const HANDLES = (['source', 'target'] as const).map((type) => ({ type, position: Position.Top, x: 0, y: 0 }));

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
    edges: model.edges.flatMap((edge): FlowEdge[] => {
      const [source, target] = [at.get(edge.source), at.get(edge.target)];
      if (!source || !target) return [];
      const chosen = selected?.startsWith('flow:') === true && edge.flows.some(({ id }) => selected === `flow:${id}`);
      const isDouble = drawn.has(`${edge.target}>${edge.source}`);
      const line = lineOf(source, target, { degree, isBlocked, isDouble });
      const known = edgesBefore.get(edge.id);
      if (known?.data?.edge === edge && known.selected === chosen && sameLine(known.data.line, line)) return [known];
      return [
        {
          id: edge.id,
          type: 'flow',
          source: edge.source,
          target: edge.target,
          selected: chosen,
          domAttributes: { 'aria-hidden': true },
          data: { edge, line },
        },
      ];
    }),
  };
}

const sameLine = (one: MapLine, other: MapLine): boolean =>
  one.d === other.d && one.labelX === other.labelX && one.labelY === other.labelY;
