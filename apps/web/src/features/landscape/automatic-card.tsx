import type { AutomaticRetry } from '@pult/shared/contracts/automatic-retries';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { automaticRetryQuery, isHalted, useAutomaticWords } from '../../lib/automatic-retry.ts';
import { formatLatency } from '../../lib/format/duration.ts';
import { formatInstant, formatMoment } from '../../lib/format/instant.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { paths } from '../../lib/paths.ts';
import { usePermission } from '../../lib/session.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import type { StateName } from '../../ui/tokens.ts';
import { AutomaticButtons, AutomaticRefusal, useAutomaticSwitch } from './automatic-buttons.tsx';
import css from './automatic-card.module.css';
import panel from './panel.module.css';

export interface AutomaticCardProps {
  readonly flowId: string;
  readonly className?: string | undefined;
}

/** «Автоповтор»: what Pult does now with failures of the flow, by which policy, and what it leaves to people. */
export function AutomaticCard({ flowId, className }: AutomaticCardProps) {
  const { t } = useTranslation();
  const may = usePermission('operations.read');
  const { data, error, isError, refetch } = useQuery({ ...automaticRetryQuery(flowId), enabled: may });
  const choice = useAutomaticSwitch(flowId);
  if (!may) return null;
  if (!data)
    return (
      <Card className={className} title={t('automatic.title')}>
        {isError ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Skeleton rows={3} />}
      </Card>
    );
  if (data.policy === null) return null;
  const chip = chipOf(data);
  return (
    <Card
      className={className}
      title={
        <>
          {t('automatic.title')} {/* The jump of a phone reads the heading without what is small. */}
          {chip && (
            <small>
              <StateChip state={CHIP[chip]}>{t(`automatic.chip.${chip}`)}</StateChip>
            </small>
          )}
        </>
      }
      extra={<AutomaticButtons data={data} choice={choice} />}
    >
      <AutomaticRefusal error={choice.error} />
      <div className={css.parts}>
        <Now data={data} perHour={data.policy.perHour} />
        <Policy policy={data.policy} />
        <Left data={data} />
      </div>
    </Card>
  );
}

/** The line of a flow without a policy, beside how its retries leave. */
export function NoAutomatic({ flowId }: { readonly flowId: string }) {
  const { t } = useTranslation();
  const may = usePermission('operations.read');
  const { data } = useQuery({ ...automaticRetryQuery(flowId), enabled: may });
  return data?.policy === null ? <p className={panel.hint}>{t('automatic.none')}</p> : null;
}

const CHIP = { runs: 'run', paused: 'warn', held: 'warn', waits: 'idle', ready: 'ok' } as const satisfies Record<
  string,
  StateName
>;

/** Null: not everything was looked at, and nothing waits of what was. */
function chipOf({ pause, operation, hold, waiting, behind, more }: AutomaticRetry): keyof typeof CHIP | null {
  if (pause !== null) return 'paused';
  if (hold !== null || (operation !== null && isHalted(operation))) return 'held';
  if (operation !== null) return 'runs';
  if (waiting > 0 || behind > 0) return 'waits';
  return more ? null : 'ready';
}

function Now({ data, perHour }: { readonly data: AutomaticRetry; readonly perHour: number }) {
  const { t } = useTranslation();
  const words = useAutomaticWords();
  const { hold, pause, operation } = data;
  const hasNone = data.waiting === 0 && data.behind === 0;
  const isIdle = operation === null && hold === null && pause === null && hasNone && !data.more;
  return (
    <section>
      <h3>{t('automatic.now.title')}</h3>
      {pause && (
        <p>
          <span title={formatInstant(pause.at)}>
            {t('automatic.now.paused', { by: pause.by, at: formatMoment(pause.at, Date.parse(data.now)) })}
          </span>{' '}
          <q>{pause.reason}</q>
        </p>
      )}
      {hold && hold.kind !== 'paused' && (
        <p>
          {t('automatic.now.held', { why: words.hold(hold) })} {hold.kind === 'circuit' && t('automatic.now.onReply')}
        </p>
      )}
      {operation && <Open operation={operation} />}
      {data.waiting > 0 && <Waiting data={data} />}
      {data.behind > 0 && <Behind data={data} />}
      {data.more && hasNone && <p>{t('automatic.now.uncounted')}</p>}
      {isIdle && <p>{t('automatic.now.idle')}</p>}
      <p className={panel.hint}>
        {t('automatic.now.used', { used: formatNumber(data.usedInHour), limit: formatNumber(perHour) })}
      </p>
    </section>
  );
}

