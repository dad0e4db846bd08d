import type { FlowHealth } from '@pult/shared/contracts/landscape';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { formatNumber } from '../../lib/format/number.ts';
import { useLiveTopics } from '../../lib/live/use-live-topics.ts';
import { paths } from '../../lib/paths.ts';
import { oneOf, optional, useUrlState } from '../../lib/url-state.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SegmentedTabs } from '../../ui/segmented-tabs.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { AttentionList } from './attention-list.tsx';
import { DayChart } from './day-chart.tsx';
import mapCss from './flow-map.module.css';
import { FlowMap } from './flow-map.tsx';
import { flowsOfView, isOfView, MAP_VIEWS, systemsOfView } from './map-view.ts';
import { MovesList } from './moves-list.tsx';
import { MutedList } from './muted-list.tsx';
import css from './overview-page.module.css';
import { OverviewPanel } from './overview-panel.tsx';
import { dayQuery, overviewQuery } from './queries.ts';
import { useMute } from './use-mute.tsx';

const URL_SPEC = { on: optional(), map: oneOf(MAP_VIEWS, 'now') } as const;
const LEGEND = ['ok', 'warn', 'bad', 'doubt', 'idle'] as const;

/** Обзор: what needs attention, the live flow map, the panel of what is chosen, the day's volume. */
export function OverviewPage() {
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  const navigate = useNavigate();
  const [url, setUrl] = useUrlState(URL_SPEC);
  useLiveTopics(['landscape', 'sources']);
  const overview = useQuery(overviewQuery());
  const day = useQuery(dayQuery());
  const mute = useMute({ flows: overview.data?.flows ?? [], systems: overview.data?.systems ?? [] });
  const nameOf = (id: string) => overview.data?.systems.find((system) => system.id === id)?.title[language] ?? id;
  const select = (what: string | null) => setUrl({ on: what });

  if (overview.isError && !overview.data)
    return <ErrorState page={t('landscape.title')} error={overview.error} onRetry={() => void overview.refetch()} />;
  const { data } = overview;
  // Before the first answer the panel shows the most urgent flow of the map, so that the screen says something at once.
  const mutedFlows = data?.flows.filter(isMuted).length ?? 0;
  const flows = data ? flowsOfView(data.flows, url.map) : [];
  const chosen = url.on ?? mostUrgent(flows.filter((flow) => isOfView(flow, url.map)));
  return (
    <>
      <PageHeader
        title={t('landscape.title')}
        state={
          data && (
            <>
              {data.counts.incidents > 0 && (
                <StateChip state="bad">{t('landscape.chips.incidents', { count: data.counts.incidents })}</StateChip>
              )}
              {data.counts.warned > 0 && (
                <StateChip state="warn">{t('landscape.chips.warned', { count: data.counts.warned })}</StateChip>
              )}
              <StateChip state="ok">{t('landscape.chips.ok', { count: data.counts.ok })}</StateChip>
              {mutedFlows > 0 && (
                <StateChip state="idle">{t('landscape.chips.muted', { count: mutedFlows })}</StateChip>
              )}
              {data.counts.idle > 0 && (
                <StateChip state="idle">{t('landscape.chips.idle', { count: data.counts.idle })}</StateChip>
              )}
            </>
          )
        }
      />
      <div className={css.grid}>
        <Card
          className={css.attention}
          title={
            <>
              {t('landscape.attention.title')} {data && <span className={css.count}>{data.attention.length}</span>}
            </>
          }
        >
          {data ? (
            <>
              <AttentionList items={data.attention} nameOf={nameOf} onMute={mute.ask} />
              <MutedList items={data.muted} nameOf={nameOf} />
            </>
          ) : (
            <Skeleton rows={6} />
          )}
        </Card>
        <Card className={css.map}>
          <div className={mapCss.views}>
            <SegmentedTabs
              label={t('landscape.map.views')}
              value={url.map}
              options={MAP_VIEWS.map((value) => ({ value, label: t(`landscape.map.view.${value}`) }))}
              onChange={(map) => setUrl({ map })}
            />
            <p className={mapCss.caption}>{t(`landscape.map.caption.${url.map}`)}</p>
          </div>
          {data ? (
            <FlowMap
              // Another picture fits the frame anew.
              key={url.map}
              systems={systemsOfView(data.systems, flows, data.flows)}
              flows={flows}
              view={url.map}
              selected={chosen}
              onSelect={select}
              onOpenFlow={(flowId) => void navigate(paths.flow(flowId))}
            />
          ) : (
            <Skeleton rows={12} />
          )}
          {data && url.map === 'to-be' && <MovesList systems={data.systems} flows={data.flows} onSelect={select} />}
          <div className={mapCss.legend}>
            {LEGEND.map((status) => (
              <span key={status}>
                <StateShape state={status} /> {t(`landscape.status.${status}`)}
              </span>
            ))}
          </div>
        </Card>
        <div className={css.panel}>
          {data ? (
            <OverviewPanel
              selected={chosen}
              systems={data.systems}
              flows={data.flows}
              attention={data.attention}
              onSelect={select}
            />
          ) : (
            <Skeleton rows={8} />
          )}
        </div>
        <Card
          className={css.day}
          title={
            <span className={css.dayTitle}>
              {t('landscape.day.title')}
              {day.data && (
                <>
                  <Link to={`/messages?tab=all&timeField=applied&from=${day.data.from}&to=${day.data.to}`}>
                    {t('landscape.day.applied', { count: day.data.applied, formatted: formatNumber(day.data.applied) })}
                  </Link>
                  <Link
                    className={css.failed}
                    to={`/messages?tab=all&timeField=failed&from=${day.data.from}&to=${day.data.to}`}
                  >
                    {t('landscape.day.failed', { count: day.data.failed, formatted: formatNumber(day.data.failed) })}
                  </Link>
                </>
              )}
            </span>
          }
          extra={<span className={css.hint}>{t('landscape.day.shade')}</span>}
        >
          {day.data ? (
            <DayChart
              {...day.data}
              label={t('landscape.day.label')}
              onPick={(from, to) => void navigate(`/messages?tab=all&timeField=accepted&from=${from}&to=${to}`)}
            />
          ) : (
            <Skeleton rows={3} />
          )}
        </Card>
      </div>
      {mute.dialog}
    </>
  );
}

/** A muted flow that is not well is in no other number of the header. */
const isMuted = ({ status, quiet }: Pick<FlowHealth, 'status' | 'quiet'>): boolean =>
  quiet !== null && status !== 'ok' && status !== 'idle';

function mostUrgent(flows: readonly { id: string; status: string; watched: boolean }[]): string | null {
  for (const status of ['bad', 'warn', 'doubt']) {
    const flow = flows.find((one) => one.status === status);
    if (flow) return `flow:${flow.id}`;
  }
  const watched = flows.find((one) => one.watched);
  return watched ? `flow:${watched.id}` : null;
}
