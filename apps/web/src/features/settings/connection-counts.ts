/** How many systems are in which state, each counted once: together they are the whole list. Pure. */
import type { SystemHealth } from '@pult/shared/contracts/landscape';

/** `sends`: well, and Pult does not ask it. */
const KINDS = ['bad', 'warn', 'doubt', 'ok', 'sends', 'idle'] as const;
type Kind = (typeof KINDS)[number];

/** The worst first; what no system is in is left out. */
export function countsOf(
  systems: readonly Pick<SystemHealth, 'status' | 'connection'>[],
): { readonly kind: Kind; readonly count: number }[] {
  const kindOf = ({ status, connection }: Pick<SystemHealth, 'status' | 'connection'>): Kind =>
    status === 'ok' && connection === null ? 'sends' : status;
  return KINDS.map((kind) => ({ kind, count: systems.filter((one) => kindOf(one) === kind).length })).filter(
    ({ count }) => count > 0,
  );
}
