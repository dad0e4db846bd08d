import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines, jsonLines } from './json-lines.ts';

const text = (value: unknown): string =>
  jsonLines(value)
    .map((line) => line.text + line.tail)
    .join('\n');

describe('lines of content', () => {
  it('are those of JSON.stringify, for any content', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        expect(text(value)).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });
  it('leave a masked value out and say where', () => {
    const lines = jsonLines({ Номер: 1, 'a/b': { Телефон: null } }, new Set(['/a~1b/Телефон']));
    expect(lines[3]).toEqual({ text: '    "Телефон": ', pointer: '/a~1b/Телефон', masked: true, tail: '' });
  });
});

describe('the comparison', () => {
  const compare = (before: unknown, after: unknown) =>
    diffLines(jsonLines(before), jsonLines(after)).map(
      ({ kind, left, right }) => `${kind[0]}${left?.number ?? '-'}:${right?.number ?? '-'}`,
    );
  it('pairs what changed and shows what came and went', () => {
    expect(compare({ a: 1, b: null, c: 3 }, { a: 1, b: 'договор', c: 3 })).toEqual([
      's1:1',
      's2:2',
      'c3:3',
      's4:4',
      's5:5',
    ]);
    expect(compare([1, 2], [1, 2, 3])).toEqual(['s1:1', 's2:2', 'c3:3', 'a-:4', 's4:5']);
  });
  it('holds every line of both sides once, in order, and nothing else', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (before, after) => {
        const rows = diffLines(jsonLines(before), jsonLines(after));
        const side = (pick: 'left' | 'right') => rows.flatMap((row) => row[pick]?.number ?? []);
        expect(side('left')).toEqual(jsonLines(before).map((_, index) => index + 1));
        expect(side('right')).toEqual(jsonLines(after).map((_, index) => index + 1));
      }),
    );
  });
  it('finds nothing different in equal content, long content included', () => {
    const long = Array.from({ length: 1_600 }, (_, index) => index);
    expect(diffLines(jsonLines(long), jsonLines(long)).every(({ kind }) => kind === 'same')).toBe(true);
  });
});
