import type { CloudEvent } from './event.ts';
import type { Send, Sent } from './outbox.ts';
import type { Settings } from './settings.ts';

const TIMEOUT_MS = 20_000;
const AWAY_MS = 1_000;
const BUSY_MS = 2_000;

/** Gives batches to the event intake of Pult, each system under its own key. */
export function createReporter(settings: Pick<Settings, 'pult' | 'intakeTokens'>): Send {
  return async (source: string, events: readonly CloudEvent[]): Promise<Sent> => {
    const response = await fetch(`${settings.pult}/api/intake/events`, {
      method: 'POST',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        'content-type': 'application/cloudevents-batch+json',
        authorization: `Bearer ${settings.intakeTokens[source] ?? ''}`,
      },
      body: JSON.stringify(events),
    }).catch(() => null);
    if (!response) return { outcome: 'later', waitMs: AWAY_MS };
    await response.arrayBuffer().catch(() => undefined);
    if (response.ok) return { outcome: 'taken' };
    if (response.status === 400 || response.status === 413) return { outcome: 'refused' };
    return { outcome: 'later', waitMs: waitOf(response.headers.get('retry-after'), Date.now()) };
  };
}

/** Retry-After in seconds or as a date. @returns ms */
export function waitOf(retryAfter: string | null, now: number): number {
  if (retryAfter === null || retryAfter.trim() === '') return BUSY_MS;
  const seconds = Number(retryAfter);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? BUSY_MS : Math.max(0, date - now);
}
