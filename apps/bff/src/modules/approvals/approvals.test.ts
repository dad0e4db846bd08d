import { AppError } from '@pult/shared/errors/app-error';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { cardOf } from './card.ts';
import { snapshotOf } from './elma-reader.ts';
import { listApprovals } from './inbox.ts';
import { mergeSnapshot } from './merge.ts';
import { createPoller } from './poller.ts';
import { anna, type Bench, ilyin, oleg, startBench } from './testing/bench.ts';

let database: TestDatabase;
let bench: Bench;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await sql`truncate approval_request, approval_version, approval_decision, approval_question, approval_outbox,
    approval_attempt, approval_seen, approval_source, sla_clock, sla_clock_fact, sla_mark cascade`.execute(database.db);
  bench = await startBench(database.db);
});
afterEach(() => bench.close());

const HOUR = 3_600_000;
const refusal = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => {
      throw new Error('not refused');
    },
    (error: unknown) => {
      if (error instanceof AppError) return error;
      throw error;
    },
  );
const opened = async (lines?: { discount: number; quantity?: number }[]) => {
  const made = bench.request(lines);
  await bench.poll();
  return { ...made, id: await bench.idOf(made.processRef) };
};
const decide = (id: string, decision: 'approve' | 'reject' = 'approve', by = anna, version = 1) =>
  bench.service.decide(id, { decision, version, ...(decision === 'reject' ? { reasonCode: 'margin' } : {}) }, by);
const states = async (id: string) => {
  const { decision } = await bench.card(id);
  return Object.fromEntries((decision?.deliveries ?? []).map(({ system, state }) => [system, state]));
};

