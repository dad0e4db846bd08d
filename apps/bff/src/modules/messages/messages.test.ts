import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../platform/db/database.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { createDeliveryBook } from './book.ts';
import { createMessagesModule } from './index.ts';
import { createIntake } from './intake.ts';
import { inFoldTransaction } from './ledger.ts';
import { listCauses, listMessages, messagesByTime, summariseMessages } from './lists.ts';
import { closeQuarantined, listQuarantine } from './quarantine.ts';
import { readStory, type StoryDeps } from './story.ts';
import { markOverdue } from './sweep.ts';
import { triageCause } from './triage.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
const MINUTE = 60_000;
const flow = (id: string, from: string, to: string): FlowConfig =>
  ({
    id,
    title: { ru: id, en: id },
    from: [from],
    to: [to],
    watched: true,
    budget: { accepted: 2 * MINUTE, sent: 3 * MINUTE, delivered: 5 * MINUTE },
    ackTimeoutMs: 5 * MINUTE,
    retry: { resend: { system: from, path: '/resend' }, ratePerSecond: 4, maxRatePerSecond: 8 },
    runbook: ['шаг'],
  }) as unknown as FlowConfig;
const flows = new Map([flow('site-orders', 'site', 'ut'), flow('ut-bp-sales', 'ut', 'bp')].map((one) => [one.id, one]));
const person = {
  kind: 'person',
  userId: 'ops',
  name: 'Нечаева Ольга',
  email: null,
  roles: ['ops'],
  permissions: [],
  sessionId: 's',
} as const;

let database: TestDatabase;
let deps: StoryDeps;
const live = { announce: () => undefined };
beforeAll(async () => {
  database = await createTestDatabase();
  deps = {
    db: database.db,
    flows,
    clock: { now: () => NOW },
    downSince: () => null,
    approvalOf: async () => null,
    operationsOf: async () => new Map(),
  };
});
afterAll(() => database.close());
beforeEach(async () => {
  await sql`truncate delivery, exchange_event, delivery_fact, message_payload, failure_cause, failure_cause_note, rollup_minute,
    rollup_latency, rollup_cause, rollup_hour, rollup_latency_day, rollup_cause_day, quarantine_event, system_report, heartbeat`.execute(
    database.db,
  );
});

interface Shape {
  readonly kind: 'accepted' | 'sent' | 'delivered' | 'applied' | 'failed';
  readonly message: number;
  readonly attempt: number;
  readonly offsetMs: number;
  readonly id: string;
  readonly source: 'site' | 'ut';
  readonly revision?: number;
  /** Which of several things the event says about its message. */
  readonly variant?: number;
}
const OPERATIONS = ['0190c0de-0000-7000-8000-000000000001', '0190c0de-0000-7000-8000-000000000002'];
const cloudEvent = (shape: Shape): Record<string, unknown> => ({
  specversion: '1.0',
  id: shape.id,
  source: shape.source,
  type: `exchange.${shape.kind}`,
  time: new Date(NOW - 60 * MINUTE + shape.offsetMs).toISOString(),
  traceparent: `00-4bf92f3577b34da6a3ce929d0e0e473${shape.variant ?? 6}-00f067aa0ba902b7-01`,
  data: {
    flow: 'site-orders',
    consumer: 'ut',
    attempt: shape.attempt,
    revision: shape.revision ?? 1,
    message: {
      id: `m${shape.message}`,
      key: {
        type: 'ЗаказКлиента',
        number: `ЗК-${shape.message}${shape.variant ?? ''}`,
        ref: shape.variant ? `r${shape.variant}` : null,
      },
      counterparty:
        shape.variant === 0 ? null : { name: `ООО «Электромонтаж${shape.variant ?? ''}»`, inn: '6679048211' },
      amount: shape.variant ? `${shape.variant}0.50` : '1284.50',
      ...(shape.variant ? { occurredAt: new Date(NOW - shape.variant * 1_000).toISOString() } : {}),
      ...(shape.kind === 'accepted' ? { payload: { Номер: shape.message, variant: shape.variant } } : {}),
    },
    ...(shape.variant
      ? { operation: { id: OPERATIONS[shape.variant - 1], idempotencyKey: `key ${shape.variant}` } }
      : {}),
    ...(shape.kind === 'failed' ? { error: { text: `Не найдена номенклатура по артикулу «a-${shape.message}»` } } : {}),
  },
});
const shape = fc.record({
  kind: fc.constantFrom('accepted', 'sent', 'delivered', 'applied', 'failed'),
  message: fc.integer({ min: 1, max: 4 }),
  attempt: fc.integer({ min: 1, max: 3 }),
  offsetMs: fc.integer({ min: 0, max: 50 * MINUTE }),
  id: fc.uuid(),
  source: fc.constantFrom('site', 'ut'),
  revision: fc.integer({ min: 1, max: 2 }),
  variant: fc.integer({ min: 0, max: 2 }),
});

