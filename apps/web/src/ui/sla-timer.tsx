import type { ClockSummary } from '@pult/shared/contracts/sla';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatWorking } from '../lib/format/duration.ts';
import { formatDue, formatInstant } from '../lib/format/instant.ts';
import css from './sla-timer.module.css';
import { StateShape } from './state-shape.tsx';
import type { StateName } from './tokens.ts';

const SHAPE: Readonly<Record<ClockSummary['state'], StateName>> = {
  running: 'run',
  soon: 'warn',
  breached: 'bad',
  paused: 'idle',
  met: 'ok',
  late: 'bad',
  cancelled: 'idle',
};

/**
 * Working time left as of this moment, ms. The server's clock rules: the figures are of `asOf`, and only the wall time
 * that passed here since then is taken off, while the server said that working time passes.
 */
function useRemaining(clock: ClockSummary): number {
  const [since, setSince] = useState(() => Date.now());
  const [now, setNow] = useState(() => Date.now());
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new reading starts the local count anew
  useEffect(() => {
    setSince(Date.now());
    setNow(Date.now());
  }, [clock.asOf, clock.remainingMs]);
  useEffect(() => {
    if (!clock.ticking) return;
    const timer = setInterval(() => setNow(Date.now()), 5_000);
    return () => clearInterval(timer);
  }, [clock.ticking]);
  return clock.ticking ? clock.remainingMs - Math.max(0, now - since) : clock.remainingMs;
}

function useWords(clock: ClockSummary): { main: string; sub: string; title: string } {
  const { t } = useTranslation();
  const remaining = useRemaining(clock);
  const due = clock.dueAt ? formatDue(clock.dueAt) : '';
  const title = clock.dueAt ? formatInstant(clock.dueAt) : '';
  switch (clock.state) {
    case 'running':
    case 'soon':
      return { main: formatWorking(remaining), sub: t('common.clock.until', { due }), title };
    case 'breached':
      return { main: formatWorking(remaining), sub: t('common.clock.was', { due }), title };
    case 'paused':
      return {
        main: formatWorking(remaining),
        sub: clock.pausedSince
          ? t('common.clock.pausedSince', { since: formatDue(clock.pausedSince) })
          : t('common.clock.paused'),
        title: clock.dueIfResumedAt ? t('common.clock.ifResumed', { due: formatDue(clock.dueIfResumedAt) }) : '',
      };
    case 'met':
      return { main: formatWorking(clock.elapsedMs), sub: t('common.clock.met'), title };
    case 'late':
      return {
        main: formatWorking(clock.elapsedMs),
        sub: t('common.clock.late', { over: formatWorking(clock.elapsedMs - clock.goalMs) }),
        title,
      };
    case 'cancelled':
      return { main: formatWorking(clock.elapsedMs), sub: t('common.clock.cancelled'), title };
  }
}

const Mark = ({ clock }: { readonly clock: ClockSummary }) =>
  clock.state === 'paused' ? (
    <svg width="10" height="12" viewBox="0 0 10 12" aria-hidden="true" className={css.pause}>
      <path d="M2 1v10M8 1v10" stroke="currentColor" strokeWidth="2.4" />
    </svg>
  ) : (
    <StateShape state={SHAPE[clock.state]} />
  );

/** Two lines for a row of the queue: time left and when it is due. */
export function SlaQueueTimer({ clock }: { readonly clock: ClockSummary }) {
  const { main, sub, title } = useWords(clock);
  return (
    <span className={css.queue} data-state={clock.state} title={title}>
      <b>
        <Mark clock={clock} /> {main}
      </b>
      <small>{sub}</small>
    </span>
  );
}

/** One line with a bar for the head of the card. */
export function SlaHeadTimer({ clock }: { readonly clock: ClockSummary }) {
  const { main, sub, title } = useWords(clock);
  return (
    <span className={css.head} data-state={clock.state} title={title}>
      <Mark clock={clock} /> <b>{main}</b>
      <span className={css.bar} aria-hidden="true">
        <i style={{ width: `${Math.min(100, Math.max(2, clock.percent))}%` }} />
      </span>
      <small>{sub}</small>
    </span>
  );
}
