import type { EndpointResult } from '@pult/shared/contracts/endpoint';
import type { landscapeFlow } from '@pult/shared/contracts/landscape';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { formatLatency } from '../../lib/format/duration.ts';
import { formatRelative } from '../../lib/format/instant.ts';
import { formatMoney } from '../../lib/format/money.ts';
import { useLiveTopics } from '../../lib/live/use-live-topics.ts';
import { paths } from '../../lib/paths.ts';
import { buttonLook } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ObjectError } from '../../ui/object-error.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { QuietChip } from '../../ui/quiet-chip.tsx';
import { SectionJump } from '../../ui/section-jump.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { AutomaticCard, NoAutomatic } from './automatic-card.tsx';
import { ChannelsCard } from './channels/channels-card.tsx';
import { DayChart } from './day-chart.tsx';
import { FlowCauses } from './flow-causes.tsx';
import { Facts, useFlowFacts } from './flow-facts.tsx';
import css from './flow-page.module.css';
import { MigrationSection } from './migration/migration-section.tsx';
import panel from './panel.module.css';
import { PlanNodes } from './plan-nodes.tsx';
import { flowQuery, overviewQuery } from './queries.ts';
import { RhythmCard, useCadenceText } from './rhythm-card.tsx';
import { SilenceBanner } from './silence-banner.tsx';
import { useMute } from './use-mute.tsx';

const QUARTER_MS = 15 * 60_000;

/** One flow: the rule that fired, numbers, a day by quarter hours, causes, oldest open messages, how retries leave, the runbook. */
export function FlowPage() {
  const { flowId = '' } = useParams();
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  const navigate = useNavigate();
  useLiveTopics(['landscape', 'messages', 'operations']);
  const { data, error, isError, refetch } = useQuery(flowQuery(flowId));
  const overview = useQuery(overviewQuery());
  const mute = useMute({ flows: data ? [data.flow] : [], systems: overview.data?.systems ?? [] });
  if (isError && !data)
    return (
      <ObjectError
        error={error}
        onRetry={() => void refetch()}
        missing={t('landscape.flow.missing')}
        list={{ title: t('landscape.flow.toList'), to: paths.flows() }}
      />
    );
  if (!data) return <Skeleton rows={10} />;
  const { flow } = data;
  const nameOf = (id: string) => overview.data?.systems.find((system) => system.id === id)?.title[language] ?? id;
  const list = (tab: string) => `/messages?tab=${tab}&flow=${flow.id}`;
  // Whole quarters: the bar of the present one is as broad as the others.
  const end = Math.ceil(Date.parse(data.now) / QUARTER_MS) * QUARTER_MS;
  const [from, to] = [new Date(end - 86_400_000).toISOString(), new Date(end).toISOString()];
  return (
    <>
      <PageHeader
        breadcrumbs={[{ title: t('landscape.flows.title'), to: paths.flows() }]}
        title={flow.title[language]}
        state={
          <>
            <StateChip state={flow.status}>
              {flow.rule.code === 'not_connected'
                ? t('landscape.rule.not_connected')
                : t(`landscape.status.${flow.status}`)}
            </StateChip>
            <StateChip state="idle">{t(`landscape.stage.${flow.stage}`)}</StateChip>
            {flow.quiet && <QuietChip quiet={flow.quiet} />}
          </>
        }
        actions={
          <>
            {flow.channel === 'kafka' && (
              <Link {...buttonLook({ type: 'text' })} to={paths.bus()}>
                {t('landscape.panel.toBus')}
              </Link>
            )}
            {flow.watched && (
              <Link {...buttonLook()} to={list('causes')}>
                {t('landscape.panel.toMessages')}
              </Link>
            )}
          </>
        }
      />
      <SectionJump />
      <SilenceBanner flow={flow} nameOf={nameOf} onMute={mute.ask} />
      {flow.watched && flow.cadence && <RhythmCard className={css.rhythm} flowId={flow.id} nameOf={nameOf} />}
      {mute.dialog}
      <div className={css.grid} data-watched={flow.watched}>
        <FlowCard flow={flow} nameOf={nameOf} />
        {flow.watched && (
          <Card
            className={css.day}
            title={t('landscape.flow.day')}
            extra={
              <span className={css.links}>
                {flow.failed > 0 && (
                  <Link to={list('causes')}>{t('landscape.flow.failedLink', { value: flow.failed })}</Link>
                )}
                {flow.inDoubt > 0 && (
                  <Link to={list('in_doubt')}>{t('landscape.flow.doubtLink', { value: flow.inDoubt })}</Link>
                )}
                {flow.stuck > 0 && (
                  <Link to={list('stuck')}>{t('landscape.flow.stuckLink', { value: flow.stuck })}</Link>
                )}
              </span>
            }
          >
            <DayChart
              from={from}
              to={to}
              now={data.now}
              bucketMs={QUARTER_MS}
              buckets={data.hours}
              working={[{ from, to }]}
              label={t('landscape.flow.dayLabel')}
              height={190}
              onPick={(start, end) =>
                void navigate(`/messages?tab=all&flow=${flow.id}&timeField=accepted&from=${start}&to=${end}`)
              }
            />
          </Card>
        )}
        <ChannelsCard flow={flow} className={css.channels} />
        {flow.migration && (
          <div className={css.migration}>
            <MigrationSection
              flow={flow}
              nameOf={(id) => overview.data?.flows.find((one) => one.id === id)?.title[language] ?? id}
            />
          </div>
        )}
        {flow.channel === 'exchange-plan' && <PlanNodes flowId={flow.id} className={css.plan} nameOf={nameOf} />}
        {flow.watched && <AutomaticCard flowId={flow.id} className={css.automatic} />}
        {flow.watched && <FlowCauses flowId={flow.id} className={css.causes} />}
        {flow.watched && (
          <Card className={css.oldest} title={t('landscape.panel.oldest')}>
            <div className={panel.panel}>
              {data.oldest.length === 0 && <p className={panel.hint}>{t('landscape.flow.nothingWaits')}</p>}
              <ul className={panel.rows}>
                {data.oldest.map((one) => (
                  <li key={one.id}>
                    <Link className={panel.grow} to={paths.message(one.id)}>
                      {one.number}
                    </Link>
                    {one.amount && <span>{formatMoney(one.amount)}</span>}
                    <span className={panel.age}>{formatRelative(one.since)}</span>
                  </li>
                ))}
              </ul>
            </div>
          </Card>
        )}
        <Card className={css.runbook} title={t('landscape.panel.runbook')}>
          <div className={panel.panel}>
            {data.runbook.length === 0 ? (
              <p className={panel.hint}>{t('landscape.flow.noRunbook')}</p>
            ) : (
              <ol className={panel.steps}>
                {data.runbook.map((step) => (
                  <li key={step}>{step}</li>
                ))}
              </ol>
            )}
          </div>
        </Card>
        <FlowRules data={data} nameOf={nameOf} />
      </div>
    </>
  );
}