/** Everything that must not depend on how the events came. */
const snapshot = async () => ({
  deliveries: (
    await sql<{ version: number }>`select * from delivery order by message_id`.execute(database.db)
  ).rows.map(({ version: _, ...row }) => row),
  payloads: (await sql`select * from message_payload order by delivery_id, revision`.execute(database.db)).rows,
  minutes: (
    await sql`select * from rollup_minute where accepted <> 0 or applied <> 0 or failed <> 0 order by flow_id, minute`.execute(
      database.db,
    )
  ).rows,
  latencies: (
    await sql`select * from rollup_latency where count <> 0 order by flow_id, minute, bucket`.execute(database.db)
  ).rows,
  causes: (await sql`select * from rollup_cause where failed <> 0 order by cause_id, minute`.execute(database.db)).rows,
  hours: (
    await sql`select flow_id, hour, accepted, applied, failed from rollup_hour order by flow_id, hour`.execute(
      database.db,
    )
  ).rows.filter((row) => Object.values(row as object).some((value) => typeof value === 'number' && value !== 0)),
  latencyDays: (
    await sql`select * from rollup_latency_day where count <> 0 order by flow_id, day, bucket`.execute(database.db)
  ).rows,
  causeDays: (await sql`select * from rollup_cause_day where failed <> 0 order by cause_id, day`.execute(database.db))
    .rows,
});
const wipe = () =>
  sql`truncate delivery, exchange_event, delivery_fact, message_payload, failure_cause, failure_cause_note, rollup_minute,
  rollup_latency, rollup_cause, rollup_hour, rollup_latency_day, rollup_cause_day, quarantine_event, system_report, heartbeat`.execute(
    database.db,
  );

