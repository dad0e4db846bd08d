import { canResend } from '@pult/shared/contracts/landscape-file/flow';
import { questionFor } from '@pult/shared/contracts/landscape-file/verify';
import type { OperationDetail, OperationSelection, OperationVerb } from '@pult/shared/contracts/operations';
import type { FlowAbility } from '@pult/shared/domain/operation/eligibility';
import { isFinal } from '@pult/shared/domain/operation/operation-state';
import { AppError, assertThat } from '@pult/shared/errors/app-error';
import type { Actor } from '../../platform/actor.ts';
import { type Db, inTransaction } from '../../platform/db/database.ts';
import { newId } from '../../platform/ids.ts';
import { recordAudit } from '../audit/index.ts';
import { claimAhead, claimRest, heldOf } from './claiming.ts';
import { announce, type OperationContext } from './context.ts';
import type { Candidate } from './ports.ts';
import { at, type OperationRow, whoOf } from './rows.ts';
import { planOf, titleOf } from './rules.ts';
import { candidatesOf } from './selection.ts';
import { refreshOperation } from './settle.ts';
import {
  changeOperation,
  holdersOf,
  insertItems,
  insertOperation,
  type LogLine,
  loadOperation,
  type OperationChange,
  writeLog,
} from './store.ts';
import { detailView } from './view.ts';

export interface PlanRequest {
  readonly verb: OperationVerb;
  readonly selection: OperationSelection;
  readonly ratePerSecond?: number | undefined;
  readonly start?: { readonly reason: string } | undefined;
}

/** Who asks, and in which request. */
export interface By {
  readonly actor: Actor;
  readonly requestId: string | null;
}

/** Verbs of operations. Each reads, decides, writes with its audit entry in one transaction, then announces. */
export interface OperationService {
  plan(request: PlanRequest, by: By): Promise<{ operation: OperationDetail; joined: boolean }>;
  /** Without a reason: by the policy of a flow. */
  start(
    id: string,
    request: { reason: string | null; confirmCount?: number | undefined },
    by: By,
  ): Promise<OperationDetail>;
  pause(id: string, reason: string | null, by: By): Promise<OperationDetail>;
  resume(id: string, reason: string | null, by: By): Promise<OperationDetail>;
  cancel(id: string, reason: string | null, by: By): Promise<OperationDetail>;
  setRate(id: string, ratePerSecond: number, by: By): Promise<OperationDetail>;
  get(id: string): Promise<OperationDetail>;
}

/** Somebody else holds the delivery: the caller joins that operation instead of making a second one. */
class Held extends Error {
  readonly operationId: string;
  constructor(operationId: string) {
    super('held');
    this.operationId = operationId;
  }
}

const LOCAL_RATE = 1_000;

