import { setTimeout as delay } from 'node:timers/promises';

/** Waits, but not longer than until `wake` or the abort. */
export function createNap() {
  let waking = new AbortController();
  return {
    wake: (): void => waking.abort(),
    sleep: async (ms: number, signal: AbortSignal): Promise<void> => {
      await delay(ms, undefined, { signal: AbortSignal.any([signal, waking.signal]) }).catch(() => undefined);
      if (waking.signal.aborted) waking = new AbortController();
    },
  };
}

/** Resolves so many ms after the abort; never without one. */
export const pastAbort = (signal: AbortSignal, ms: number): Promise<void> =>
  new Promise((resolve) => {
    const wait = (): void => {
      setTimeout(resolve, ms).unref();
    };
    if (signal.aborted) wait();
    else signal.addEventListener('abort', wait, { once: true });
  });
