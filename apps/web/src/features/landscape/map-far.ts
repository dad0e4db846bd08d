/** Lines of a map that is too far away to be read: a few paths by status and choice instead of one element per line. Pure. */
import type { HealthStatus } from '@pult/shared/contracts/counters';
import { getBezierPath } from '@xyflow/react';
import type { MapElements } from './map-elements.ts';

export interface FarPath {
  readonly id: string;
  readonly status: HealthStatus;
  readonly selected: boolean;
  readonly d: string;
}

/** Worse lies above better, the chosen above all. */
const ORDER: readonly HealthStatus[] = ['idle', 'ok', 'doubt', 'warn', 'bad'];

export function farPaths({ nodes, edges }: MapElements): FarPath[] {
  const at = new Map(nodes.map((node) => [node.id, node]));
  const end = (nodeId: string, handleId: string | null | undefined) => {
    const node = at.get(nodeId);
    const handle = node?.handles?.find(({ id }) => id === handleId);
    return node && handle
      ? { x: node.position.x + handle.x, y: node.position.y + handle.y, position: handle.position }
      : null;
  };
  const parts = new Map<string, string[]>();
  for (const edge of edges) {
    const [from, to] = [end(edge.source, edge.sourceHandle), end(edge.target, edge.targetHandle)];
    if (!from || !to || !edge.data) continue;
    const key = edge.selected ? `${edge.data.edge.status} selected` : edge.data.edge.status;
    const [d] = getBezierPath({
      sourceX: from.x,
      sourceY: from.y,
      sourcePosition: from.position,
      targetX: to.x,
      targetY: to.y,
      targetPosition: to.position,
    });
    const list = parts.get(key) ?? [];
    list.push(d);
    parts.set(key, list);
  }
  return [false, true].flatMap((selected) =>
    ORDER.flatMap((status) => {
      const id = selected ? `${status} selected` : status;
      const list = parts.get(id);
      return list ? [{ id, status, selected, d: list.join('') }] : [];
    }),
  );
}
