import { setTimeout as pause } from 'node:timers/promises';
import { type SeenRequest, startScriptedServer } from '../connectors/testing/scripted-server.ts';
import { post } from './exchange.ts';

interface AskBody {
  readonly flow: string;
  readonly messageId: string;
  readonly consumer: string;
  readonly attempt: number;
  readonly operationId: string;
  readonly idempotencyKey: string;
}

export interface RetrySource {
  readonly url: string;
  /** Requests to send again, as they came. */
  readonly asked: readonly AskBody[];
  /** Documents that the target made, by message: what a blind repetition would make two of. */
  readonly documents: ReadonlyMap<string, number>;
  /** Called with the number of the request before it is answered: a good moment to kill the asker. */
  onAsk: (count: number) => void;
  close(): Promise<void>;
}

/**
 * A base that keeps the promise of docs/protocols/source-resend.md: a key that is known makes no second document, the
 * outcome comes as an event, repeated until it is acknowledged. It answers questions about its documents over OData.
 */
export async function startRetrySource(intake: {
  readonly url: string;
  readonly key: string;
  /** Id of the system in the landscape. */
  readonly system?: string;
}): Promise<RetrySource> {
  const asked: AskBody[] = [];
  const keys = new Set<string>();
  const documents = new Map<string, number>();
  const reports: Promise<void>[] = [];
  const state = { open: true, onAsk: (_count: number): void => undefined };

  const report = async (ask: AskBody): Promise<void> => {
    const event = {
      specversion: '1.0',
      id: `applied-${ask.idempotencyKey}`,
      source: intake.system ?? 'ut',
      type: 'exchange.applied',
      time: new Date().toISOString(),
      data: {
        flow: ask.flow,
        consumer: ask.consumer,
        attempt: ask.attempt,
        message: { id: ask.messageId, key: { type: 'ЗаказКлиента', number: ask.messageId } },
        operation: { id: ask.operationId, idempotencyKey: ask.idempotencyKey },
      },
    };
    while (state.open && (await post(intake.url, intake.key, JSON.stringify([event]))).status !== 200) await pause(50);
  };
  const resend = (request: SeenRequest) => {
    const ask = JSON.parse(request.body) as AskBody;
    asked.push(ask);
    const duplicate = keys.has(ask.idempotencyKey);
    if (!duplicate) {
      keys.add(ask.idempotencyKey);
      documents.set(ask.messageId, (documents.get(ask.messageId) ?? 0) + 1);
      reports.push(report(ask));
    }
    state.onAsk(asked.length);
    return { status: 202, body: { accepted: true, attempt: ask.attempt, duplicate } };
  };
  const read = ({ url }: SeenRequest) => {
    const number = /Number eq '([^']+)'/.exec(url)?.[1];
    const found = number !== undefined && documents.has(number);
    return { body: { value: found ? [{ Ref_Key: number, Number: number, Posted: true, DeletionMark: false }] : [] } };
  };
  const server = await startScriptedServer((request) =>
    request.method === 'POST' && request.url.endsWith('/resend') ? resend(request) : read(request),
  );
  return {
    url: server.url,
    asked,
    documents,
    set onAsk(listener: (count: number) => void) {
      state.onAsk = listener;
    },
    close: async () => {
      state.open = false;
      await Promise.all(reports);
      await server.close();
    },
  };
}

/** A landscape of that base alone, which sends to itself. */
export const retryLandscape = (url: string): string => `version: 1
systems:
  - id: ut
    title: { ru: "УТ", en: "UT" }
    kind: onec
    connector:
      protocol: onec-odata
      url: ${url}/odata/standard.odata
      servicesUrl: ${url}/hs
      userEnv: UT_ODATA_USER
      passwordEnv: UT_ODATA_PASSWORD
      limits: { concurrency: 4, timeoutMs: 5s, pollMs: 10s }
    intakeTokenEnv: INTAKE_TOKEN_UT
    place: { column: 0, row: 0 }
flows:
  - id: orders
    title: { ru: "Заказы", en: "Orders" }
    what: { ru: "Заказы", en: "Orders" }
    from: [ut]
    to: [ut]
    channel: http
    watched: true
    retry:
      resend: { system: ut, path: /pult-exchange/v1/resend }
      verify: { protocol: onec-odata, system: ut, set: Document_ЗаказКлиента, filter: "Number eq {number}" }
      ratePerSecond: 25
      maxRatePerSecond: 25
`;
