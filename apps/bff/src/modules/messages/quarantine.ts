/** Events that could not be accepted: seen, accepted again after a repair, or closed by a person. Never dropped. */
import type { EndpointReply } from '@pult/shared/contracts/endpoint';
import type { quarantineList, quarantineReplay, quarantineRow } from '@pult/shared/contracts/messages';
import { AppError } from '@pult/shared/errors/app-error';
import { sql } from 'kysely';
import type { z } from 'zod';
import type { PersonActor } from '../../platform/actor.ts';
import { recordAudit } from '../audit/index.ts';
import { type BusTopics, type Judged, judgeKept } from './bus-intake/judge.ts';
import type { BusPlace } from './bus-intake/place.ts';
import { keepDeadLetters } from './dead-letters/store.ts';
import { type ReadEvent, readEvent } from './event.ts';
import { type FileIntakeDeps, rereadFile } from './file-intake/take.ts';
import { foldEvents, inFoldTransaction } from './ledger.ts';
import type { ListDeps } from './lists.ts';
import { shownEvent } from './quarantine-view.ts';

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
  deps: QuarantineDeps,
  page: { limit: number; cursor?: string | undefined; withContent: boolean },
): Promise<EndpointReply<typeof quarantineList>> {
  const { rows } = await sql<Stored>`
    select id, received_at, system_id, reason, issues, event_id, event_type, event, bus from quarantine_event
    where closed_at is null ${page.cursor ? sql`and id < ${page.cursor}::uuid` : sql``} order by id desc limit ${page.limit + 1}`.execute(
    deps.db,
  );
  const shown = rows.slice(0, page.limit);
  const by = { flows: deps.flows, topics: deps.bus?.topics };
  return {
    rows: shown.map((row) => ({
      id: row.id,
      receivedAt: row.received_at.toISOString(),
      systemId: row.system_id,
      reason: row.reason,
      issues: row.issues,
      eventId: row.event_id,
      eventType: row.event_type,
      event: page.withContent ? shownEvent({ ...row, systemId: row.system_id }, by) : null,
      bus: row.bus && { topic: row.bus.topic, partition: row.bus.partition, offset: row.bus.offset },
    })),
    nextCursor: rows.length > page.limit ? (shown.at(-1)?.id ?? null) : null,
  };
}

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
