import type { FlowHealth } from '@pult/shared/contracts/landscape';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Ends, legsOf } from './map-legs.ts';

const INTO: Ends = { source: 'erp', target: 'kafka', from: ['erp-1', 'erp-2'], to: ['kafka'] };
const OUT: Ends = { source: 'kafka', target: 'ims3', from: ['kafka'], to: ['ims3'] };
const OTHER: Ends = { source: 'kafka', target: 'go', from: ['kafka'], to: ['go'] };
const LINES = [INTO, OUT, OTHER];

const busFlow = (code: FlowHealth['rule']['code'], data: FlowHealth['rule']['data'] = {}, more: object = {}) =>
  ({
    channel: 'kafka',
    status: 'bad',
    rule: { code, data },
    consumers: [
      { system: 'ims3', deadLetters: 0 },
      { system: 'go', deadLetters: 0 },
    ],
    cadence: null,
    ...more,
  }) as unknown as FlowHealth;
/** Lines that are ill, those that speak marked. */
const ill = (flow: FlowHealth, lines: readonly Ends[] = LINES) =>
  legsOf(flow, lines, false).flatMap(({ status, speaks }, index) =>
    status === 'bad' ? [`${lines[index]?.source}>${lines[index]?.target}${speaks ? '!' : ''}`] : [],
  );

describe('a flow over the bus', () => {
  it('failed at its consumer: the way into the bus is well', () => {
    const one = busFlow('failures', {}, { consumers: [{ system: 'ims3', deadLetters: null }] });
    expect(ill(one, [INTO, OUT])).toEqual(['kafka>ims3!']);
  });
  it('of several consumers has failed at those that gave up on records', () => {
    const dead = (ims3: number, go: number) =>
      busFlow(
        'undecided',
        {},
        {
          consumers: [
            { system: 'ims3', deadLetters: ims3 },
            { system: 'go', deadLetters: go },
          ],
        },
      );
    expect(ill(dead(0, 3))).toEqual(['kafka>go!']);
    expect(ill(dead(2, 3))).toEqual(['kafka>ims3!', 'kafka>go!']);
    // Nobody knows which of them it was: both have the colour, the number is said once.
    expect(ill(dead(0, 0))).toEqual(['kafka>ims3!', 'kafka>go']);
  });
  it('is not read by the consumer whose group is empty', () => {
    expect(ill(busFlow('no_consumer', { systemId: 'go' }))).toEqual(['kafka>go!']);
  });
  it('is silent at its source', () => {
    const cadence = {
      sources: [
        { systemId: 'erp-2', silentSince: '2026-11-29T06:00:00.000Z' },
        { systemId: 'ut', silentSince: null },
      ],
    };
    expect(ill(busFlow('silence', {}, { cadence }))).toEqual(['erp>kafka!']);
    const ut: Ends = { source: 'ut', target: 'kafka', from: ['ut'], to: ['kafka'] };
    expect(ill(busFlow('silence', {}, { cadence }), [ut, ...LINES])).toEqual(['erp>kafka!']);
    const both = { sources: cadence.sources.map((one) => ({ ...one, silentSince: '2026-11-29T06:00:00.000Z' })) };
    expect(ill(busFlow('silence', {}, { cadence: both }), [ut, ...LINES])).toEqual(['ut>kafka!', 'erp>kafka!']);
  });
  it('waits for a system on the lines of that system', () => {
    expect(ill(busFlow('target_down', { systemId: 'ims3' }))).toEqual(['kafka>ims3!']);
    expect(ill(busFlow('target_down', { systemId: 'erp-2' }))).toEqual(['erp>kafka!']);
    expect(ill(busFlow('target_down', { systemId: 'kafka' }))).toEqual(['erp>kafka!', 'kafka>ims3', 'kafka>go']);
  });
});

it('an ill flow is ill on some line, and says its trouble once', () => {
  const code = fc.constantFrom('failures', 'undecided', 'stuck', 'in_doubt', 'slow', 'silence', 'no_consumer');
  fc.assert(
    fc.property(code, fc.constantFrom('kafka', 'rest'), (rule, channel) => {
      const marks = ill(busFlow(rule as FlowHealth['rule']['code'], {}, { channel }));
      expect(marks.filter((mark) => mark.endsWith('!'))).toHaveLength(1);
    }),
  );
});
