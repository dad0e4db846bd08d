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

const TICK_MS = 5_000;

/**
 * Working time left as of this moment, ms. The server's clock rules: the figures are of `asOf`, and only the wall time
 * that passed here since they came is taken off, while the server said that working time passes.
 */
function useRemaining(clock: ClockSummary): number {
  const reading = `${clock.asOf} ${clock.remainingMs}`;
  const [since, setSince] = useState(() => ({ reading, at: Date.now() }));
  const [now, setNow] = useState(() => Date.now());
  if (since.reading !== reading) {
    const at = Date.now();
    setSince({ reading, at });
    setNow(at);
  }
  useEffect(() => {
    if (!clock.ticking) return;
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [clock.ticking]);
  return clock.ticking ? clock.remainingMs - Math.max(0, now - since.at) : clock.remainingMs;
}

interface Words {
  /** Before the figure in the head of the card. */
  readonly lead: string;
  readonly main: string;
  readonly sub: string;
  /** Instead of `sub` in the head of the card, where there is more room. */
  readonly headSub?: string;
  readonly headMain?: string;
  /** Alone in a label. */
  readonly tag: string;
  readonly title: string;
}

function useWords(clock: ClockSummary): Words {
  const { t } = useTranslation();
  const remaining = useRemaining(clock);
  const left = formatWorking(remaining);
  const took = formatWorking(clock.elapsedMs);
  const due = clock.dueAt ? formatDue(clock.dueAt) : '';
  const title = clock.dueAt ? formatInstant(clock.dueAt) : '';
  switch (clock.state) {
    case 'running':
    case 'soon':
      return { lead: '', main: left, sub: t('common.clock.until', { due }), tag: left, title };
    case 'breached':
      return {
        lead: t('common.clock.overdue'),
        main: left,
        sub: t('common.clock.was', { due }),
        headSub: t('common.clock.due', { due }),
        tag: t('common.clock.breached'),
        title,
      };
    case 'paused': {
      const resumed = clock.dueIfResumedAt
        ? t('common.clock.ifResumed', { due: formatDue(clock.dueIfResumedAt) })
        : t('common.clock.paused');
      const since = clock.pausedSince
        ? t('common.clock.pausedSince', { since: formatDue(clock.pausedSince) })
        : t('common.clock.paused');
      return { lead: '', main: left, sub: since, headSub: resumed, tag: t('common.clock.paused'), title: resumed };
    }
    case 'met':
      return {
        lead: t('common.clock.took'),
        main: took,
        sub: t('common.clock.met'),
        headSub: t('common.clock.of', { goal: formatWorking(clock.goalMs) }),
        tag: t('common.clock.metShort'),
        title,
      };
    case 'late':
      return {
        lead: t('common.clock.decidedIn'),
        main: took,
        sub: t('common.clock.late', { over: formatWorking(clock.elapsedMs - clock.goalMs) }),
        headMain: `${took},`,
        headSub: t('common.clock.lateHead', { over: formatWorking(clock.elapsedMs - clock.goalMs) }),
        tag: t('common.clock.lateShort'),
        title,
      };
    case 'cancelled':
      return { lead: '', main: took, sub: t('common.clock.cancelled'), tag: t('common.clock.cancelled'), title };
  }
}

/** Two bars for a pause, a hollow square for what is over and was late; otherwise the shape of the state. */
function Mark({ state }: { readonly state: ClockSummary['state'] }) {
  if (state !== 'paused' && state !== 'late') return <StateShape state={SHAPE[state]} />;
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" className={css.mark} data-state={state}>
      {state === 'paused' ? <path d="M3.5 1v10M8.5 1v10" /> : <path d="M2.2 2.2h7.6v7.6H2.2Z" />}
    </svg>
  );
}

/** A label: time left while it runs, one word otherwise. */
export function SlaLabel({ clock }: { readonly clock: ClockSummary }) {
  const { tag, title } = useWords(clock);
  return (
    <span className={css.label} data-state={clock.state} title={title}>
      <Mark state={clock.state} /> {tag}
    </span>
  );
}

/** Two lines for a row of the queue: time left and when it is due. */
export function SlaQueueTimer({ clock }: { readonly clock: ClockSummary }) {
  const { main, sub, title } = useWords(clock);
  return (
    <span className={css.queue} data-state={clock.state} title={title}>
      <b>
        <Mark state={clock.state} /> {main}
      </b>
      <small>{sub}</small>
    </span>
  );
}

/** One line with a bar for the head of the card. */
export function SlaHeadTimer({ clock }: { readonly clock: ClockSummary }) {
  const { lead, main, sub, headMain = main, headSub, title } = useWords(clock);
  return (
    <span className={css.head} data-state={clock.state} title={title}>
      <Mark state={clock.state} /> {lead && <span>{lead}</span>}{' '}
      <b>{clock.state === 'breached' ? main.replace('−', '') : headMain}</b>
      <span className={css.bar} aria-hidden="true">
        <i style={{ width: `${Math.min(100, Math.max(2, clock.percent))}%` }} />
      </span>{' '}
      <small>{headSub ?? sub}</small>
    </span>
  );
}
