/** Where the columns of «кто раньше» stand and which of their borders are named. Pure. */

export interface LagColumn {
  readonly from: number | null;
  readonly to: number | null;
  readonly count: number;
}

/** Width of a column that is open to its side, with the gap before it, in hundredths. */
const OPEN_WIDTH = 5;
const GAP = 3;
/** Named borders of the equal columns, about. */
const TICKS = 5;
/** A name nearer than this to the next one would run into it, hundredths. */
const APART = 17;

interface LagScale {
  /** Ends of the equal columns, ms. */
  readonly from: number;
  readonly to: number;
  /** Place of a difference, hundredths; what is outside stands over the open column of its side. */
  readonly at: (ms: number) => number;
  readonly boxOf: (column: LagColumn) => { readonly x: number; readonly width: number };
}

/** Equal columns over the middle, the open ones apart at the ends. */
export function lagScale(columns: readonly LagColumn[]): LagScale {
  const isOpen = (column: LagColumn | undefined, end: 'from' | 'to'): boolean =>
    column !== undefined && column[end] === null;
  const [first, last] = [columns[0], columns.at(-1)];
  const [openBelow, openAbove] = [isOpen(first, 'from'), isOpen(last, 'to')];
  const from = (openBelow ? first?.to : first?.from) ?? 0;
  const to = (openAbove ? last?.from : last?.to) ?? 1;
  const left = openBelow ? OPEN_WIDTH + GAP : 0;
  const right = openAbove ? 100 - OPEN_WIDTH - GAP : 100;
  const at = (ms: number): number => {
    if (ms < from) return openBelow ? OPEN_WIDTH / 2 : 0;
    if (ms > to) return openAbove ? 100 - OPEN_WIDTH / 2 : 100;
    return left + ((ms - from) / (to - from)) * (right - left);
  };
  return {
    from,
    to,
    at,
    boxOf: (column) => {
      if (column.from === null) return { x: 0, width: OPEN_WIDTH };
      if (column.to === null) return { x: 100 - OPEN_WIDTH, width: OPEN_WIDTH };
      return { x: at(column.from), width: at(column.to) - at(column.from) };
    },
  };
}

export interface LagTick {
  readonly ms: number;
  /** Hundredths. */
  readonly at: number;
  /** Of an open column: how it is open, and what is in it. */
  readonly open: '<' | '>' | null;
  readonly count: number;
  readonly side: 'start' | 'middle' | 'end';
}

/** Names under the axis: zero among them, open columns with what is in them, none over another. */
export function lagTicks(columns: readonly LagColumn[]): LagTick[] {
  const { at } = lagScale(columns);
  const open = columns.flatMap(({ from, to, count }): LagTick[] => {
    if (from === null && to !== null) return [{ ms: to, at: 0, open: '<', count, side: 'start' }];
    if (to === null && from !== null) return [{ ms: from, at: 100, open: '>', count, side: 'end' }];
    return [];
  });
  const inner = columns.filter(({ from, to }) => from !== null && to !== null);
  const borders = [...inner.map(({ from }) => from ?? 0), inner.at(-1)?.to ?? 0];
  const every = Math.max(1, Math.ceil(borders.length / TICKS));
  const zero = Math.max(0, borders.indexOf(0));
  const free = ({ at: place }: { at: number }): boolean => open.every((one) => Math.abs(place - one.at) >= APART + 6);
  const named = borders
    .filter((_, index) => (index - zero) % every === 0)
    .map((ms): LagTick => {
      const place = at(ms);
      const side = place < 4 ? 'start' : place > 96 ? 'end' : 'middle';
      return { ms, at: place, open: null, count: 0, side };
    });
  return [...open.filter((one) => one.open === '<'), ...named.filter(free), ...open.filter((one) => one.open === '>')];
}
