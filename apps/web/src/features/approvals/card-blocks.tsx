import type { ApprovalCard } from '@pult/shared/contracts/approvals';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatMoment, formatWeekdayMoment } from '../../lib/format/instant.ts';
import { formatMoney } from '../../lib/format/money.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { paths } from '../../lib/paths.ts';
import { StateChip } from '../../ui/state-chip.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import type { StateName } from '../../ui/tokens.ts';
import css from './approvals.module.css';

/** Customer, lines, similar decisions, the way of the request. */
export function CardBlocks({ card }: { readonly card: ApprovalCard }) {
  return (
    <>
      <Customer card={card} />
      <Lines card={card} />
      <Similar card={card} />
      <Timeline card={card} />
    </>
  );
}

function Customer({ card }: { readonly card: ApprovalCard }) {
  const { t } = useTranslation();
  const { customer } = card;
  const rows: (readonly [string, string | null])[] = [
    [t('approvals.customer.segment'), customer.segment],
    [
      t('approvals.customer.debt'),
      customer.debt === null
        ? null
        : customer.debtLimit === null
          ? formatMoney(customer.debt)
          : t('approvals.customer.debtOf', {
              debt: formatMoney(customer.debt),
              limit: formatMoney(customer.debtLimit),
            }),
    ],
    [
      t('approvals.customer.turnover'),
      customer.turnover12m === null
        ? null
        : `${formatMoney(customer.turnover12m)}${customer.orders12m === null ? '' : `, ${t('approvals.customer.orders', { count: customer.orders12m })}`}`,
    ],
    [
      t('approvals.customer.returns'),
      customer.returnsPercent === null ? null : `${formatNumber(customer.returnsPercent, 1)} %`,
    ],
    [t('approvals.customer.agreement'), customer.agreement],
    [t('approvals.customer.inn'), customer.inn],
  ];
  return (
    <section className={css.block}>
      <h2>{t('approvals.customer.title')}</h2>
      <dl className={css.facts}>
        {rows.map(([label, value]) =>
          value === null ? null : (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
    </section>
  );
}

function Lines({ card }: { readonly card: ApprovalCard }) {
  const { t } = useTranslation();
  const { lines, numbers } = card;
  if (lines.length === 0) return null;
  return (
    <section className={css.block}>
      <h2>
        {t('approvals.lines.title')} <span>{lines.length}</span>
      </h2>
      <div className={css.scroll}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{t('approvals.lines.item')}</th>
              <th scope="col">{t('approvals.lines.quantity')}</th>
              <th scope="col" className={css.wide}>
                {t('approvals.lines.stock')}
              </th>
              <th scope="col">{t('approvals.lines.allowed')}</th>
              <th scope="col">{t('approvals.lines.requested')}</th>
              <th scope="col">{t('approvals.lines.deviation')}</th>
              <th scope="col">{t('approvals.lines.amount')}</th>
              <th scope="col" className={css.wide}>
                {t('approvals.lines.margin')}
              </th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => {
              const worst = line.deviation > 0 && line.deviation === numbers.deviationMax;
              return (
                <tr key={line.position} className={worst ? css.worst : undefined}>
                  <td>
                    {line.name}
                    {line.article && <small>{line.article}</small>}
                  </td>
                  <td>{formatNumber(line.quantity, 3)}</td>
                  <td className={css.wide}>
                    {line.stock === null ? (
                      '—'
                    ) : (
                      <>
                        {line.stockOk === false && <StateShape state="warn" size={10} />} {formatNumber(line.stock, 3)}
                      </>
                    )}
                  </td>
                  <td>{formatNumber(line.allowedPercent, 2)} %</td>
                  <td>{formatNumber(line.requestedPercent, 2)} %</td>
                  <td className={worst ? css.bad : undefined}>{formatNumber(line.deviation, 2)}</td>
                  <td>{formatMoney(line.amount)}</td>
                  <td className={css.wide}>
                    {line.margin === null || line.marginPercent === null
                      ? '—'
                      : `${formatMoney(line.margin)} · ${formatNumber(line.marginPercent, 1)} %`}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Similar({ card }: { readonly card: ApprovalCard }) {
  const { t } = useTranslation();
  const { similar } = card;
  if (similar.found === 0) return null;
  return (
    <section className={css.block}>
      <h2>
        {t('approvals.similar.title')}{' '}
        <span>{t('approvals.similar.of', { shown: similar.decisions.length, found: similar.found })}</span>
      </h2>
      <div className={css.scroll}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{t('approvals.similar.date')}</th>
              <th scope="col">{t('approvals.similar.customer')}</th>
              <th scope="col">{t('approvals.lines.deviation')}</th>
              <th scope="col">{t('approvals.lines.amount')}</th>
              <th scope="col">{t('approvals.similar.decision')}</th>
              <th scope="col" className={css.wide}>
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
                <td>{formatMoment(one.decidedAt)}</td>
                <td>
                  <Link to={paths.approval(one.approvalId)}>{one.customer}</Link>
                </td>
                <td>{formatNumber(one.deviationMax, 2)}</td>
                <td>{one.amount === null ? '—' : formatMoney(one.amount)}</td>
                <td>
                  <StateShape state={one.verdict === 'approve' ? 'ok' : 'bad'} />{' '}
                  {t(`approvals.verdict.${one.verdict}`)}
                </td>
                <td className={css.wide}>{one.by ?? '—'}</td>
                <td className={css.wide}>{formatNumber(one.closeness, 2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {similar.boundary && (
        <p className={css.usual}>
          <b>{t('approvals.similar.usual')}</b>{' '}
          {t('approvals.similar.boundary', {
            upTo: formatNumber(similar.boundary.upTo, 2),
            below: similar.boundary.below.approved,
            belowOf: similar.boundary.below.of,
            above: similar.boundary.above.approved,
            aboveOf: similar.boundary.above.of,
          })}
        </p>
      )}
    </section>
  );
}

const SHAPE: Readonly<Record<ApprovalCard['timeline'][number]['kind'], StateName>> = {
  started: 'run',
  version: 'warn',
  seen: 'idle',
  question: 'idle',
  answer: 'run',
  threshold: 'warn',
  due: 'idle',
  decided: 'ok',
  decided_elsewhere: 'ok',
  undone: 'idle',
  reopened: 'warn',
  delivered: 'ok',
  delivery_failed: 'bad',
  delivery_conflict: 'doubt',
};

function Timeline({ card }: { readonly card: ApprovalCard }) {
  const { t } = useTranslation();
  return (
    <section className={css.block}>
      <h2>{t('approvals.timeline.title')}</h2>
      <ol className={css.timeline}>
        {card.timeline.map((entry) => (
          <li
            key={`${entry.at}${entry.kind}${entry.system ?? ''}${String(entry.data.percent ?? '')}`}
            data-ahead={entry.ahead}
          >
            <StateShape state={SHAPE[entry.kind]} />
            <time dateTime={entry.at}>{formatWeekdayMoment(entry.at)}</time>
            <span>
              {t(`approvals.timeline.${entry.kind}`, {
                actor: entry.actor ?? t('approvals.card.someone'),
                system: entry.system ? t(`approvals.system.${entry.system}`) : '',
                version: textOf(entry.data.version),
                percent: textOf(entry.data.percent),
                text: textOf(entry.data.text),
              })}
              {(entry.kind === 'decided' || entry.kind === 'decided_elsewhere') &&
                (entry.data.verdict === 'approve' || entry.data.verdict === 'reject') && (
                  <>
                    {' '}
                    <StateChip state={entry.data.verdict === 'approve' ? 'ok' : 'bad'}>
                      {t(`approvals.verdict.${entry.data.verdict}`)}
                    </StateChip>
                  </>
                )}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';
