import type { OperationDetail } from '@pult/shared/contracts/operations';
import { Input } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatLatency } from '../../lib/format/duration.ts';
import { formatMoney } from '../../lib/format/money.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { paths } from '../../lib/paths.ts';
import { useNames } from '../../lib/use-names.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Instant } from '../../ui/instant.tsx';
import { isReason, ReasonNeeded } from '../../ui/reason-needed.tsx';
import { Span } from '../../ui/span.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './operation.module.css';
import { useAuthor } from './use-author.ts';

export interface PlanCardProps {
  readonly operation: OperationDetail;
  /** Another export of what there is no message to send of, where its flow can. */
  readonly instead: { readonly allowed: boolean; readonly busy: boolean; readonly onExport: () => void };
}

/** What the plan froze: who, why, what fits, what does not and why. */
export function PlanCard({ operation, instead }: PlanCardProps) {
  const { t } = useTranslation();
  const names = useNames();
  const authorOf = useAuthor();
  const { plan } = operation;
  return (
    <Card title={t('operations.plan.title')}>
      <dl className={css.facts}>
        <dt>{t('operations.plan.who')}</dt>
        <dd>
          <b>{authorOf(operation.createdBy)}</b>, <Instant value={operation.createdAt} />
        </dd>
        {operation.createdBy.kind === 'pult' && (
          <>
            <dt>{t('operations.plan.why')}</dt>
            <dd>
              {t('operations.plan.byRule')}{' '}
              {operation.flows.map((id) => (
                <Link key={id} to={paths.flow(id)}>
                  {names.flow(id)}
                </Link>
              ))}
            </dd>
          </>
        )}
        {operation.reason && (
          <>
            <dt>{t('operations.plan.why')}</dt>
            <dd>«{operation.reason}»</dd>
          </>
        )}
        <dt>{t('operations.plan.verb')}</dt>
        <dd>
          {t(`operations.verb.${operation.verb}`)}
          <small>{t(`operations.verbHint.${operation.verb}`)}</small>
        </dd>
        {plan.oldestAt && plan.newestAt && (
          <>
            <dt>{t('operations.plan.span')}</dt>
            <dd>
              <Span from={plan.oldestAt} to={plan.newestAt} />
            </dd>
          </>
        )}
        {plan.amount && (
          <>
            <dt>{t('operations.plan.amount')}</dt>
            <dd>{formatMoney(plan.amount)}</dd>
          </>
        )}
      </dl>
      <div className={css.fit}>
        <section>
          <h3>
            <StateShape state="ok" />{' '}
            {t('operations.plan.eligible', { count: plan.eligible, formatted: formatNumber(plan.eligible) })}
          </h3>
          <ul>
            {plan.byFlow.map((flow) => (
              <li key={flow.id}>
                <b>{formatNumber(flow.count)}</b> {names.flow(flow.id)}
              </li>
            ))}
          </ul>
          {plan.bySystem.length > 1 && (
            <ul>
              {plan.bySystem.map((system) => (
                <li key={system.id}>
                  <b>{formatNumber(system.count)}</b> {t('operations.plan.into', { system: names.system(system.id) })}
                </li>
              ))}
            </ul>
          )}
          {plan.byCause.length > 0 && (
            <ul>
              {plan.byCause.slice(0, 5).map((cause) => (
                <li key={cause.id}>
                  <b>{formatNumber(cause.count)}</b>{' '}
                  <Link to={paths.messages(`?on=${cause.id}`)}>{cause.title ?? cause.id.slice(0, 8)}</Link>
                </li>
              ))}
              {plan.byCause.length > 5 && (
                <li>{t('operations.plan.moreCauses', { count: plan.byCause.length - 5 })}</li>
              )}
            </ul>
          )}
          <p>{t('operations.plan.estimate', { time: formatLatency(plan.estimatedMs) })}</p>
          {plan.verifiable > 0 && <p>{t('operations.plan.verifiable', { count: plan.verifiable })}</p>}
        </section>
        <section>
          <h3>
            <StateShape state="idle" /> {t('operations.plan.ineligible', { count: plan.total - plan.eligible })}
          </h3>
          <ul>
            {plan.ineligible.map((one) => (
              <li key={`${one.reason}${one.operation?.id ?? ''}`}>
                <b>{formatNumber(one.count)}</b> {t(`operations.ineligible.${one.reason}`)}{' '}
                {one.operation && (
                  <Link to={`/operations/${one.operation.id}`}>{`№\u00a0${one.operation.number}`}</Link>
                )}
              </li>
            ))}
          </ul>
          {operation.exportable > 0 && (
            <Button
              size="small"
              disabled={!instead.allowed}
              denied={instead.allowed ? undefined : t('operations.forbidden')}
              loading={instead.busy}
              onClick={instead.onExport}
            >
              {t('operations.plan.exportInstead', { formatted: formatNumber(operation.exportable) })}
            </Button>
          )}
        </section>
      </div>
    </Card>
  );
}

export interface StartFormProps {
  readonly operation: OperationDetail;
  readonly busy: boolean;
  readonly onStart: (input: { reason: string; confirmCount?: number }) => void;
}

/** The last step before anything is sent: the reason, and above the threshold the typed count. */
export function StartForm({ operation, busy, onStart }: StartFormProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const [reasonId, neededId] = [useId(), useId()];
  const countId = useId();
  const { eligible, needsTypedCount, riskInDoubt } = operation.plan;
  const ready = isReason(reason) && (!needsTypedCount || Number(typed) === eligible) && eligible > 0;
  return (
    <Card title={t('operations.start.title')}>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !busy)
            onStart({ reason: reason.trim(), ...(needsTypedCount ? { confirmCount: Number(typed) } : {}) });
        }}
      >
        <p>{t(`operations.start.${operation.verb}`, { count: eligible, formatted: formatNumber(eligible) })}</p>
        {riskInDoubt > 0 && operation.verb !== 'discard' && (
          <p className={css.risk}>
            <StateShape state="doubt" /> {t('operations.start.risk', { count: riskInDoubt })}
          </p>
        )}
        <label htmlFor={reasonId}>{t('operations.start.reason')}</label>
        <Input.TextArea
          id={reasonId}
          aria-describedby={neededId}
          value={reason}
          rows={2}
          maxLength={1000}
          placeholder={t('operations.start.reasonHint')}
          onChange={(event) => setReason(event.target.value)}
        />
        <ReasonNeeded id={neededId} reason={reason} />
        {needsTypedCount && (
          <>
            <label htmlFor={countId}>{t('operations.start.typed', { count: eligible })}</label>
            <Input
              id={countId}
              value={typed}
              inputMode="numeric"
              onChange={(event) => setTyped(event.target.value.trim())}
            />
          </>
        )}
        <div>
          <Button type="primary" htmlType="submit" disabled={!ready} loading={busy}>
            {t(`operations.start.button.${operation.verb}`, { count: eligible, formatted: formatNumber(eligible) })}
          </Button>
        </div>
      </form>
    </Card>
  );
}
