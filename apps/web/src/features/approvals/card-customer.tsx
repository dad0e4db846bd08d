import type { ApprovalCard } from '@pult/shared/contracts/approvals';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../lib/format/number.ts';
import css from './card.module.css';
import { formatRoubles } from './roubles.ts';

/** What 1С says about the customer; a figure that it does not give has no line. */
export function CustomerFacts({ card }: { readonly card: ApprovalCard }) {
  const { t } = useTranslation();
  const { customer } = card;
  const debt =
    customer.debt === null
      ? null
      : Number(customer.debt) === 0
        ? t('approvals.customer.noDebt')
        : customer.debtLimit === null
          ? formatRoubles(customer.debt)
          : t('approvals.customer.debtOf', {
              debt: formatRoubles(customer.debt),
              limit: formatRoubles(customer.debtLimit),
            });
  const turnover =
    customer.turnover12m === null
      ? null
      : customer.orders12m === null
        ? formatRoubles(customer.turnover12m)
        : t('approvals.customer.turnoverOf', {
            amount: formatRoubles(customer.turnover12m),
            orders: t('approvals.customer.orders', { count: customer.orders12m }),
          });
  const facts: (readonly [string, string | null])[] = [
    [t('approvals.customer.segment'), customer.segment],
    [t('approvals.customer.debt'), debt],
    [t('approvals.customer.turnover'), turnover],
    [
      t('approvals.customer.returns'),
      customer.returnsPercent === null
        ? null
        : t('approvals.customer.returnsOf', { value: formatNumber(customer.returnsPercent, 1) }),
    ],
    [t('approvals.customer.agreement'), customer.agreement],
    [t('approvals.customer.inn'), customer.inn],
  ];
  const given = facts.filter(([, value]) => value !== null);
  if (given.length === 0) return null;
  return (
    <section className={css.block}>
      <h2>{t('approvals.customer.title')}</h2>
      <dl className={css.facts}>
        {given.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
