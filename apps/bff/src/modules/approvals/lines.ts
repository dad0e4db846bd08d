import { lineCost } from '@pult/shared/domain/approval/cost';
import { type Hundredths, kopecksOf, roublesOf } from '@pult/shared/domain/approval/points';
import type { VersionLine } from '@pult/shared/domain/approval/versions';

/** A line as a version keeps it. Cost moves by itself and is kept beside the versions. */
export interface StoredLine extends VersionLine {
  readonly position: number;
  readonly name: string;
  readonly article: string | null;
  readonly itemRef: string | null;
  /** Kopecks per unit before discount. */
  readonly price: bigint;
  /** Absent in versions stored before it was read. */
  readonly vatRate?: Hundredths | null;
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
  /** Price kind that unit costs come from; `found` false: the base publishes none of that name. */
  readonly cost?: { readonly priceKind: string; readonly found: boolean; readonly includesVat: boolean };
  readonly items?: Readonly<Record<string, { readonly stock: number | null; readonly unitCost: string | null }>>;
  readonly customer?: {
    readonly debt: string | null;
    readonly debtLimit: string | null;
    readonly turnover12m: string | null;
    readonly orders12m: number | null;
    readonly returnsPercent: number | null;
  };
}

/** Planned cost of a whole line on the footing of its amount; null when 1С gives none or the VAT rate is missing. */
export function costOf(
  line: Pick<StoredLine, 'itemRef' | 'quantity' | 'vatRate'>,
  background: Background,
  amountWithoutVat: boolean,
): bigint | null {
  const { cost, items } = background;
  const unit = line.itemRef === null ? null : (items?.[line.itemRef]?.unitCost ?? null);
  const kopecks = unit === null ? null : kopecksOf(unit);
  if (cost === undefined || kopecks === null) return null;
  return lineCost(
    { kopecks, includesVat: cost.includesVat },
    { quantity: line.quantity, amountIncludesVat: !amountWithoutVat, vatRate: line.vatRate ?? null },
  );
}

/** JSON with sorted names: jsonb gives fields back in another order than they were written. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_name, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  ) ?? '';
