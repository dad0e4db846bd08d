/**
 * Files of an exchange into facts: what a file says is folded in the transaction that notes the file, then the file is put
 * away. A crash in between brings the file again, and again it is the same file.
 */
import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import type { EdiDocument, EdiNotice, EdiOrder, EdiResponse } from '@pult/shared/domain/edi/document';
import type { FilesClient, TakenFile } from '../../../connectors/files/port.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Db } from '../../../platform/db/database.ts';
import { isRefusedValue } from '../../../platform/db/database-errors.ts';
import { newId } from '../../../platform/ids.ts';
import type { Live } from '../../../platform/live/live.ts';
import { isOwnAnswer, settleAnswer } from '../edi/answer-store.ts';
import { closeReplaced } from '../edi/close-order.ts';
import { type ExchangeEvent, readEvent } from '../event.ts';
import { deliveryId as idOfDelivery } from '../identity.ts';
import { foldEvents, inFoldTransaction } from '../ledger.ts';
import {
  cancelFacts,
  type FileFacts,
  type KnownOrder,
  noticeFacts,
  orderFacts,
  orderMessageId,
  responseFacts,
  type StatedEvent,
} from './facts.ts';
import { type FileReading, readFileContent } from './reading.ts';
import {
  type FileFindings,
  fileId,
  insertFile,
  kindOfFile,
  loadFile,
  type NewFile,
  noteFindings,
  orderByFileName,
  orderByMessage,
  orderByNumber,
  quarantineFile,
} from './store.ts';

export interface FileIntakeDeps {
  readonly db: Db;
  readonly flows: ReadonlyMap<string, FlowConfig>;
  readonly clock: Clock;
  readonly live: Pick<Live, 'announce'>;
  /** Folders of a system, for those that have some. */
  readonly filesOf: (systemId: string) => FilesClient | null;
}

const FILES_AT_ONCE = 100;

/** One look into the folders of a system. @returns how many files were taken @throws SourceError */
export async function takeFiles(deps: FileIntakeDeps, systemId: string): Promise<number> {
  const client = deps.filesOf(systemId);
  const flow = flowOfFiles(deps.flows, systemId);
  if (client === null || flow === undefined) return 0;
  const files = await client.take(FILES_AT_ONCE);
  for (const file of files) {
    const { kind, problems, touched } = await readFile(deps, { client, flow, file });
    if (kind === 'broken') await client.reject(file, problems.join('\n'));
    else await client.archive(file, file.changedAt);
    if (touched.length > 0 || kind === 'broken') deps.live.announce('messages');
    if (touched.length > 0) deps.live.announce('landscape');
    for (const id of touched) deps.live.announce(`delivery:${id}`);
  }
  return files.length;
}

/** Files of a system belong to one flow: the landscape is refused otherwise. */
export const flowOfFiles = (flows: ReadonlyMap<string, FlowConfig>, systemId: string): FlowConfig | undefined =>
  [...flows.values()].find(({ channel, from }) => channel === 'files' && from.includes(systemId));

interface Outcome {
  readonly kind: FileFindings['kind'];
  readonly problems: readonly string[];
  readonly touched: readonly string[];
}

async function readFile(
  deps: FileIntakeDeps,
  { client, flow, file }: { client: FilesClient; flow: FlowConfig; file: TakenFile },
): Promise<Outcome> {
  const now = deps.clock.now();
  const reading = readFileContent(file);
  const row: NewFile = {
    systemId: client.system,
    flowId: flow.id,
    name: file.name,
    hash: file.hash,
    encoding: reading.encoding,
    declared: reading.declared,
    bytes: file.bytes,
    changedAt: Math.min(file.changedAt, now),
    readAt: now,
  };
  const keep = (what: FileReading): Promise<Outcome> =>
    inFoldTransaction(deps.db, async (tx) => {
      const id = fileId(row);
      if (!(await insertFile(tx, row)))
        return { kind: (await kindOfFile(tx, id)) ?? 'broken', problems: ['файл уже прочитан'], touched: [] };
      return foldReading(deps, tx, { id, row, reading: what, client, flow });
    });
  try {
    return await keep(reading);
  } catch (error) {
    // One file that cannot be written must not hold up those behind it: it waits for a person like every unreadable one.
    if (!isRefusedValue(error)) throw error;
    return keep({ ...reading, document: null, problems: ['содержимое файла не записывается в базу данных'] });
  }
}

