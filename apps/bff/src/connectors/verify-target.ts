import type { VerifyQuestion } from '@pult/shared/contracts/landscape-file/verify';
import { assertNever } from '@pult/shared/errors/app-error';
import type { OnecClient, OnecQuery } from './onec-odata/client.ts';
import { guidLiteral, isGuid, stringLiteral } from './onec-odata/literals.ts';
import { flagOf, refOf, textOf } from './onec-odata/values.ts';
import type { VerifyAnswer, VerifySubject } from './port/ask.ts';
import { isRecord } from './port/raw-answer.ts';
import type { RequestApp, RequestItem } from './port/request-app.ts';
import { sourceError } from './port/source-errors.ts';
import type { RestClient } from './rest/client.ts';

export interface VerifyClients {
  onec(system: string): OnecClient;
  elma(system: string): RequestApp;
  rest(system: string): RestClient;
}

/** Asks the target whether the document of a message is there. One light read, any number of times. */
export async function verifyTarget(
  clients: VerifyClients,
  config: VerifyQuestion,
  subject: VerifySubject,
): Promise<VerifyAnswer> {
  const { system } = config;
  switch (config.protocol) {
    case 'onec-odata': {
      const rows = await clients.onec(system).list(config.set, onecQuestion(config, subject));
      const live = rows.filter((row) => !flagOf(row, 'DeletionMark'));
      const posted = live.find((row) => flagOf(row, 'Posted'));
      const first = posted ?? live[0];
      if (first === undefined) return absent(system);
      const applied = config.appliedWhen === 'exists' || posted !== undefined;
      return {
        outcome: applied ? 'applied' : 'present',
        system,
        ref: refOf(first, 'Ref_Key'),
        number: textOf(first, 'Number') || null,
        duplicates: live.length - 1,
      };
    }
    case 'elma365':
    case 'elma3': {
      const items = await elmaItems(clients.elma(system), config, subject.messageId);
      const exact = items.filter((item) => item.context[config.field] === subject.messageId && item.deletedAt === null);
      const [first] = exact;
      if (first === undefined) return absent(system);
      return { outcome: 'applied', system, ref: first.id, number: first.name || null, duplicates: exact.length - 1 };
    }
    case 'rest': {
      const path = config.path
        .replace('{messageId}', encodeURIComponent(subject.messageId))
        .replace('{number}', encodeURIComponent(subject.number));
      const answer = await clients.rest(system).get(path);
      const { body, status: httpStatus } = answer;
      if (httpStatus === 404 && (body === null || isRecord(body))) return absent(system);
      // A page comes from what stands in front of the system, which knows nothing of its documents.
      if (httpStatus === 404 || !isRecord(body))
        throw sourceError(
          system,
          { code: 'source.bad_answer', text: 'no document', httpStatus, maybeSent: false },
          { intent: 'read' },
        );
      return {
        outcome: 'applied',
        system,
        ref: typeof body.id === 'string' ? body.id : null,
        number: typeof body.number === 'string' ? body.number : null,
        duplicates: 0,
      };
    }
    default:
      return assertNever(config);
  }
}

/** How a base is asked for the document of a message; the check of a connection asks in the same words. */
export const onecQuestion = (
  config: { readonly filter: string; readonly appliedWhen: 'posted' | 'exists' },
  subject: Omit<VerifySubject, 'type'>,
): OnecQuery => ({
  // Documents marked for deletion would fill the answer and hide the live one behind them.
  filter: `(${filled(config.filter, subject)}) and DeletionMark eq false`,
  // Tasks and processes of 1С are there and are not posted: they have no such field.
  select: ['Ref_Key', 'Number', ...(config.appliedWhen === 'posted' ? ['Posted'] : []), 'DeletionMark'],
  top: 5,
});

const ELMA_PAGE = 100;
/** Looking further costs more than it finds; then nothing is concluded. */
const ELMA_PAGES = 10;

/** Items whose field holds the text: the filter of ELMA finds it as a part of others, too, so all pages are read. */
async function elmaItems(
  elma: RequestApp,
  config: VerifyQuestion & { protocol: 'elma365' | 'elma3' },
  text: string,
): Promise<RequestItem[]> {
  const found: RequestItem[] = [];
  for (let page = 0; page < ELMA_PAGES; page += 1) {
    const { items } = await elma.list(config.app, {
      filter: { tf: { [config.field]: text } },
      from: page * ELMA_PAGE,
      size: ELMA_PAGE,
    });
    found.push(...items);
    if (items.length < ELMA_PAGE || items.some((item) => item.context[config.field] === text)) return found;
  }
  throw sourceError(
    elma.system,
    { code: 'source.bad_answer', text: `more than ${ELMA_PAGE * ELMA_PAGES} items look alike`, maybeSent: false },
    { intent: 'read' },
  );
}

const absent = (system: string): VerifyAnswer => ({
  outcome: 'absent',
  system,
  ref: null,
  number: null,
  duplicates: 0,
});

/** A literal of the filter with what stands in it, or a place outside of any. */
const LITERAL_OR_PLACE = /'(?:[^']|'')*'|\{(?:number|messageId|ref)\}/g;
const PLACE = /\{(number|messageId|ref)\}/g;

/**
 * Puts a message into the filter of the landscape; quoting happens here and nowhere else. Outside of a literal a place becomes a
 * literal, inside of one it becomes a part of its text. In one pass: what a message says is no place again.
 */
function filled(filter: string, subject: Omit<VerifySubject, 'type'>): string {
  const ref = subject.ref ?? subject.messageId;
  const texts: Readonly<Record<string, string>> = { number: subject.number, messageId: subject.messageId, ref };
  const said = (name: string): string => texts[name] ?? '';
  return filter.replaceAll(LITERAL_OR_PLACE, (found) => {
    if (found.startsWith("'")) return found.replaceAll(PLACE, (_, name) => said(name).replaceAll("'", "''"));
    const name = found.slice(1, -1);
    return name === 'ref' && isGuid(ref) ? guidLiteral(ref) : stringLiteral(said(name));
  });
}
