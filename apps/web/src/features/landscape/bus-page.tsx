import type { BusState } from '@pult/shared/contracts/bus';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useLiveTopics } from '../../lib/live/use-live-topics.ts';
import { paths } from '../../lib/paths.ts';
import { list, useUrlState } from '../../lib/url-state.ts';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Instant } from '../../ui/instant.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { SectionJump } from '../../ui/section-jump.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StaleBadge } from '../../ui/stale-badge.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { useSourceErrorText } from '../../ui/use-error-text.ts';
import css from './bus.module.css';
import { BusGroups } from './bus-groups.tsx';
import type { Names, Unfolded } from './bus-parts.ts';
import { BusServices } from './bus-services.tsx';
import { BusTopics } from './bus-topics.tsx';
import { busQuery, overviewQuery } from './queries.ts';

const URL_SPEC = { group: list(), topic: list(), service: list() } as const;

/** Шина данных: groups with lag and forecast, topics by partition, brokers, services behind the bus. */
export function BusPage() {
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  useLiveTopics(['landscape']);
  const { data, error, isError, refetch } = useQuery(busQuery());
  const overview = useQuery(overviewQuery());
  const [url, setUrl] = useUrlState(URL_SPEC);
  if (isError && !data) return <ErrorState page={t('bus.title')} error={error} onRetry={() => void refetch()} />;
  const names: Names = {
    system: (id) => overview.data?.systems.find((one) => one.id === id)?.title[language] ?? id,
    flow: (id) => overview.data?.flows.find((one) => one.id === id)?.title[language] ?? id,
  };
  const unfolded = (name: keyof typeof URL_SPEC): Unfolded => ({
    has: (id) => url[name].includes(id),
    toggle: (id) =>
      setUrl({ [name]: url[name].includes(id) ? url[name].filter((one) => one !== id) : [...url[name], id] }),
  });
  const [only] = data?.buses ?? [];
  return (
    <>
      <PageHeader
        breadcrumbs={[{ title: t('landscape.title'), to: paths.overview() }]}
        title={t('bus.title')}
        state={only && <BusChip bus={only} />}
      />
      <p className={css.lead}>{t('bus.lead')}</p>
      {!data && (
        <Card>
          <Skeleton rows={10} />
        </Card>
      )}
      {data && data.buses.length === 0 && (
        <Card>
          <EmptyState title={t('bus.none')} text={t('bus.noneText')} />
        </Card>
      )}
      <SectionJump />
      {data?.buses.map((bus) => (
        <Bus key={bus.systemId} bus={bus} names={names} unfolded={unfolded} />
      ))}
      {data && data.services.length > 0 && <BusServices services={data.services} unfolded={unfolded('service')} />}
    </>
  );
}

/** The page in one shape: brokers before readers, a missing reader before a slow one. */
function BusChip({ bus }: { readonly bus: BusState }) {
  const { t } = useTranslation();
  if (!bus.connected) return <StateChip state="idle">{t('bus.notConnectedShort')}</StateChip>;
  if (bus.error && bus.stale) return <StateChip state="bad">{t('bus.chip.down')}</StateChip>;
  if (bus.freshAt === null) return <StateChip state="idle">{t('bus.neverRead')}</StateChip>;
  const without = bus.groups.filter(({ reason }) => reason === 'no_consumer');
  if (without.length > 0)
    return (
      <StateChip state={without.some(({ status }) => status === 'bad') ? 'bad' : 'warn'}>
        {t('bus.chip.noConsumer', { count: without.length })}
      </StateChip>
    );
  const warned = bus.groups.filter(({ status }) => status === 'warn').length;
  return warned > 0 ? (
    <StateChip state="warn">{t('bus.chip.warned', { count: warned })}</StateChip>
  ) : (
    <StateChip state="ok">{t('bus.chip.ok')}</StateChip>
  );
}

function Bus(props: {
  readonly bus: BusState;
  readonly names: Names;
  readonly unfolded: (name: 'group' | 'topic') => Unfolded;
}) {
  const { t } = useTranslation();
  const sourceError = useSourceErrorText();
  const { bus, names } = props;
  if (!bus.connected)
    return (
      <Card>
        <EmptyState title={t('bus.notConnected')} text={t('bus.notConnectedText')} />
      </Card>
    );
  const age = bus.stale ? (
    bus.freshAt ? (
      <StaleBadge at={bus.freshAt} />
    ) : (
      <StateChip state="idle">{t('bus.neverRead')}</StateChip>
    )
  ) : (
    bus.freshAt && (
      <span className={css.hint}>
        {t('bus.read')} <Instant value={bus.freshAt} />
      </span>
    )
  );
  return (
    <div className={css.cards} data-stale={bus.stale}>
      {bus.error && (
        <p className={css.note} role="status">
          <StateShape state="bad" />
          <span>{t('bus.failed', { text: sourceError(bus.error) })}</span>
        </p>
      )}
      {bus.missed.length > 0 && <Missed missed={bus.missed} />}
      <BusGroups groups={bus.groups} names={names} unfolded={props.unfolded('group')} extra={age} />
      <BusTopics bus={bus} names={names} unfolded={props.unfolded('topic')} />
      <Brokers brokers={bus.brokers} />
    </div>
  );
}

/** Facts that nobody will get any more: what the picture lacks since then, and where. */
function Missed({ missed }: { readonly missed: BusState['missed'] }) {
  const { t } = useTranslation();
  return (
    <ul className={css.missed} aria-label={t('bus.missed.title')}>
      {missed.map(({ topic, partition, records, at }) => (
        <li key={`${topic} ${partition} ${at}`} className={css.note}>
          <StateShape state="bad" />
          <span>
            {t('bus.missed.line', { count: records, topic, partition })} <Instant value={at} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Brokers({ brokers }: { readonly brokers: BusState['brokers'] }) {
  const { t } = useTranslation();
  return (
    <Card title={t('bus.brokers.title')}>
      {brokers.length === 0 ? (
        <p className={css.empty}>{t('bus.brokers.none')}</p>
      ) : (
        <PlainTable
          head={[t('bus.brokers.broker'), t('bus.brokers.address'), { title: t('bus.brokers.leads'), align: 'end' }]}
        >
          {brokers.map(({ id, address, controller, leads }) => (
            <tr key={id}>
              <td>
                <b>{id}</b>
                {controller && <small>{t('bus.brokers.controller')}</small>}
              </td>
              <td>
                <code>{address}</code>
              </td>
              <td className={css.number}>{leads}</td>
            </tr>
          ))}
        </PlainTable>
      )}
    </Card>
  );
}