interface Read {
  readonly id: string;
  readonly row: NewFile;
  readonly reading: FileReading;
  readonly client: FilesClient | null;
  readonly flow: FlowConfig;
}

async function foldReading(deps: FileIntakeDeps, tx: Db, read: Read): Promise<Outcome> {
  const { id, row, reading, client, flow } = read;
  const now = deps.clock.now();
  const facts: FileFacts = {
    flow,
    system: row.systemId,
    file: { name: row.name, hash: row.hash, encoding: row.encoding },
    at: row.changedAt,
  };
  const found = reading.document === null ? reading.problems : await statementsOf(tx, facts, reading.document, client);
  const events = 'events' in found ? eventsOf(deps, found.events, now) : found;
  if (!('fold' in events)) {
    const problems = [...events];
    await noteFindings(tx, id, { ...NOTHING, kind: 'broken', problems });
    await quarantineFile(tx, row, { id, problems, text: reading.text, rowId: newId() });
    return { kind: 'broken', problems, touched: [] };
  }
  const { findings } = found as Statements;
  const { touched } = await foldEvents(tx, events.fold, now);
  await noteFindings(tx, id, findings);
  const replaced = await settle(tx, { findings, hash: row.hash, document: reading.document, now, flowId: flow.id });
  const { deliveryId } = findings;
  // A file without events may have changed what is known of an answer all the same.
  return {
    kind: findings.kind,
    problems: [],
    touched: [...new Set([...touched, ...replaced, ...(deliveryId === null ? [] : [deliveryId])])],
  };
}

/** What the file means beyond its own delivery: for an answer of Pult, for the order that it replaces. @returns deliveries it ended */
async function settle(
  tx: Db,
  read: { findings: FileFindings; hash: string; document: EdiDocument | null; now: number; flowId: string },
): Promise<readonly string[]> {
  const { findings, flowId, ...news } = read;
  if (findings.kind === 'response' || findings.kind === 'notice')
    await settleAnswer(tx, { deliveryId: findings.deliveryId, ...news });
  const { kind, number, buyer, orderDate: date } = findings;
  if (kind !== 'order' || number === null || buyer === null || date === null) return [];
  return closeReplaced(tx, { flowId, number, buyer, date }, read.now);
}

const NOTHING = { deliveryId: null, number: null, buyer: null, orderDate: null, document: null, problems: [] } as const;

interface Statements {
  readonly findings: FileFindings;
  readonly events: readonly StatedEvent[];
}

/** What a document states, or why nobody can tell what it is about. */
async function statementsOf(
  tx: Db,
  facts: FileFacts,
  document: EdiDocument,
  client: FilesClient | null,
): Promise<Statements | readonly string[]> {
  switch (document.kind) {
    case 'order':
      return document.purpose === 'cancel' ? cancellation(tx, facts, document) : order(facts, document, client);
    case 'response':
      return response(tx, facts, document);
    case 'notice':
      return notice(tx, facts, document);
    case 'other':
      return { findings: { ...NOTHING, kind: 'other', document }, events: [] };
  }
}

const idOf = ({ flow }: FileFacts, { messageId }: Pick<KnownOrder, 'messageId'>): string =>
  idOfDelivery(flow.id, messageId, flow.to[0] ?? '');

function order(facts: FileFacts, document: EdiOrder, client: FilesClient | null): Statements {
  const messageId = orderMessageId(document, facts.file.hash);
  const { number, date, parties } = document;
  return {
    findings: {
      kind: 'order',
      deliveryId: idOf(facts, { messageId }),
      number,
      buyer: parties.buyer,
      orderDate: date,
      document,
      problems: [],
    },
    events: orderFacts(facts, document, client?.partners.get(parties.buyer) ?? null),
  };
}

async function cancellation(tx: Db, facts: FileFacts, document: EdiOrder): Promise<Statements | readonly string[]> {
  const { number, date, parties } = document;
  const known = await orderByNumber(tx, { flowId: facts.flow.id, number, buyer: parties.buyer, date: null });
  if (known === null) return [`сеть отзывает заказ ${number} от ${date}, которого Пульт не видел`];
  return {
    findings: { ...about(facts, known), kind: 'notice', document },
    events: cancelFacts(facts, document, known),
  };
}

