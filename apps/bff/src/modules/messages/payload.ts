/** Content of messages: without personal data for everybody who may see content, with them for a reason that is kept. */
import type { EndpointReply } from '@pult/shared/contracts/endpoint';
import type { messagePayload, messageReveal } from '@pult/shared/contracts/messages';
import { AppError } from '@pult/shared/errors/app-error';
import { sql } from 'kysely';
import type { PersonActor } from '../../platform/actor.ts';
import { type Db, inTransaction } from '../../platform/db/database.ts';
import { recordAudit } from '../audit/index.ts';
import type { ListDeps } from './lists.ts';
import { maskingOf, maskPersonal } from './personal-data.ts';
import { personalDetails } from './sealed.ts';

type PayloadView = EndpointReply<typeof messagePayload>;
type RevealView = EndpointReply<typeof messageReveal>;

interface Stored {
  readonly flow_id: string;
  readonly revision: number;
  readonly at: Date;
  readonly size_bytes: number;
  readonly truncated: boolean;
  readonly body: unknown;
}

async function load(db: Db, deliveryId: string, revision: number | undefined): Promise<Stored> {
  const { rows } = await sql<Stored>`
    select d.flow_id, p.revision, p.at, p.size_bytes, p.truncated, p.body
    from message_payload p join delivery d on d.id = p.delivery_id where p.delivery_id = ${deliveryId}
      ${revision === undefined ? sql`` : sql`and p.revision = ${revision}`} order by p.revision desc limit 1`.execute(
    db,
  );
  const [row] = rows;
  if (!row) throw new AppError('delivery.not_found', { deliveryId, revision });
  return row;
}

const headOf = (row: Stored) => ({
  revision: row.revision,
  at: row.at.toISOString(),
  sizeBytes: row.size_bytes,
  truncated: row.truncated,
});

/** Content without personal data. @throws AppError `delivery.not_found` when there is no such content */
export async function readPayload(
  deps: ListDeps,
  deliveryId: string,
  revision: number | undefined,
): Promise<PayloadView> {
  const row = await load(deps.db, deliveryId, revision);
  const { body, masked } = maskPersonal(row.body, maskingOf(deps.flows.get(row.flow_id)));
  return { ...headOf(row), body, masked: [...masked] };
}

/**
 * Content, counterparty and texts of errors with personal data; who looked, at what and why is audited before anything is
 * shown. A message without content still has its texts. @throws AppError `delivery.not_found`
 */
export async function revealPayload(
  deps: ListDeps,
  input: { deliveryId: string; revision: number; reason: string; actor: PersonActor; requestId: string },
): Promise<RevealView> {
  return inTransaction(deps.db, async (tx) => {
    const row = await loadAny(tx, input.deliveryId, input.revision);
    const details = await personalDetails(tx, input.deliveryId);
    await recordAudit(tx, {
      actor: input.actor,
      action: 'message.reveal',
      objectKind: 'message',
      objectId: input.deliveryId,
      after: { revision: row.revision },
      reason: input.reason,
      requestId: input.requestId,
    });
    return {
      ...headOf(row),
      body: row.body,
      masked: [],
      counterparty: details.counterparty,
      errors: [...details.errors],
    };
  });
}

/** The content of a revision, or an empty one where the message came without. */
async function loadAny(tx: Db, deliveryId: string, revision: number): Promise<Stored> {
  const { rows } = await sql<Stored>`
    select d.flow_id, ${revision}::int as revision, coalesce(p.at, d.started_at) as at, coalesce(p.size_bytes, 0) as size_bytes,
      coalesce(p.truncated, false) as truncated, p.body
    from delivery d left join message_payload p on p.delivery_id = d.id and p.revision = ${revision}
    where d.id = ${deliveryId} and (p.revision is not null or not exists (select from message_payload o where o.delivery_id = d.id))`.execute(
    tx,
  );
  const [row] = rows;
  if (!row) throw new AppError('delivery.not_found', { deliveryId, revision });
  return row;
}
