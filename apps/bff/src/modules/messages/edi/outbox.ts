/** Answers on their way into the folder of the provider: at least once, each the same file under the same name. */
import { AppError, SourceError } from '@pult/shared/errors/app-error';
import type { AnswerDeps } from './answer.ts';
import { type AnswerRow, claimAnswers, isWaiting, noteDropped, noteNotDropped } from './answer-store.ts';

const LEASE_MS = 60_000;
const AT_ONCE = 20;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

/** Drops what is due. @returns how many were tried */
export async function dropAnswers(deps: AnswerDeps): Promise<number> {
  const rows = await claimAnswers(deps.db, { now: deps.clock.now(), leaseMs: LEASE_MS, limit: AT_ONCE });
  for (const row of rows) {
    await dropOne(deps, row);
    deps.live.announce(`delivery:${row.delivery_id}`);
  }
  return rows.length;
}

async function dropOne(deps: AnswerDeps, row: AnswerRow): Promise<void> {
  const again = (error: AppError): Promise<void> =>
    noteNotDropped(deps.db, row.delivery_id, {
      error: { code: error.code, text: typeof error.data.text === 'string' ? error.data.text.slice(0, 500) : null },
      nextAt: deps.clock.now() + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(10, row.attempts - 1)),
    });
  const files = deps.filesOf(row.system_id);
  if (files === null) return again(new AppError('edi.cannot_answer', { system: row.system_id }));
  // Others were dropped since it was claimed, each as slow as its folder: the accounting system may have answered meanwhile.
  if (!(await isWaiting(deps.db, row.delivery_id))) return;
  try {
    await files.drop('respond', row.name, row.bytes);
  } catch (error) {
    if (error instanceof SourceError) return again(error);
    throw error;
  }
  await noteDropped(deps.db, row.delivery_id, deps.clock.now());
}
