import { divideRounded, type Hundredths, type Kopecks } from './points.ts';

/** Planned cost of one unit, as the price list of the base keeps it. */
export interface UnitCost {
  readonly kopecks: Kopecks;
  /** Whether the price kind says that its prices include VAT. */
  readonly includesVat: boolean;
}

export interface CostedLine {
  /** In thousandths. */
  readonly quantity: number;
  /** Whether the amount that the cost is compared with includes VAT. */
  readonly amountIncludesVat: boolean;
  /** VAT rate of the line, hundredths of a percent; null when the document does not say. */
  readonly vatRate: Hundredths | null;
}

const WHOLE = 10_000n;
const THOUSAND = 1_000n;

/**
 * Cost of a whole line on the footing of its amount: with or without VAT like the amount itself, rounded once to the
 * kopeck. Null when the two differ and the rate is unknown: a margin over different footings would be wrong by a sixth.
 */
export function lineCost(unit: UnitCost, line: CostedLine): Kopecks | null {
  const whole = unit.kopecks * BigInt(line.quantity);
  if (unit.includesVat === line.amountIncludesVat) return divideRounded(whole, THOUSAND);
  if (line.vatRate === null) return null;
  const withVat = WHOLE + BigInt(line.vatRate);
  return unit.includesVat
    ? divideRounded(whole * WHOLE, THOUSAND * withVat)
    : divideRounded(whole * withVat, THOUSAND * WHOLE);
}

/**
 * VAT rate of a line from its own sums, to the whole percent: rates are whole numbers by law, kopecks of a small line
 * are not. Null for a line without an amount.
 */
export function vatRateOf(vat: Kopecks, amountWithoutVat: Kopecks): Hundredths | null {
  if (amountWithoutVat <= 0n || vat < 0n) return null;
  return Number(divideRounded(vat * 100n, amountWithoutVat)) * 100;
}
