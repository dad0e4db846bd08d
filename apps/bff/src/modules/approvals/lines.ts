import { kopecksOf, roublesOf } from '@pult/shared/domain/approval/points';
import type { VersionLine } from '@pult/shared/domain/approval/versions';

/** A line as a version keeps it. Cost moves by itself and is kept beside the versions. */
export interface StoredLine extends VersionLine {
  readonly position: number;
  readonly name: string;
  readonly article: string | null;
  readonly itemRef: string | null;
  /** Kopecks per unit before discount. */
  readonly price: bigint;
}

/** The same with amounts as decimal strings: jsonb has no whole numbers of that size. */
export type LineJson = Omit<StoredLine, 'amount' | 'price' | 'cost'> & {
  readonly amount: string;
  readonly price: string;
};

export const lineToJson = ({ amount, price, cost: _, ...line }: StoredLine): LineJson => ({
  ...line,
  amount: roublesOf(amount),
  price: roublesOf(price),
});

export const lineFromJson = (line: LineJson): StoredLine => ({
  ...line,
  amount: kopecksOf(line.amount) ?? 0n,
  price: kopecksOf(line.price) ?? 0n,
  cost: null,
});

/** What 1С says now about goods and customer, as the request keeps it. Absent = not read or not given. */
export interface Background {
  readonly readAt?: string;
  readonly items?: Readonly<Record<string, { readonly stock: number | null; readonly unitCost: string | null }>>;
  readonly customer?: {
    readonly debt: string | null;
    readonly debtLimit: string | null;
    readonly turnover12m: string | null;
    readonly orders12m: number | null;
    readonly returnsPercent: number | null;
  };
}

/** Cost of a whole line: unit cost × quantity in thousandths. */
export function costOf(line: Pick<StoredLine, 'itemRef' | 'quantity'>, background: Background): bigint | null {
  const unit = line.itemRef === null ? null : (background.items?.[line.itemRef]?.unitCost ?? null);
  if (unit === null) return null;
  const kopecks = kopecksOf(unit);
  return kopecks === null ? null : (kopecks * BigInt(line.quantity) + 500n) / 1_000n;
}

/** JSON with sorted names: jsonb gives fields back in another order than they were written. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_name, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  ) ?? '';
