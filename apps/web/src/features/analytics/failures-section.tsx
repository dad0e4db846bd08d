import type { analyticsFailures } from '@pult/shared/contracts/analytics';
import type { EndpointResult } from '@pult/shared/contracts/endpoint';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatNumber, formatPercent } from '../../lib/format/number.ts';
import { useNames } from '../../lib/use-names.ts';
import { Card } from '../../ui/card.tsx';
import { Chart } from '../../ui/chart.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { usePalette } from '../../ui/theme-context.tsx';
import type { Palette } from '../../ui/tokens.ts';
import css from './analytics.module.css';
import { dayLabel, failuresOption } from './charts.ts';
import { messagesLink } from './flows-section.tsx';
import { ChangeText } from './parts.tsx';
import type { AnalyticsFilter } from './queries.ts';

const CLASSES = ['mapping', 'validation', 'transport', 'business', 'capacity', 'authorisation', 'unknown'] as const;

/** Series are told apart by a fixed order of the palette, the same in every period. */
const classColors = (palette: Palette): Readonly<Record<string, string>> => ({
  mapping: palette.accent,
  validation: palette.idle,
  transport: palette.run,
  business: palette.doubt,
  capacity: palette.warn,
  authorisation: palette.bad,
  unknown: palette.lineStrong,
});

export function FailuresSection({
  data,
  filter,
}: {
  data: EndpointResult<typeof analyticsFailures>;
  filter: AnalyticsFilter;
}) {
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  const names = useNames();
  const palette = usePalette();
  const colors = classColors(palette);
  const labels = data.days.map((day) => dayLabel(day.at, data.bucket, i18n.language));
  return (
    <>
      <h2 className={css.section} id="failures">
        {t('analytics.section.failures')} <small>{t('analytics.section.failuresHint')}</small>
      </h2>
      <div className={css.pair}>
        <Card title={t('analytics.failures.chart', { total: formatNumber(data.total) })}>
          {data.total === 0 ? (
            <EmptyState title={t('analytics.failures.none')} text={t('analytics.failures.noneText')} />
          ) : (
            <Chart
              height={240}
              label={t('analytics.failures.label')}
              option={failuresOption({
                labels,
                palette,
                classes: CLASSES.map((name) => ({
                  name: t(`analytics.class.${name}`),
                  values: data.days.map((day) => day.byClass[name] ?? 0),
                  color: colors[name] ?? palette.idle,
                })),
              })}
            />
          )}
        </Card>
        <Card title={t('analytics.failures.classes')}>
          <PlainTable
            head={[
              t('analytics.failures.class'),
              { title: t('analytics.failures.count'), align: 'end' },
              { title: t('analytics.failures.share'), align: 'end' },
              { title: t('analytics.byFlow.change'), align: 'end' },
            ]}
          >
            {data.classes.map((one) => (
              <tr key={one.errorClass}>
                <td>
                  <span className={css.class}>
                    <span className={css.swatch} style={{ background: colors[one.errorClass] ?? palette.idle }} />
                    <Link to={messagesLink(filter, 'failed', { errorClass: one.errorClass })}>
                      {t(`analytics.class.${one.errorClass as (typeof CLASSES)[number]}`)}
                    </Link>
                  </span>
                </td>
                <td className={css.number}>{formatNumber(one.count)}</td>
                <td className={css.number}>{formatPercent(one.share)}</td>
                <td className={css.change}>
                  <ChangeText now={one.count} before={one.previous} lowerIsBetter />
                </td>
              </tr>
            ))}
          </PlainTable>
        </Card>
      </div>
      {data.causes.length > 0 && (
        <Card title={t('analytics.failures.causes')}>
          <PlainTable
            head={[
              t('analytics.failures.cause'),
              t('analytics.failures.class'),
              { title: t('analytics.failures.count'), align: 'end' },
              { title: t('analytics.byFlow.change'), align: 'end' },
            ]}
          >
            {data.causes.map((cause) => (
              <tr key={cause.causeId}>
                <td>
                  <Link to={messagesLink(filter, 'failed', { cause: cause.causeId })}>{cause.title[language]}</Link>
                  <small>{names.flow(cause.flowId)}</small>
                </td>
                <td>{t(`analytics.class.${cause.errorClass as (typeof CLASSES)[number]}`)}</td>
                <td className={css.number}>{formatNumber(cause.count)}</td>
                <td className={css.number}>
                  <ChangeText now={cause.count} before={cause.previous} lowerIsBetter />
                </td>
              </tr>
            ))}
          </PlainTable>
        </Card>
      )}
    </>
  );
}
