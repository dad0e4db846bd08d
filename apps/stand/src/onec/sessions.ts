/** Sessions kept open by a client: `IBSession: start`, the cookie `ibsession`, `IBSession: finish`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Quirks } from './quirks.ts';

/** sessionMaxAge of the publication. */
const MAX_AGE_MS = 20_000;

export class Sessions {
  readonly #usedAt = new Map<string, number>();

  /** @returns the status to refuse with: 406 no session can start, 400 the cookie names none; null goes on */
  enter(request: IncomingMessage, response: ServerResponse, quirks: Quirks): 400 | 406 | null {
    if (quirks.ibSession === 'ignored') return null;
    const now = Date.now();
    for (const [id, usedAt] of this.#usedAt) if (now - usedAt > MAX_AGE_MS) this.#usedAt.delete(id);
    const wish = String(request.headers.ibsession ?? '').toLowerCase();
    const cookie = /(?:^|;\s*)ibsession=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
    if (wish === 'start') {
      if (this.#usedAt.size >= quirks.maxSessions) return 406;
      const id = crypto.randomUUID();
      this.#usedAt.set(id, now);
      response.setHeader('set-cookie', `ibsession=${id}; HttpOnly`);
      return null;
    }
    if (cookie === undefined) return null;
    if (!this.#usedAt.has(cookie)) return 400;
    if (wish === 'finish') this.#usedAt.delete(cookie);
    else this.#usedAt.set(cookie, now);
    return null;
  }
}
