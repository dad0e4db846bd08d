import type { VersionChange } from '@pult/shared/contracts/approvals';
import { deviationOf } from '@pult/shared/domain/approval/lines';
import { pointsOf, roublesOf } from '@pult/shared/domain/approval/points';
import { compareVersions } from '@pult/shared/domain/approval/versions';
import { isWorse } from './rules.ts';
import type { VersionRow } from './store.ts';

/** What changed between two versions, as people read it. */
export function changeBetween(was: VersionRow, now: VersionRow): VersionChange {
  const comparable = was.source === 'ut' && now.source === 'ut';
  const { lines } = comparable ? compareVersions(was.lines, now.lines) : { lines: [] };
  return {
    from: was.version,
    to: now.version,
    at: now.at.toISOString(),
    deviationMax: { was: pointsOf(was.deviationMax), now: pointsOf(now.deviationMax) },
    amount: { was: was.amount, now: now.amount },
    worse: isWorse(was, now),
    lines: lines.map(({ kind, was: before, now: after }) => {
      const line = after ?? before;
      return {
        kind,
        name: line?.name ?? '—',
        article: line?.article ?? null,
        requestedPercent: pair(before, after, (one) => pointsOf(one.requested)),
        quantity: pair(before, after, (one) => one.quantity / 1_000),
        amount: pair(before, after, (one) => roublesOf(one.amount)),
        deviation: pair(before, after, (one) => pointsOf(deviationOf(one))),
      };
    }),
  };
}

const pair = <T, V>(was: T | null, now: T | null, read: (one: T) => V): { was: V | null; now: V | null } => ({
  was: was === null ? null : read(was),
  now: now === null ? null : read(now),
});
