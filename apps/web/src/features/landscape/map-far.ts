/** Lines of a map that is too far away to be read: a few paths by status and choice instead of one element per line. Pure. */
import type { HealthStatus } from '@pult/shared/contracts/counters';
import type { MapElements } from './map-elements.ts';

export interface FarPath {
  readonly id: string;
  readonly status: HealthStatus;
  readonly selected: boolean;
  readonly d: string;
}

/** Worse lies above better, the chosen above all. */
const ORDER: readonly HealthStatus[] = ['idle', 'ok', 'doubt', 'warn', 'bad'];

export function farPaths(edges: MapElements['edges']): FarPath[] {
  const parts = new Map<string, string[]>();
  for (const { selected, data } of edges) {
    if (!data) continue;
    const key = selected ? `${data.edge.status} selected` : data.edge.status;
    const list = parts.get(key) ?? [];
    list.push(data.line.d);
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