async function response(tx: Db, facts: FileFacts, document: EdiResponse): Promise<Statements | readonly string[]> {
  const { orderNumber: number, orderDate: date, parties } = document;
  const { flow } = facts;
  const known =
    (await orderByNumber(tx, { flowId: flow.id, number, buyer: parties.buyer, date })) ??
    (date === null
      ? null
      : // The answer overtook the copy of its order.
        await orderByMessage(tx, {
          flowId: flow.id,
          messageId: `${parties.buyer}:${number}:${date}`,
          number,
          consumer: flow.to[0] ?? '',
        }));
  if (known === null) return [`ответ ${document.number} на заказ ${number}, которого Пульт не видел`];
  const own = await isOwnAnswer(tx, idOf(facts, known), facts.file.hash);
  return {
    findings: { ...about(facts, known), kind: 'response', document },
    events: own ? [] : responseFacts(facts, document, known),
  };
}

async function notice(tx: Db, facts: FileFacts, document: EdiNotice): Promise<Statements | readonly string[]> {
  const { fileName, documentNumber, documentDate: date } = document;
  const known =
    (fileName === null ? null : await orderByFileName(tx, facts.system, fileName)) ??
    (documentNumber === null
      ? null
      : await orderByNumber(tx, { flowId: facts.flow.id, number: documentNumber, buyer: null, date }));
  if (known !== null) {
    const aboutOrder = /^ORDERS?$/i.test(document.about);
    return {
      findings: { ...about(facts, known), kind: 'notice', document },
      events: aboutOrder ? noticeFacts(facts, document, known) : [],
    };
  }
  // That something unknown arrived well is no news; that it was refused has to be looked at.
  if (document.ok) return { findings: { ...NOTHING, kind: 'notice', document }, events: [] };
  return [`отказ по документу ${documentNumber ?? fileName ?? '?'}, которого Пульт не видел: ${document.text}`];
}

const about = (facts: FileFacts, known: KnownOrder) => ({
  ...NOTHING,
  deliveryId: idOf(facts, known),
  number: known.number,
});

/** The events as the intake reads them: what it would not take from a system it does not take from a file. */
function eventsOf(
  deps: FileIntakeDeps,
  statements: readonly StatedEvent[],
  now: number,
): { readonly fold: readonly ExchangeEvent[] } | readonly string[] {
  const read = statements.map(({ systemId, event }) => readEvent(event, { systemId, flows: deps.flows, now }));
  const issues = read.flatMap((one) => (one.kind === 'quarantine' ? one.issues : []));
  if (issues.length > 0) return issues.map(({ path, message }) => `${path}: ${message}`);
  return { fold: read.flatMap((one) => (one.kind === 'event' ? [one.event] : [])) };
}

/**
 * Reads a file of the quarantine once more, by its bytes whatever they claim: a person has looked at it.
 * @returns null when it still cannot be read
 */
export async function rereadFile(deps: FileIntakeDeps, tx: Db, id: string): Promise<'accepted' | 'duplicate' | null> {
  const file = await loadFile(tx, id);
  const flow = deps.flows.get(file?.flow_id ?? '');
  if (file === null || flow === undefined) return null;
  const content = { name: file.name, bytes: file.bytes, tooLarge: file.bytes.length === 0, unfinished: false };
  const reading = readFileContent(content, true);
  if (reading.document === null) return null;
  const facts: FileFacts = { flow, system: file.system_id, file, at: file.changed_at.getTime() };
  const found = await statementsOf(tx, facts, reading.document, deps.filesOf(file.system_id));
  if (!('events' in found)) return null;
  const events = eventsOf(deps, found.events, deps.clock.now());
  if (!('fold' in events)) return null;
  const now = deps.clock.now();
  const { fresh } = await foldEvents(tx, events.fold, now);
  await noteFindings(tx, id, found.findings);
  await settle(tx, { findings: found.findings, hash: file.hash, document: reading.document, now, flowId: flow.id });
  return fresh.size > 0 || events.fold.length === 0 ? 'accepted' : 'duplicate';
}