describe('intake', () => {
  it('ends in the same rows and rollups for any order, repetition, batching and number of writers', async () => {
    const second = openDatabase(database.url, { max: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(shape, { minLength: 1, maxLength: 14, selector: ({ id }) => id }),
        fc.infiniteStream(fc.nat()),
        async (shapes, order) => {
          await wipe();
          const one = createIntake({ ...deps, live });
          for (const each of shapes) await one.accept(cloudEvent(each), each.source);
          const expected = await snapshot();
          await wipe();
          const writers = [createIntake({ ...deps, live }), createIntake({ ...deps, live, db: second.db })];
          const shuffled = [...shapes, ...shapes]
            .map((each) => ({ each, key: order.next().value ?? 0 }))
            .sort((a, b) => a.key - b.key);
          await Promise.all(
            (['site', 'ut'] as const).flatMap((source) =>
              writers.map(async (writer, index) => {
                const own = shuffled.filter(({ each }) => each.source === source).map(({ each }) => cloudEvent(each));
                const half = Math.ceil(own.length / 2);
                for (const part of index === 0 ? [own.slice(0, half), own] : [own.slice(half), own])
                  if (part.length > 0) await writer.accept(part, source);
              }),
            ),
          );
          expect(await snapshot()).toEqual(expected);
        },
      ),
      { numRuns: 25 },
    );
    await second.close();
  }, 60_000);

  const accepted: Shape = { kind: 'accepted', message: 1, attempt: 1, offsetMs: 0, id: 'e1', source: 'site' };

  it('answers per event and keeps what it cannot accept', async () => {
    const intake = createIntake({ ...deps, live });
    const good = cloudEvent(accepted);
    const unknown = { ...good, id: 'e2', data: { ...(good.data as object), flow: 'nowhere' } };
    const broken = { ...good, id: 'e3', time: 'yesterday' };
    const foreign = { ...good, id: 'e4', source: 'bp' };
    const results = await intake.accept([good, unknown, good, broken, foreign], 'site');
    expect(results.map(({ status, reason }) => reason ?? status)).toEqual([
      'accepted',
      'unknown_flow',
      'duplicate',
      'invalid',
      'foreign_source',
    ]);
    const held = await listQuarantine(deps, { limit: 10, withContent: true });
    expect(held.rows.map(({ reason }) => reason).sort()).toEqual(['foreign_source', 'invalid', 'unknown_flow']);
    expect((await intake.accept(unknown, 'site'))[0]?.status).toBe('quarantined');
    expect((await listQuarantine(deps, { limit: 10, withContent: true })).rows).toHaveLength(3);
  });

  it('refuses a body that is no event at all', async () => {
    await expect(createIntake({ ...deps, live }).accept({ hello: 1 }, 'site')).rejects.toMatchObject({
      code: 'event.malformed',
    });
  });

  it('accepts a quarantined event once the landscape knows its flow', async () => {
    const good = cloudEvent(accepted);
    await createIntake({ ...deps, live }).accept(
      { ...good, data: { ...(good.data as object), flow: 'later' } },
      'site',
    );
    const [held] = (await listQuarantine(deps, { limit: 10, withContent: true })).rows;
    const input = {
      eventId: held?.id ?? '',
      verb: 'replay' as const,
      reason: undefined,
      actor: { ...person, roles: [...person.roles], permissions: [] },
      requestId: 'r',
    };
    expect(await closeQuarantined(deps, input)).toBe('quarantined');
    const { activity } = createMessagesModule({ ...deps, live });
    expect([await activity.quarantinedOf('site'), await activity.quarantinedOf('ut')]).toEqual([1, 0]);
    const grown = { ...deps, flows: new Map([...flows, ['later', { ...flow('later', 'site', 'ut') }] as const]) };
    expect(await closeQuarantined(grown, input)).toBe('accepted');
    expect(await activity.quarantinedOf('site')).toBe(0);
    await expect(closeQuarantined(grown, input)).rejects.toMatchObject({ code: 'quarantine.not_found' });
    expect((await listMessages(grown, { sort: 'newest', limit: 10 })).rows).toHaveLength(1);
  });
});

