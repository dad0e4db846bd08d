import type { ApprovalCard } from '@pult/shared/contracts/approvals';
import { useTranslation } from 'react-i18next';
import { formatNumber, formatPoints } from '../../lib/format/number.ts';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './card.module.css';
import { formatMarginPercent } from './margin-percent.ts';
import { formatRoubles } from './roubles.ts';

/** Above it a discount is never approved by itself (domain.md, 3: reserve mode), so it is worth a look. */
const MUCH = 5;

/** The four figures that decide. */
export function CardNumbers({ card }: { readonly card: ApprovalCard }) {
  const { t } = useTranslation();
  const { numbers, row } = card;
  const much = numbers.deviationMax > MUCH;
  const discounted = row.kind !== 'return';
  return (
    <dl className={css.numbers} data-few={!discounted}>
      {discounted && (
        <>
          <div>
            <dt>{t('approvals.card.deviationMax')}</dt>
            <dd className={much ? css.bad : undefined}>
              {much && <StateShape state="bad" />}{' '}
              {t('approvals.points', { value: formatPoints(numbers.deviationMax) })}
            </dd>
            {numbers.requestedPercent !== null && numbers.allowedPercent !== null && (
              <dd>
                {t('approvals.card.requested', {
                  requested: formatNumber(numbers.requestedPercent, 2),
                  allowed: formatNumber(numbers.allowedPercent, 2),
                })}
              </dd>
            )}
          </div>
          <div>
            <dt>{t('approvals.card.deviationMean')}</dt>
            <dd>{t('approvals.points', { value: formatPoints(numbers.deviationMean) })}</dd>
            <dd>{t('approvals.card.byAmount')}</dd>
          </div>
          <Margin numbers={numbers} decided={row.state === 'decided'} />
        </>
      )}
      <div>
        <dt>{t(numbers.amountWithoutVat ? 'approvals.card.amountNoVat' : 'approvals.card.amountVat')}</dt>
        <dd>{numbers.amount === null ? '—' : formatRoubles(numbers.amount)}</dd>
        {numbers.stock && (
          <dd>
            {numbers.stock.ok < numbers.stock.of && <StateShape state="warn" size={10} />}{' '}
            {t('approvals.card.stock', { ok: numbers.stock.ok, of: numbers.stock.of })}
          </dd>
        )}
      </div>
    </dl>
  );
}

function Margin({ numbers, decided }: Pick<ApprovalCard, 'numbers'> & { readonly decided: boolean }) {
  const { t } = useTranslation();
  const { margin } = numbers;
  // A request of the history was decided before Pult read costs: there is nothing to say about it.
  if (margin === null && decided) return null;
  if (margin === null) {
    return (
      <div>
        <dt>{t('approvals.card.margin')}</dt>
        <dd>—</dd>
        <dd>
          <WhyNoMargin numbers={numbers} />
        </dd>
      </div>
    );
  }
  return (
    <div>
      <dt title={numbers.cost ? t('approvals.card.costFrom', { kind: numbers.cost.priceKind }) : undefined}>
        {t('approvals.card.margin')}
      </dt>
      <dd className={margin.request.percent < 0 ? css.bad : undefined}>
        {t('approvals.card.marginFromTo', {
          from: formatMarginPercent(margin.agreement.percent),
          to: formatMarginPercent(margin.request.percent),
        })}
      </dd>
      <dd>
        {t('approvals.card.marginLost', {
          request: formatRoubles(margin.request.amount),
          lost: formatRoubles(-Number(margin.lost)),
        })}
      </dd>
    </div>
  );
}

function WhyNoMargin({ numbers }: Pick<ApprovalCard, 'numbers'>) {
  const { t } = useTranslation();
  const { cost } = numbers;
  if (cost === null) return t('approvals.card.costNotRead');
  if (!cost.published) return t('approvals.card.costNotPublished', { kind: cost.priceKind });
  return t('approvals.card.costMissing', { count: cost.missing });
}
