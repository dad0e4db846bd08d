/**
 * Percent and percentage points are counted in hundredths (1 = 0.01 п.п.), money in kopecks: whole numbers, because
 * 12.35 − 12.3 in binary fractions is not 0.05 and a limit must not be missed by noise.
 */
export type Hundredths = number;
export type Kopecks = bigint;

/** Hundredths of a number as 1С sends it (Edm.Double); beyond two decimals it rounds half away from zero. */
export const hundredthsOf = (value: number): Hundredths =>
  Math.sign(value) * Math.round(Number(`${Math.abs(value)}e2`)) || 0;

/** The number with two decimals that people read. */
export const pointsOf = (value: Hundredths): number => value / 100;

const MONEY = /^(-?)(\d+)(?:\.(\d{1,4}))?$/;

/** Kopecks of a decimal string; beyond two decimals it rounds half away from zero. Null when it is no amount. */
export function kopecksOf(text: string): Kopecks | null {
  const match = MONEY.exec(text);
  if (match === null) return null;
  const [, sign = '', whole = '0', fraction = ''] = match;
  const digits = fraction.padEnd(4, '0');
  const rounded = BigInt(digits.slice(0, 2)) + (Number(digits.slice(2, 4)) >= 50 ? 1n : 0n);
  const value = BigInt(whole) * 100n + rounded;
  return sign === '-' ? -value : value;
}

/** Kopecks of a number as 1С sends it. */
export const kopecksOfNumber = (value: number): Kopecks => kopecksOf(value.toFixed(2)) ?? 0n;

/** Decimal string with kopecks. */
export function roublesOf(value: Kopecks): string {
  const sign = value < 0n ? '-' : '';
  const digits = (value < 0n ? -value : value).toString().padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** a ÷ b for whole numbers, rounded half away from zero. b must not be 0. */
export function divideRounded(a: bigint, b: bigint): bigint {
  const negative = a < 0n !== b < 0n;
  const [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  const quotient = (2n * x + y) / (2n * y);
  return negative ? -quotient : quotient;
}
