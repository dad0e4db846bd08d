import type { ApprovalCard } from '@pult/shared/contracts/approvals';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatInstant } from '../../lib/format/instant.ts';
import { dateFormat } from '../../lib/format/locale.ts';
import { formatNumber, formatPoints } from '../../lib/format/number.ts';
import { paths } from '../../lib/paths.ts';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './card.module.css';
import { formatAmount } from './roubles.ts';
import { shortName } from './short-name.ts';

const formatDate = (instant: string): string =>
  dateFormat({ day: '2-digit', month: '2-digit', year: '2-digit' }).format(new Date(instant));

type Boundary = NonNullable<ApprovalCard['similar']['boundary']>;

/** «до 6 п.п. согласовано 14 из 16, выше — 3 из 7»; where more is not approved less, one sum says all there is to say. */
function Usual({ boundary: { upTo, below, above } }: { readonly boundary: Boundary }) {
  const { t } = useTranslation();
  const falls = above.of > 0 && below.approved * above.of > above.approved * below.of;
  return falls
    ? t('approvals.similar.boundary', {
        upTo: formatNumber(upTo, 2),
        below: below.approved,
        belowOf: below.of,
        above: above.approved,
        aboveOf: above.of,
      })
    : t('approvals.similar.all', { approved: below.approved + above.approved, of: below.of + above.of });
}

/** The nearest past decisions, dissent included, and what is usual. */
export function SimilarDecisions({ card }: { readonly card: ApprovalCard }) {
  const { t } = useTranslation();
  const { similar } = card;
  if (similar.found === 0) return null;
  return (
    <section className={css.block}>
      <h2>
        {t('approvals.similar.title')}{' '}
        <span>{t('approvals.similar.of', { shown: similar.decisions.length, found: similar.found })}</span>
      </h2>
      <div className={css.wideScroll}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{t('approvals.similar.date')}</th>
              <th scope="col" className={css.left}>
                {t('approvals.similar.customer')}
              </th>
              <th scope="col">{t('approvals.lines.deviation')}</th>
              <th scope="col" className={css.wide}>
                {t('approvals.lines.amount')}
              </th>
              <th scope="col" className={css.left}>
                {t('approvals.similar.decision')}
              </th>
              <th scope="col" className={`${css.wide} ${css.left}`}>
                {t('approvals.similar.who')}
              </th>
              <th scope="col" className={css.wide}>
                {t('approvals.similar.closeness')}
              </th>
            </tr>
          </thead>
          <tbody>
            {similar.decisions.map((one) => (
              <tr key={one.approvalId}>
                <td className={css.date} title={formatInstant(one.decidedAt)}>
                  {formatDate(one.decidedAt)}
                </td>
                <td className={css.left}>
                  <Link to={paths.approval(one.approvalId)} title={one.number}>
                    {one.customer}
                  </Link>
                </td>
                <td>{formatPoints(one.deviationMax)}</td>
                <td className={css.wide}>{one.amount === null ? '—' : formatAmount(one.amount)}</td>
                <td className={css.left}>
                  <span className={css.verdict}>
                    <StateShape state={one.verdict === 'approve' ? 'ok' : 'bad'} size={10} />{' '}
                    {t(`approvals.verdict.${one.verdict}`)}
                  </span>
                </td>
                <td className={`${css.wide} ${css.left}`}>{one.by ? shortName(one.by) : '—'}</td>
                <td className={css.wide}>{formatNumber(one.closeness, 2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {similar.boundary && (
        <p className={css.usual}>
          <b>{t('approvals.similar.usual')}</b> <Usual boundary={similar.boundary} />
        </p>
      )}
    </section>
  );
}
