import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

/** A source as its events state them: four documents that end differently. */
const ENDS = [
  ['accepted', 'sent', 'delivered', 'applied'],
  ['accepted', 'sent', 'failed'],
  ['accepted', 'sent'],
  ['accepted', 'sent', 'failed', 'sent', 'applied'],
] as const;
/** Recent, so that no acknowledgement is overdue while a test runs. */
const START = Date.now() - 90_000;

/** Events of `count` documents of one flow, in the order in which they happened. */
export function eventsOf(
  count: number,
  flow: { id: string; source: string; consumer: string },
): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, index) => {
    const steps = ENDS[index % ENDS.length] ?? [];
    let attempt = 1;
    return steps.map((kind, step) => {
      if (steps[step - 1] === 'failed') attempt += 1;
      return {
        specversion: '1.0',
        id: `${flow.id}-${index}-${step}`,
        source: flow.source,
        type: `exchange.${kind}`,
        time: new Date(START + index * 100 + step * 250).toISOString(),
        data: {
          flow: flow.id,
          consumer: flow.consumer,
          attempt,
          message: {
            id: `${flow.id}-${index}`,
            key: { type: 'ЗаказКлиента', number: `ЗК-${index}` },
            amount: `${1_000 + index}.50`,
          },
          ...(kind === 'failed' ? { error: { text: `Не найдена номенклатура по артикулу «${index}»` } } : {}),
        },
      };
    });
  }).flat();
}

/** Batches in an order that depends on `seed` only, each cut from shuffled events of which a third comes twice. */
export function shuffledBatches(events: readonly Record<string, unknown>[], size: number, seed: string): string[] {
  const weight = (text: string): string => createHash('sha256').update(`${seed} ${text}`).digest('hex');
  const doubled = events.flatMap((event, index) => (index % 3 === 0 ? [event, event] : [event]));
  const mixed = doubled
    .map((event, index) => ({ event, key: weight(`${index}`) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ event }) => event);
  return Array.from({ length: Math.ceil(mixed.length / size) }, (_, at) =>
    JSON.stringify(mixed.slice(at * size, (at + 1) * size)),
  );
}

export interface Reporter {
  /** Batches that were acknowledged. */
  readonly acknowledged: number;
  /** Answers other than 200, and requests without an answer, as they came. */
  readonly refusals: readonly { status: number | 'no answer'; code: string | null; retryAfter: string | null }[];
  /** Resolves when every batch was acknowledged. */
  readonly done: Promise<void>;
}

interface ReporterOptions {
  /** Asked before each request: a source may have several addresses. */
  readonly url: string;
  readonly key: string;
  readonly batches: readonly string[];
  readonly clients: number;
  readonly onAcknowledged?: (count: number) => void;
}

/** A source that keeps what was not acknowledged and repeats it until it is (docs/protocols/intake-events.md). */
export function startReporter(options: ReporterOptions): Reporter {
  const { key, batches, clients, onAcknowledged } = options;
  const waiting = [...batches];
  const refusals: { status: number | 'no answer'; code: string | null; retryAfter: string | null }[] = [];
  let acknowledged = 0;
  const client = async (): Promise<void> => {
    for (let body = waiting.shift(); body !== undefined; body = waiting.shift()) {
      const answer = await post(options.url, key, body);
      if (answer.status === 200) {
        acknowledged += 1;
        onAcknowledged?.(acknowledged);
        continue;
      }
      refusals.push(answer);
      waiting.push(body);
      // The source's own pace; nothing waits for a moment to pass here.
      await pause(20);
    }
  };
  const done = Promise.all(Array.from({ length: clients }, client)).then(() => undefined);
  return {
    get acknowledged() {
      return acknowledged;
    },
    refusals,
    done,
  };
}

/** One request to the intake; no answer (killed, refused) is an outcome, no error. */
export async function post(
  url: string,
  key: string,
  body: string,
): Promise<{ status: number | 'no answer'; code: string | null; retryAfter: string | null }> {
  try {
    const response = await fetch(`${url}/api/intake/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/cloudevents-batch+json' },
      body,
    });
    const text = await response.text();
    const code = response.ok ? null : (JSON.parse(text) as { code: string | null }).code;
    return { status: response.status, code: code ?? null, retryAfter: response.headers.get('retry-after') };
  } catch {
    return { status: 'no answer', code: null, retryAfter: null };
  }
}
