import type { ApprovalSystem } from '@pult/shared/contracts/approvals';
import { AppError, SourceError } from '@pult/shared/errors/app-error';
import { sql } from 'kysely';
import { isDatabaseUnavailable } from '../../platform/db/database-errors.ts';
import { cutText } from '../../platform/http/clean-text.ts';
import { whileLeased } from '../../platform/jobs/lease.ts';
import { type ApprovalContext, announce } from './context.ts';
import { createElmaReader, type ElmaPages, type ElmaReader } from './elma-reader.ts';
import { mergeSnapshot } from './merge.ts';
import type { ElmaSnapshot, UtSnapshot } from './snapshot.ts';
import { claimReading, noteReading, releaseReading, renewReading, sourcesOf } from './source-store.ts';
import { keepUnmerged, type Unmerged, unmergedIn, unmergedMark } from './unmerged.ts';
import { createUtReader, type TrackedRequest, type UtReader } from './ut-reader.ts';

/** Finished requests younger than this count as news, older ones as history: their thresholds are not recorded. */
const HISTORY_MS = 15 * 60_000;
const HISTORY_MONTHS = 12;
/** Renewed while the reading goes on: what a dead instance held is free a minute later. */
const LEASE_MS = 60_000;

export interface Poller {
  /** One reading of the base: open processes, ended ones, one page of history. @returns whether more history waits */
  pollUt(): Promise<boolean>;
  /** One reading of what changed in ELMA. @returns whether more changes wait */
  pollElma(): Promise<boolean>;
}

/** Reads both systems and merges what they say. A failed reading is noted on its source; the data stays as old as it is. */
export function createPoller(context: ApprovalContext, options: { readonly elmaPages?: ElmaPages } = {}): Poller {
  const { systems, connectors, clock } = context;
  const readers: { ut?: UtReader; elma?: ElmaReader } = {};

  /** `waiting`: references that failed before and are said already. @returns those that could not be merged */
  const merge = async <S extends UtSnapshot | ElmaSnapshot>(
    snapshots: readonly S[],
    waiting: ReadonlySet<string> = new Set(),
  ): Promise<S[]> => {
    const changed: string[] = [];
    const failed: S[] = [];
    for (const snapshot of snapshots) {
      try {
        const id = await mergeSnapshot(context, snapshot);
        if (id !== null) changed.push(id);
      } catch (error) {
        if (isDatabaseUnavailable(error)) throw error;
        // One request that cannot be read must not keep the others from the screen.
        const said = { err: error, process: snapshot.processRef, system: snapshot.system };
        if (waiting.has(refOf(snapshot))) context.log.debug(said, 'request not merged');
        else context.log.error(said, 'request not merged');
        failed.push(snapshot);
      }
    }
    announce(context, changed);
    return failed;
  };

  /** Merges what was read anew and, before it, what could not be merged lately. */
  const mergeWith = async <S extends UtSnapshot | ElmaSnapshot>(
    system: ApprovalSystem,
    read: { readonly before: Unmerged; readonly again: readonly S[]; readonly fresh: readonly S[] },
  ): Promise<{ readonly after: Unmerged; readonly beyond: readonly S[] }> => {
    const inFresh = new Set(read.fresh.map(refOf));
    const snapshots = [...read.again.filter((one) => !inFresh.has(refOf(one))), ...read.fresh];
    const failed = await merge(snapshots, new Set(Object.keys(read.before.refs)));
    const { after, beyond, givenUp } = keepUnmerged(read.before, { failed, refOf, now: clock.now() });
    for (const ref of givenUp)
      context.log.error({ ref, system, lost: after.lost }, 'request given up: not merged for a day');
    if (beyond.length > 0)
      context.log.error({ system, beyond: beyond.length }, 'too many requests not merged: the reading waits for them');
    return { after, beyond };
  };

  const reading = async (
    system: ApprovalSystem,
    read: (cursor: Readonly<Record<string, unknown>>) => Promise<Readonly<Record<string, unknown>>>,
  ): Promise<void> => {
    if (!(await claimReading(context.db, system, clock.now(), LEASE_MS))) return;
    const before = (await sourcesOf(context.db)).find((source) => source.system === system);
    try {
      const lease = {
        leaseMs: LEASE_MS,
        renew: () => renewReading(context.db, system, context.clock.now() + LEASE_MS),
        onError: (error: unknown) => context.log.warn({ err: error, system }, 'lease of a reading not renewed'),
      };
      const cursor = await whileLeased(lease, () => read(before?.cursor ?? {}));
      await noteReading(context.db, { system, now: clock.now(), error: null, cursor });
      if (before?.errorCode != null) context.live.announce('approvals');
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      const code = error instanceof AppError ? error.code : 'server.unexpected';
      const text =
        error instanceof SourceError && typeof error.data.text === 'string' ? cutText(error.data.text, 500) : null;
      await noteReading(context.db, { system, now: clock.now(), error: { code, text } });
      if (before?.errorCode == null) context.live.announce('approvals');
      if (code === 'server.unexpected') throw error;
    } finally {
      await releaseReading(context.db, system);
    }
  };

  return {
    pollUt: async () => {
      const { ut } = systems;
      let more = false;
      if (ut === null) return more;
      readers.ut ??= createUtReader(connectors.onec(ut.system), {
        clock,
        zone: ut.zone,
        costPriceKind: ut.costPriceKind,
      });
      const reader = readers.ut;
      await reading('ut', async (cursor) => {
        await merge(await reader.readOpen(await trackedRequests(context)));
        const before = unmergedIn(cursor);
        const again = await reader.readAgain(Object.keys(before.refs));
        const from = typeof cursor.finished === 'string' ? cursor.finished : historyStart(clock.now(), ut.zone);
        const finished = await reader.readFinished(from, (refs) => knownProcesses(context, refs));
        const { after, beyond } = await mergeWith('ut', { before, again, fresh: finished.snapshots });
        const next = beyond.length > 0 ? from : finished.next;
        more = finished.more && next !== from;
        return { finished: next, ...unmergedMark(after) };
      });
      return more;
    },
    pollElma: async () => {
      const { elma } = systems;
      let more = false;
      if (elma === null) return more;
      readers.elma ??= createElmaReader(connectors.elma(elma.system), {
        app: elma.app,
        historyBefore: () => clock.now() - HISTORY_MS,
        ...(options.elmaPages ? { pages: options.elmaPages } : {}),
      });
      const reader = readers.elma;
      await reading('elma', async (cursor) => {
        const since = typeof cursor.updatedAt === 'number' ? cursor.updatedAt : null;
        const before = unmergedIn(cursor);
        const again = await reader.readAgain(Object.keys(before.refs));
        const changed = await reader.readChanged(since);
        const { after, beyond } = await mergeWith('elma', { before, again, fresh: changed.snapshots });
        // Never back: the reading begins a little before its mark, and what fails there would draw it back again and again.
        const held = Math.max(since ?? 0, Math.min(...beyond.map(({ updatedAt }) => updatedAt)));
        const next = beyond.length > 0 ? held : changed.newest;
        more = changed.more && next !== since;
        return { updatedAt: next, ...unmergedMark(after) };
      });
      return more;
    },
  };
}