describe('reading', () => {
  it('joins what both systems know into one card, whoever speaks first', async () => {
    const cards = [];
    for (const order of [
      ['pollUt', 'pollElma'],
      ['pollElma', 'pollUt'],
    ] as const) {
      const { processRef } = bench.request();
      for (const poll of order) await bench[poll]();
      const card = await bench.card(await bench.idOf(processRef));
      const { id: _id, document: _document, clock, ...row } = card.row;
      cards.push({ row, clock: clock.startedAt, lines: card.lines, numbers: card.numbers, comment: card.comment });
    }
    expect(cards[1]).toEqual(cards[0]);
    expect(cards[0]?.row).toMatchObject({
      kind: 'discount',
      customer: { name: 'ООО «Энергомонтаж-Урал»', inn: '6679048211', segment: 'Монтажники B' },
      amount: '880.00',
      deviationMax: 7,
      deviationMean: 7,
      initiator: { name: 'Ильин Пётр', email: 'ilyin@ekf.example' },
      systems: ['ut', 'elma'],
      group: 'later',
      version: 1,
    });
    expect(cards[0]?.numbers).toEqual({
      deviationMax: 7,
      deviationMean: 7,
      requestedPercent: 12,
      allowedPercent: 5,
      amount: '880.00',
      amountWithoutVat: true,
      margin: {
        agreement: { amount: '350.00', percent: 36.84 },
        request: { amount: '280.00', percent: 31.82 },
        lost: '70.00',
      },
      cost: { priceKind: 'Плановая себестоимость', published: true, missing: 0 },
      stock: { ok: 1, of: 1 },
    });
  });

  it('changes nothing when the same is read again', async () => {
    const { id } = await opened();
    const before = await bench.card(id);
    bench.announced.length = 0;
    await bench.poll();
    await bench.poll();
    expect(bench.announced).toEqual([]);
    const after = await bench.card(id);
    expect({ ...after, sources: [] }).toEqual({ ...before, sources: [] });
    const { rows } = await sql<{ n: number }>`select count(*) as n from approval_request`.execute(database.db);
    expect(rows[0]?.n).toBe(1);
  });

  it('reads only what changed the second time', async () => {
    await opened();
    bench.ut.seen.length = 0;
    await bench.pollUt();
    const whole = bench.ut.seen.filter(({ url }) => url.includes('Document_ЗаказКлиента') && url.includes('Товары'));
    expect(whole).toEqual([]);
  });

  const countOf = async (): Promise<number> =>
    (await sql<{ n: number }>`select count(*)::int as n from approval_request`.execute(database.db)).rows[0]?.n ?? 0;
  const inElma = (index: number, context: Record<string, unknown> = {}) =>
    bench.elma.add({ ut_process_ref: `process-${index}`, kind: 'discount', customer: 'ООО «Ромашка»', ...context });

  /** Readings of 200 items at most, in pages of 10: a tenth of what they take by default. */
  const inSmallPages = () => createPoller(bench.context, { elmaPages: { size: 10, atMost: 20, inPlace: 200 } });

  it('loses none of more items than it takes at once, many of one moment among them', async () => {
    // 15 of the same moment do not fit on a page.
    for (let index = 0; index < 220; index += 1) {
      inElma(index);
      if (index < 100 || index > 115) bench.pass(1_000);
    }
    const { pollElma } = inSmallPages();
    expect(await pollElma()).toBe(true);
    expect(await pollElma()).toBe(false);
    expect(await countOf()).toBe(220);
  });

  it('gets past a change of more items within one second than it takes at once', async () => {
    for (let index = 0; index < 250; index += 1) inElma(index);
    bench.pass(1_500);
    inElma(250);
    const { pollElma } = inSmallPages();
    expect(await pollElma()).toBe(true);
    expect(await pollElma()).toBe(false);
    expect(await countOf()).toBe(251);
  });

  it('reads an item again that could not be merged, though later ones came through', async () => {
    // Beyond what a column holds: the database refuses this one.
    const bad = inElma(1, { deviation_max: 1e12 });
    bench.pass(60_000);
    inElma(2);
    await bench.pollElma();
    expect(await countOf()).toBe(1);
    bad.context.deviation_max = 7;
    await bench.pollElma();
    expect(await countOf()).toBe(2);
  });

  const cursorOf = async (system: 'ut' | 'elma'): Promise<Record<string, unknown>> => {
    const { rows } = await sql<{ cursor: Record<string, unknown> }>`
      select cursor from approval_source where system = ${system}`.execute(database.db);
    return rows[0]?.cursor ?? {};
  };
  const lists = async (): Promise<{ filter?: { tf: { __updatedAt: { min: string } } }; ids?: string[] }[]> => {
    bench.elma.seen.length = 0;
    await bench.pollElma();
    return bench.elma.seen.filter(({ url }) => url.endsWith('/list')).map(({ body }) => JSON.parse(body));
  };

  it('lets an item that cannot be merged hold nothing up, and gives it up after a day', async () => {
    const bad = inElma(1, { deviation_max: 1e12 });
    const other = inElma(2, { deviation_max: 1e12 });
    bench.pass(60_000);
    inElma(3);
    await bench.pollElma();
    const first = bench.now();
    const [again, changed] = await lists();
    expect(again?.ids?.toSorted()).toEqual([bad.id, other.id].toSorted());
    expect(Date.parse(changed?.filter?.tf.__updatedAt.min ?? '')).toBe(first - 2_000);
    expect(await cursorOf('elma')).toMatchObject({ unmerged: { [bad.id]: first, [other.id]: first }, lost: 0 });
    bench.pass(HOUR);
    other.context.deviation_max = 7;
    await bench.pollElma();
    expect(await countOf()).toBe(2);
    expect(await cursorOf('elma')).toMatchObject({ unmerged: { [bad.id]: first } });
    bench.pass(23 * HOUR);
    await bench.pollElma();
    expect(await cursorOf('elma')).toMatchObject({ unmerged: {}, lost: 1 });
    expect((await lists()).some(({ ids }) => ids !== undefined)).toBe(false);
  });

  it('reads on behind more items than it takes at once though some of the first cannot be merged', async () => {
    for (let index = 0; index < 220; index += 1) {
      inElma(index, index < 3 ? { deviation_max: 1e12 } : {});
      bench.pass(1_000);
    }
    const { pollElma } = inSmallPages();
    expect(await pollElma()).toBe(true);
    expect(await pollElma()).toBe(false);
    expect(await countOf()).toBe(217);
  });

  it('waits in place where hundreds cannot be merged at once, and loses none of them', async () => {
    const bad = Array.from({ length: 250 }, (_, index) => {
      bench.pass(10_000);
      return inElma(index, { deviation_max: 1e12 });
    });
    await bench.pollElma();
    expect((await cursorOf('elma')).updatedAt).toBe(bad[200]?.updatedAt);
    for (const item of bad) item.context.deviation_max = 7;
    await bench.pollElma();
    expect(await countOf()).toBe(250);
    expect(await cursorOf('elma')).toMatchObject({ unmerged: {}, updatedAt: bad.at(-1)?.updatedAt });
  }, 60_000);

  it('reads a finished process again that could not be merged, and goes on behind it', async () => {
    const old = (number: string, discount: number, hours: number) => {
      const made = bench.ut.request(number, [{ discount }], bench.now() - hours * HOUR);
      bench.ut.execute(made.task);
      return made;
    };
    const bad = old('СТ-1', 1e9, 48);
    bench.pass(60_000);
    old('СТ-2', 12, 24);
    await bench.pollUt();
    expect(await countOf()).toBe(1);
    expect(await cursorOf('ut')).toMatchObject({ unmerged: { [bad.processRef]: bench.now() } });
    bad.change([{ discount: 12 }]);
    bench.pass(60_000);
    await bench.pollUt();
    expect(await countOf()).toBe(2);
    expect(await cursorOf('ut')).toMatchObject({ unmerged: {} });
  });

  it('shows 1С figures of the customer and null where nothing is given', async () => {
    const { id } = await opened();
    expect((await bench.card(id)).customer).toEqual({
      name: 'ООО «Энергомонтаж-Урал»',
      inn: '6679048211',
      segment: 'Монтажники B',
      debt: '1000.50',
      debtLimit: null,
      turnover12m: '0.00',
      orders12m: 1,
      returnsPercent: null,
      agreement: 'Опт 2026',
    });
  });

  it('tells how fresh each source is and since when it fails', async () => {
    await opened();
    const goodAt = new Date(bench.now()).toISOString();
    bench.elma.faults.down = true;
    bench.pass(60_000);
    await bench.poll();
    const failedAt = new Date(bench.now()).toISOString();
    bench.pass(60_000);
    await bench.poll();
    const { sources } = await listApprovals(bench.context, { tab: 'all', limit: 10, decidedBy: 'anyone' }, anna.actor);
    const [ut, elma] = sources;
    expect(ut).toMatchObject({ system: 'ut', freshAt: new Date(bench.now()).toISOString(), error: null });
    expect(elma).toMatchObject({
      system: 'elma',
      freshAt: goodAt,
      error: { code: 'source.not_ready', since: failedAt },
    });
  });

  it('keeps who decided in ELMA first, and delivers nothing', async () => {
    const { id, item } = await opened();
    bench.pass(HOUR);
    bench.elma.set(item, 'rejected', { decided_by: 'Зайцев Павел', decision_comment: 'дорого' });
    await bench.poll();
    const card = await bench.card(id);
    expect(card.row).toMatchObject({ state: 'decided', clock: { state: 'met', elapsedMs: HOUR } });
    expect(card.decision).toMatchObject({
      verdict: 'reject',
      decidedIn: 'elma',
      by: { name: 'Зайцев Павел' },
      comment: 'дорого',
      deliveries: [],
    });
    const error = await refusal(decide(id));
    expect(error.code).toBe('approval.already_decided');
    expect(error.data).toMatchObject({ by: 'Зайцев Павел', verdict: 'reject', decidedIn: 'elma' });
  });

  it('says how far a decision of ELMA got to 1С, with the message that carries it', async () => {
    const { id, item } = await opened();
    const deliveryId = '019ad1c2-0000-7000-8000-000000000001';
    const asked: unknown[] = [];
    const card = (state: 'sent' | 'failed' | 'applied', error: string | null = null) =>
      cardOf(
        {
          ...bench.context,
          carried: async (of) => {
            asked.push(of);
            return ['ut', 'elma'].map((consumer) => ({
              deliveryId,
              consumer,
              state,
              at: new Date(bench.now()),
              error,
            }));
          },
        },
        id,
        anna.actor,
        { seen: false },
      );
    expect((await card('sent')).carried).toEqual([]);
    bench.elma.set(item, 'approved', { decided_by: 'Зайцев Павел' });
    await bench.poll();
    expect((await card('sent')).carried).toMatchObject([{ system: 'ut', state: 'on_way', error: null, deliveryId }]);
    expect((await card('failed', 'конфликт блокировок')).carried).toMatchObject([
      { system: 'ut', state: 'failed', error: 'конфликт блокировок', deliveryId },
    ]);
    expect((await card('applied')).carried).toMatchObject([{ system: 'ut', state: 'arrived' }]);
    expect(asked[0]).toMatchObject({ itemId: expect.any(String), documentNumber: expect.any(String) });
  });

  it('keeps who decided in 1С first', async () => {
    const { id, task } = await opened();
    task.РезультатВыполнения = 'Согласовано: пусть будет';
    bench.ut.execute(task);
    await bench.poll();
    expect((await bench.card(id)).decision).toMatchObject({
      verdict: 'approve',
      decidedIn: 'ut',
      by: { name: 'Белов Сергей' },
      comment: 'Согласовано: пусть будет',
    });
  });

  it('reads a return from its own process and brings the decision back to it', async () => {
    const { processRef, process, task } = bench.ut.requestReturn('ВК00-001126', 150);
    await bench.poll();
    const id = await bench.idOf(processRef);
    const card = await bench.card(id);
    expect(card.row).toMatchObject({
      kind: 'return',
      document: { type: 'ЗаявкаНаВозвратТоваровОтКлиента', number: 'ВК00-001126' },
      amount: '300.00',
      deviationMax: 0,
      reason: 'брак',
      clock: { goalMs: 16 * HOUR },
    });
    expect(card.lines).toMatchObject([{ name: 'ВА 47-63N 3P 25A', quantity: 2, amount: '300.00' }]);
    await decide(id, 'reject');
    bench.pass(10_000);
    await bench.deliver();
    expect(task.Executed).toBe(true);
    expect(process.РезультатСогласования).toBe('НеСогласовано');
    expect((await states(id)).ut).toBe('delivered');
  });

  it('takes lines without a deviation for an order', async () => {
    const { processRef } = bench.ut.request('ЭТ-9', [{ discount: 5 }, { discount: 0 }]);
    await bench.pollUt();
    expect((await bench.card(await bench.idOf(processRef))).row).toMatchObject({ kind: 'order', deviationMax: 0 });
  });

  it('imports finished processes as history for similar decisions', async () => {
    for (const [index, verdict] of ['Согласовано', 'Согласовано', 'Не согласовано'].entries()) {
      const old = bench.ut.request(`СТ-${index}`, [{ discount: 12 }], bench.now() - 48 * HOUR);
      old.task.РезультатВыполнения = `${verdict}: да`;
      bench.ut.execute(old.task);
    }
    const { id } = await opened();
    const { similar } = await bench.card(id);
    expect(similar.found).toBe(3);
    expect(similar.decisions[0]).toMatchObject({ sameCustomer: true, closeness: 1, deviationMax: 7 });
    expect(similar.boundary).toEqual({ upTo: 7, below: { approved: 2, of: 3 }, above: { approved: 0, of: 0 } });
    const { rows } = await sql`select * from sla_mark`.execute(database.db);
    expect(rows).toEqual([]);
  });
});