describe('lists', () => {
  const fill = async () => {
    const intake = createIntake({ ...deps, live });
    const events = Array.from({ length: 12 }, (_, message) => message + 1).flatMap((message): Shape[] => [
      { kind: 'accepted', message, attempt: 1, offsetMs: message * MINUTE, id: `a${message}`, source: 'site' },
      { kind: 'sent', message, attempt: 1, offsetMs: message * MINUTE + 500, id: `s${message}`, source: 'site' },
      ...(message % 3 === 0
        ? [
            {
              kind: 'failed',
              message,
              attempt: 1,
              offsetMs: message * MINUTE + 900,
              id: `f${message}`,
              source: 'ut',
            } as const,
          ]
        : message % 3 === 1
          ? [
              {
                kind: 'applied',
                message,
                attempt: 1,
                offsetMs: message * MINUTE + 1_500,
                id: `p${message}`,
                source: 'ut',
              } as const,
            ]
          : []),
    ]);
    for (const source of ['site', 'ut'] as const)
      await intake.accept(events.filter((one) => one.source === source).map(cloudEvent), source);
  };

  it('pages by cursor without gaps or repeats in every order', async () => {
    await fill();
    for (const sort of ['newest', 'oldest', 'amount'] as const) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page: Awaited<ReturnType<typeof listMessages>> = await listMessages(deps, { sort, limit: 5, cursor });
        seen.push(...page.rows.map(({ id }) => id));
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      expect(new Set(seen).size).toBe(12);
      expect(seen).toHaveLength(12);
    }
  });

  it('filters, counts, groups by cause and draws the same numbers', async () => {
    await fill();
    const states = async (filter: object) =>
      (await listMessages(deps, { sort: 'newest', limit: 50, ...filter })).rows.length;
    expect(await states({ state: ['failed'] })).toBe(4);
    expect(await states({ q: '6679048' })).toBe(12);
    expect(await states({ q: 'зк-11' })).toBe(1);
    expect(await states({ q: '100%' })).toBe(0);
    expect(await states({ stuck: 'true' })).toBe(4);
    expect(await states({ timeField: 'failed' })).toBe(4);
    const summary = await summariseMessages(deps, {});
    expect(summary).toMatchObject({ failed: 4, stuck: 4, inDoubt: 0, causes: 1, amountAtRisk: '5138' });
    const causes = await listCauses(deps, {});
    expect(causes.rows).toHaveLength(1);
    expect(causes.rows[0]).toMatchObject({ count: 4, errorClass: 'mapping', status: 'new', counterparties: 1 });
    expect(causes.rows[0]?.sparkline.reduce((sum, value) => sum + value, 0)).toBe(4);
    const volume = await messagesByTime(deps, { buckets: 48 });
    expect(volume.buckets.reduce((sum, { failed }) => sum + failed, 0)).toBe(4);
    expect(volume.buckets.reduce((sum, { applied }) => sum + applied, 0)).toBe(4);
    const module = createMessagesModule({ ...deps, live });
    const numbers = (await module.activity.flowNumbers(NOW)).value.get('site-orders');
    expect(numbers).toMatchObject({ failed: 4, stuck: 4, appliedLastHour: 4, waiting: 8, waitingAmount: '10276' });
    expect(numbers).toMatchObject({
      failedAmount: '5138',
      stuckAmount: '5138',
      inDoubtAmount: '0',
      oldestInDoubtAt: null,
    });
    expect(numbers?.oldestFailedAt).toBeLessThan(NOW);
    const hours = await module.history.hours({ from: NOW - 2 * 60 * MINUTE, to: NOW, flowIds: null });
    expect(hours.reduce((sum, { failed }) => sum + failed, 0)).toBe(4);
  });

  it('marks overdue acknowledgements as in doubt once', async () => {
    await fill();
    expect(await markOverdue(deps)).toBe(4);
    expect(await markOverdue(deps)).toBe(0);
    expect((await summariseMessages(deps, {})).inDoubt).toBe(4);
  });

  it('waits no longer for what a clock that is ahead says: since it was heard, in whatever order, told once or twice', async () => {
    const ahead = 21 * 60 * MINUTE;
    const events: Shape[] = [1, 2].flatMap((message) => [
      { kind: 'accepted', message, attempt: 1, offsetMs: ahead, id: `a${message}`, source: 'site' } as const,
      { kind: 'sent', message, attempt: 1, offsetMs: ahead + 500, id: `s${message}`, source: 'site' } as const,
    ]);
    const told = async (list: readonly Shape[], now: number) =>
      createIntake({ ...deps, clock: { now: () => now }, live }).accept(list.map(cloudEvent), 'site');
    await told(events.slice(0, 2), NOW);
    await told([...events.slice(2)].reverse(), NOW);
    await told(events, NOW + 9 * MINUTE);
    const at = (now: number) => ({ ...deps, clock: { now: () => now } });
    const stuck = async (now: number) =>
      (await listMessages(at(now), { stuck: 'true', sort: 'newest', limit: 9 })).rows;
    expect(await stuck(NOW + 3 * MINUTE)).toEqual([]);
    expect((await stuck(NOW + 3 * MINUTE + 1)).map(({ stateAt }) => stateAt)).toEqual(
      Array(2).fill(new Date(NOW).toISOString()),
    );
    expect(await markOverdue(at(NOW + 5 * MINUTE))).toBe(0);
    expect(await markOverdue(at(NOW + 5 * MINUTE + 1))).toBe(2);
    const { rows } = await sql`select to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as at from exchange_event
      where kind = 'accepted'`.execute(database.db);
    expect(rows).toEqual(Array(2).fill({ at: '2026-11-25 05:00' }));
  });

  it('leaves what lies on the bus unread out of doubt: it waits for a reader, and says so', async () => {
    await fill();
    const unread = { ...deps, withoutConsumer: () => NOW - 60 * MINUTE };
    expect(await markOverdue(unread)).toBe(0);
    const causes = (await listMessages(unread, { stuck: 'true', limit: 50, sort: 'newest' })).rows.map(
      ({ stuck }) => stuck?.cause,
    );
    expect(new Set(causes)).toEqual(new Set(['no_consumer']));
  });

  it('keeps owner and notes of a cause and tells the story of a message', async () => {
    await fill();
    const [cause] = (await listCauses(deps, {})).rows;
    const actor = { ...person, roles: [...person.roles], permissions: [] };
    const detail = await triageCause(deps, {
      causeId: cause?.id ?? '',
      triage: { owner: 'take', note: 'Группа сайта знает' },
      actor,
      requestId: 'r',
    });
    expect(detail.cause.owner?.name).toBe('Нечаева Ольга');
    expect(detail.notes[0]?.text).toBe('Группа сайта знает');
    expect(detail.examples).toHaveLength(4);
    const story = await readStory(deps, detail.examples[0]?.id ?? '');
    expect(story.track.map(({ state }) => state)).toEqual(['accepted', 'sent', 'failed']);
    expect(story.attempts[0]).toMatchObject({ number: 1, outcome: 'failed' });
    expect(story.revisions).toHaveLength(1);
    expect(story.actions.resend.allowed).toBe(true);
    expect(story.actions.verify).toEqual({ allowed: false, reason: 'verb_unsupported' });
  });
});