/** The operation that the next one waits for. */
function Open({ operation }: { readonly operation: NonNullable<AutomaticRetry['operation']> }) {
  const { t } = useTranslation();
  const to = paths.operation(operation.id);
  const { number, state } = operation;
  if (isHalted(operation))
    return (
      <p>
        <Link to={to}>{t('automatic.now.halted.operation', { number })}</Link> {t('automatic.now.halted.rest')}
      </p>
    );
  return (
    <p>
      {t(state === 'cancelling' ? 'automatic.now.ends' : 'automatic.now.runs')}{' '}
      <Link to={to}>{t('automatic.now.operation', { number })}</Link>
    </p>
  );
}

/** How a number of messages is said; a lower bound as one. */
function useMany(more: boolean): (count: number) => { readonly count: number; readonly formatted: string } {
  const { t } = useTranslation();
  return (count) => {
    const formatted = formatNumber(count);
    // After «не меньше» the noun stands in the plural, whatever the number ends in.
    return more ? { count: 5, formatted: t('automatic.left.atLeast', { formatted }) } : { count, formatted };
  };
}

function Waiting({ data }: { readonly data: AutomaticRetry }) {
  const { t } = useTranslation();
  const words = useAutomaticWords();
  const many = useMany(data.more)(data.waiting);
  const { nextAt, operation } = data;
  // What is held back does not go when it is due, nor what waits for the end of an operation.
  const isHeld = data.hold !== null || (operation !== null && isHalted(operation));
  const ahead = nextAt === null ? null : words.when(nextAt, data.now);
  if (nextAt === null || isHeld || (ahead === null && operation !== null))
    return <p>{t('automatic.now.gathered', many)}</p>;
  const when = ahead ?? t('automatic.now.soon');
  return (
    <p>
      <span title={formatInstant(nextAt)}>
        {data.waiting === 1 && !data.more
          ? t('automatic.now.waitsAlone', { when })
          : t('automatic.now.waits', { ...many, when })}
      </span>
    </p>
  );
}

function Behind({ data }: { readonly data: AutomaticRetry }) {
  const { t } = useTranslation();
  const many = useMany(data.more)(data.behind);
  return <p>{data.waiting > 0 ? t('automatic.now.behind', many) : t('automatic.now.behindOnly', many)}</p>;
}

function Policy({ policy }: { readonly policy: NonNullable<AutomaticRetry['policy']> }) {
  const { t } = useTranslation();
  return (
    <section>
      <h3>{t('automatic.policy.title')}</h3>
      <ul>
        {policy.classes.map(({ errorClass, pausesMs }) => (
          <li key={errorClass}>
            {t('automatic.policy.pauses', {
              name: t(`automatic.policy.class.${errorClass}`),
              pauses: pausesMs.map(formatLatency).join(', '),
            })}
          </li>
        ))}
      </ul>
      <p>
        {t('automatic.policy.limits', {
          perHour: formatNumber(policy.perHour),
          rate: formatNumber(policy.ratePerSecond, 2),
        })}
      </p>
      <p className={panel.hint}>{t('automatic.policy.rest')}</p>
    </section>
  );
}

function Left({ data }: { readonly data: AutomaticRetry }) {
  const { t } = useTranslation();
  const left = data.left.filter(({ count }) => count > 0);
  const many = useMany(data.more);
  return (
    <section>
      <h3>{t('automatic.left.title')}</h3>
      {left.length === 0 ? (
        <p>{t(data.more ? 'automatic.left.nothingSoFar' : 'automatic.left.nothing')}</p>
      ) : (
        <>
          <ul>
            {left.map(({ reason, count }) => (
              <li key={reason}>
                <b>{many(count).formatted}</b> — {t(`automatic.left.${reason}`)}
              </li>
            ))}
          </ul>
          <p>
            <Link to={paths.messages(`?tab=causes&flow=${data.flow}`)}>{t('automatic.left.all')}</Link>
          </p>
        </>
      )}
    </section>
  );
}