describe('history', () => {
  it('loses none of many processes that ended within one second', async () => {
    for (let n = 0; n < 230; n += 1)
      bench.ut.execute(bench.ut.request(`МН-${n}`, [{ discount: 12 }], bench.now() - 48 * HOUR).task);
    for (let n = 0; n < 5; n += 1) await bench.pollUt();
    const { rows } = await sql<{ count: number }>`select count(*) as count from approval_request`.execute(database.db);
    expect(rows).toEqual([{ count: 230 }]);
  });
});

describe('decision', () => {
  it('stops the clock at once and reaches both systems behind the undo window', async () => {
    const { id, item, task } = await opened();
    bench.pass(HOUR);
    await decide(id);
    expect(await bench.deliver()).toBe(0);
    expect(await states(id)).toEqual({ elma: 'pending', ut: 'pending' });
    bench.pass(10_000);
    expect(await bench.deliver()).toBe(2);
    expect(await states(id)).toEqual({ elma: 'delivered', ut: 'delivered' });
    const { decision, row } = await bench.card(id);
    expect(row.clock).toMatchObject({ state: 'met', elapsedMs: HOUR, dueAt: null });
    expect(item).toMatchObject({
      status: 'approved',
      context: { pult_decision_id: decision?.id, decided_by: 'Кравцова Анна' },
    });
    expect(task.РезультатВыполнения).toBe(`Согласовано: Кравцова Анна [pult:${decision?.id}]`);
    expect(task.Executed).toBe(true);
    await bench.poll();
    expect((await bench.card(id)).decision).toEqual(decision);
  });

  it('lets one of two managers win and tells the other who it was', async () => {
    const { id } = await opened();
    const results = await Promise.allSettled([decide(id, 'approve', anna), decide(id, 'reject', oleg)]);
    const lost = results.filter((one) => one.status === 'rejected');
    expect(lost).toHaveLength(1);
    const error = lost[0]?.reason as AppError;
    const card = await bench.card(id);
    expect(error.code).toBe('approval.already_decided');
    expect(error.data).toMatchObject({
      by: card.decision?.by?.name,
      at: card.decision?.at,
      verdict: card.decision?.verdict,
    });
    const { rows } = await sql<{ n: number }>`select count(*) as n from approval_decision`.execute(database.db);
    expect(rows[0]?.n).toBe(1);
  });

  it('takes the same decision of the same person twice as one', async () => {
    const { id } = await opened();
    await decide(id);
    await decide(id);
    const { rows } = await sql<{ n: number }>`select count(*) as n from approval_outbox`.execute(database.db);
    expect(rows[0]?.n).toBe(2);
  });

  it('never lets the initiator decide', async () => {
    const { id } = await opened();
    expect((await refusal(decide(id, 'approve', ilyin))).code).toBe('approval.own_request');
    expect((await bench.card(id, ilyin)).permissions).toEqual({
      canDecide: false,
      canAsk: false,
      reasonWhyNot: 'own_request',
    });
    const mine = await listApprovals(bench.context, { tab: 'mine', limit: 10, decidedBy: 'anyone' }, ilyin.actor);
    expect(mine.rows).toEqual([]);
    expect(
      (await listApprovals(bench.context, { tab: 'mine', limit: 10, decidedBy: 'anyone' }, anna.actor)).counts,
    ).toEqual({
      mine: 1,
      all: 1,
      waiting: 0,
      decided: 0,
    });
  });

  it('wants a reason to reject', async () => {
    const { id } = await opened();
    const error = await refusal(bench.service.decide(id, { decision: 'reject', version: 1 }, anna));
    expect(error.code).toBe('approval.reason_required');
  });

  it('can be taken back within ten seconds, and the clock goes on as if nothing had been', async () => {
    const { id } = await opened();
    bench.pass(HOUR);
    await decide(id);
    const first = (await bench.card(id)).decision?.id ?? '';
    bench.pass(9_000);
    await bench.service.undo(id, first, anna);
    bench.pass(1_000);
    expect(await bench.deliver()).toBe(0);
    const card = await bench.card(id);
    expect(card.row).toMatchObject({ state: 'open', clock: { state: 'running', elapsedMs: HOUR + 10_000 } });
    expect(card.decision).toBeNull();
    expect(card.timeline.map(({ kind }) => kind)).toEqual(['started', 'decided', 'undone', 'due']);
    await decide(id, 'reject', oleg);
    bench.pass(10_000);
    await bench.deliver();
    expect(await states(id)).toEqual({ elma: 'delivered', ut: 'delivered' });
  });

  it('cannot be taken back later, nor by somebody else', async () => {
    const { id } = await opened();
    await decide(id);
    const decisionId = (await bench.card(id)).decision?.id ?? '';
    expect((await refusal(bench.service.undo(id, decisionId, oleg))).code).toBe('approval.not_open');
    bench.pass(10_001);
    expect((await refusal(bench.service.undo(id, decisionId, anna))).code).toBe('approval.undo_expired');
  });
});

