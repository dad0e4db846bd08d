import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONTENT_FIELD, type CompareRules, compareContents, fieldOf, KEPT_DIFFERENCES, NO_RULES } from './compare.ts';

const rules = (change: Partial<CompareRules>): CompareRules => ({ ...NO_RULES, ...change });
const fieldsOf = (old: unknown, bus: unknown, change: Partial<CompareRules> = {}): string[] =>
  compareContents(old, bus, rules(change)).differences.map(({ path }) => path);

const content = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(null, '', 'шт', '12.50', 12.5, 7, true),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'код'), tie('value'), { maxKeys: 3 }),
  ),
})).value;

describe('compareContents', () => {
  it('finds nothing between a content and itself, whatever the order of its fields', () => {
    fc.assert(
      fc.property(
        content.filter((one) => one !== null),
        (one) => {
          const turned = JSON.parse(JSON.stringify(one), (_, value) =>
            typeof value === 'object' && value !== null && !Array.isArray(value)
              ? Object.fromEntries(Object.entries(value).reverse())
              : value,
          );
          expect(compareContents(one, turned, NO_RULES).differing).toBe(0);
        },
      ),
    );
  });

  it('says the same from either side', () => {
    fc.assert(
      fc.property(content, content, (one, other) => {
        const there = compareContents(one, other, NO_RULES);
        const back = compareContents(other, one, NO_RULES);
        expect(back.differing).toBe(there.differing);
        expect(back.differences.map(({ path, old, bus }) => [path, bus, old])).toEqual(
          there.differences.map(({ path, old, bus }) => [path, old, bus]),
        );
      }),
    );
  });

  it('ignoring a field ends its differences and adds none', () => {
    fc.assert(
      fc.property(content, content, fc.constantFrom('a', 'b', 'a.b'), (one, other, ignored) => {
        const all = compareContents(one, other, NO_RULES);
        const fewer = compareContents(one, other, rules({ ignore: [ignored] }));
        const outside = all.differences.filter(
          ({ field }) => field !== ignored && !field.startsWith(`${ignored}.`) && !field.startsWith(`${ignored}[`),
        );
        expect(fewer.differences).toEqual(outside);
      }),
    );
  });

  it('takes decimals for numbers, but never codes with leading zeros', () => {
    expect(fieldsOf({ q: '12.000' }, { q: 12 })).toEqual([]);
    expect(fieldsOf({ q: '1,5' }, { q: '1.50' })).toEqual([]);
    expect(fieldsOf({ code: '007' }, { code: '7' })).toEqual(['code']);
  });

  it('lets numbers differ by the tolerance and not by more', () => {
    const tolerance = { 'prices[].price': 0.01 };
    const of = (price: number) => ({ prices: [{ price }] });
    expect(fieldsOf(of(0.3), of(0.29), { tolerance })).toEqual([]);
    expect(fieldsOf(of(0.3), of(0.28), { tolerance })).toEqual(['prices[0].price']);
  });

  it('reads spellings of one unit and moments of one instant as the same', () => {
    const same = { unit: [['PCE', '796', 'шт']] };
    expect(fieldsOf({ unit: 'шт' }, { unit: 'PCE' }, { same })).toEqual([]);
    expect(fieldsOf({ unit: 'шт' }, { unit: 'NMP' }, { same })).toEqual(['unit']);
    const times = ['date'];
    expect(fieldsOf({ date: '2026-11-26T12:00:00' }, { date: '2026-11-26T09:00:00Z' }, { times })).toEqual([]);
    expect(fieldsOf({ date: '2026-11-26T12:00:00' }, { date: '2026-11-26T12:00:00Z' }, { times })).toEqual(['date']);
    expect(fieldsOf({ date: '2026-11-26T12:00:00' }, { date: '2026-11-26T09:00:00Z' })).toEqual(['date']);
  });

  it('finds the same element of a list by its key, and says which one', () => {
    const keys = { stocks: 'article' };
    const old = {
      stocks: [
        { article: 'a', q: 1 },
        { article: 'b', q: 2 },
      ],
    };
    const bus = {
      stocks: [
        { article: 'b', q: 2 },
        { article: 'a', q: 5 },
      ],
    };
    expect(compareContents(old, bus, rules({ keys })).differences).toEqual([
      { path: 'stocks[a].q', field: 'stocks[].q', old: 1, bus: 5 },
    ]);
    expect(fieldsOf(old, { stocks: [{ article: 'b', q: 2 }] }, { keys })).toEqual(['stocks[a].article', 'stocks[a].q']);
  });

  it('knows a field of the bus by its name in the old channel, inside lists too', () => {
    const rename = { items: 'stocks', 'items[].qty': 'stocks[].quantity' };
    expect(
      fieldsOf(
        { stocks: [{ id: 'a', quantity: 1 }] },
        { items: [{ id: 'a', qty: 1 }] },
        { rename: { 'items[].qty': 'stocks[].quantity', items: 'stocks' }, keys: { stocks: 'id' } },
      ),
    ).toEqual([]);
    expect(
      fieldsOf(
        { stocks: [{ quantity: 1 }] },
        { items: [{ qty: 2 }] },
        { rename: { 'items[].qty': rename['items[].qty'] } },
      ),
    ).toEqual(['stocks[0].quantity']);
  });

  it('a content that did not come is one difference of its own', () => {
    expect(compareContents({ a: 1 }, null, NO_RULES)).toEqual({
      differences: [{ path: CONTENT_FIELD, field: CONTENT_FIELD, old: true, bus: false }],
      differing: 1,
      equal: 0,
    });
    expect(compareContents(undefined, null, NO_RULES).differing).toBe(1);
  });

  it('keeps a bounded number of differences and counts them all', () => {
    const wide = (value: number) => Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`f${index}`, value]));
    const { differences, differing } = compareContents(wide(1), wide(2), NO_RULES);
    expect(differences).toHaveLength(KEPT_DIFFERENCES);
    expect(differing).toBe(80);
  });
});

