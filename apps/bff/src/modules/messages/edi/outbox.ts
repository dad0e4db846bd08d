/** Answers on their way into the folder of the provider: at least once, each the same file under the same name. */
import { AppError, SourceError } from '@pult/shared/errors/app-error';
import { cutText } from '../../../platform/http/clean-text.ts';
import type { AnswerDeps } from './answer.ts';
import { type AnswerRow, claimAnswers, noteDropped, noteDropping, noteNotDropped } from './answer-store.ts';

const LEASE_MS = 60_000;
const AT_ONCE = 20;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/**
 * A drop ended without news: a process died, a share hung. When the file does not lie there the provider may have taken it;
 * its copy is waited for so long before the same file is dropped again.
 */
const COPY_WITHIN_MS = 15 * 60_000;

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
  const now = deps.clock.now();
  const again = (error: AppError, maybeDropped: boolean, nextAt?: number): Promise<void> =>
    noteNotDropped(deps.db, row, {
      error: { code: error.code, text: typeof error.data.text === 'string' ? cutText(error.data.text, 500) : null },
      nextAt: nextAt ?? now + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(10, row.attempts - 1)),
      maybeDropped,
    });
  const began = row.dropping_at?.getTime() ?? null;
  const files = deps.filesOf(row.system_id);
  if (files === null) return again(new AppError('edi.cannot_answer', { system: row.system_id }), began !== null);
  try {
    if (began !== null) {
      // It is whole as soon as it has its name; to place it again would be once too often if it is taken this very moment.
      if (await files.lies('respond', row.name)) return await noteDropped(deps.db, row, deps.clock.now());
      if (now < began + COPY_WITHIN_MS)
        return await again(new AppError('edi.maybe_taken', {}), true, began + COPY_WITHIN_MS);
    }
    // Others were dropped since it was claimed, each as slow as its folder: the accounting system may have answered meanwhile.
    if (!(await noteDropping(deps.db, row, now))) return;
    await files.drop('respond', row.name, row.bytes);
  } catch (error) {
    if (error instanceof SourceError) return again(error, error.maybeSent || began !== null);
    throw error;
  }
  await noteDropped(deps.db, row, deps.clock.now());
}
