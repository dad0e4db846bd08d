import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import { describe, expect, it } from 'vitest';
import { type BusTopics, judgeRecord } from './bus-intake/judge.ts';
import { type ShownEvent, shownEvent } from './quarantine-view.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
const flow = (id: string, from: string, to: string, more: object = {}): FlowConfig =>
  ({ id, from: [from], to: [to], personalData: false, consumers: [], ...more }) as unknown as FlowConfig;
const flows = new Map(
  [
    flow('ut-site', 'ut', 'site', { consumers: [{ deadLetterTopic: 'site.dlq' }] }),
    flow('ut-bp', 'ut', 'bp'),
    flow('zup-hrtek', 'zup', 'hrtek', { personalData: true, consumers: [{ deadLetterTopic: 'hrtek.dlq' }] }),
  ].map((one) => [one.id, one]),
);
const topics: BusTopics = {
  busId: 'kafka',
  flows,
  sources: new Map([
    ['trade', ['ut', 'site']],
    ['mixed', ['ut', 'zup']],
  ]),
  deadLetters: new Map(),
};
const NAME = 'Иванов Иван';
const event = (change: object) => ({
  specversion: '1.0',
  id: '1',
  source: 'ut',
  type: 'exchange.failed',
  time: '2026-11-24T08:59:00Z',
  data: { flow: 'unknown', message: { title: NAME } },
  ...change,
});

/** What people see of a record that lies in quarantine. */
function shownOf(
  topic: string,
  value: object | string,
  by: { topics?: BusTopics; flows: typeof flows } = { topics, flows },
) {
  const judged = judgeRecord(
    {
      place: { topic, topicId: 'id', partition: 0, offset: '7' },
      timestamp: NOW,
      key: null,
      value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
      headers: [],
    },
    topics,
    NOW,
  );
  if (judged.kind !== 'quarantine') throw new Error('accepted');
  const { raw, systemId, bus } = judged.held;
  const row: ShownEvent = { event: raw, bus: bus ?? null, systemId };
  return JSON.stringify(shownEvent(row, by));
}

describe('a record of the bus in quarantine', () => {
  const BROKEN = `{"data": {"title": "${NAME}"`;

  it('that cannot be read is shown as it is where nobody who may write there speaks of people', () => {
    expect(shownOf('trade', BROKEN)).toContain(NAME);
    expect(shownOf('site.dlq', BROKEN)).toContain(NAME);
  });

  it('that cannot be read is shown by its place alone where somebody does', () => {
    for (const topic of ['mixed', 'hrtek.dlq']) expect(shownOf(topic, BROKEN)).toBe(JSON.stringify({ timestamp: NOW }));
  });

  it('of a topic that the landscape does not know any more is shown by its place, by its envelope', () => {
    const gone = { flows, topics: { ...topics, sources: new Map() } };
    for (const by of [gone, { flows }]) {
      expect(shownOf('trade', BROKEN, by)).toBe(JSON.stringify({ timestamp: NOW }));
      expect(shownOf('trade', event({ source: undefined }), by)).not.toContain(NAME);
    }
    const nobody = new Map([...flows].filter(([, { personalData }]) => !personalData));
    expect(shownOf('trade', BROKEN, { flows: nobody })).toContain(NAME);
  });

  it('of a flow that is not known is shown by its envelope where its writer or the one it names may speak of people', () => {
    expect(shownOf('trade', event({}))).toContain(NAME);
    expect(shownOf('trade', event({ source: 'bp' }))).toContain(NAME);
    for (const [topic, change] of [
      ['mixed', { source: 'zup' }],
      ['mixed', { source: 'zup-2' }],
      ['mixed', { source: 'site' }],
      ['mixed', { source: undefined }],
      ['mixed', { source: { title: NAME } }],
      ['trade', { source: 'zup' }],
      ['trade', { source: 'zup-2' }],
    ] as const) {
      const shown = shownOf(topic, event(change));
      expect(shown, `${topic} ${JSON.stringify(change)}`).not.toContain(NAME);
      expect(shown).toContain('exchange.failed');
    }
  });

  it('of a known flow is shown as its flow, unless one who speaks of nothing but people may have written it', () => {
    const data = { flow: 'ut-bp', message: { title: NAME } };
    expect(shownOf('trade', event({ data }))).toContain(NAME);
    expect(shownOf('mixed', event({ data }))).toContain(NAME);
    expect(shownOf('mixed', event({ data, source: 'zup-2' }))).not.toContain(NAME);
    expect(shownOf('trade', event({ data: { ...data, flow: 'zup-hrtek' } }))).not.toContain(NAME);
  });
});