function FlowCard({ flow, nameOf }: { flow: Parameters<typeof useFlowFacts>[0]; nameOf: (id: string) => string }) {
  const { t } = useTranslation();
  const facts = useFlowFacts(flow, nameOf);
  const cadenceText = useCadenceText();
  return (
    <Card className={css.state} title={t('landscape.flows.state')}>
      <div className={panel.panel}>
        <Facts
          rows={[
            ...facts,
            [t('landscape.flows.channel'), t(`landscape.channel.${flow.channel}`)],
            ...(flow.cadence ? ([[t('landscape.flows.rhythm'), cadenceText(flow.cadence)]] as const) : []),
          ]}
        />
      </div>
    </Card>
  );
}

/** How retries leave and how long each state may last: one card, because both decide when a person is called. */
function FlowRules({ data, nameOf }: { data: EndpointResult<typeof landscapeFlow>; nameOf: (id: string) => string }) {
  const { t } = useTranslation();
  const { retry, budgets } = data;
  const can = (possible: boolean) => (possible ? t('landscape.flow.yes') : t('landscape.flow.no'));
  return (
    <Card className={css.rules} title={t('landscape.flow.retry')}>
      <div className={panel.panel}>
        {data.flow.watched && <NoAutomatic flowId={data.flow.id} />}
        <Facts
          rows={[
            [t('landscape.flow.resend'), can(retry.resend)],
            [t('landscape.flow.reExport'), can(retry.reExport)],
            [
              t('landscape.flow.verify'),
              retry.verify.length === 0
                ? t('landscape.flow.notVerified')
                : retry.verify
                    .map(({ system, types }) =>
                      types.length === 0 ? nameOf(system) : `${nameOf(system)} (${types.join(', ')})`,
                    )
                    .join('; '),
            ],
            [
              t('landscape.flow.speed'),
              t('landscape.flow.perSecond', { value: retry.ratePerSecond, max: retry.maxRatePerSecond }),
            ],
          ]}
        />
        <h3 className={panel.heading}>{t('landscape.flow.budgets')}</h3>
        <Facts
          rows={[
            [t('landscape.flow.accepted'), formatLatency(budgets.acceptedMs)],
            [t('landscape.flow.sent'), formatLatency(budgets.sentMs)],
            [t('landscape.flow.delivered'), formatLatency(budgets.deliveredMs)],
            [t('landscape.flow.ack'), formatLatency(budgets.ackTimeoutMs)],
          ]}
        />
      </div>
    </Card>
  );
}