export function createOperationService(context: OperationContext, wake: () => void): OperationService {
  const { db, clock, flows, settings } = context;

  const abilities: ReadonlyMap<string, FlowAbility> = new Map(
    [...flows].map(([id, flow]) => [
      id,
      {
        watched: flow.watched,
        resend: canResend(flow),
        reExport: flow.retry.reExport !== undefined,
      },
    ]),
  );

  const ratesOf = (request: PlanRequest, candidates: readonly Candidate[]): { rate: number; maxRate: number } => {
    // Nothing travels, so there is nobody to shield.
    if (request.verb === 'discard' || request.verb === 'restore') return { rate: LOCAL_RATE, maxRate: LOCAL_RATE };
    const retries = [...new Set(candidates.map(({ flow }) => flow))].flatMap((id) => flows.get(id)?.retry ?? []);
    const maxRate = Math.min(50, ...retries.map((retry) => retry.maxRatePerSecond));
    const usual = Math.min(maxRate, ...retries.map((retry) => retry.ratePerSecond));
    return { rate: Math.min(request.ratePerSecond ?? usual, maxRate), maxRate };
  };

  const get = async (id: string): Promise<OperationDetail> => detailView(context, await loadOperation(db, id));

  /** Changes a running or waiting operation under its lock, with log and audit. */
  const change = async (
    id: string,
    by: By,
    decide: (
      row: OperationRow,
      tx: Db,
    ) => Promise<{
      change: OperationChange;
      code: LogLine['code'];
      action: string;
      data?: Record<string, unknown>;
      reason?: string | null;
    }>,
  ): Promise<OperationDetail> => {
    await inTransaction(db, async (tx) => {
      const row = await loadOperation(tx, id, { lock: true });
      const decided = await decide(row, tx);
      await changeOperation(tx, id, decided.change);
      const data = { ...decided.data, ...(decided.reason == null ? {} : { reason: decided.reason }) };
      await writeLog(tx, id, { code: decided.code, actor: whoOf(by.actor), now: clock.now(), data });
      await recordAudit(tx, {
        actor: by.actor,
        action: decided.action,
        objectKind: 'operation',
        objectId: id,
        before: { state: row.state },
        after: data,
        reason: decided.reason ?? null,
        requestId: by.requestId,
        at: at(clock.now()),
      });
    });
    await refreshOperation(context, id);
    announce(context, id);
    wake();
    return get(id);
  };

  const wrongState = (row: OperationRow): AppError =>
    new AppError('operation.wrong_state', { operation: row.id, number: row.number, state: row.state });

  /** @throws AppError when the operation may not be started, or not by this request */
  const checkStart = (row: OperationRow, request: { confirmCount?: number | undefined }): void => {
    if (row.startedAt !== null || row.cancelRequestedAt !== null || isFinal(row.state)) throw wrongState(row);
    if (row.expiresAt.getTime() <= clock.now()) throw wrongState(row);
    assertThat(row.plan.eligible > 0, 'operation.nothing_eligible', { ineligible: row.plan.ineligible });
    if (row.plan.needsTypedCount || request.confirmCount !== undefined)
      assertThat(request.confirmCount === row.plan.eligible, 'operation.count_mismatch', {
        expected: row.plan.eligible,
        given: request.confirmCount ?? null,
      });
  };

  const started = (by: By, reason: string | null): OperationChange => ({
    startedAt: at(clock.now()),
    startedBy: whoOf(by.actor),
    reason,
    judgedFrom: at(0),
  });

  const plan: OperationService['plan'] = async (request, by) => {
    const { candidates, missing } = await candidatesOf(context, request.selection);
    const holders = await holdersOf(
      db,
      candidates.map(({ deliveryId }) => deliveryId),
    );
    const rates = ratesOf(request, candidates);
    const { items, plan: summary } = planOf({
      verb: request.verb,
      candidates,
      flows: abilities,
      canVerify: ({ flow: id, documentType }) => {
        const flow = flows.get(id);
        return flow !== undefined && questionFor(flow, documentType) !== null;
      },
      holders,
      missing,
      ratePerSecond: rates.rate,
    });
    if (request.start !== undefined) {
      const [only] = items;
      if (items.length === 1 && only?.reason === 'in_operation' && only.heldBy !== null)
        return { operation: await join(only.heldBy.id, by), joined: true };
      assertThat(summary.eligible > 0, 'operation.nothing_eligible', { ineligible: summary.ineligible });
      assertThat(summary.eligible === 1, 'operation.count_mismatch', { expected: 1, given: summary.eligible });
    }
    // A plan is for a person to read; of nothing Pult makes none.
    if (by.actor.kind === 'pult')
      assertThat(summary.eligible > 0, 'operation.nothing_eligible', { ineligible: summary.ineligible });
    const id = newId();
    const now = clock.now();
    try {
      await inTransaction(db, async (tx) => {
        const number = await insertOperation(tx, {
          id,
          verb: request.verb,
          selection: request.selection,
          plan: summary,
          title: titleOf(items),
          flows: [...new Set(items.filter(({ reason }) => reason === null).map(({ flow }) => flow))],
          ...rates,
          now,
          by: whoOf(by.actor),
          expiresAt: now + settings.planLifeMs,
        });
        await insertItems(tx, id, items);
        const data = { total: summary.total, eligible: summary.eligible };
        await writeLog(tx, id, { code: 'planned', actor: whoOf(by.actor), now, data });
        if (request.start !== undefined) {
          const row = await loadOperation(tx, id, { lock: true });
          checkStart(row, {});
          const { claimed } = await claimRest(context, tx, row, 0);
          if (claimed === 0) throw await heldBy(tx, id);
          await changeOperation(tx, id, started(by, request.start.reason));
          await writeLog(tx, id, {
            code: 'started',
            actor: whoOf(by.actor),
            now,
            data: { reason: request.start.reason },
          });
        }
        await recordAudit(tx, {
          actor: by.actor,
          action: request.start === undefined ? 'operation.plan' : 'operation.start',
          objectKind: 'operation',
          objectId: id,
          after: { number, verb: request.verb, selection: request.selection, ...data },
          reason: request.start?.reason ?? null,
          requestId: by.requestId,
          at: at(now),
        });
      });
    } catch (error) {
      if (error instanceof Held) return { operation: await join(error.operationId, by), joined: true };
      throw error;
    }
    if (request.start !== undefined) await refreshOperation(context, id);
    announce(context, id);
    wake();
    return { operation: await get(id), joined: false };
  };

  /** Who holds the one delivery that could not be claimed. */
  const heldBy = async (tx: Db, id: string): Promise<Error> => {
    const holder = await heldOf(tx, id);
    return holder === null ? new AppError('delivery.changed', { operation: id }) : new Held(holder);
  };

  const join = async (id: string, by: By): Promise<OperationDetail> => {
    await writeLog(db, id, { code: 'joined', actor: whoOf(by.actor), now: clock.now() });
    announce(context, id);
    return get(id);
  };

  return {
    plan,
    get,
    start: async (id, request, by) => {
      const done = await claimAhead(context, id, (row) => checkStart(row, request));
      return change(id, by, async (row, tx) => {
        checkStart(row, request);
        const { claimed, skipped } = await claimRest(context, tx, row, done);
        assertThat(claimed > 0, 'operation.nothing_eligible', { skipped });
        return {
          change: started(by, request.reason),
          code: 'started',
          action: 'operation.start',
          data: { claimed, skipped, verb: row.verb, ratePerSecond: row.rate },
          reason: request.reason,
        };
      });
    },
    pause: (id, reason, by) =>
      change(id, by, async (row) => {
        if (row.state !== 'running' && row.state !== 'holding') throw wrongState(row);
        return {
          change: { pauseCause: 'person', pausedBy: whoOf(by.actor) },
          code: 'paused',
          action: 'operation.pause',
          reason,
        };
      }),
    resume: (id, reason, by) =>
      change(id, by, async (row) => {
        if (row.pauseCause === null || isFinal(row.state) || row.cancelRequestedAt !== null) throw wrongState(row);
        // What the person has seen is not held against the operation a second time.
        const judged = row.pauseCause === 'rule' ? { judgedFrom: at(clock.now()) } : {};
        return {
          change: { pauseCause: null, pausedBy: null, ...judged },
          code: 'resumed',
          action: 'operation.resume',
          reason,
        };
      }),
    cancel: (id, reason, by) =>
      change(id, by, async (row) => {
        if (isFinal(row.state) || row.cancelRequestedAt !== null) throw wrongState(row);
        return {
          change: { cancelRequestedAt: at(clock.now()), cancelledBy: whoOf(by.actor) },
          code: 'cancel_requested',
          action: 'operation.cancel',
          reason,
        };
      }),
    setRate: (id, ratePerSecond, by) =>
      change(id, by, async (row) => {
        if (isFinal(row.state)) throw wrongState(row);
        const rate = Math.min(ratePerSecond, row.maxRate);
        return {
          change: { rate, effectiveRate: rate },
          code: 'rate_changed',
          action: 'operation.rate',
          data: { from: row.rate, to: rate },
        };
      }),
  };
}
