import type { BusState, BusTopic } from '@pult/shared/contracts/bus';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatNumber } from '../../lib/format/number.ts';
import { paths } from '../../lib/paths.ts';
import { Card } from '../../ui/card.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import css from './bus.module.css';
import type { Names, Unfolded } from './bus-parts.ts';
import { UnfoldButton } from './unfold-button.tsx';

const COLUMNS = 5;

/** Topics of the bus with their role; unfolded, the partitions and who is how far in each. */
export function BusTopics({ bus, names, unfolded }: { bus: BusState; names: Names; unfolded: Unfolded }) {
  const { t } = useTranslation();
  return (
    <Card title={t('bus.topics.title')}>
      {bus.topics.length === 0 ? (
        <p className={css.empty}>{t('bus.topics.none')}</p>
      ) : (
        <PlainTable
          head={[
            t('bus.topics.topic'),
            t('bus.topics.flows'),
            { title: t('bus.topics.partitions'), align: 'end' },
            { title: t('bus.topics.records'), align: 'end' },
            { title: t('bus.topics.rate'), align: 'end' },
          ]}
        >
          {bus.topics.map((topic) => (
            <Fragment key={topic.topic}>
              <TopicRow topic={topic} names={names} unfolded={unfolded} />
              {unfolded.has(topic.topic) && (
                <tr className={css.inner}>
                  <td colSpan={COLUMNS}>
                    <TopicPartitions topic={topic} bus={bus} />
                  </td>
                </tr>
              )}
            </Fragment>
          ))}
        </PlainTable>
      )}
    </Card>
  );
}

function TopicRow({ topic, names, unfolded }: { topic: BusTopic; names: Names; unfolded: Unfolded }) {
  const { t } = useTranslation();
  const open = unfolded.has(topic.topic);
  return (
    <tr data-open={open}>
      <td>
        {topic.present ? (
          <UnfoldButton
            open={open}
            label={t('bus.topics.open', { topic: topic.topic })}
            onToggle={() => unfolded.toggle(topic.topic)}
          >
            {topic.topic}
          </UnfoldButton>
        ) : (
          <span className={css.absent}>{topic.topic}</span>
        )}
        <small>
          {t(`bus.topics.role.${topic.role}`)}
          {!topic.present && `, ${t('bus.topics.absent')}`}
        </small>
      </td>
      <td data-free>
        {topic.flows.map((id, index) => (
          <Fragment key={id}>
            {index > 0 && ', '}
            <Link to={paths.flow(id)}>{names.flow(id)}</Link>
          </Fragment>
        ))}
        {topic.role === 'dead_letters' && topic.flows.length > 0 && (
          <small>
            <Link to={paths.messages(`?tab=all&flow=${topic.flows.map(encodeURIComponent).join(',')}&state=failed`)}>
              {t('bus.topics.failures')}
            </Link>
          </small>
        )}
      </td>
      <td className={css.number}>{topic.present && topic.partitions.length}</td>
      <td className={css.number}>{topic.present && formatNumber(topic.records)}</td>
      <td className={css.number}>
        {topic.perMinute !== null &&
          t('bus.topics.perMinute', { value: formatNumber(topic.perMinute, topic.perMinute < 10 ? 1 : 0) })}
      </td>
    </tr>
  );
}

function TopicPartitions({ topic, bus }: { readonly topic: BusTopic; readonly bus: BusState }) {
  const { t } = useTranslation();
  const readers = bus.groups.flatMap(({ group, topics }) => {
    const read = topics.find((one) => one.topic === topic.topic);
    return read ? [{ group, partitions: read.partitions }] : [];
  });
  const address = new Map(bus.brokers.map((one) => [one.id, one.address]));
  return (
    <PlainTable
      head={[
        t('bus.partition.number'),
        t('bus.partition.leader'),
        { title: t('bus.partition.oldest'), align: 'end' },
        { title: t('bus.partition.newest'), align: 'end' },
        ...readers.map(({ group }) => ({ title: `${t('bus.partition.lag')}: ${group}`, align: 'end' as const })),
      ]}
    >
      {topic.partitions.map(({ partition, leader, oldest, newest }) => (
        <tr key={partition}>
          <td>{partition}</td>
          <td>{leader === null ? t('bus.partition.noLeader') : (address.get(leader) ?? leader)}</td>
          <td className={css.number}>{oldest === null ? '—' : formatNumber(oldest)}</td>
          <td className={css.number}>{formatNumber(newest)}</td>
          {readers.map(({ group, partitions }) => (
            <td key={group} className={css.number}>
              {formatNumber(partitions.find((one) => one.partition === partition)?.lag ?? 0)}
            </td>
          ))}
        </tr>
      ))}
    </PlainTable>
  );
}
