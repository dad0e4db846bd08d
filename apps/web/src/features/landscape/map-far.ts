/** Lines without words: one path each, or, of a map that is too far away to be read, a few by status and choice. Pure. */
import type { HealthStatus } from '@pult/shared/contracts/counters';
import type { MapElements } from './map-elements.ts';

export interface LinePath {
  readonly id: string;
  readonly status: HealthStatus;
  readonly selected: boolean;
  readonly d: string;
}

/** Worse lies above better, the chosen above all. */
const ORDER: readonly HealthStatus[] = ['idle', 'ok', 'doubt', 'warn', 'bad'];

/** Every line as a path of its own. */
export const pathsOf = (edges: MapElements['edges']): LinePath[] =>
  edges
    .flatMap(({ id, selected = false, data }) =>
      data ? [{ id, status: data.edge.status, selected, d: data.line.d }] : [],
    )
    .sort((one, other) => rankOf(one) - rankOf(other));

const rankOf = ({ status, selected }: LinePath): number => (selected ? ORDER.length : 0) + ORDER.indexOf(status);

/** Lines of one status and choice as one path. */
export function farPaths(edges: MapElements['edges']): LinePath[] {
  const together = new Map<string, LinePath>();
  for (const { status, selected, d } of pathsOf(edges)) {
    const id = selected ? `${status} selected` : status;
    together.set(id, { id, status, selected, d: (together.get(id)?.d ?? '') + d });
  }
  return [...together.values()];
}
