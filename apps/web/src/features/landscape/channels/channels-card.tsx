import type { FlowHealth } from '@pult/shared/contracts/landscape';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatLatency } from '../../../lib/format/duration.ts';
import { formatNumber } from '../../../lib/format/number.ts';
import { paths } from '../../../lib/paths.ts';
import { Card } from '../../../ui/card.tsx';
import { busQuery, overviewQuery } from '../queries.ts';
import { usePaceText } from '../wording.ts';
import { type Channel, channelsOf, isShared, lagOf } from './channel-model.ts';
import css from './channels.module.css';
import { EndBox } from './end-box.tsx';
import { MediumBox } from './medium-box.tsx';

/** Каналы: which way the messages of a flow go, what stands where, how long each way takes. */
export function ChannelsCard({
  flow,
  className,
}: {
  readonly flow: FlowHealth;
  readonly className?: string | undefined;
}) {
  const { t, i18n } = useTranslation();
  const { data } = useQuery(overviewQuery());
  const partner = data?.flows.find(({ id }) => id === flow.migration?.partner);
  const bus = useQuery({ ...busQuery(), enabled: flow.channel === 'kafka' || partner?.channel === 'kafka' });
  if (!data) return null;
  const channels = channelsOf(flow, {
    flows: data.flows,
    systems: data.systems,
    buses: bus.data?.buses ?? (bus.isError ? 'unread' : 'reading'),
  });
  const sharedSource = isShared(channels, 'sources');
  const sharedTarget = isShared(channels, 'targets');
  const [first] = channels;
  return (
    <Card
      className={className}
      title={
        <>
          {t('channels.title', { count: channels.length })}
          {flow.migration && <small>{t(`channels.lead.${flow.migration.stage}`)}</small>}
        </>
      }
    >
      <div className={css.scheme} data-channels={channels.length}>
        {sharedSource && first && <EndBox channel={first} end="sources" shared />}
        {channels.map((channel) => (
          // biome-ignore lint/a11y/useSemanticElements: a group of the scheme is no form
          <div
            key={channel.flow.id}
            role="group"
            aria-label={channel.flow.title[i18n.language === 'en' ? 'en' : 'ru']}
            className={css.channel}
          >
            {!sharedSource && <EndBox channel={channel} end="sources" />}
            <FirstLeg channel={channel} here={channel.flow.id === flow.id} />
            <MediumBox channel={channel} />
            <SecondLeg channel={channel} />
            {!sharedTarget && <EndBox channel={channel} end="targets" />}
          </div>
        ))}
        {sharedTarget && first && <EndBox channel={first} end="targets" shared />}
      </div>
    </Card>
  );
}

/** Into the medium: which channel this is and how much goes. */
function FirstLeg({ channel, here }: { readonly channel: Channel; readonly here: boolean }) {
  const { t } = useTranslation();
  const pace = usePaceText();
  const { flow } = channel;
  const { text, usual } = pace.withUsual(flow.traffic);
  const name = useChannelName(channel);
  return (
    <div className={css.leg} data-status={flow.status}>
      <b>{here ? name : <Link to={paths.flow(flow.id)}>{name}</Link>}</b>
      <span>
        {flow.watched ? (
          <small>
            {text}
            {usual !== null && flow.traffic.usualHour !== 0 && `, ${usual}`}
          </small>
        ) : (
          <small>{t('channels.unwatched')}</small>
        )}
      </span>
    </div>
  );
}

/** Which of the channels it is, and what it is for at this stage. */
function useChannelName({ flow, role, isTruth, stage }: Channel): string {
  const { t } = useTranslation();
  switch (role) {
    case 'only':
      return t(`channels.era.${flow.era}`);
    case 'old':
      return t(`channels.role.old.${isTruth ? 'truth' : stage === 'bus' ? 'off' : 'aside'}`);
    case 'bus':
      return t(`channels.role.bus.${isTruth ? 'truth' : stage === 'shadow' ? 'shadow' : 'aside'}`);
  }
}

/** Out of the medium: how long the whole way takes, what has not been read and what did not arrive. */
function SecondLeg({ channel: { flow, bus } }: { readonly channel: Channel }) {
  const { t } = useTranslation();
  const lag = bus && lagOf(bus);
  return (
    <div className={css.leg} data-status={flow.status}>
      <b>{lag !== null && t('channels.lag', { value: formatNumber(lag) })}</b>
      <span>
        {flow.latencyP95Ms !== null && (
          <small>{t('channels.wholeWay', { value: formatLatency(flow.latencyP95Ms) })}</small>
        )}
        {flow.failed > 0 && (
          <small>
            <Link to={paths.messages(`?tab=causes&flow=${flow.id}`)}>
              {t('landscape.flow.failedLink', { value: formatNumber(flow.failed) })}
            </Link>
          </small>
        )}
      </span>
    </div>
  );
}
