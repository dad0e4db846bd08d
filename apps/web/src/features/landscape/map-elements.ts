/** The model of the map as elements of the library that draws it. Pure; what did not change stays the same object. */
import { type Edge, type Node, Position } from '@xyflow/react';
import { type MapEdge, type MapModel, type MapNode, NODE_WIDTH } from './map-model.ts';

export type SystemNode = Node<{ node: MapNode }, 'system'>;
export type FlowEdge = Edge<{ edge: MapEdge; shift: number }, 'flow'>;

export interface MapElements {
  readonly nodes: readonly SystemNode[];
  readonly edges: readonly FlowEdge[];
}

export const NO_ELEMENTS: MapElements = { nodes: [], edges: [] };

/** Labels of two opposite flows stand one above the other, px. */
const LABEL_SHIFT = 12;

/** Where lines leave and reach a node: known from its measures, so that nothing has to be measured in the page. */
const handlesOf = (height: number): NonNullable<SystemNode['handles']> =>
  (
    [
      ['left', Position.Left, 0, height / 2],
      ['right', Position.Right, NODE_WIDTH, height / 2],
      ['top', Position.Top, NODE_WIDTH / 2, 0],
      ['bottom', Position.Bottom, NODE_WIDTH / 2, height],
    ] as const
  ).flatMap(([side, position, x, y]) =>
    (['source', 'target'] as const).map((type) => ({
      id: `${type === 'source' ? 's' : 't'}-${side}`,
      type,
      position,
      x,
      y,
      width: 0,
      height: 0,
    })),
  );

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
        handles: handlesOf(node.height),
        selected: chosen,
        data: { node },
      };
    }),
    edges: model.edges.map((edge): FlowEdge => {
      const chosen = selected?.startsWith('flow:') === true && edge.flows.some(({ id }) => selected === `flow:${id}`);
      const [sourceHandle, targetHandle] = sidesOf(at.get(edge.source), at.get(edge.target));
      const opposite = drawn.has(`${edge.target}>${edge.source}`);
      const shift = opposite ? (edge.source < edge.target ? -LABEL_SHIFT : LABEL_SHIFT) : 0;
      const known = edgesBefore.get(edge.id);
      if (
        known?.data?.edge === edge &&
        known.selected === chosen &&
        known.data.shift === shift &&
        known.sourceHandle === sourceHandle &&
        known.targetHandle === targetHandle
      )
        return known;
      return {
        id: edge.id,
        type: 'flow',
        source: edge.source,
        target: edge.target,
        sourceHandle,
        targetHandle,
        selected: chosen,
        data: { edge, shift },
      };
    }),
  };
}

/** Lines leave where the other end lies; vertical neighbours use top and bottom. */
function sidesOf(source: MapNode | undefined, target: MapNode | undefined): [string, string] {
  if (!source || !target) return ['s-right', 't-left'];
  if (Math.abs(source.x - target.x) < NODE_WIDTH)
    return source.y < target.y ? ['s-bottom', 't-top'] : ['s-top', 't-bottom'];
  return source.x < target.x ? ['s-right', 't-left'] : ['s-left', 't-right'];
}
