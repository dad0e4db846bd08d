import { useEffect, useState } from 'react';

const TICK_MS = 100;

/** Seconds until an instant by the server's clock, with a fraction; 0 when it is over or there is none. */
export function useTimeLeft(until: string | null, serverNow: string): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (until === null) {
      setLeft(0);
      return;
    }
    // The clock of a browser may be wrong by minutes: the span between two instants of the server is not.
    const end = Date.now() + Date.parse(until) - Date.parse(serverNow);
    const tick = () => setLeft(Math.max(0, (end - Date.now()) / 1000));
    tick();
    const timer = setInterval(tick, TICK_MS);
    return () => clearInterval(timer);
  }, [until, serverNow]);
  return left;
}

/** The same in whole seconds. */
export const useSecondsLeft = (until: string | null, serverNow: string): number =>
  Math.ceil(useTimeLeft(until, serverNow));
