import type { ApprovalCard, approvalsDecideBatch } from '@pult/shared/contracts/approvals';
import type { EndpointReply } from '@pult/shared/contracts/endpoint';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../lib/api/api-error.ts';
import { formatClockSeconds } from '../../lib/format/instant.ts';
import { formatPoints } from '../../lib/format/number.ts';
import { StateShape } from '../../ui/state-shape.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import css from './batch.module.css';
import { formatMarginPercent } from './margin-percent.ts';
import { formatRoubles } from './roubles.ts';

export type BatchResult = EndpointReply<typeof approvalsDecideBatch>['results'][number];

export interface BatchTableProps {
  readonly cards: readonly ApprovalCard[];
  readonly taken: ReadonlySet<string>;
  /** Null before the decision. */
  readonly results: readonly BatchResult[] | null;
  readonly onToggle: (id: string) => void;
}

/** One line per request: figures, warnings, and after the decision its outcome; the last line adds up what is taken. */
export function BatchTable({ cards, taken, results, onToggle }: BatchTableProps) {
  const { t } = useTranslation();
  const counted = cards.filter(({ row }) => taken.has(row.id));
  const sum = (of: (card: ApprovalCard) => string | null | undefined): number =>
    counted.reduce((total, card) => total + Number(of(card) ?? 0), 0);
  const withoutMargin = counted.filter(({ numbers }) => numbers.margin === null).length;
  return (
    <table className={css.table}>
      <thead>
        <tr>
          <th scope="col">{t('approvals.batch.request')}</th>
          <th scope="col">{t('approvals.lines.deviation')}</th>
          <th scope="col">{t('approvals.lines.amount')}</th>
          <th scope="col">{t('approvals.batch.margin')}</th>
          <th scope="col">{t('approvals.batch.lost')}</th>
          <th scope="col">{t(results ? 'approvals.batch.outcome' : 'approvals.batch.remarks')}</th>
        </tr>
      </thead>
      <tbody>
        {cards.map((card) => {
          const { row, numbers } = card;
          return (
            <tr key={row.id} data-taken={taken.has(row.id)}>
              <th scope="row">
                <RequestName
                  card={card}
                  ticked={results ? null : taken.has(row.id)}
                  onToggle={() => onToggle(row.id)}
                />
              </th>
              <td>{formatPoints(numbers.deviationMax)}</td>
              <td>{row.amount === null ? '—' : formatRoubles(row.amount)}</td>
              <td>
                {numbers.margin
                  ? t('approvals.batch.fromTo', {
                      from: formatMarginPercent(numbers.margin.agreement.percent),
                      to: formatMarginPercent(numbers.margin.request.percent),
                    })
                  : '—'}
              </td>
              <td>{numbers.margin ? formatRoubles(-Number(numbers.margin.lost)) : '—'}</td>
              <td>
                {results ? (
                  <Outcome result={results.find(({ approvalId }) => approvalId === row.id)} />
                ) : (
                  <Remarks card={card} />
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{t('approvals.batch.sum', { count: counted.length })}</th>
          <td>
            {counted.length === 0
              ? '—'
              : t('approvals.lines.max', {
                  value: formatPoints(Math.max(...counted.map(({ numbers }) => numbers.deviationMax))),
                })}
          </td>
          <td>{formatRoubles(sum(({ row }) => row.amount))}</td>
          <td />
          <td>{formatRoubles(-sum(({ numbers }) => numbers.margin?.lost))}</td>
          <td>{withoutMargin > 0 && t('approvals.batch.withoutMargin', { count: withoutMargin })}</td>
        </tr>
      </tfoot>
    </table>
  );
}

function RequestName({
  card: { row, permissions },
  ticked,
  onToggle,
}: {
  readonly card: ApprovalCard;
  /** Null: decided already, nothing to tick. */
  readonly ticked: boolean | null;
  readonly onToggle: () => void;
}) {
  const { t } = useTranslation();
  const id = useId();
  const name = (
    <>
      {row.customer.name}
      <small>
        {row.document.number} · {t('approvals.card.version', { version: row.version })}
      </small>
    </>
  );
  if (ticked === null) return <span>{name}</span>;
  return (
    <span className={css.name}>
      <input
        id={id}
        type="checkbox"
        checked={ticked}
        disabled={!permissions.canDecide || row.state !== 'open'}
        onChange={onToggle}
      />
      <label htmlFor={id}>{name}</label>
    </span>
  );
}

/** What speaks for looking at the request by itself. */
function Remarks({ card }: { readonly card: ApprovalCard }) {
  const { t } = useTranslation();
  const { row, numbers, permissions, lines } = card;
  const short = lines.filter(({ stockOk }) => stockOk === false).length;
  const remarks = [
    permissions.reasonWhyNot ? t(`approvals.cannot.${permissions.reasonWhyNot}`) : null,
    row.state === 'clarification' ? t('approvals.batch.waits') : null,
    row.changedSinceSeen ? t('approvals.list.changed') : null,
    numbers.margin && numbers.margin.request.percent < 0 ? t('approvals.batch.belowCost') : null,
    short > 0 ? t('approvals.batch.short', { count: short }) : null,
  ].filter((text) => text !== null);
  if (remarks.length === 0) return '—';
  return (
    <span className={css.remark}>
      <StateShape state="warn" size={10} /> {remarks.join(', ')}
    </span>
  );
}

function Outcome({ result }: { readonly result: BatchResult | undefined }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  if (!result) return t('approvals.batch.leftOut');
  if (!result.refusal)
    return (
      <span className={css.remark}>
        <StateShape state="ok" size={10} /> {t('approvals.verdict.approve')}
      </span>
    );
  const { code, data } = result.refusal;
  const { verdict } = data;
  return (
    <span className={css.remark}>
      <StateShape state="bad" size={10} />{' '}
      {code === 'approval.already_decided' && (verdict === 'approve' || verdict === 'reject')
        ? t('approvals.batch.first', {
            by: typeof data.by === 'string' ? data.by : t('approvals.card.someone'),
            at: typeof data.at === 'string' ? formatClockSeconds(data.at) : '',
            verdict: t(`approvals.verdict.${verdict}`),
          })
        : errorText(new ApiError({ code, status: 0, data }))}
    </span>
  );
}
