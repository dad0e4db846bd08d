/**
 * Flows that carry people (`personalData` of the landscape): names and texts of their events are taken out before anything is
 * folded, so no list, search, export, cause or log ever has them. They wait in a table of their own for who may see them.
 */
import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import { wellCut } from '@pult/shared/domain/delivery/error-cause';
import { withoutPeople } from '@pult/shared/domain/delivery/open-words';
import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import type { ExchangeEvent } from './event.ts';
import { causeId } from './identity.ts';

/** What was taken out of an event. */
export interface SealedTexts {
  readonly counterparty: { readonly name: string; readonly inn: string | null } | null;
  readonly error: { readonly code: string | null; readonly text: string } | null;
}

/** A code of a program names no person; anything else in its place may. */
const PLAIN_CODE = /^[A-Za-z0-9_.:-]{1,60}$/;
const plainCode = (code: string | null): string | null => (code !== null && PLAIN_CODE.test(code) ? code : null);

const MAX_PATTERN = 240;

/** Title where neither a known text stands nor a word that names nobody. */
const TITLE = { ru: 'Ошибка, текст скрыт: персональные данные', en: 'Failure, text hidden: personal data' };

type Personal = Pick<FlowConfig, 'personalData'>;
type Flows = ReadonlyMap<string, Pick<FlowConfig, 'from' | 'to'>>;

const systemsByFlows = new WeakMap<Flows, ReadonlySet<string>>();
/** Systems that take part in any flow: nothing else is a recipient, whatever stands in its place. */
function systemsOf(flows: Flows): ReadonlySet<string> {
  const known = systemsByFlows.get(flows);
  if (known !== undefined) return known;
  const systems = new Set([...flows.values()].flatMap(({ from, to }) => [...from, ...to]));
  systemsByFlows.set(flows, systems);
  return systems;
}
type Failure = NonNullable<ExchangeEvent['failure']>;

/** Class and the words that name nobody group failures; where none is left, the code does. */
function sealedFailure(flowId: string, { code, text, cause }: Failure): Failure {
  const shown = plainCode(code);
  const words = withoutPeople(text);
  const pattern = wellCut(words, MAX_PATTERN) || (shown ?? '—');
  const { errorClass } = cause;
  const title = cause.title.ru !== cause.pattern ? cause.title : words === '' ? TITLE : { ru: pattern, en: pattern };
  return { code: shown, text: words, cause: { errorClass, pattern, title, id: causeId(flowId, errorClass, pattern) } };
}

/** The event without names and texts when its flow carries people, as it is otherwise. */
export function sealed(event: ExchangeEvent, flow: Personal, flows: Flows): ExchangeEvent {
  if (!flow.personalData) return event;
  const { counterparty, failure, recipient } = event;
  return {
    ...event,
    counterparty: null,
    // Of a personnel document it is what a person is paid; it stands in the content, too.
    amount: null,
    // A login or a personnel number looks like the id of a system, too.
    recipient: recipient !== null && systemsOf(flows).has(recipient) ? recipient : null,
    failure: failure && sealedFailure(event.flowId, failure),
    sealed: { counterparty, error: failure && { code: failure.code, text: failure.text } },
  };
}

/** Keeps what was taken out of events, once each. */
export async function keepSealed(tx: Db, events: readonly ExchangeEvent[]): Promise<void> {
  const rows = events.flatMap(({ uid, deliveryId, at, attempt, sealed: texts }) =>
    texts && (texts.counterparty || texts.error)
      ? [
          {
            uid,
            delivery_id: deliveryId,
            at: new Date(at).toISOString(),
            attempt,
            counterparty: texts.counterparty?.name ?? null,
            inn: texts.counterparty?.inn ?? null,
            error_code: texts.error?.code ?? null,
            error_text: texts.error?.text ?? null,
          },
        ]
      : [],
  );
  if (rows.length === 0) return;
  await sql`
    insert into personal_detail (uid, delivery_id, at, attempt, counterparty, inn, error_code, error_text)
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (uid uuid, delivery_id uuid, at timestamptz, attempt int,
      counterparty text, inn text, error_code text, error_text text)
    on conflict (uid) do nothing`.execute(tx);
}

export interface PersonalDetails {
  readonly counterparty: SealedTexts['counterparty'];
  readonly errors: readonly {
    readonly at: string;
    readonly attempt: number;
    readonly code: string | null;
    readonly text: string;
  }[];
}

/** Names and texts of one delivery: the newest counterparty, errors oldest first. */
export async function personalDetails(db: Db, deliveryId: string): Promise<PersonalDetails> {
  const { rows } = await sql<{
    at: Date;
    attempt: number;
    counterparty: string | null;
    inn: string | null;
    error_code: string | null;
    error_text: string | null;
  }>`select at, attempt, counterparty, inn, error_code, error_text from personal_detail where delivery_id = ${deliveryId}
    order by at, uid limit 1000`.execute(db);
  const named = rows.findLast(({ counterparty }) => counterparty !== null);
  return {
    counterparty: named?.counterparty == null ? null : { name: named.counterparty, inn: named.inn },
    errors: rows.flatMap((row) =>
      row.error_text === null
        ? []
        : [{ at: row.at.toISOString(), attempt: row.attempt, code: row.error_code, text: row.error_text }],
    ),
  };
}
