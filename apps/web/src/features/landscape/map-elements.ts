/** The model of the map as elements of the library that draws it. Pure; what did not change stays the same object. */
import { type Edge, type GetBezierPathParams, type Node, Position } from '@xyflow/react';
import { type MapEdge, type MapModel, type MapNode, NODE_WIDTH } from './map-model.ts';

export type SystemNode = Node<{ node: MapNode }, 'system'>;
/** Where a line leaves and ends: known from the measures of the nodes, so that nothing has to be measured in the page. */
type Ends = Required<Omit<GetBezierPathParams, 'curvature'>>;
export type FlowEdge = Edge<{ edge: MapEdge; shift: number; ends: Ends }, 'flow'>;

export interface MapElements {
  readonly nodes: readonly SystemNode[];
  readonly edges: readonly FlowEdge[];
}

export const NO_ELEMENTS: MapElements = { nodes: [], edges: [] };

/** Labels of two opposite flows stand one above the other, px. */
const LABEL_SHIFT = 12;

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
        data: { node },
      };
    }),
    edges: model.edges.flatMap((edge): FlowEdge[] => {
      const [source, target] = [at.get(edge.source), at.get(edge.target)];
      if (!source || !target) return [];
      const chosen = selected?.startsWith('flow:') === true && edge.flows.some(({ id }) => selected === `flow:${id}`);
      const ends = endsOf(source, target);
      const opposite = drawn.has(`${edge.target}>${edge.source}`);
      const shift = opposite ? (edge.source < edge.target ? -LABEL_SHIFT : LABEL_SHIFT) : 0;
      const known = edgesBefore.get(edge.id);
      if (
        known?.data?.edge === edge &&
        known.selected === chosen &&
        known.data.shift === shift &&
        sameEnds(known.data.ends, ends)
      )
        return [known];
      return [
        {
          id: edge.id,
          type: 'flow',
          source: edge.source,
          target: edge.target,
          selected: chosen,
          data: { edge, shift, ends },
        },
      ];
    }),
  };
}

const sameEnds = (one: Ends, other: Ends): boolean =>
  one.sourceX === other.sourceX &&
  one.sourceY === other.sourceY &&
  one.sourcePosition === other.sourcePosition &&
  one.targetX === other.targetX &&
  one.targetY === other.targetY &&
  one.targetPosition === other.targetPosition;

/** Lines leave where the other end lies; vertical neighbours use top and bottom. */
function endsOf(source: MapNode, target: MapNode): Ends {
  const vertical = Math.abs(source.x - target.x) < NODE_WIDTH;
  const forward = vertical ? source.y < target.y : source.x < target.x;
  const [first, second] = vertical ? [Position.Top, Position.Bottom] : [Position.Left, Position.Right];
  const [sourcePosition, targetPosition] = forward ? [second, first] : [first, second];
  const [sourceX, sourceY] = middleOf(source, sourcePosition);
  const [targetX, targetY] = middleOf(target, targetPosition);
  return { sourceX, sourceY, sourcePosition, targetX, targetY, targetPosition };
}

function middleOf({ x, y, height }: MapNode, side: Position): [number, number] {
  switch (side) {
    case Position.Left:
      return [x, y + height / 2];
    case Position.Right:
      return [x + NODE_WIDTH, y + height / 2];
    case Position.Top:
      return [x + NODE_WIDTH / 2, y];
    case Position.Bottom:
      return [x + NODE_WIDTH / 2, y + height];
  }
}