/** How a system names what is read again: ELMA by its item, 1С by the process. */
const refOf = (snapshot: UtSnapshot | ElmaSnapshot): string =>
  snapshot.system === 'elma' ? snapshot.itemId : snapshot.processRef;

const historyStart = (now: number, zone: string): string => {
  const day = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).subtract({ months: HISTORY_MONTHS });
  return `${day.toPlainDate().toString()}T00:00:00`;
};

/** Requests that are not decided, and decided ones on their way to 1С: worse lines take those back. */
async function trackedRequests({ db }: ApprovalContext): Promise<TrackedRequest[]> {
  const { rows } = await sql<Omit<TrackedRequest, 'items'> & { items: string[] | null }>`
    select process_ref as "processRef", process_set as "processSet", document_ref as "documentRef",
      document_data_version as "dataVersion", customer_ref as "customerRef", state = 'decided' as decided,
      (select array_agg(key) from jsonb_object_keys(background -> 'items') as key) as items
    from approval_request r
    where state <> 'decided' or exists (select 1 from approval_outbox o
      where o.request_id = r.id and o.system = 'ut' and o.next_at is not null)
    order by started_at desc limit 2000`.execute(db);
  return rows.map((row) => ({ ...row, items: row.items ?? [] }));
}

async function knownProcesses({ db }: ApprovalContext, refs: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ ref: string }>`
    select process_ref as ref from approval_request
    where process_ref = any(${[...refs]}::text[]) and known_in_ut`.execute(db);
  return new Set(rows.map(({ ref }) => ref));
}
