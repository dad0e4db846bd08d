import type { ApprovalCard, ApprovalLine } from '@pult/shared/contracts/approvals';
import { useTranslation } from 'react-i18next';
import { formatNumber, formatPoints } from '../../lib/format/number.ts';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './card.module.css';
import { formatMarginPercent } from './margin-percent.ts';
import { formatAmount } from './roubles.ts';

/** Lines of the document; the worst ones are marked, the last row adds up. Columns that 1С gives nothing for stay out. */
export function CardLines({ card }: { readonly card: ApprovalCard }) {
  const { t } = useTranslation();
  const { lines, numbers, row } = card;
  if (lines.length === 0) return null;
  const discounted = row.kind !== 'return';
  const has = {
    stock: lines.some(({ stock }) => stock !== null),
    margin: discounted && lines.some(({ margin }) => margin !== null),
  };
  return (
    <section className={css.block}>
      <h2>
        {t('approvals.lines.title')}{' '}
        <span>
          {lines.length}, {t(numbers.amountWithoutVat ? 'approvals.lines.noVat' : 'approvals.lines.withVat')}
        </span>
      </h2>
      <div className={css.wideScroll}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{t('approvals.lines.item')}</th>
              <th scope="col" className={css.wide}>
                {t('approvals.lines.quantity')}
              </th>
              {has.stock && (
                <th scope="col" className={css.wide}>
                  {t('approvals.lines.stock')}
                </th>
              )}
              {discounted && (
                <>
                  <th scope="col">{t('approvals.lines.allowed')}</th>
                  <th scope="col">{t('approvals.lines.requested')}</th>
                  <th scope="col">{t('approvals.lines.deviation')}</th>
                </>
              )}
              <th scope="col" className={discounted ? css.wide : undefined}>
                {t('approvals.lines.amount')}
              </th>
              {has.margin && (
                <>
                  <th scope="col" className={css.wide}>
                    {t('approvals.lines.margin')}
                  </th>
                  <th scope="col" className={css.wide}>
                    {t('approvals.lines.marginPercent')}
                  </th>
                </>
              )}
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <Line
                key={line.position}
                line={line}
                worst={discounted && line.deviation > 0 && line.deviation === numbers.deviationMax}
                discounted={discounted}
                has={has}
              />
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{t('approvals.lines.whole', { count: lines.length })}</th>
              <td className={css.wide} />
              {has.stock && <td className={css.wide} />}
              {discounted && (
                <>
                  <td />
                  <td />
                  <td>{t('approvals.lines.max', { value: formatPoints(numbers.deviationMax) })}</td>
                </>
              )}
              <td className={discounted ? css.wide : undefined}>
                {numbers.amount === null ? '—' : formatAmount(numbers.amount)}
              </td>
              {has.margin && (
                <>
                  <td className={css.wide}>{numbers.margin ? formatAmount(numbers.margin.request.amount) : '—'}</td>
                  <td className={css.wide}>
                    {numbers.margin ? `${formatMarginPercent(numbers.margin.request.percent)} %` : '—'}
                  </td>
                </>
              )}
            </tr>
          </tfoot>
        </table>
      </div>
    </section>
  );
}

function Line({
  line,
  worst,
  discounted,
  has,
}: {
  readonly line: ApprovalLine;
  readonly worst: boolean;
  readonly discounted: boolean;
  readonly has: { readonly stock: boolean; readonly margin: boolean };
}) {
  return (
    <tr className={worst ? css.worst : undefined}>
      <td title={line.article ?? undefined}>
        {line.name}
        {line.article && <small>{line.article}</small>}
      </td>
      <td className={css.wide}>{formatNumber(line.quantity, 3)}</td>
      {has.stock && (
        <td className={`${css.wide} ${line.stockOk === false ? css.short : ''}`}>
          {line.stockOk === false && <StateShape state="warn" size={10} />}{' '}
          {line.stock === null ? '—' : formatNumber(line.stock, 3)}
        </td>
      )}
      {discounted && (
        <>
          <td>{formatNumber(line.allowedPercent, 2)} %</td>
          <td>{formatNumber(line.requestedPercent, 2)} %</td>
          <td className={worst ? css.bad : line.deviation === 0 ? css.faint : undefined}>
            {worst && <StateShape state="bad" size={10} />} {formatPoints(line.deviation)}
          </td>
        </>
      )}
      <td className={discounted ? css.wide : undefined}>{formatAmount(line.amount)}</td>
      {has.margin && (
        <>
          <td className={css.wide}>{line.margin === null ? '—' : formatAmount(line.margin)}</td>
          <td className={css.wide}>
            {line.marginPercent === null ? '—' : `${formatMarginPercent(line.marginPercent)} %`}
          </td>
        </>
      )}
    </tr>
  );
}
