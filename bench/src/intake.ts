/**
 * P1: events over HTTP, validated, deduplicated, folded and durably committed. The baseline is a bare batched insert of the
 * same rows (events and deliveries, same tables and indexes) by one connection into the same server in the same run.
 */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { type Measurement, rounded } from './measurement.ts';
import { type System, startSystem } from './system.ts';

const DELIVERIES = 15_000;
const BATCH = 500;
const CLIENTS = 4;
const KINDS = ['accepted', 'sent', 'delivered', 'applied'] as const;

export interface Event {
  readonly id: string;
  /** Number of the document that it is about. */
  readonly document: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Who reports about what. */
export interface Reporter {
  readonly source: string;
  readonly flow: string;
  readonly consumer: string;
}
const SHOP: Reporter = { source: 'site', flow: 'site-orders', consumer: 'ut' };

export function makeEvents(run: string, { source, flow, consumer } = SHOP): Event[] {
  const start = Date.now() - 3_600_000;
  return Array.from({ length: DELIVERIES }, (_, index) =>
    KINDS.map((kind, step): Event => {
      const id = `${run}-${index}-${kind}`;
      const document = `ЗК-${index}`;
      return {
        id,
        document,
        body: {
          specversion: '1.0',
          id,
          source,
          type: `exchange.${kind}`,
          time: new Date(start + index * 200 + step * 300).toISOString(),
          data: {
            flow,
            consumer,
            attempt: 1,
            message: {
              id: `${run}-${index}`,
              key: { type: 'ЗаказКлиента', number: document },
              counterparty: { name: `ООО «Покупатель ${index % 900}»`, inn: String(6_600_000_000 + (index % 900)) },
              amount: `${1000 + (index % 5000)}.50`,
            },
          },
        },
      };
    }),
  ).flat();
}

async function send(system: System, events: readonly Event[]): Promise<void> {
  const batches: string[] = [];
  for (let at = 0; at < events.length; at += BATCH)
    batches.push(JSON.stringify(events.slice(at, at + BATCH).map(({ body }) => body)));
  let next = 0;
  const client = async (): Promise<void> => {
    for (;;) {
      const body = batches[next];
      next += 1;
      if (body === undefined) return;
      const response = await fetch(`${system.url}/api/intake/events`, {
        method: 'POST',
        headers: {
          'content-type': 'application/cloudevents-batch+json',
          authorization: `Bearer ${system.tokens.site}`,
        },
        body,
      });
      if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

/** The same rows into tables of the same shape, nothing else done to them. */
export async function bareInsert(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('create table bare_event (like exchange_event including all)');
  await client.query('create table bare_delivery (like delivery including all)');
  const { rows: events } = await client.query('select to_jsonb(e) as row from exchange_event e');
  const { rows: deliveries } = await client.query('select to_jsonb(d) as row from delivery d');
  const insert = async (table: string, list: { row: unknown }[]): Promise<void> => {
    for (let at = 0; at < list.length; at += BATCH)
      await client.query(`insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1::jsonb)`, [
        JSON.stringify(list.slice(at, at + BATCH).map(({ row }) => row)),
      ]);
  };
  const startedAt = performance.now();
  await insert('bare_event', events);
  await insert('bare_delivery', deliveries);
  const seconds = (performance.now() - startedAt) / 1000;
  await client.query('drop table bare_event, bare_delivery');
  await client.end();
  return events.length / seconds;
}

export async function intake(): Promise<Measurement[]> {
  const system = await startSystem();
  try {
    await send(system, makeEvents(`warm-${randomUUID()}`).slice(0, 4_000));
    const events = makeEvents(randomUUID());
    const startedAt = performance.now();
    await send(system, events);
    const perSecond = events.length / ((performance.now() - startedAt) / 1000);
    const again = performance.now();
    await send(system, events.slice(0, 20_000));
    const duplicates = 20_000 / ((performance.now() - again) / 1000);
    const baseline = await bareInsert(system.databaseUrl);
    return [
      {
        what: 'new events',
        value: rounded(perSecond, 0),
        unit: 'events/s',
        baseline: rounded(baseline, 0),
        ratio: rounded(perSecond / baseline, 2),
        bar: '≥ 10 000, ratio ≥ 0.5',
      },
      { what: 'events seen before', value: rounded(duplicates, 0), unit: 'events/s', bar: '—' },
    ];
  } finally {
    await system.stop();
  }
}