describe('versions', () => {
  it('refuses an approval of lines that became worse, with what changed', async () => {
    const { id, change } = await opened();
    await bench.card(id, anna, true);
    bench.pass(60_000);
    change([{ discount: 15 }]);
    await bench.poll();
    const error = await refusal(decide(id));
    expect(error.code).toBe('approval.version_changed');
    expect(error.data).toMatchObject({
      version: 2,
      change: { from: 1, to: 2, worse: true, lines: [{ kind: 'changed', requestedPercent: { was: 12, now: 15 } }] },
    });
    const card = await bench.card(id, anna, true);
    expect(card.change).toMatchObject({ from: 1, to: 2, deviationMax: { was: 7, now: 10 } });
    // The note stays while the same version is on screen.
    expect((await bench.card(id, anna, true)).change).toEqual(card.change);
    await decide(id, 'approve', anna, 2);
  });

  it('lets an approval stand for lines that became better', async () => {
    const { id, change } = await opened();
    change([{ discount: 8 }]);
    await bench.poll();
    await decide(id);
    expect((await bench.card(id)).decision).toMatchObject({ version: 2, verdict: 'approve' });
  });

  it('opens the request again when lines become worse before anything was delivered', async () => {
    const { id, change } = await opened();
    await decide(id);
    change([{ discount: 20 }]);
    bench.pass(5_000);
    await bench.poll();
    const card = await bench.card(id);
    expect(card.row).toMatchObject({ state: 'open', version: 2, clock: { state: 'running' } });
    expect(card.timeline.map(({ kind }) => kind)).toContain('reopened');
    bench.pass(10_000);
    expect(await bench.deliver()).toBe(0);
  });

  it('delivers nothing of lines that 1С changed since the last reading; the next one opens the request again', async () => {
    const { id, change, task, item } = await opened();
    const openStatus = item.status;
    await decide(id);
    change([{ discount: 20 }]);
    bench.pass(11_000);
    expect(await bench.deliver()).toBe(2);
    expect(await states(id)).toEqual({ elma: 'failed', ut: 'failed' });
    expect((await bench.card(id)).decision?.deliveries[0]?.error?.code).toBe('approval.version_changed');
    expect(task.Executed).toBe(false);
    expect(item.status).toBe(openStatus);
    await bench.poll();
    expect((await bench.card(id)).row).toMatchObject({ state: 'open', version: 2 });
    bench.pass(120_000);
    expect(await bench.deliver()).toBe(0);
  });

  it('delivers a decision that was held back once the change turns out to be no worse', async () => {
    const { id, change } = await opened();
    await decide(id);
    change([{ discount: 10 }]);
    bench.pass(11_000);
    await bench.deliver();
    await bench.poll();
    bench.pass(120_000);
    await bench.deliver();
    expect(await states(id)).toEqual({ elma: 'delivered', ut: 'delivered' });
  });
});