describe('names and keys that meet', () => {
  it('end, and hide nothing: a dot in a name, an empty name, an element twice', () => {
    const odd = { 'a.b': 1, a: { b: 2 }, $: 3, '': 4 };
    expect(compareContents(odd, odd, NO_RULES)).toMatchObject({ differing: 0, equal: 4 });
    expect(compareContents(odd, { ...odd, a: { b: 5 } }, NO_RULES).differing).toBe(1);
    expect(fieldsOf({ x: 1, y: 2 }, { x: 1, z: 1, y: 9 }, { rename: { z: 'y' } })).not.toEqual([]);
  });

  it('are found by a rule of their field', () => {
    expect(fieldsOf({ 'a.b': 1, a: { b: 2 } }, { 'a.b': 1, a: { b: 3 } }, { ignore: ['a.b'] })).toEqual([]);
  });

  it('thousands of elements under one key are compared one by one', () => {
    const list = (last: number) => ({
      rows: Array.from({ length: 20_000 }, (_, index) => ({ code: 'x', q: index === 19_999 ? last : index })),
    });
    const keys = { rows: 'code' };
    expect(compareContents(list(1), list(1), rules({ keys }))).toMatchObject({ differing: 0, equal: 40_000 });
    expect(compareContents(list(1), list(2), rules({ keys })).differing).toBe(1);
  });

  it('long codes are compared to the last digit', () => {
    const code = '18810277240523456789';
    expect(fieldsOf({ uin: code }, { uin: `${code.slice(0, -1)}8` })).toEqual(['uin']);
  });
});

describe('fieldOf', () => {
  it('leaves the elements of lists out', () => {
    expect(fieldOf('stocks[mcb4729-1.16C].unit')).toBe('stocks[].unit');
  });
});
