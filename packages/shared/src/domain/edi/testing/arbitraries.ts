import fc from 'fast-check';
import type { EdiOrder } from '../document.ts';

/** A GLN with its check digit. */
export const glnOf = (twelve: string): string => {
  const sum = [...twelve]
    .reverse()
    .reduce((total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 3 : 1), 0);
  return `${twelve}${(10 - (sum % 10)) % 10}`;
};

const gln = fc.stringMatching(/^46[0-9]{10}$/).map(glnOf);
const decimal = (digits: number) =>
  fc
    .tuple(fc.integer({ min: 1, max: 99_999 }), fc.integer({ min: 0, max: 10 ** digits - 1 }))
    .map(([whole, part]) => `${whole}.${String(part).padStart(digits, '0')}`);
/** Text as a partner writes it: letters of both alphabets and everything that XML has to escape. */
const words = fc
  .string({ unit: fc.constantFrom(...'абвЖЯёQz09 -&<>"\'№«»'), minLength: 1, maxLength: 30 })
  .map((text) => `т${text.trim().replace(/\s+/g, ' ')}`);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const date = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2030-12-31'), noInvalidDate: true })
  .map((at) => at.toISOString().slice(0, 10));

/** Any order that both dialects can carry. */
export const anyOrder: fc.Arbitrary<EdiOrder> = fc
  .record({
    dialect: fc.constantFrom('exite' as const, 'kontur' as const),
    number: fc.stringMatching(/^[0-9A-Z]{1,12}$/),
    date,
    deliveryDate: maybe(date),
    parties: fc.record({ buyer: gln, supplier: gln, deliveryPlace: maybe(gln), sender: gln, recipient: gln }),
    lines: fc.array(
      fc.record({
        gtin: maybe(fc.stringMatching(/^[0-9]{13}$/)),
        buyerCode: maybe(words),
        supplierCode: maybe(words),
        name: maybe(words),
        quantity: decimal(3),
        unit: fc.constantFrom('PCE', 'KGM'),
        price: maybe(decimal(2)),
        priceWithVat: maybe(decimal(2)),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  })
  .map(
    (order): EdiOrder => ({
      kind: 'order',
      purpose: 'original',
      currency: 'RUB',
      buyerName: null,
      buyerInn: null,
      ...order,
      lines: order.lines.map((line, index) => ({ position: String(index + 1), ...line })),
    }),
  );
