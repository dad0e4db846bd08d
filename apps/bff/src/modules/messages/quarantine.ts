/** Events that could not be accepted: seen, accepted again after a repair, or closed by a person. Never dropped. */
import type { EndpointReply } from '@pult/shared/contracts/endpoint';
import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import type { quarantineList, quarantineReplay, quarantineRow } from '@pult/shared/contracts/messages';
import { openWords, withoutPeople } from '@pult/shared/domain/delivery/open-words';
import { personalSystems } from '@pult/shared/domain/delivery/personal';
import { AppError } from '@pult/shared/errors/app-error';
import { sql } from 'kysely';
import type { z } from 'zod';
import type { PersonActor } from '../../platform/actor.ts';
import { recordAudit } from '../audit/index.ts';
import { type BusTopics, type Judged, judgeKept } from './bus-intake/judge.ts';
import { isKeptRecord } from './bus-intake/kept-record.ts';
import type { BusPlace } from './bus-intake/place.ts';
import { keepDeadLetters } from './dead-letters/store.ts';
import { type ReadEvent, readEvent } from './event.ts';
import { type FileIntakeDeps, rereadFile } from './file-intake/take.ts';
import { foldEvents, inFoldTransaction } from './ledger.ts';
import type { ListDeps } from './lists.ts';
import { maskPersonal } from './personal-data.ts';

type Row = z.input<typeof quarantineRow>;
interface Stored {
  readonly id: string;
  readonly received_at: Date;
  readonly system_id: string;
  readonly reason: Row['reason'];
  readonly issues: Row['issues'];
  readonly event_id: string | null;
  readonly event_type: string | null;
  readonly event: unknown;
  readonly bus: BusPlace | null;
}

/** `topics` is there where the landscape has a bus, `filesOf` where it has folders: files are read again as files. */
export type QuarantineDeps = ListDeps & { readonly bus?: { readonly topics: BusTopics } } & Partial<
    Pick<FileIntakeDeps, 'filesOf' | 'live'>
  >;

export async function listQuarantine(
  deps: ListDeps,
  page: { limit: number; cursor?: string | undefined; withContent: boolean },
): Promise<EndpointReply<typeof quarantineList>> {
  const { rows } = await sql<Stored>`
    select id, received_at, system_id, reason, issues, event_id, event_type, event, bus from quarantine_event
    where closed_at is null ${page.cursor ? sql`and id < ${page.cursor}::uuid` : sql``} order by id desc limit ${page.limit + 1}`.execute(
    deps.db,
  );
  const shown = rows.slice(0, page.limit);
  return {
    rows: shown.map((row) => {
      const personal = mayBePersonal(row, deps);
      return {
        id: row.id,
        receivedAt: row.received_at.toISOString(),
        systemId: row.system_id,
        reason: row.reason,
        issues: personal ? shownIssues(row.issues) : row.issues,
        eventId: personal ? plainName(row.event_id) : row.event_id,
        eventType: personal ? plainName(row.event_type) : row.event_type,
        event: page.withContent ? shownEvent(row, deps) : null,
        bus: row.bus && { topic: row.bus.topic, partition: row.bus.partition, offset: row.bus.offset },
      };
    }),
    nextCursor: rows.length > page.limit ? (shown.at(-1)?.id ?? null) : null,
  };
}

/** Whether a quarantined event may be about people. */
function mayBePersonal({ event, bus, system_id: systemId }: Held, { flows }: Pick<ListDeps, 'flows'>): boolean {
  if (ownerOf(bus, flows)?.personalData === true) return true;
  const flow = flowOf(event, flows);
  // An event that names no known flow may be one about people wherever its reporter takes part in such a flow.
  const personal = flow === undefined ? speaksOfPeople(systemId, flows) : flow.personalData;
  return personal || hidesAll(systemId, flows);
}

type Held = Pick<Stored, 'event' | 'bus' | 'system_id'>;
const dataOf = (event: unknown): Record<string, unknown> => (isRecord(event) && isRecord(event.data) ? event.data : {});
const flowOf = (event: unknown, flows: ListDeps['flows']): FlowConfig | undefined => {
  const { flow } = dataOf(event);
  return typeof flow === 'string' ? flows.get(flow) : undefined;
};
/** Whose dead letter it is. */
const ownerOf = (bus: BusPlace | null, flows: ListDeps['flows']): FlowConfig | undefined =>
  bus === null
    ? undefined
    : [...flows.values()].find(({ consumers }) =>
        consumers.some(({ deadLetterTopic }) => deadLetterTopic === bus.topic),
      );

/** What of an event names no person: whose document it is about, and what the flow shows of its content. */
const EVENT_FIELDS = ['attempt', 'revision', 'message.key.type', 'message.key.number', 'message.key.ref', 'message.id'];

/** An event holds the content of its message: personal data are masked here as there. */
function shownEvent(held: Held, { flows }: Pick<ListDeps, 'flows'>): unknown {
  const { event, bus } = held;
  // A text that is no event cannot be masked field by field.
  if (bus !== null && isKeptRecord(event) && ownerOf(bus, flows)?.personalData === true)
    return { timestamp: event.timestamp };
  const { body } = maskPersonal(event);
  if (!mayBePersonal(held, { flows })) return body;
  if (!isRecord(event)) return null;
  // Whatever is wrong with the event, its parts may stand anywhere: only the envelope is shown beside its data.
  const { specversion, type, source, id, time } = event;
  return {
    specversion: plainName(specversion),
    type: plainName(type),
    source: plainName(source),
    id: plainName(id),
    time: plainName(time),
    data: shownData(event, flows),
  };
}