describe('clarification', () => {
  it('pauses the clock until the initiator answers in ELMA', async () => {
    const { id, item } = await opened();
    bench.pass(HOUR);
    await bench.service.ask(id, { text: 'Какой объём во II квартале?', version: 1 }, anna);
    await bench.deliver();
    expect(item).toMatchObject({ status: 'clarification', context: { question: 'Какой объём во II квартале?' } });
    await bench.poll();
    bench.pass(2 * HOUR);
    const asked = await bench.card(id);
    expect(asked.row).toMatchObject({
      state: 'clarification',
      group: 'waiting_others',
      clock: { state: 'paused', elapsedMs: HOUR, dueAt: null },
    });
    expect(asked.row.clock.dueIfResumedAt).not.toBeNull();
    bench.elma.set(item, 'in_progress', { clarification_answer: '4 млн' });
    await bench.poll();
    bench.pass(60_000);
    const answered = await bench.card(id);
    expect(answered.row).toMatchObject({ state: 'open', clock: { state: 'running', elapsedMs: HOUR + 60_000 } });
    expect(answered.question).toMatchObject({ answer: '4 млн', by: { name: 'Кравцова Анна' } });
  });

  it('does not take the state before the question arrived for an answer', async () => {
    const { id, item } = await opened();
    bench.elma.set(item, 'in_progress', { clarification_answer: 'старый ответ' });
    bench.elma.faults.down = true;
    await bench.service.ask(id, { text: 'Почему?', version: 1 }, anna);
    await bench.deliver();
    bench.elma.faults.down = false;
    await bench.poll();
    expect((await bench.card(id)).row.state).toBe('clarification');
  });

  it('does not take a state that was listed before the question arrived for an answer', async () => {
    const { id, item } = await opened();
    const listed = await bench.context.connectors.elma('elma').get('sales/discount_approvals', item.id);
    const stale = listed === null ? null : snapshotOf(listed, 0);
    await bench.service.ask(id, { text: 'Почему?', version: 1 }, anna);
    await bench.deliver();
    expect(item.version).toBe(3);
    if (stale !== null) await mergeSnapshot(bench.context, stale);
    expect((await bench.card(id)).row.state).toBe('clarification');
    bench.elma.set(item, 'in_progress', { clarification_answer: '4 млн' });
    await bench.poll();
    expect((await bench.card(id)).row.state).toBe('open');
  });

  it('follows a question that was asked in ELMA', async () => {
    const { id, item } = await opened();
    bench.elma.set(item, 'clarification', { question: 'Кто конкурент?' });
    await bench.poll();
    expect((await bench.card(id)).row.state).toBe('clarification');
    bench.pass(HOUR);
    bench.elma.set(item, 'in_progress');
    await bench.poll();
    expect((await bench.card(id)).row).toMatchObject({ state: 'open', clock: { elapsedMs: 0 } });
  });
});

