import type { ClockView } from '@pult/shared/contracts/sla';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { formatWorking } from '../../lib/format/duration.ts';
import { formatWeekdayMoment } from '../../lib/format/instant.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { ClockChart } from './clock-chart.tsx';
import { ClockFacts } from './clock-facts.tsx';
import { ClockParts } from './clock-parts.tsx';
import { ClockRule } from './clock-rule.tsx';
import css from './clock-tape.module.css';
import { clockQuery } from './queries.ts';
import { wholeMinutes } from './tape-minutes.ts';

/** The clock opened: what it says in a sentence, days as strips, parts that add up, the rule and the facts behind. */
export function ClockTape({ approvalId }: { readonly approvalId: string }) {
  const { t } = useTranslation();
  const { data, error, isError, refetch } = useQuery(clockQuery(approvalId));
  if (isError && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton rows={8} />;
  const { unconfirmedYears } = data.tape;
  return (
    <section className={css.tape} aria-label={t('approvals.tape.title')}>
      <Headline view={data} />
      <Sum view={data} />
      {unconfirmedYears.length > 0 && (
        <p className={css.warning}>
          <StateShape state="warn" />{' '}
          {t('approvals.tape.unconfirmed', { years: unconfirmedYears.map(String).join(', ') })}
        </p>
      )}
      <ClockChart view={data} />
      <ClockParts view={data} />
      <div className={css.panels}>
        <ClockRule view={data} />
        <ClockFacts view={data} />
      </div>
    </section>
  );
}

/** «срок — вт 12 мая, 11:18 · прошло 7 ч 06 м из 8 ч 00 м, 88,8 %» */
function Headline({ view }: { readonly view: ClockView }) {
  const { t } = useTranslation();
  const { summary } = view;
  const passed = t('approvals.tape.passed', {
    elapsed: formatWorking(summary.elapsedMs),
    goal: formatWorking(summary.goalMs),
    percent: formatNumber(summary.percent, 1),
  });
  const [waits] = view.pauses;
  return (
    <p className={css.headline}>
      {summary.state === 'paused' && summary.dueIfResumedAt && (
        <b>{t('approvals.tape.ifResumed', { due: formatWeekdayMoment(summary.dueIfResumedAt) })}</b>
      )}
      {summary.dueAt && <b>{t('approvals.tape.due', { due: formatWeekdayMoment(summary.dueAt) })}</b>}
      {summary.closedAt && <b>{t('approvals.tape.frozen', { at: formatWeekdayMoment(summary.closedAt) })}</b>} {passed}
      {waits &&
        `; ${t('approvals.tape.waits', {
          who: waits.waitingFor?.name ?? t('approvals.card.someone'),
          since: formatWeekdayMoment(waits.from),
        })}`}
    </p>
  );
}

/** The goal as a sum of its parts; work past the due is said apart, for it is no part of the goal. */
function Sum({ view }: { readonly view: ClockView }) {
  const { t } = useTranslation();
  const { parts } = view.tape;
  const minutes = wholeMinutes(parts);
  const counted = parts
    .map((part, index) => ({ part, ms: minutes[index]?.countedMs ?? 0 }))
    .filter(({ part }) => part.countedMs > 0);
  const total = counted.reduce((sum, { ms }) => sum + ms, 0);
  return (
    <p className={css.sum}>
      <b>{formatWorking(total)}</b> =
      {counted.map(({ part, ms }, index) => (
        <span key={part.from} data-kind={part.kind}>
          {index > 0 && <i>+</i>}
          <em>
            {formatWorking(ms)}
            {part.kind === 'remaining' && ` ${t('approvals.tape.left')}`}
            {part.kind === 'overdue' && ` ${t('approvals.tape.over')}`}
          </em>
        </span>
      ))}
    </p>
  );
}
