/**
 * Problems of mapped nodes as failures of messages. Two passes after each reading, both of which go on from the tables: what
 * was not told yet is folded, and of what the base lists no more the target is asked. A crash between two steps repeats one
 * of them, and neither counts twice: the event of a problem has one id, a settlement is written only once.
 */

import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/database.ts';
import { isDatabaseUnavailable } from '../../../platform/db/database-errors.ts';
import type { Live } from '../../../platform/live/live.ts';
import type { Logger } from '../../../platform/telemetry/logger.ts';
import {
  claimVanished,
  markSettled,
  markTold,
  postponeAsking,
  untoldProblems,
  type Vanished,
} from './failure-store.ts';
import { classOfKind, objectType, waitToAskAgain } from './mapping.ts';

/** A problem of a register as a failure of one message. `at` in ms. */
export interface RegisterFailure {
  readonly systemId: string;
  readonly problemId: string;
  readonly flowId: string;
  readonly consumer: string;
  readonly messageId: string;
  readonly type: string;
  readonly number: string;
  readonly ref: string | null;
  readonly documentAt: number | null;
  readonly at: number;
  readonly code: string | null;
  readonly text: string;
  /** Counts where the text tells no class. */
  readonly errorClass: string;
}

/** What the target said about a message; `proof` false: the document may have come with another message. */
export interface TargetSaid {
  readonly outcome: 'applied' | 'present' | 'absent';
  readonly system: string;
  readonly ref: string | null;
  readonly proof: boolean;
}

/** The messages, as the registers see them; wired in main. */
export interface RegisterMessages {
  /** Folds the failures; durable when it answers. @returns delivery of each, by problem */
  fold(failures: readonly RegisterFailure[]): Promise<ReadonlyMap<string, string>>;
  /** Those of the deliveries that are applied or discarded. */
  final(deliveryIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Asks the target; null when the flow names no way to. @throws SourceError */
  ask(deliveryId: string): Promise<TargetSaid | null>;
  /** Writes down what the target said, and that the base lists the problem no more unless that closes the delivery. */
  vanished(
    tx: Db,
    fact: { readonly deliveryId: string; readonly said: TargetSaid | null; readonly at: number },
  ): Promise<void>;
}

export interface FailureDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly live: Pick<Live, 'announce'>;
  readonly log: Logger;
  readonly messages: RegisterMessages;
}

/** Kind of an object of which nobody says what it is. */
const UNKNOWN_KIND = 'Объект';
/** Failures folded at once. */
const FOLD_AT_ONCE = 200;
const ANNOUNCED_AT_MOST = 50;
/** Targets asked in one pass about the problems of one base, one after another. */
const ASKED_AT_MOST = 10;
/** While an instance asks, no other one does. */
const ASKING_MS = 120_000;

/** Folds what was not told yet. */
export async function tellFailures(
  { db, live, messages }: Pick<FailureDeps, 'db' | 'live' | 'messages'>,
  systemId: string,
): Promise<void> {
  for (;;) {
    const problems = await untoldProblems(db, systemId, FOLD_AT_ONCE);
    if (problems.length === 0) return;
    const deliveries = await messages.fold(
      problems.map((problem) => ({
        systemId,
        problemId: problem.id,
        flowId: problem.flowId,
        consumer: problem.consumer,
        messageId: problem.messageId,
        type:
          problem.kind === 'not_integrated'
            ? objectType(problem.objectType ?? UNKNOWN_KIND)
            : objectType(problem.metadata),
        number: problem.number ?? problem.messageId,
        ref: problem.ref,
        documentAt: problem.documentAt?.getTime() ?? null,
        at: problem.raisedAt.getTime(),
        code: problem.type,
        text: problem.reason || problem.type || problem.kind,
        errorClass: classOfKind(problem.kind),
      })),
    );
    await markTold(
      db,
      problems.map(({ id, raisedAt }) => ({ id, raisedAt, deliveryId: deliveries.get(id) ?? null })),
    );
    // The fold has announced them already, before their rows of the register led to them.
    for (const id of [...new Set(deliveries.values())].slice(0, ANNOUNCED_AT_MOST))
      live.announce(`delivery:${id}`, [id]);
    if (problems.length < FOLD_AT_ONCE) return;
  }
}

/** Asks the targets about messages whose problems the base lists no more or skips; a target that is away is asked later. */
export async function settleVanished(deps: FailureDeps, systemId: string): Promise<void> {
  const { db, clock, messages } = deps;
  const due = await claimVanished(db, systemId, { now: clock.now(), busyMs: ASKING_MS, limit: ASKED_AT_MOST });
  if (due.length === 0) return;
  const final = await messages.final(due.map(({ deliveryId }) => deliveryId));
  for (const one of due) {
    if (final.has(one.deliveryId)) await markSettled(db, one.id, clock.now());
    else await settle(deps, one);
  }
}

async function settle({ db, clock, live, log, messages }: FailureDeps, one: Vanished): Promise<void> {
  let said: TargetSaid | null;
  try {
    said = await messages.ask(one.deliveryId);
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw error;
    log.warn({ err: error, delivery: one.deliveryId }, 'a target could not be asked about a problem that is gone');
    await postponeAsking(db, one.id, clock.now() + waitToAskAgain(one.asked));
    return;
  }
  await inTransaction(db, async (tx) => {
    // The base lists it again meanwhile, or another instance was faster: then there is nothing to write.
    if (await markSettled(tx, one.id, clock.now()))
      await messages.vanished(tx, { deliveryId: one.deliveryId, said, at: clock.now() });
  });
  live.announce(`delivery:${one.deliveryId}`, [one.deliveryId]);
}