/** Of a known flow the document is shown, and the words of its error that name nobody; of an unknown one nothing. */
function shownData(event: Record<string, unknown>, flows: ListDeps['flows']): unknown {
  const data = dataOf(event);
  const flow = flowOf(event, flows);
  if (flow === undefined) return maskPersonal(data, { every: true }).body;
  const open = [...EVENT_FIELDS, ...flow.openFields.map((place) => `message.payload.${place}`)];
  const shown = maskPersonal(data, { every: true, open }).body as Record<string, unknown>;
  const text = isRecord(data.error) && typeof data.error.text === 'string' ? data.error.text : null;
  const consumer = flow.to.find((id) => id === data.consumer) ?? null;
  return {
    ...shown,
    flow: flow.id,
    ...('consumer' in data ? { consumer } : {}),
    ...(text === null || !isRecord(shown.error) ? {} : { error: { ...shown.error, text: withoutPeople(text) } }),
  };
}

/** What the check of an event said repeats values of the event: of these only words that name nobody are shown. */
const shownIssues = (issues: Row['issues']): Row['issues'] =>
  issues.map((issue) => ({ ...issue, message: openWords(issue.message) }));

/** Names in a fixed alphabet that a program gives: «exchange.failed», a number, a GUID. */
const plainName = (name: unknown): string | null => (typeof name === 'string' && PLAIN_NAME.test(name) ? name : null);
const PLAIN_NAME = /^[A-Za-z0-9_.:+-]{1,100}$/;

/** A reporter that takes part in nothing but flows with people: an event without a flow may name one, too. */
const hidesAll = (systemId: string, flows: ListDeps['flows']): boolean => personalSystems(flows.values()).has(systemId);
const speaksOfPeople = (systemId: string, flows: ListDeps['flows']): boolean =>
  [...flows.values()].some(({ personalData, from, to }) => personalData && [...from, ...to].includes(systemId));
const QUIET = { announce: () => undefined };
const NO_FILE = '00000000-0000-0000-0000-000000000000';

function fileIdIn(event: unknown): string {
  const file = isRecord(event) && isRecord(event.file) ? event.file.id : undefined;
  return typeof file === 'string' ? file : NO_FILE;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Outcome = EndpointReply<typeof quarantineReplay>['outcome'];

/** Validates again as if the event had just come; what still does not fit stays. */
export async function closeQuarantined(
  deps: QuarantineDeps,
  input: {
    eventId: string;
    verb: 'replay' | 'discard';
    reason: string | undefined;
    actor: PersonActor;
    requestId: string;
  },
): Promise<Outcome> {
  return inFoldTransaction(deps.db, async (tx) => {
    const found = await sql<Pick<Stored, 'system_id' | 'reason' | 'event' | 'event_id' | 'event_type' | 'bus'>>`
      select system_id, reason, event, event_id, event_type, bus from quarantine_event where id = ${input.eventId} and closed_at is null for update`.execute(
      tx,
    );
    const [row] = found.rows;
    if (!row) throw new AppError('quarantine.not_found', { eventId: input.eventId });
    let outcome: Outcome = 'discarded';
    if (input.verb === 'replay' && row.reason === 'file') {
      const again = await rereadFile({ filesOf: () => null, live: QUIET, ...deps }, tx, fileIdIn(row.event));
      if (again === null) return 'quarantined';
      outcome = again;
    } else if (input.verb === 'replay') {
      const read = judged(deps, row);
      if (read.kind === 'quarantine') return 'quarantined';
      outcome = 'accepted';
      if (read.kind === 'dead-letter') await keepDeadLetters(tx, [read.letter], deps.clock.now());
      if (read.kind === 'event' || read.kind === 'dead-letter') {
        const { fresh } = await foldEvents(tx, [read.event], deps.clock.now());
        outcome = fresh.size > 0 ? 'accepted' : 'duplicate';
      }
    }
    await sql`update quarantine_event set closed_at = ${new Date(deps.clock.now())}, closed_as = ${outcome} where id = ${input.eventId}`.execute(
      tx,
    );
    await recordAudit(tx, {
      actor: input.actor,
      action: `quarantine.${input.verb}`,
      objectKind: 'quarantine',
      objectId: input.eventId,
      // What the event says stays where it is, behind the permission to see content.
      before: { systemId: row.system_id, eventId: row.event_id, eventType: row.event_type },
      after: { outcome },
      ...(input.reason === undefined ? {} : { reason: input.reason }),
      requestId: input.requestId,
    });
    return outcome;
  });
}

/** As if it had just come, by the rules of the way it came. */
function judged(deps: QuarantineDeps, row: Pick<Stored, 'event' | 'system_id' | 'bus'>): Judged | ReadEvent {
  const now = deps.clock.now();
  if (row.bus !== null && deps.bus !== undefined) return judgeKept(row.event, row.bus, deps.bus.topics, now);
  return readEvent(row.event, { systemId: row.system_id, flows: deps.flows, now });
}
