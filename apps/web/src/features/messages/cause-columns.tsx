import type { CauseRow } from '@pult/shared/contracts/messages';
import { useTranslation } from 'react-i18next';
import { formatMoment, formatRelative } from '../../lib/format/instant.ts';
import { formatMoney } from '../../lib/format/money.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { useNames } from '../../lib/use-names.ts';
import type { DataColumn } from '../../ui/data-table.tsx';
import { DeniedButton } from '../../ui/denied-button.tsx';
import { Span } from '../../ui/span.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { CauseStatus } from './cause-status.tsx';
import { type CauseLine, causesOf } from './cause-tree.ts';
import css from './causes.module.css';
import { ErrorPattern } from './error-pattern.tsx';

export interface CauseColumnsOptions {
  readonly mayTriage: boolean;
  /** `narrow`: the panel stands beside the table, or the window is small; `tight`: both. */
  readonly room: 'wide' | 'narrow' | 'tight';
  readonly onTake: (causes: readonly CauseRow[]) => void;
  readonly onSnooze: (causes: readonly CauseRow[]) => void;
}

const ROOMS: readonly CauseColumnsOptions['room'][] = ['tight', 'narrow', 'wide'];

const sum = (line: CauseLine, pick: (cause: CauseRow) => number): number =>
  causesOf(line).reduce((total, cause) => total + pick(cause), 0);

/** Hour by hour over all causes of the line. */
const trend = (line: CauseLine): number[] =>
  causesOf(line).reduce<number[]>(
    (total, { sparkline }) => sparkline.map((value, hour) => value + (total[hour] ?? 0)),
    [],
  );

/** Columns of the table of causes; an incident sums its causes up. */
export function useCauseColumns(options: CauseColumnsOptions): DataColumn<CauseLine>[] {
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  const names = useNames();
  const { mayTriage, room, onTake, onSnooze } = options;
  const narrow = room !== 'wide';
  const forbidden = mayTriage ? undefined : t('messages.forbiddenTriage');
  const owner = (line: CauseLine) => {
    const owners = [...new Set(causesOf(line).map((cause) => cause.owner?.name ?? null))];
    const [only] = owners;
    if (owners.length > 1) return <small>{t('messages.causes.ownersDiffer')}</small>;
    const since = causesOf(line)[0]?.owner?.since;
    if (only)
      return [only, <small key="since">{since && t('messages.causes.since', { at: formatMoment(since) })}</small>];
    return [
      forbidden === undefined ? (
        <button key="take" type="button" className={css.link} onClick={() => onTake(causesOf(line))}>
          {t('messages.causes.take')}
        </button>
      ) : (
        <DeniedButton key="take" className={css.link} reason={forbidden}>
          {t('messages.causes.take')}
        </DeniedButton>
      ),
      <small key="nobody">{t('messages.causes.nobody')}</small>,
    ];
  };
  const flows = (line: CauseLine) => [...new Set(causesOf(line).map(({ flowId }) => names.flow(flowId)))].join(', ');
  const columns: (DataColumn<CauseLine> & { readonly least?: CauseColumnsOptions['room'] })[] = [
    {
      key: 'cause',
      title: t('messages.causes.cause'),
      render: (line) =>
        line.kind === 'incident' ? (
          <span className={css.cause}>
            <StateShape state="bad" /> <b>{t('messages.causes.down', { system: names.system(line.systemId) })}</b>
            <small>
              {t('messages.causes.incident', { since: formatRelative(line.since), count: line.causes.length })}
            </small>
            {narrow && <small>{flows(line)}</small>}
          </span>
        ) : (
          <span className={css.cause} data-snoozed={line.cause.snoozedUntil !== null}>
            <StateShape state={line.cause.snoozedUntil ? 'idle' : 'bad'} /> <b>{line.cause.title[language]}</b>
            {line.cause.pattern !== '' && line.cause.pattern !== '—' && <ErrorPattern pattern={line.cause.pattern} />}
            {narrow && <small>{flows(line)}</small>}
          </span>
        ),
    },
    {
      key: 'flow',
      title: t('messages.causes.flow'),
      width: 150,
      least: 'wide',
      render: flows,
    },
    {
      key: 'count',
      title: t('messages.causes.count'),
      width: narrow ? 100 : 132,
      align: 'right',
      render: (line) => (
        <span className={css.count}>
          {!narrow && <Sparkline values={trend(line)} label={t('messages.causes.spark')} tone="bad" />}
          <b>{formatNumber(sum(line, ({ count }) => count))}</b>
        </span>
      ),
    },
    {
      key: 'when',
      title: t('messages.causes.when'),
      width: narrow ? 124 : 148,
      least: 'narrow',
      render: (line) =>
        line.kind === 'incident' ? (
          <span className={css.lines}>
            <StateChip state="bad">{t('messages.causes.incidentOpen')}</StateChip>
            <small>{t('messages.causes.since', { at: formatMoment(line.since) })}</small>
          </span>
        ) : (
          <span className={css.lines}>
            <CauseStatus status={line.cause.status} />
            <small>
              <Span from={line.cause.firstSeenAt} to={line.cause.lastSeenAt} />
            </small>
          </span>
        ),
    },
    {
      key: 'amount',
      title: t('messages.causes.amount'),
      width: 124,
      align: 'right',
      render: (line) => {
        // Packages of prices and stock have neither amount nor counterparty.
        const amount = sum(line, (cause) => Number(cause.amount));
        const counterparties = line.kind === 'cause' ? line.cause.counterparties : 0;
        if (amount === 0 && counterparties === 0) return '—';
        return (
          <span className={css.money}>
            {amount !== 0 && formatMoney(String(amount))}
            {counterparties > 0 && <small>{t('messages.causes.counterparties', { count: counterparties })}</small>}
          </span>
        );
      },
    },
    {
      key: 'owner',
      title: t('messages.causes.owner'),
      width: narrow ? 148 : 160,
      least: 'narrow',
      render: (line) => {
        const snoozed = causesOf(line).every(({ snoozedUntil }) => snoozedUntil !== null);
        const until = causesOf(line)[0]?.snoozedUntil;
        const snooze = t(snoozed ? 'messages.causes.wakeUp' : 'messages.causes.snooze');
        return (
          <span className={css.owner}>
            <span className={css.lines}>
              {snoozed && until ? (
                <small>{t('messages.causes.snoozedUntil', { until: formatMoment(until) })}</small>
              ) : (
                owner(line)
              )}
            </span>
            {forbidden === undefined ? (
              <button
                type="button"
                className={css.snooze}
                aria-pressed={snoozed}
                aria-label={snooze}
                title={snooze}
                onClick={() => onSnooze(causesOf(line))}
              >
                <Clock />
              </button>
            ) : (
              <DeniedButton className={css.snooze} aria-pressed={snoozed} aria-label={snooze} reason={forbidden}>
                <Clock />
              </DeniedButton>
            )}
          </span>
        );
      },
    },
  ];
  return columns.filter(({ least = 'tight' }) => ROOMS.indexOf(least) <= ROOMS.indexOf(room));
}

const Clock = () => (
  <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
    <circle cx="8" cy="8" r="6" />
    <path d="M8 4.5V8l2.5 1.5" />
  </svg>
);
