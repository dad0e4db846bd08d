import fc from 'fast-check';
import { expect, it } from 'vitest';
import { keptRecord, restoredRecord } from './kept-record.ts';

const content = fc.oneof(
  fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ unit: 'grapheme' }).map((text) => Buffer.from(text)),
);

it('a record comes back from quarantine to the byte', () => {
  fc.assert(
    fc.property(
      fc.option(content),
      fc.option(content),
      fc.array(fc.tuple(fc.constantFrom('a', 'b'), content), { maxLength: 5 }),
      (key, value, headers) => {
        const record = { key, value, headers, timestamp: 5 };
        expect(restoredRecord(JSON.parse(JSON.stringify(keptRecord(record))))).toEqual(record);
      },
    ),
  );
});

it('a record that is too large leaves its size and nothing else', () => {
  const kept = keptRecord({ key: null, value: Buffer.alloc(200_000, 'x'), headers: [], timestamp: 5 });
  expect(kept.value).toEqual({ bytes: 200_000 });
});
