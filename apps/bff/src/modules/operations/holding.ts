import { resendsOverBus, WHOEVER_ACCEPTED } from '@pult/shared/contracts/landscape-file/flow';
import { questionFor, questionsOf } from '@pult/shared/contracts/landscape-file/verify';
import type { ConnectionState } from '../../connectors/port/connection-health.ts';
import { PULT } from '../../platform/actor.ts';
import { inTransaction } from '../../platform/db/database.ts';
import type { OperationContext } from './context.ts';
import { openTypes } from './item-store.ts';
import { at, type OperationRow, whoOf } from './rows.ts';
import { changeOperation, writeLog } from './store.ts';

/**
 * Who is asked to send. Of a flow with several sources one may be away without the others: its items wait by themselves, the
 * operation goes on.
 */
export function senders(
  operation: Pick<OperationRow, 'flows' | 'verb'>,
  { flows, busId }: Pick<OperationContext, 'flows' | 'busId'>,
): string[] {
  return operation.flows.flatMap((id) => {
    const flow = flows.get(id);
    const bus = operation.verb === 'resend' && flow && resendsOverBus(flow) ? busId : null;
    const asked = operation.verb === 'reExport' ? flow?.retry.reExport : flow?.retry.resend;
    return [asked?.system, bus].filter((system) => system != null && system !== WHOEVER_ACCEPTED) as string[];
  });
}

/**
 * The system for which an operation has to wait; null when it may go on. A target counts only while a question to it covers what
 * is left of the operation: one that nobody will ask has nothing to do with it.
 */
async function awaited(context: OperationContext, operation: OperationRow): Promise<string | null> {
  const { connectors, db, flows } = context;
  const away = (system: string): boolean => isAway(connectors.state(system));
  const sender = senders(operation, context).find(away);
  if (sender !== undefined) return sender;
  const targets = operation.flows.flatMap((id) => questionsOf(flows.get(id) ?? { retry: {} }));
  // The items are looked at only when it depends on them.
  if (!targets.some(({ system }) => away(system))) return null;
  for (const { flow, documentType } of await openTypes(db, operation.id)) {
    const system = questionFor(flows.get(flow) ?? { retry: {} }, documentType)?.system;
    if (system !== undefined && away(system)) return system;
  }
  return null;
}

/** A system without a connection is not away: nothing would ever end the wait, its items are refused one by one. */
export const isAway = (state: ConnectionState | null): boolean => state !== null && state.circuit !== 'closed';

/** Holds an operation while a circuit that it needs is not closed, and lets it go on afterwards. */
export async function updateHolding(context: OperationContext, operation: OperationRow): Promise<OperationRow> {
  const open = await awaited(context, operation);
  if (open === operation.holdingSystem) return operation;
  const now = context.clock.now();
  const change = { holdingSystem: open, holdingSince: open === null ? null : at(now) };
  await inTransaction(context.db, async (tx) => {
    await changeOperation(tx, operation.id, change);
    const code = open === null ? 'circuit_closed' : 'circuit_opened';
    await writeLog(tx, operation.id, {
      code,
      actor: whoOf(PULT),
      now,
      data: { system: open ?? operation.holdingSystem },
    });
  });
  return { ...operation, ...change };
}