describe('time', () => {
  const failure = (id: string, days: number): Record<string, unknown> =>
    cloudEvent({ kind: 'failed', message: 1, attempt: 1, offsetMs: -days * 24 * 60 * MINUTE, id, source: 'ut' });
  const statuses = async () => (await sql`select regressed_at from failure_cause`.execute(database.db)).rows;

  it('tells a cause that came again, in one batch as one by one', async () => {
    const intake = createIntake({ ...deps, live });
    for (const [id, days] of [
      ['a', 5],
      ['b', 4.9],
      ['c', 0],
    ] as const)
      await intake.accept(failure(id, days), 'ut');
    const expected = await statuses();
    expect(expected).toEqual([{ regressed_at: new Date(NOW - 60 * MINUTE) }]);
    await wipe();
    await intake.accept([failure('c', 0), failure('a', 5), failure('b', 4.9)], 'ut');
    expect(await statuses()).toEqual(expected);
    await wipe();
    await intake.accept(failure('a', 5), 'ut');
    await intake.accept([failure('b', 4.9), failure('c', 0)], 'ut');
    expect(await statuses()).toEqual(expected);
  });

  it('of a clock that is ahead does not keep a silent system fresh, nor a silent flow alive', async () => {
    const intake = createIntake({ ...deps, live });
    const early = cloudEvent({ kind: 'accepted', message: 1, attempt: 1, offsetMs: 0, id: 'a', source: 'site' });
    const ahead = cloudEvent({
      kind: 'accepted',
      message: 2,
      attempt: 1,
      offsetMs: 20 * 60 * MINUTE,
      id: 'b',
      source: 'site',
    });
    await intake.accept([early, ahead], 'site');
    const { activity } = createMessagesModule({ ...deps, live });
    expect((await activity.lastReports()).get('site')).toBe(NOW);
    expect((await activity.flowNumbers(NOW)).value.get('site-orders')?.lastAcceptedAt).toBe(NOW - 60 * MINUTE);
  });
});

