import { describe, expect, it } from 'vitest';
import {
  type ComparedDay,
  type Condition,
  type ConditionCode,
  conditionsOf,
  notBefore,
  type ReadinessFacts,
} from './readiness.ts';

const NOW = Date.parse('2026-11-26T11:32:00Z');
const HOUR = 3_600_000;
const day = (date: string, change: Partial<ComparedDay> = {}): ComparedDay => ({
  date,
  working: true,
  full: true,
  pairs: 100,
  good: 100,
  lost: 0,
  ...change,
});
/** Monday 16 November to Thursday the 26th, the present date last; 21 and 22 are a weekend. */
const DATES = ['16', '17', '18', '19', '20', '21', '22', '23', '24', '25', '26'];
const DAYS = DATES.map((date) =>
  day(`2026-11-${date}`, { working: date !== '21' && date !== '22', full: date !== '26' }),
);
const with_ = (date: string, change: Partial<ComparedDay>): ComparedDay[] =>
  DAYS.map((one) => (one.date.endsWith(date) ? { ...one, ...change } : one));

const FACTS: ReadinessFacts = {
  unjudged: 0,
  stage: 'shadow',
  now: NOW,
  rules: { days: 8, share: 0.97, lossDays: 5, healthyMs: 24 * HOUR },
  days: DAYS,
  unexplained: 0,
  differing: 3,
  healthySince: NOW - 24 * HOUR,
  busConnected: true,
  latency: { oldP95Ms: 4_200, busP95Ms: 1_600 },
  rollback: { at: NOW, by: 'О. Нечаева' },
  retryTopic: 'ut.go-services.retry',
  workingAhead: ['2026-11-26', '2026-11-27', '2026-11-30', '2026-12-01', '2026-12-02', '2026-12-03'],
};
const judge = (change: Partial<ReadinessFacts>): Condition[] => conditionsOf({ ...FACTS, ...change });
const of = (code: ConditionCode, change: Partial<ReadinessFacts>): Condition | undefined =>
  judge(change).find((one) => one.code === code);
const failing = (change: Partial<ReadinessFacts>): string[] =>
  judge(change)
    .filter(({ met }) => !met)
    .map(({ code }) => code);

describe('conditions of a switch', () => {
  it('all eight hold exactly at their boundaries', () => {
    expect(judge({})).toHaveLength(8);
    expect(failing({})).toEqual([]);
    expect(notBefore(judge({}))).toBeNull();
  });

  it('a flow that is healthy for a millisecond less than a day, or not at all, is not healthy long enough', () => {
    expect(failing({ healthySince: NOW - 24 * HOUR + 1 })).toEqual(['healthy']);
    expect(failing({ healthySince: null })).toEqual(['healthy']);
  });

  it('one difference without a reason is one too many', () => {
    expect(failing({ unexplained: 1 })).toEqual(['unexplained']);
    expect(of('unexplained', { unexplained: 3, differing: 42 })?.data).toEqual({ count: 3, of: 42 });
  });

  it('a loss counts the days from its own on anew and says when they are over', () => {
    const losses = of('losses', { days: with_('24', { lost: 12, good: 88 }) });
    expect(losses).toMatchObject({
      met: false,
      data: { clean: 1, lost: 12, lostOn: '2026-11-24', doneOn: '2026-12-01' },
    });
    expect(of('losses', { days: with_('18', { lost: 1 }) })).toMatchObject({ met: true, data: { clean: 5 } });
    expect(of('losses', { days: with_('19', { lost: 1 }) })).toMatchObject({
      met: false,
      data: { clean: 4, doneOn: '2026-11-26' },
    });
  });

  it('while it is not known what became of a message it may be lost', () => {
    expect(failing({ unjudged: 1 })).toEqual(['losses']);
    expect(of('losses', { unjudged: 7 })?.data).toMatchObject({ unjudged: 7, lost: 0 });
  });

  it('after a loss of today the present date is no clean one', () => {
    expect(of('losses', { days: with_('26', { lost: 1 }) })).toMatchObject({
      met: false,
      data: { clean: 0, doneOn: '2026-12-03' },
    });
  });

  it('a loss of a weekend counts as well', () => {
    expect(of('losses', { days: with_('22', { lost: 1 }) })).toMatchObject({ met: false, data: { clean: 3 } });
  });

  it('only whole working days count', () => {
    expect(of('days', {})).toMatchObject({ met: true, data: { full: 8 } });
    expect(of('days', { days: DAYS.slice(1) })).toMatchObject({
      met: false,
      data: { full: 7, doneOn: '2026-11-26' },
    });
  });

  it('every one of the days must show the share, reached exactly is reached', () => {
    expect(failing({ days: with_('23', { good: 97 }) })).toEqual([]);
    const short = of('share', { days: with_('23', { good: 96 }) });
    expect(short).toMatchObject({ met: false, data: { goodDays: 7, worst: 0.96, worstOn: '2026-11-23' } });
  });

  it('a day without messages shows nothing', () => {
    expect(failing({ days: with_('23', { pairs: 0, good: 0 }) })).toEqual(['share']);
  });

  it('the bus may be as slow as the old channel and no slower; unknown is not proven', () => {
    expect(failing({ latency: { oldP95Ms: 1_600, busP95Ms: 1_600 } })).toEqual([]);
    expect(failing({ latency: { oldP95Ms: 1_600, busP95Ms: 1_601 } })).toEqual(['speed']);
    expect(failing({ latency: { oldP95Ms: null, busP95Ms: 1 } })).toEqual(['speed']);
  });

  it('asks for a tried way back and for a way to feed one consumer again', () => {
    expect(failing({ rollback: null, retryTopic: null })).toEqual(['rollback', 'refeed']);
  });

  it('before the first message nothing but the switches of people holds', () => {
    expect(failing({ days: [], latency: { oldP95Ms: null, busP95Ms: null } })).toEqual([
      'losses',
      'days',
      'share',
      'speed',
    ]);
  });
});

describe('conditions of the other stages', () => {
  it('a shadow begins when the bus reports and can be fed again', () => {
    expect(judge({ stage: 'point-to-point' }).map(({ code }) => code)).toEqual(['connected', 'refeed']);
    expect(failing({ stage: 'point-to-point', busConnected: false })).toEqual(['connected']);
  });
  it('the old channel is ended under the same conditions, and then none are left', () => {
    expect(judge({ stage: 'cut-over' })).toHaveLength(8);
    expect(judge({ stage: 'bus' })).toEqual([]);
  });
});
