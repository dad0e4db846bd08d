/** When Pult itself was away: what sources could not tell it then they repeat, and nobody is silent before they had the time. */
import type { Stretch } from '@pult/shared/domain/silence/slots';
import { sql } from 'kysely';
import type { Db } from '../../../platform/db/database.ts';

/** Longer than a restart or a change of the leader; shorter pauses the grace of a cadence has to bear. */
const AWAY_MS = 3 * 60_000;
/** Reporters repeat what they keep at least that often (docs/protocols/intake-events.md). */
const REPEAT_MS = 15 * 60_000;

/** Instants in ms. */
export interface Seen {
  readonly seenAt: number;
  /** The last time that nobody looked for long; null: never. */
  readonly away: { readonly from: number; readonly backAt: number } | null;
}

interface Row {
  readonly seen_at: Date;
  readonly away_from: Date | null;
  readonly back_at: Date | null;
}

/** Null before Pult looked for the first time. */
export async function readSeen(db: Db): Promise<Seen | null> {
  const { rows } = await sql<Row>`select seen_at, away_from, back_at from silence_watch`.execute(db);
  const [row] = rows;
  if (row === undefined) return null;
  const { seen_at: seen, away_from: from, back_at: back } = row;
  return {
    seenAt: seen.getTime(),
    away: from === null || back === null ? null : { from: from.getTime(), backAt: back.getTime() },
  };
}

/** Notes that somebody looks, and that nobody did since a moment long ago. One of all instances does it. */
export async function noteSeen(db: Db, now: number): Promise<void> {
  const seen = await readSeen(db);
  const isBack = seen !== null && now - seen.seenAt > AWAY_MS;
  const away = isBack ? { from: awayFrom(seen), backAt: now } : (seen?.away ?? null);
  await sql`
    insert into silence_watch (seen_at, away_from, back_at)
    values (${new Date(now)}, ${away && new Date(away.from)}, ${away && new Date(away.backAt)})
    on conflict (only_row) do update
      set seen_at = excluded.seen_at, away_from = excluded.away_from, back_at = excluded.back_at`.execute(db);
}

/** Away again before the sources had repeated everything: what they could not tell the first time is still open. */
const awayFrom = ({ seenAt, away }: Seen): number =>
  away !== null && seenAt <= away.backAt + REPEAT_MS ? away.from : seenAt;

/** What cannot be judged yet: from when nobody looked until the sources had the time to repeat it. */
export function awayOf(seen: Seen | null, now: number): Stretch | null {
  if (seen === null) return null;
  if (now - seen.seenAt > AWAY_MS) return { from: awayFrom(seen), to: now + REPEAT_MS };
  const { away } = seen;
  return away !== null && now <= away.backAt + REPEAT_MS ? { from: away.from, to: away.backAt + REPEAT_MS } : null;
}
