/** Quantities and prices of files are decimal texts: exact, of any length that a file may carry, never floats. */

const DECIMAL = /^\d{1,12}(\.\d{1,10})?$/;
const SCALE = 10;
const ONE = 10n ** BigInt(SCALE);

/** Not negative, at most 12 digits before and 10 behind the point. */
export const isDecimal = (text: string): boolean => DECIMAL.test(text);

/** @throws RangeError for what is no decimal of a file */
function scaled(text: string): bigint {
  if (!isDecimal(text)) throw new RangeError(`«${text.slice(0, 40)}» is no quantity`);
  const [whole = '0', part = ''] = text.split('.');
  return BigInt(whole) * ONE + BigInt(part.padEnd(SCALE, '0'));
}

function written(value: bigint, digits: number): string {
  const unit = 10n ** BigInt(SCALE - digits);
  const rounded = (value + unit / 2n) / unit;
  const text = rounded.toString().padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

export function compareDecimals(one: string, other: string): -1 | 0 | 1 {
  const difference = scaled(one) - scaled(other);
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

/** Three decimals, as both dialects write quantities. */
export const quantityText = (text: string): string => written(scaled(text), 3);

/** Without zeros that say nothing: `5.000` → `5`. */
export const plainQuantity = (text: string): string => {
  const full = written(scaled(text), SCALE);
  return full.replace(/\.?0+$/, '') || '0';
};

export const sumOfQuantities = (texts: readonly string[]): string =>
  plainQuantity(
    written(
      texts.reduce((sum, text) => sum + scaled(text), 0n),
      SCALE,
    ),
  );

/** Roubles with kopecks, each line rounded half up on its own: so do both dialects and 1С. */
export function amountOf(lines: readonly { readonly quantity: string; readonly price: string }[]): string {
  const kopeck = ONE / 100n;
  const total = lines.reduce((sum, { quantity, price }) => {
    const exact = (scaled(quantity) * scaled(price)) / ONE;
    return sum + ((exact + kopeck / 2n) / kopeck) * kopeck;
  }, 0n);
  return written(total, 2);
}
