/** Deterministic randomness: one seed, one landscape. */
export interface Random {
  /** 0 ≤ x < 1 */
  next(): number;
  int(from: number, to: number): number;
  pick<T>(list: readonly T[]): T;
  guid(): string;
}

/** Mulberry32: small, fast, good enough for demonstration data. */
export function createRandom(seed: number): Random {
  let state = (seed * 2_654_435_761) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const hex = (length: number): string => Array.from({ length }, () => int(0, 15).toString(16)).join('');
  return {
    next,
    int,
    pick: (list) => {
      const found = list[int(0, list.length - 1)];
      if (found === undefined) throw new Error('nothing to pick from');
      return found;
    },
    guid: () => `${hex(8)}-${hex(4)}-11f1-${hex(4)}-${hex(12)}`,
  };
}
