/** A person gives a difference its reason, or takes it back: the reason, what it covers and the audit entry in one transaction. */
import type { EndpointInput, EndpointReply } from '@pult/shared/contracts/endpoint';
import type { shadowExplain } from '@pult/shared/contracts/migration';
import { AppError } from '@pult/shared/errors/app-error';
import { sql } from 'kysely';
import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/database.ts';
import { newId } from '../../../platform/ids.ts';
import { recordAudit } from '../../audit/index.ts';
import {
  type ExplanationRow,
  explainedCounts,
  explanationsOf,
  insertExplanation,
  withdrawExplanation,
} from './explanation-store.ts';
import { pairsWhere } from './pair-store.ts';
import { rejudge } from './rejudge.ts';
import { lockComparison } from './rounds.ts';
import { type By, whoOf } from './who.ts';

interface ExplainDeps {
  readonly db: Db;
  readonly clock: Clock;
}

type Scope = EndpointInput<typeof shadowExplain>['body']['scope'];

/** The row of a scope. @throws AppError `pair.not_found` */
async function rowOf(
  tx: Db,
  flowId: string,
  scope: Scope,
): Promise<Pick<ExplanationRow, 'kind' | 'field' | 'pairId' | 'number' | 'outcome' | 'date'>> {
  const none = { field: null, pairId: null, number: null, outcome: null, date: null };
  switch (scope.kind) {
    case 'field':
      return { ...none, kind: 'field', field: scope.field };
    case 'day':
      return { ...none, kind: 'day', date: scope.date, outcome: scope.outcome };
    case 'pair': {
      const [pair] = await pairsWhere(tx, sql`flow_id = ${flowId} and id = ${scope.pairId}`, 1);
      if (!pair) throw new AppError('pair.not_found', { pairId: scope.pairId });
      return { ...none, kind: 'pair', pairId: pair.id, number: pair.number, outcome: pair.outcome };
    }
  }
}

export async function explain(
  { db, clock }: ExplainDeps,
  request: { flowId: string; scope: Scope; reason: string },
  by: By,
): Promise<EndpointReply<typeof shadowExplain>> {
  const { flowId, scope, reason } = request;
  return inTransaction(db, async (tx) => {
    await lockComparison(tx, flowId);
    const now = clock.now();
    const row = { id: newId(), reason, ...(await rowOf(tx, flowId, scope)), ...whoOf(by) };
    await insertExplanation(tx, { ...row, flowId, at: now });
    await rejudge(tx, flowId, { ...row, at: new Date(now) });
    const pairs = (await explainedCounts(tx, [row.id])).get(row.id) ?? 0;
    await recordAudit(tx, {
      actor: by.actor,
      action: 'migration.explain',
      objectKind: 'flow',
      objectId: flowId,
      after: { explanation: row.id, scope, pairs },
      reason,
      requestId: by.requestId,
      at: new Date(now),
    });
    return { id: row.id, pairs };
  });
}

/** @throws AppError `explanation.not_found` */
export async function unexplain(
  { db, clock }: ExplainDeps,
  request: { flowId: string; explanationId: string; reason: string },
  by: By,
): Promise<{ pairs: number }> {
  const { flowId, explanationId, reason } = request;
  return inTransaction(db, async (tx) => {
    await lockComparison(tx, flowId);
    const now = clock.now();
    const known = (await explanationsOf(tx, flowId)).find(({ id }) => id === explanationId);
    if (!known || !(await withdrawExplanation(tx, flowId, explanationId, now)))
      throw new AppError('explanation.not_found', { explanationId });
    const pairs = await rejudge(tx, flowId, known);
    await recordAudit(tx, {
      actor: by.actor,
      action: 'migration.unexplain',
      objectKind: 'flow',
      objectId: flowId,
      before: { explanation: explanationId, kind: known.kind, field: known.field, reason: known.reason },
      after: { pairs },
      reason,
      requestId: by.requestId,
      at: new Date(now),
    });
    return { pairs };
  });
}