describe('thresholds', () => {
  it('are recorded once each, missed ones too', async () => {
    const { id } = await opened();
    bench.pass(5 * HOUR);
    expect(await bench.sla.clocks.recordMarks()).toEqual([id]);
    expect(await bench.sla.clocks.recordMarks()).toEqual([]);
    expect((await bench.card(id)).marks.map(({ percent }) => percent)).toEqual([50]);
    bench.pass(48 * HOUR);
    await bench.sla.clocks.recordMarks();
    await bench.sla.clocks.recordMarks();
    const { marks, row } = await bench.card(id);
    expect(marks.map(({ percent }) => percent)).toEqual([50, 80, 100]);
    expect(row).toMatchObject({ group: 'breached', clock: { state: 'breached' } });
  });

  it('stand once in the course of the request, as the clock counts them now', async () => {
    const { id } = await opened();
    bench.pass(48 * HOUR);
    await bench.sla.clocks.recordMarks();
    await sql`insert into sla_mark (clock_id, percent, revision, reached_at, recorded_at)
      select clock_id, percent, revision + 1, reached_at + interval '1 minute', recorded_at + interval '1 minute' from sla_mark`.execute(
      database.db,
    );
    const { timeline, marks } = await bench.card(id);
    const shown = timeline.filter(({ kind }) => kind === 'threshold');
    expect(shown.map(({ data }) => data.percent)).toEqual([50, 80, 100]);
    expect(shown.map(({ at }) => at)).toEqual(marks.slice(3).map(({ reachedAt }) => reachedAt));
  });

  it('adds up on the tape', async () => {
    const { id } = await opened();
    bench.pass(30 * HOUR);
    const { rows } = await sql<{
      clock: string;
    }>`select clock_id as clock from approval_request where id = ${id}`.execute(database.db);
    const view = await bench.sla.view(database.db, rows[0]?.clock ?? '', bench.now());
    expect(view?.tape.addsUp).toBe(true);
    expect(view?.tape.countedMs).toBe(view?.summary.elapsedMs);
    expect(view?.policy?.id).toBe('discount-over-5');
    expect(view?.facts.map(({ kind }) => kind)).toEqual(['start']);
  });
});
