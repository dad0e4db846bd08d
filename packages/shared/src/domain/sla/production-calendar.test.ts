import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FIVE_DAY_WEEK, RUSSIAN_YEARS, russianCalendar } from './calendars/russia.ts';
import { diffCalendars, overridesOf, yearTotals } from './production-calendar.ts';
import { HOUR, MOSCOW } from './testing/clock-builder.ts';
import { parseXmlCalendar } from './xmlcalendar.ts';

const edition = (year: number) => readFileSync(new URL(`./fixtures/ru-${year}.xml`, import.meta.url), 'utf8');
const calendarXml = (days: string) => `<?xml version="1.0"?>\n<calendar year="2026">\n${days}\n</calendar>`;

describe('shipped years', () => {
  it.each(RUSSIAN_YEARS.map((year) => [year.year, year] as const))(
    '%i is what xmlcalendar published',
    (number, year) => {
      expect(parseXmlCalendar(edition(number), { confirmed: year.confirmed })).toEqual({ year, problems: [] });
    },
  );

  it('says which year is not decreed yet', () => {
    expect(RUSSIAN_YEARS.map(({ year, confirmed }) => [year, confirmed])).toEqual([
      [2024, true],
      [2025, true],
      [2026, true],
      [2027, false],
    ]);
  });

  it.each([
    [2024, 248, 1979, 5],
    [2025, 247, 1972, 4],
    [2026, 247, 1972, 4],
    [2027, 247, 1972, 4],
  ])('%i has %i working days and %i hours, %i of them short days', (year, workingDays, workingHours, shortDays) => {
    const totals = yearTotals(MOSCOW, year);
    expect([totals.workingDays, totals.workingMs / HOUR, totals.shortDays]).toEqual([
      workingDays,
      workingHours,
      shortDays,
    ]);
    expect(totals.workingDays + totals.daysOff).toBe(year % 4 === 0 ? 366 : 365);
  });

  it('names the holiday, the date a day off moved from, the short day, the working Saturday', () => {
    expect(MOSCOW.overrides['2026-05-09']).toEqual({
      intervals: [],
      reason: { kind: 'holiday', title: 'День Победы', movedFrom: null },
    });
    expect(MOSCOW.overrides['2026-05-11']?.reason).toEqual({ kind: 'moved', title: null, movedFrom: '2026-05-09' });
    expect(MOSCOW.overrides['2026-05-08']).toEqual({
      intervals: [
        { from: '09:00', to: '13:00' },
        { from: '14:00', to: '17:00' },
      ],
      reason: { kind: 'short', title: null, movedFrom: null },
    });
    expect(MOSCOW.overrides['2024-04-27']?.intervals).toEqual(FIVE_DAY_WEEK[1]);
    expect(MOSCOW.overrides['2025-11-01']?.reason.kind).toBe('working-weekend');
    expect(MOSCOW.overrides['2025-11-01']?.intervals.at(-1)?.to).toBe('17:00');
  });

  it('names holidays by law where the edition leaves them unnamed', () => {
    expect(MOSCOW.overrides['2027-05-09']?.reason.title).toBe('День Победы');
  });
});

describe('overrides of a year', () => {
  const [monday, shortFriday] = [
    [{ from: '08:00', to: '17:00' }],
    [
      { from: '08:00', to: '12:00' },
      { from: '12:30', to: '13:00' },
    ],
  ];
  const week = { 1: monday, 2: monday, 3: monday, 4: monday, 5: shortFriday };

  it('a working Saturday has the hours of the weekday whose day off it took', () => {
    const [year2024] = RUSSIAN_YEARS;
    // 28 December 2024 works instead of Monday the 30th.
    expect(year2024 && overridesOf(year2024, week)['2024-12-28']?.intervals).toEqual(monday);
  });

  it('the hour of a short day is taken from the last interval and then from the one before', () => {
    const [, , year2026] = RUSSIAN_YEARS;
    // Friday, 8 May 2026.
    expect(year2026 && overridesOf(year2026, week)['2026-05-08']?.intervals).toEqual([{ from: '08:00', to: '11:30' }]);
  });
});

describe('two sources of one year', () => {
  it('differ by the dates on which their hours differ', () => {
    const other = {
      ...MOSCOW,
      overrides: Object.fromEntries(Object.entries(MOSCOW.overrides).filter(([date]) => date !== '2025-04-30')),
    };
    expect(diffCalendars(MOSCOW, other, { from: '2025-01-01', to: '2025-12-31' })).toEqual([
      { date: '2025-04-30', was: MOSCOW.overrides['2025-04-30']?.intervals, now: FIVE_DAY_WEEK[3] },
    ]);
  });
});

describe('parser of xmlcalendar', () => {
  it('reads any order of attributes, either quote, entities; skips comments', () => {
    const xml = `<calendar date="2025.09.30" year='2026'><!-- <day d="01.13" t="1"/> -->
      <holidays><holiday title="&quot;A&quot; > &#1041; &amp; &#x412;" id="7"/></holidays>
      <days><day h='7' t="1" d="02.24"></day></days></calendar>`;
    const { year } = parseXmlCalendar(xml, { confirmed: true });
    expect(year?.publishedOn).toBe('2025-09-30');
    expect(year?.days).toEqual([{ date: '2026-02-24', kind: 'off', holiday: '"A" > Б & В', movedFrom: null }]);
  });

  it('reports every problem with its line and gives no half of a year', () => {
    const { year, problems } = parseXmlCalendar(
      calendarXml(`<!-- two
lines --><day d="02.30" t="9"/>
<day d="01.01" t="1" h="5"/><day d="01.02" t="1" f="13.01"/>
<day d="01.03" t="1"/>
<day d="01.03" t="2"/>`),
      { confirmed: true },
    );
    expect(year).toBeNull();
    expect(problems).toEqual([
      { line: 4, code: 'day.date_unknown', value: '02.30' },
      { line: 4, code: 'day.kind_unknown', value: '9' },
      { line: 5, code: 'day.holiday_unknown', value: '5' },
      { line: 5, code: 'day.moved_from_unknown', value: '13.01' },
      { line: 7, code: 'day.repeated', value: '2026-01-03' },
    ]);
  });

  it.each([
    ['no calendar at all', '{"year":2026}', 'calendar.missing'],
    ['no year', '<calendar><day d="01.01" t="1"/></calendar>', 'year.invalid'],
    [
      'a wrong date of publication',
      '<calendar year="2026" date="soon"><day d="01.01" t="1"/></calendar>',
      'published.invalid',
    ],
    ['no days', calendarXml(''), 'days.missing'],
  ])('refuses %s', (_, xml, code) => {
    const { year, problems } = parseXmlCalendar(xml, { confirmed: true });
    expect(year).toBeNull();
    expect(problems.map((problem) => problem.code)).toEqual([code]);
  });

  it('a parsed year makes a calendar', () => {
    const { year } = parseXmlCalendar(edition(2026), { confirmed: true });
    const years = year === null ? [] : [year];
    const branch = russianCalendar({ id: 'ekb', version: 1, title: 'Екатеринбург', zone: 'Asia/Yekaterinburg', years });
    expect(yearTotals(branch, 2026)).toEqual({ workingDays: 247, daysOff: 118, shortDays: 4, workingMs: 1972 * HOUR });
  });
});