describe('the chain of a document', () => {
  it('takes one number for one document only while no counterparty contradicts', async () => {
    const intake = createIntake({ ...deps, live });
    const about = (message: number, number: string, inn: string | null): Record<string, unknown> => {
      const event = cloudEvent({
        kind: 'applied',
        message,
        attempt: 1,
        offsetMs: message,
        id: `c${message}`,
        source: 'ut',
      });
      const data = event.data as { message: { key: object; counterparty: object | null } };
      data.message.key = { type: 'ЗаказКлиента', number, ref: null };
      data.message.counterparty = inn === null ? null : { name: 'ООО «Ромашка»', inn };
      return event;
    };
    await intake.accept(about(1, 'ЗК-000077', '6679048211'), 'ut');
    await intake.accept(about(2, 'ЗК-000077', '7700000000'), 'ut');
    await intake.accept(about(3, 'ЗК-000077', null), 'ut');
    const { rows } = await listMessages(deps, { sort: 'oldest', limit: 10 });
    const chains = await Promise.all(rows.map(async ({ id }) => (await readStory(deps, id)).chain));
    const places = new Map(rows.map(({ id }, place) => [id, place + 1]));
    expect(chains.map((chain) => chain.map(({ deliveryId }) => places.get(deliveryId)))).toEqual([
      [1, 3],
      [2, 3],
      [1, 2, 3],
    ]);
  });
});

