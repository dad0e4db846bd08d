import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatMoney } from '../../lib/format/money.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { usePermission } from '../../lib/session.ts';
import { Button, buttonLook } from '../../ui/button.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './messages.module.css';
import type { Verb } from './queries.ts';

export interface SelectionBarProps {
  /** «Выбраны 3 причины» */
  readonly what: string;
  /** Messages that an operation would take. */
  readonly count: number;
  readonly amount: number;
  readonly busy: boolean;
  /** Something to know before: a system that does not answer. */
  readonly warning?: string | null;
  readonly csvHref: string;
  /** Takes the chosen causes. */
  readonly onTake?: () => void;
  readonly onRun: (verb: Verb) => void;
  readonly onClear: () => void;
  readonly children?: ReactNode;
}

/** What can be done with the selection; every action says its scope, a dangerous one is never primary. */
export function SelectionBar(props: SelectionBarProps) {
  const { t } = useTranslation();
  const mayRun = usePermission('operations.run');
  const mayTriage = usePermission('messages.triage');
  const { count, busy } = props;
  const why = mayRun ? undefined : t('messages.forbidden');
  const off = !mayRun || busy || count === 0;
  return (
    <section className={css.bar} aria-label={props.what}>
      <b>{props.what}</b>
      <span>{t('messages.atRisk', { amount: formatMoney(String(props.amount)) })}</span>
      <span className={css.barButtons}>
        <Button type="primary" disabled={off} denied={why} loading={busy} onClick={() => props.onRun('resend')}>
          {t('messages.action.resend', { count, formatted: formatNumber(count) })}
        </Button>
        <Button disabled={off} denied={why} onClick={() => props.onRun('reExport')}>
          {t('messages.action.reExport')}
        </Button>
        <Button disabled={off} denied={why} onClick={() => props.onRun('discard')}>
          {t('messages.action.discard')}
        </Button>
        {props.onTake && (
          <Button
            disabled={!mayTriage}
            denied={mayTriage ? undefined : t('messages.forbiddenTriage')}
            onClick={props.onTake}
          >
            {t('messages.causes.take')}
          </Button>
        )}
        <a {...buttonLook()} download href={props.csvHref}>
          {t('messages.action.csv')}
        </a>
        {props.children}
        <Button type="text" aria-label={t('messages.action.clear')} onClick={props.onClear}>
          ✕
        </Button>
      </span>
      {props.warning && (
        <small>
          <StateShape state="warn" size={10} /> {props.warning}
        </small>
      )}
    </section>
  );
}
