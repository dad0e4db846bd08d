import type { Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import type { LoginHold, RefusalReason, RefusedLogin } from './login-hold.ts';
import type { LoginKey, LoginLedger, LoginNews, LoginVerdict } from './login-ledger.ts';

/** What requests pass that carry a login: the {@link LoginHold} of this instance, told what the others heard and telling them. */
export interface LoginDoor {
  /** A turn to send the login by this way; null while it may not be sent. Every turn is ended by {@link DoorTurn.end}. */
  enter(way: string): Promise<DoorTurn | null>;
  /** Lets the next request through, in every instance: a check was let in. */
  release(): Promise<void>;
  state(): RefusedLogin | null;
  stateOf(way: string): RefusedLogin | null;
  /** Looks what the other instances heard; resolves also when the database is away. */
  refresh(): Promise<void>;
}

export interface DoorTurn {
  refused(reason: RefusalReason): Promise<void>;
  accepted(): Promise<void>;
  end(): Promise<void>;
}

export interface LoginDoorOptions {
  readonly hold: LoginHold;
  readonly clock: Clock;
  /** Without it the hold is that of this process alone. */
  readonly shared?: { readonly ledger: LoginLedger; readonly key: () => Promise<LoginKey> };
}

/** What was looked up counts for so long: requests a second apart ask the database, those between them do not. */
const FRESH_MS = 1_000;
/** The database may take so long; then a request goes by what this instance knows. */
const LOOK_MS = 1_000;
/** A database that is away is not waited for by each request. */
const AWAY_MS = 5_000;
/** Another instance may try after that, if the one that tries is gone. */
const PROBE_LEASE_MS = 60_000;

const AWAY = Symbol('the database is away');
const away = (): typeof AWAY => AWAY;

export function createLoginDoor({ hold, clock, shared }: LoginDoorOptions): LoginDoor {
  if (shared === undefined) return doorOf(hold);
  const { ledger } = shared;
  let key: Promise<LoginKey> | null = null;
  let version = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let awayUntil = Number.NEGATIVE_INFINITY;
  /** A verdict that the database did not take: without it the others' older one would count here again. */
  let untold: LoginNews | null = null;
  let looking: Promise<void> | null = null;
  /** Questions to the ledger so far; the answer to one up to `settled` may be older than the verdict known here. */
  let asked = 0;
  let settled = 0;
  let lastTold = 0;
  let telling = 0;

  const ask = async <T>(question: (key: LoginKey) => Promise<T>): Promise<T | typeof AWAY> => {
    key ??= shared.key();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<typeof AWAY>((resolve) => {
      timer = setTimeout(resolve, LOOK_MS, AWAY);
    });
    const answer = await Promise.race([key.then<T | typeof AWAY>(question).catch(away), late]);
    clearTimeout(timer);
    awayUntil = answer === AWAY ? clock.now() + AWAY_MS : Number.NEGATIVE_INFINITY;
    return answer;
  };
  /** The database is behind, as one that was restored or took over without the last verdict. */
  const adoptOlder = (verdict: LoginVerdict): void => {
    version = verdict.version;
    settled = asked;
    const held = hold.state();
    if (verdict.held !== null) hold.adopt({ held: verdict.held, ways: verdict.ways });
    else if (held !== null) untold = { kind: 'refused', expected: version, held, ways: hold.refusedWays() };
  };
  const adopt = (verdict: LoginVerdict, question: number): void => {
    if (verdict.version < version) {
      if (question > settled) adoptOlder(verdict);
      return;
    }
    // Two verdicts bear one number where the database lost the first of them: the one that it knows counts.
    const isSame = verdict.version === version && (verdict.held === null) === (hold.state() === null);
    if (isSame) {
      hold.refusedAlso(verdict.ways);
      return;
    }
    version = verdict.version;
    settled = asked;
    hold.adopt(verdict.held === null ? null : { held: verdict.held, ways: verdict.ways });
  };
  const tell = async (news: LoginNews): Promise<void> => {
    asked += 1;
    const question = asked;
    lastTold = question;
    telling += 1;
    const verdict = await ask((of) => ledger.tell(of, news));
    telling -= 1;
    if (verdict === AWAY) untold = untold === null ? news : newest(untold, news);
    else {
      untold = null;
      adopt(verdict, question);
    }
  };
  const look = async (): Promise<void> => {
    if (untold !== null) return tell(untold);
    asked += 1;
    const question = asked;
    const verdict = await ask((of) => ledger.read(of));
    // Told while the answer was under way: what was read may be older.
    if (verdict === AWAY || untold !== null || telling > 0 || lastTold > question) return;
    adopt(verdict, question);
    if (untold !== null) await tell(untold);
  };
  const refresh = async (): Promise<void> => {
    if (clock.now() < awayUntil) return;
    lookedAt = clock.now();
    looking ??= look().finally(() => {
      looking = null;
    });
    return looking;
  };

  return {
    enter: async (way) => {
      const now = clock.now();
      if (looking !== null || now - lookedAt >= FRESH_MS) await refresh();
      const began = version;
      const turn = hold.enter(way);
      if (turn === null) return null;
      const probe = turn.isProbe && clock.now() >= awayUntil ? newId() : null;
      if (probe !== null) {
        const claim = { id: probe, version: began, now: clock.now(), untilMs: clock.now() + PROBE_LEASE_MS };
        const claimed = await ask((of) => ledger.claimProbe(of, claim));
        if (claimed === false) {
          turn.end();
          // Another instance tries it, or the database is behind: the next request looks first.
          lookedAt = Number.NEGATIVE_INFINITY;
          return null;
        }
      }
      return {
        refused: async (reason) => {
          turn.refused(reason);
          const held = hold.state();
          if (held === null) return;
          await tell({ kind: 'refused', expected: began, held, ways: hold.refusedWays() });
        },
        accepted: async () => {
          const wasHeld = hold.state() !== null;
          turn.accepted();
          if (wasHeld && hold.state() === null) await tell({ kind: 'good', expected: began });
        },
        end: async () => {
          turn.end();
          if (probe !== null) await ask((of) => ledger.endProbe(of, probe));
        },
      };
    },
    release: async () => {
      hold.release();
      await tell({ kind: 'good', expected: null });
    },
    state: hold.state,
    stateOf: hold.stateOf,
    refresh,
  };
}

/** Both were heard while the database was away: the second one counts, for what was known before the first one. */
function newest(first: LoginNews, second: LoginNews): LoginNews {
  if (second.kind === 'good' && second.expected === null) return second;
  return { ...second, expected: first.expected ?? second.expected } as LoginNews;
}

const doorOf = (hold: LoginHold): LoginDoor => ({
  enter: async (way) => {
    const turn = hold.enter(way);
    if (turn === null) return null;
    return {
      refused: async (reason) => turn.refused(reason),
      accepted: async () => turn.accepted(),
      end: async () => turn.end(),
    };
  },
  release: async () => hold.release(),
  state: hold.state,
  stateOf: hold.stateOf,
  refresh: async () => undefined,
});