describe('the book of operations', () => {
  it('gives a request that never left a cause, so that it is in a group', async () => {
    const intake = createIntake({ ...deps, live });
    await intake.accept(
      cloudEvent({ kind: 'sent', message: 3, attempt: 1, offsetMs: 0, id: 's', source: 'site' }),
      'site',
    );
    const { book } = createMessagesModule({ ...deps, live });
    const [candidate] = await book.byFilter({ state: ['sent'] });
    const deliveryId = candidate?.deliveryId ?? '';
    const error = { code: 'source.unreachable', text: 'ECONNREFUSED 10.0.0.5:80' };
    await book.attemptFailed(database.db, { deliveryId, attempt: 2, at: NOW, error });
    const { rows } = await listCauses(deps, {});
    expect(rows).toMatchObject([{ count: 1, errorClass: 'transport', flowId: 'site-orders' }]);
  });

  it('refuses a plan of more messages than it may have, rather than to leave some out', async () => {
    const intake = createIntake({ ...deps, live });
    for (const message of [1, 2, 3])
      await intake.accept(
        cloudEvent({ kind: 'failed', message, attempt: 1, offsetMs: 0, id: `f${message}`, source: 'ut' }),
        'ut',
      );
    await expect(createDeliveryBook(deps, 2).byFilter({ state: 'failed' })).rejects.toMatchObject({
      code: 'operation.too_large',
      data: { limit: 2 },
    });
    expect(await createDeliveryBook(deps, 3).byFilter({ state: 'failed' })).toHaveLength(3);
  });

  it('knows when another message may have brought the document of a message', async () => {
    const intake = createIntake({ ...deps, live });
    const about = (message: number, kind: Shape['kind'], number: string, ref: string | null) => {
      const event = cloudEvent({ kind, message, attempt: 1, offsetMs: 0, id: `${kind}${message}`, source: 'ut' });
      const data = event.data as { message: Record<string, unknown> };
      Object.assign(data.message, { key: { type: 'ЗаказКлиента', number, ref } });
      return intake.accept(event, 'ut');
    };
    const ref = '0198c000-0000-7000-8000-0000000000aa';
    await about(1, 'applied', 'ЗК-1', null);
    await about(2, 'failed', 'ЗК-1', null);
    await about(3, 'applied', 'ЗК-3', ref);
    await about(4, 'failed', 'ЗК-4', ref);
    await about(5, 'failed', 'ЗК-5', null);
    await about(6, 'failed', 'ЗК-5', null);
    const { book } = createMessagesModule({ ...deps, live });
    const failed = await book.byFilter({ state: ['failed'] });
    const ambiguous = await book.withSiblingsAtTarget(failed.map(({ deliveryId }) => deliveryId));
    const named = failed.filter(({ deliveryId }) => ambiguous.includes(deliveryId));
    expect(named.map(({ messageId }) => messageId).sort()).toEqual(['m2', 'm4']);
  });

  it('knows which system accepted a message, however its events arrived', async () => {
    const intake = createIntake({ ...deps, live });
    const tell = (kind: Shape['kind'], source: Shape['source'], offsetMs: number) =>
      intake.accept(cloudEvent({ kind, message: 8, attempt: 1, offsetMs, id: `${kind}8`, source }), source);
    await tell('failed', 'ut', 30);
    const { book } = createMessagesModule({ ...deps, live });
    const [failed] = await book.byFilter({ state: 'failed' });
    expect(await book.sourceOf(failed?.deliveryId ?? '')).toBeNull();
    await tell('sent', 'site', 20);
    await tell('accepted', 'site', 10);
    expect(await book.sourceOf(failed?.deliveryId ?? '')).toBe('site');
  });

  it('claims, opens attempts, takes time-outs, answers of the target and decisions', async () => {
    const intake = createIntake({ ...deps, live });
    const failed: Shape = { kind: 'failed', message: 7, attempt: 1, offsetMs: 0, id: 'x', source: 'ut' };
    await intake.accept(cloudEvent(failed), 'ut');
    const { book } = createMessagesModule({ ...deps, live });
    const [candidate] = await book.byFilter({ state: 'failed' });
    const deliveryId = candidate?.deliveryId ?? '';
    const operationId = '0198c000-0000-7000-8000-000000000001';
    const state = async () => (await book.news([deliveryId]))[0]?.state;
    const { db } = database;
    await book.claimed(db, { operationId, deliveryIds: [deliveryId], at: NOW });
    expect(await state()).toBe('retrying');
    const attempt = await book.attemptStarted(db, { operationId, deliveryId, idempotencyKey: 'k', at: NOW + 1 });
    expect(attempt).toBe(2);
    await book.timedOut(db, { deliveryId, attempt, at: NOW + 60_000 });
    expect(await state()).toBe('in_doubt');
    await book.verified(db, {
      deliveryId,
      attempt,
      outcome: 'absent',
      system: 'ut',
      ref: null,
      at: NOW + 61_000,
      actor: { kind: 'pult' },
    });
    await book.released(db, { operationId, deliveryIds: [deliveryId], at: NOW + 62_000 });
    expect(await state()).toBe('failed');
    // The document came after all, but is not posted: arrived, not applied.
    const found = { deliveryId, attempt, system: 'ut', ref: 'guid', actor: { kind: 'pult' } } as const;
    await book.verified(db, { ...found, outcome: 'present', at: NOW + 62_500 });
    expect(await state()).toBe('delivered');
    const actor = { ...person, roles: [...person.roles], permissions: [] };
    await book.discarded(db, { operationId, deliveryIds: [deliveryId], actor, reason: 'дубль', at: NOW + 63_000 });
    expect(await state()).toBe('discarded');
    await book.restored(db, { operationId, deliveryIds: [deliveryId], actor, reason: 'ошибся', at: NOW + 64_000 });
    expect(await state()).toBe('delivered');
    await book.verified(db, {
      deliveryId,
      attempt: null,
      outcome: 'applied',
      system: 'ut',
      ref: 'guid',
      at: NOW + 65_000,
      actor,
    });
    expect(await state()).toBe('applied');
    const story = await readStory(deps, deliveryId);
    // The look at the target is the last step of its way, and the address of the document is nobody's words.
    expect(story.track.at(-1)).toMatchObject({ state: 'applied', untilNextMs: null });
    expect(story.facts.at(-1)).toMatchObject({ kind: 'verified_applied', text: null });
    await expect(book.byFilter({})).rejects.toMatchObject({ code: 'operation.filter_empty' });
    await expect(book.byFilter({ stat: 'failed' })).rejects.toMatchObject({ code: 'request.invalid' });
  });
});

it('says «come again» when a fold lost every race: nothing is wrong with its facts', async () => {
  let tries = 0;
  const lost = inFoldTransaction(database.db, async () => {
    tries += 1;
    throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
  });
  await expect(lost).rejects.toMatchObject({ code: 'server.overloaded' });
  expect(tries).toBeGreaterThan(1);
});
