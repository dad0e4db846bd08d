import { resendsOverBus, WHOEVER_ACCEPTED } from '@pult/shared/contracts/landscape-file/flow';
import { questionsOf } from '@pult/shared/contracts/landscape-file/verify';
import type { ConnectionState } from '../../connectors/port/connection-health.ts';
import { PULT } from '../../platform/actor.ts';
import { inTransaction } from '../../platform/db/database.ts';
import type { OperationContext } from './context.ts';
import { at, type OperationRow, whoOf } from './rows.ts';
import { changeOperation, writeLog } from './store.ts';

/**
 * Systems that an operation calls: who is asked to send, who is asked whether it arrived. Of a flow with several sources one
 * may be away without the others: its items wait by themselves, the operation goes on.
 */
export function systemsOf(
  operation: Pick<OperationRow, 'flows' | 'verb'>,
  { flows, busId }: Pick<OperationContext, 'flows' | 'busId'>,
): string[] {
  const systems = operation.flows.flatMap((id) => {
    const flow = flows.get(id);
    const retry = flow?.retry;
    const bus = operation.verb === 'resend' && flow && resendsOverBus(flow) ? busId : null;
    const asked = operation.verb === 'reExport' ? retry?.reExport : retry?.resend;
    const targets = flow === undefined ? [] : questionsOf(flow).map(({ system }) => system);
    return [asked?.system, bus, ...targets].filter((system) => system != null);
  });
  return [...new Set(systems.filter((system) => system !== WHOEVER_ACCEPTED))];
}

/** A system without a connection is not away: nothing would ever end the wait, its items are refused one by one. */
export const isAway = (state: ConnectionState | null): boolean => state !== null && state.circuit !== 'closed';

/** Holds an operation while a circuit that it needs is not closed, and lets it go on afterwards. */
export async function updateHolding(context: OperationContext, operation: OperationRow): Promise<OperationRow> {
  const { connectors } = context;
  const open = systemsOf(operation, context).find((system) => isAway(connectors.state(system))) ?? null;
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
