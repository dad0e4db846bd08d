import type { EndpointResult } from '@pult/shared/contracts/endpoint';
import type { shadowReport } from '@pult/shared/contracts/migration';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatRelative } from '../../../lib/format/instant.ts';
import { formatNumber, formatShare } from '../../../lib/format/number.ts';
import { paths } from '../../../lib/paths.ts';
import { PlainTable } from '../../../ui/plain-table.tsx';
import { Sparkline } from '../../../ui/sparkline.tsx';
import { StateShape } from '../../../ui/state-shape.tsx';
import css from './migration.module.css';
import { OUTCOME_STATE } from './wording.ts';

type Report = EndpointResult<typeof shadowReport>;

/** What became of the pairs of the period: counts that open their rows, shares, bars, and why. */
export function OutcomeTable({ flowId, report }: { readonly flowId: string; readonly report: Report }) {
  const { t } = useTranslation();
  const from = { from: report.from };
  return (
    <PlainTable
      head={[
        t('migration.shadow.outcome'),
        { title: t('migration.shadow.messages'), align: 'end' },
        { title: t('migration.shadow.share'), align: 'end' },
        t(report.stepMs > 3_600_000 ? 'migration.shadow.days' : 'migration.shadow.hours'),
        t('migration.shadow.why'),
      ]}
    >
      {report.outcomes.map(({ outcome, count, unexplained, bars, lastAt, why }) => {
        const name = t(`migration.shadow.names.${outcome}`);
        return (
          <tr key={outcome}>
            <td>
              <span className={css.outcome}>
                <StateShape state={count === 0 && outcome !== 'same' ? 'idle' : OUTCOME_STATE[outcome]} />
                <b>{name}</b>
              </span>
            </td>
            <td data-end="">
              {count > 0 ? (
                <Link to={paths.pairs(flowId, { outcome, ...from })}>{formatNumber(count)}</Link>
              ) : (
                formatNumber(0)
              )}
            </td>
            <td data-end="">{report.pairs > 0 ? formatShare(count / report.pairs) : '—'}</td>
            <td className={css.bars}>
              <Sparkline
                values={bars}
                tone={outcome === 'same' || count === 0 ? 'idle' : 'bad'}
                label={t('migration.shadow.bars', { outcome: name, values: bars.join(', ') })}
              />
            </td>
            <td className={css.why}>
              {unexplained > 0 && (
                <Link to={paths.pairs(flowId, { outcome, reason: 'without', ...from })}>
                  {t('migration.shadow.unexplained', { value: formatNumber(unexplained) })}
                </Link>
              )}
              {why && <span>{why}</span>}
              {outcome !== 'same' && lastAt && (
                <span className={css.hint}>{t('migration.shadow.lastOn', { when: formatRelative(lastAt) })}</span>
              )}
            </td>
          </tr>
        );
      })}
      <tr>
        <td>{t('migration.shadow.total')}</td>
        <td data-end="">
          <b>{formatNumber(report.pairs)}</b>
        </td>
        <td colSpan={3} className={css.hint} data-empty={report.waiting + report.neither === 0}>
          {[
            report.waiting > 0 ? t('migration.shadow.waiting', { count: report.waiting }) : '',
            report.neither > 0 ? t('migration.shadow.neither', { count: report.neither }) : '',
          ]
            .filter((part) => part !== '')
            .join('; ')}
        </td>
      </tr>
    </PlainTable>
  );
}
