import type { FlowHealth } from '@pult/shared/contracts/landscape';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatLatency } from '../../lib/format/duration.ts';
import { formatMoney } from '../../lib/format/money.ts';
import { formatShare } from '../../lib/format/number.ts';
import { useLiveTopics } from '../../lib/live/use-live-topics.ts';
import { paths } from '../../lib/paths.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Instant } from '../../ui/instant.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { QuietChip } from '../../ui/quiet-chip.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './flows-page.module.css';
import { overviewQuery } from './queries.ts';
import { usePaceText, useRuleText } from './wording.ts';

/** Потоки: every flow with its health and the rule that fired; those without a connection stand apart, grey. */
export function FlowsPage() {
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  useLiveTopics(['landscape']);
  const { data, error, isError, refetch } = useQuery(overviewQuery());
  const pace = usePaceText();
  const ruleText = useRuleText();
  if (isError && !data)
    return <ErrorState page={t('landscape.flows.title')} error={error} onRetry={() => void refetch()} />;
  const nameOf = (id: string) => data?.systems.find((system) => system.id === id)?.title[language] ?? id;
  const watched = data?.flows.filter((flow) => flow.watched) ?? [];
  const unwatched = data?.flows.filter((flow) => !flow.watched) ?? [];
  return (
    <>
      <PageHeader
        title={t('landscape.flows.title')}
        actions={<Link to={paths.registers()}>{t('landscape.registers.title')}</Link>}
      />
      <Card title={t('landscape.flows.watched')}>
        {!data && <Skeleton rows={6} />}
        {data && (
          <PlainTable
            head={[
              t('landscape.flows.flow'),
              t('landscape.flows.state'),
              t('landscape.flows.lastApplied'),
              { title: t('landscape.flows.rate'), align: 'end' },
              t('landscape.flows.spark'),
              { title: t('landscape.flows.failed'), align: 'end' },
              { title: t('landscape.flows.waiting'), align: 'end' },
              { title: t('landscape.flows.latency'), align: 'end' },
              t('landscape.flows.owner'),
            ]}
          >
            {watched.map((flow) => (
              <tr key={flow.id}>
                <td>
                  <span className={css.name}>
                    <StateShape state={flow.status} />
                    <Link to={paths.flow(flow.id)}>{flow.title[language]}</Link>
                  </span>
                  <small className={css.small}>{flow.what[language]}</small>
                  <MoveLine flow={flow} />
                </td>
                <td className={css.rule}>
                  {ruleText(flow.rule, nameOf)}
                  {flow.quiet && (
                    <small className={css.small}>
                      <QuietChip quiet={flow.quiet} />
                    </small>
                  )}
                </td>
                <td>{flow.lastAppliedAt ? <Instant value={flow.lastAppliedAt} /> : t('landscape.panel.never')}</td>
                <td className={css.number}>{pace.text(flow.traffic)}</td>
                <td className={css.spark}>
                  <Sparkline values={flow.spark} label={t('landscape.flows.spark')} />
                </td>
                <td className={css.number}>
                  {flow.failed > 0 ? <Link to={`/messages?tab=causes&flow=${flow.id}`}>{flow.failed}</Link> : '0'}
                </td>
                <td className={css.number}>
                  {flow.waiting}
                  {Number(flow.waitingAmount) > 0 && (
                    <small className={css.small}>{formatMoney(flow.waitingAmount)}</small>
                  )}
                </td>
                <td className={css.number}>{flow.latencyP95Ms === null ? '—' : formatLatency(flow.latencyP95Ms)}</td>
                <td>{flow.owner ?? '—'}</td>
              </tr>
            ))}
          </PlainTable>
        )}
      </Card>
      {unwatched.length > 0 && (
        <Card
          className={css.second}
          title={t('landscape.flows.unwatched')}
          extra={<span className={css.hint}>{t('landscape.flows.unwatchedHint')}</span>}
        >
          <ul className={css.idle}>
            {unwatched.map((flow) => (
              <UnwatchedFlow key={flow.id} flow={flow} />
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}

/** How far the flow has moved to the bus; nothing for one that moves nowhere. */
function MoveLine({ flow }: { readonly flow: FlowHealth }) {
  const { t } = useTranslation();
  const { migration } = flow;
  if (migration === null) return null;
  const stage = t(`landscape.stage.${migration.stage}`);
  return (
    <small className={css.small}>
      <Link to={paths.flow(migration.role === 'old' ? flow.id : migration.partner)}>
        {migration.share === null ? stage : t('landscape.map.compared', { stage, share: formatShare(migration.share) })}
      </Link>
    </small>
  );
}

function UnwatchedFlow({ flow }: { readonly flow: FlowHealth }) {
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  return (
    <li>
      <StateShape state="idle" />
      <Link to={paths.flow(flow.id)}>{flow.title[language]}</Link>
      <span className={css.hint}>{t(`landscape.channel.${flow.channel}`)}</span>
    </li>
  );
}
