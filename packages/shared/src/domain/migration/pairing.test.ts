import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomeOf, type PairSide, pairUp } from './pairing.ts';

const MINUTE = 60_000;
const side = (id: string, at: number, messageId = id): PairSide => ({ id, at, messageId });
const sides = (mark: string) =>
  fc
    .array(fc.record({ at: fc.integer({ min: 0, max: 3_000_000 }), m: fc.integer({ min: 0, max: 8 }) }), {
      maxLength: 8,
    })
    .map((list) =>
      list.map(({ at, m }, index) => side(`${mark}${index}`, at, m < 3 ? `shared-${m}` : `${mark}-m${index}`)),
    );
const ids = (list: readonly { old: PairSide | null; bus: PairSide | null }[]) =>
  list.map(({ old, bus }) => `${old?.id ?? '–'} ${bus?.id ?? '–'}`);

describe('pairUp', () => {
  it('puts every delivery into exactly one pair, whatever the order it hears of them', () => {
    fc.assert(
      fc.property(sides('o'), sides('b'), (olds, buses) => {
        const pairs = pairUp(olds, buses, { windowMs: 10 * MINUTE });
        expect(pairs.flatMap(({ old }) => (old ? [old.id] : [])).sort()).toEqual(olds.map(({ id }) => id).sort());
        expect(pairs.flatMap(({ bus }) => (bus ? [bus.id] : [])).sort()).toEqual(buses.map(({ id }) => id).sort());
        const turned = pairUp(olds.toReversed(), buses.toReversed(), { windowMs: 10 * MINUTE });
        expect(ids(turned).sort()).toEqual(ids(pairs).sort());
      }),
    );
  });

  it('pairs only what one message id joins or the window reaches', () => {
    fc.assert(
      fc.property(sides('o'), sides('b'), (olds, buses) => {
        for (const { old, bus } of pairUp(olds, buses, { windowMs: MINUTE }))
          if (old && bus) expect(old.messageId === bus.messageId || Math.abs(old.at - bus.at) <= MINUTE).toBe(true);
      }),
    );
  });

  it('pairs several messages of one key in their order', () => {
    const olds = [side('o1', 0), side('o2', 15 * MINUTE), side('o3', 30 * MINUTE)];
    const buses = [side('b1', 500), side('b2', 15 * MINUTE - 400), side('b3', 30 * MINUTE + 90)];
    expect(ids(pairUp(olds, buses, { windowMs: 5 * MINUTE }))).toEqual(['o1 b1', 'o2 b2', 'o3 b3']);
  });

  it('a message that the bus lost leaves its partner alone and shifts nobody', () => {
    const olds = [side('o1', 0), side('o2', 15 * MINUTE), side('o3', 30 * MINUTE)];
    const buses = [side('b1', 500), side('b3', 30 * MINUTE + 90)];
    expect(ids(pairUp(olds, buses, { windowMs: 5 * MINUTE }))).toEqual(['o1 b1', 'o2 –', 'o3 b3']);
  });

  it('a lost message inside the window leaves its own partner alone, too', () => {
    const olds = [side('o1', 0), side('o2', 4 * MINUTE), side('o3', 8 * MINUTE)];
    const late = 500;
    expect(
      ids(pairUp(olds, [side('b2', 4 * MINUTE + late), side('b3', 8 * MINUTE + late)], { windowMs: 10 * MINUTE })),
    ).toEqual(['o1 –', 'o2 b2', 'o3 b3']);
    expect(
      ids(pairUp([side('o2', 4 * MINUTE + late)], [side('b1', 0), side('b2', 4 * MINUTE)], { windowMs: 10 * MINUTE })),
    ).toEqual(['– b1', 'o2 b2']);
  });

  it('a channel that is slower than the messages follow each other still pairs all of them in order', () => {
    const olds = [side('o1', 0), side('o2', 4 * MINUTE), side('o3', 8 * MINUTE)];
    const buses = [side('b1', 5 * MINUTE), side('b2', 9 * MINUTE), side('b3', 13 * MINUTE)];
    expect(ids(pairUp(olds, buses, { windowMs: 10 * MINUTE }))).toEqual(['o1 b1', 'o2 b2', 'o3 b3']);
  });

  it('no other way to pair in order makes more pairs, or as many with less time between them', () => {
    const times = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 5 });
    /** Every way, tried. */
    const most = (olds: readonly number[], buses: readonly number[]): readonly [number, number] => {
      const [[old, ...olderRest], [bus, ...busRest]] = [olds, buses];
      if (old === undefined || bus === undefined) return [0, 0];
      const ways = [most(olderRest, buses), most(olds, busRest)];
      const apart = Math.abs(old - bus);
      const [count, time] = most(olderRest, busRest);
      if (apart <= 10) ways.push([count + 1, time + apart]);
      return ways.reduce((a, b) => (b[0] > a[0] || (b[0] === a[0] && b[1] < a[1]) ? b : a));
    };
    fc.assert(
      fc.property(times, times, (one, other) => {
        const [olds, buses] = [one.toSorted((a, b) => a - b), other.toSorted((a, b) => a - b)];
        const pairs = pairUp(
          olds.map((at, index) => side(`o${index}`, at)),
          buses.map((at, index) => side(`b${index}`, at)),
          { windowMs: 10 },
        ).flatMap(({ old, bus }) => (old && bus ? [Math.abs(old.at - bus.at)] : []));
        expect([pairs.length, pairs.reduce((sum, apart) => sum + apart, 0)]).toEqual(most(olds, buses));
      }),
    );
  });

  it('a key that repeats thousands of times within the window is paired in turn', () => {
    const many = (mark: string, shift: number) =>
      Array.from({ length: 2_000 }, (_, index) => side(`${mark}${index}`, index * 10 + shift));
    const pairs = pairUp(many('o', 0), many('b', 1), { windowMs: MINUTE });
    expect(pairs.every(({ old, bus }) => old?.id.slice(1) === bus?.id.slice(1))).toBe(true);
  });

  it('the window is closed: at its edge two still pair, a millisecond further they do not', () => {
    expect(ids(pairUp([side('o', 0)], [side('b', MINUTE)], { windowMs: MINUTE }))).toEqual(['o b']);
    expect(ids(pairUp([side('o', 0)], [side('b', MINUTE + 1)], { windowMs: MINUTE }))).toEqual(['o –', '– b']);
  });
});

describe('outcomeOf', () => {
  const facts = { differing: 0, waitMs: 10 * MINUTE, now: 10 * MINUTE };
  const there = { at: 0, appliedAt: 900 };
  const open = { at: 0, appliedAt: null };

  it('compares only what both channels brought', () => {
    expect(outcomeOf({ old: there, bus: there }, facts)).toBe('same');
    expect(outcomeOf({ old: there, bus: there }, { ...facts, differing: 1 })).toBe('differs');
  });

  it('waits for the second side until the time is up, and no longer', () => {
    expect(outcomeOf({ old: there, bus: null }, { ...facts, now: 10 * MINUTE - 1 })).toBe('waiting');
    expect(outcomeOf({ old: there, bus: null }, facts)).toBe('only_old');
    expect(outcomeOf({ old: null, bus: there }, facts)).toBe('only_bus');
  });

  it('a record that no consumer has processed was not brought', () => {
    expect(outcomeOf({ old: there, bus: open }, facts)).toBe('only_old');
    expect(outcomeOf({ old: open, bus: open }, facts)).toBe('neither');
  });
});
