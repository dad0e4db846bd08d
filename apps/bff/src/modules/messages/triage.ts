/** What people do with a cause: take it, snooze it, leave a note that survives the retry. Audited. */
import type { EndpointReply } from '@pult/shared/contracts/endpoint';
import type { causeGet } from '@pult/shared/contracts/messages';
import { shownText } from '@pult/shared/domain/delivery/open-words';
import { AppError } from '@pult/shared/errors/app-error';
import { sql } from 'kysely';
import type { PersonActor } from '../../platform/actor.ts';
import { inTransaction } from '../../platform/db/database.ts';
import { recordAudit } from '../audit/index.ts';
import { type ListDeps, listCauses, listMessages } from './lists.ts';

const EXAMPLES = 5;

export async function readCause(deps: ListDeps, causeId: string): Promise<EndpointReply<typeof causeGet>> {
  const { rows } = await listCauses(deps, {}, causeId);
  const [cause] = rows;
  if (!cause) throw new AppError('cause.not_found', { causeId });
  const [examples, notes] = await Promise.all([
    listMessages(deps, { cause: [causeId], sort: 'newest', limit: EXAMPLES }),
    sql<{ at: Date; author: string; text: string }>`
      select at, author, text from failure_cause_note where cause_id = ${causeId} order by id desc limit 50`.execute(
      deps.db,
    ),
  ]);
  const flow = deps.flows.get(cause.flowId);
  return {
    cause,
    examples: examples.rows,
    notes: notes.rows.map(({ at, author, text }) => ({ at: at.toISOString(), author, text: shownText(text, flow) })),
    runbook: flow?.runbook ?? [],
  };
}

export interface Triage {
  readonly owner?: 'take' | 'release' | undefined;
  readonly snoozeUntil?: string | null | undefined;
  readonly note?: string | undefined;
}

/** @throws AppError `cause.not_found` */
export async function triageCause(
  deps: ListDeps,
  input: { causeId: string; triage: Triage; actor: PersonActor; requestId: string },
): Promise<EndpointReply<typeof causeGet>> {
  const { causeId, triage, actor } = input;
  const now = new Date(deps.clock.now());
  await inTransaction(deps.db, async (tx) => {
    const found = await sql<{ owner_name: string | null; snoozed_until: Date | null }>`
      select owner_name, snoozed_until from failure_cause where id = ${causeId} for update`.execute(tx);
    const [before] = found.rows;
    if (!before) throw new AppError('cause.not_found', { causeId });
    if (triage.owner === 'take')
      await sql`update failure_cause set owner_id = ${actor.userId}, owner_name = ${actor.name}, owned_at = ${now} where id = ${causeId}`.execute(
        tx,
      );
    if (triage.owner === 'release')
      await sql`update failure_cause set owner_id = null, owner_name = null, owned_at = null where id = ${causeId}`.execute(
        tx,
      );
    if (triage.snoozeUntil !== undefined)
      await sql`update failure_cause set snoozed_until = ${triage.snoozeUntil} where id = ${causeId}`.execute(tx);
    if (triage.note !== undefined)
      await sql`insert into failure_cause_note (cause_id, at, author, text) values (${causeId}, ${now}, ${actor.name}, ${triage.note})`.execute(
        tx,
      );
    await recordAudit(tx, {
      actor,
      action: 'cause.triage',
      objectKind: 'cause',
      objectId: causeId,
      before: { owner: before.owner_name, snoozedUntil: before.snoozed_until?.toISOString() ?? null },
      after: { ...triage },
      requestId: input.requestId,
    });
  });
  return readCause(deps, causeId);
}
