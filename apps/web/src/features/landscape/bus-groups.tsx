import type { BusGroup } from '@pult/shared/contracts/bus';
import { Fragment, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatMinutes } from '../../lib/format/duration.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { paths } from '../../lib/paths.ts';
import { Card } from '../../ui/card.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './bus.module.css';
import type { Names, Unfolded } from './bus-parts.ts';
import { useForecastText } from './bus-words.ts';
import { UnfoldButton } from './unfold-button.tsx';

const COLUMNS = 5;
const MEMBERS_SHOWN = 3;

/** Consumer groups: who reads, how far behind, until when; unfolded, each partition. */
export function BusGroups(props: {
  readonly groups: readonly BusGroup[];
  readonly names: Names;
  readonly unfolded: Unfolded;
  readonly extra: ReactNode;
}) {
  const { t } = useTranslation();
  const { groups, names, unfolded } = props;
  return (
    <Card title={t('bus.groups.title')} extra={props.extra}>
      {groups.length === 0 ? (
        <p className={css.empty}>{t('bus.groups.none')}</p>
      ) : (
        <PlainTable
          head={[
            t('bus.groups.group'),
            t('bus.groups.state'),
            t('bus.groups.members'),
            t('bus.groups.lag'),
            t('bus.groups.forecast'),
          ]}
        >
          {groups.map((group) => (
            <Fragment key={group.group}>
              <GroupRow group={group} names={names} unfolded={unfolded} />
              {unfolded.has(group.group) && (
                <tr className={css.inner}>
                  <td colSpan={COLUMNS}>
                    <GroupPartitions group={group} />
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

function GroupRow({ group, names, unfolded }: { group: BusGroup; names: Names; unfolded: Unfolded }) {
  const { t } = useTranslation();
  const forecastText = useForecastText();
  const open = unfolded.has(group.group);
  const owner = group.ours
    ? t('bus.groups.ours')
    : group.systemId
      ? names.system(group.systemId)
      : t('bus.groups.unknown');
  const shown = group.members
    .map(({ clientId }) => clientId)
    .sort()
    .slice(0, MEMBERS_SHOWN);
  return (
    <tr data-open={open}>
      <td>
        <UnfoldButton
          open={open}
          label={t('bus.groups.open', { group: group.group })}
          onToggle={() => unfolded.toggle(group.group)}
        >
          {group.group}
        </UnfoldButton>
        <small>
          {owner}
          {group.flows.map((id) => (
            <Fragment key={id}>
              {' · '}
              <Link to={paths.flow(id)}>{names.flow(id)}</Link>
            </Fragment>
          ))}
        </small>
      </td>
      <td>
        <span className={css.state}>
          <StateShape state={group.status} />
          <span>{t(`bus.reason.${group.reason}`)}</span>
        </span>
        {group.since && <small>{t('bus.since', { time: formatMinutes(Date.now() - Date.parse(group.since)) })}</small>}
      </td>
      <td>
        {group.members.length === 0 ? t('bus.groups.noMembers') : group.members.length}
        {shown.length > 0 && (
          <small>
            {shown.join(', ')}
            {group.members.length > shown.length &&
              ` ${t('bus.groups.more', { count: group.members.length - shown.length })}`}
          </small>
        )}
      </td>
      <td>
        <span className={css.lag}>
          <b>{formatNumber(group.lag)}</b>
          {group.trend.some(({ lag }) => lag > 0) && (
            <span className={css.spark}>
              <Sparkline
                values={group.trend.map(({ lag }) => lag)}
                slots={30}
                label={t('bus.groups.trend', { group: group.group })}
                tone={group.status === 'bad' ? 'bad' : 'idle'}
              />
            </span>
          )}
        </span>
      </td>
      <td>{group.reason === 'absent' ? '' : forecastText(group.forecast)}</td>
    </tr>
  );
}

function GroupPartitions({ group }: { readonly group: BusGroup }) {
  const { t } = useTranslation();
  if (group.topics.length === 0) return <p className={css.empty}>{t('bus.groups.noTopics')}</p>;
  return (
    <PlainTable
      head={[
        t('bus.partition.topic'),
        { title: t('bus.partition.number'), align: 'end' },
        { title: t('bus.partition.committed'), align: 'end' },
        { title: t('bus.partition.newest'), align: 'end' },
        { title: t('bus.partition.lag'), align: 'end' },
      ]}
    >
      {group.topics.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, committed, newest, lag }) => (
          <tr key={`${topic} ${partition}`}>
            <td>
              <code>{topic}</code>
            </td>
            <td className={css.number}>{partition}</td>
            <td className={css.number}>{committed === null ? t('bus.partition.never') : formatNumber(committed)}</td>
            <td className={css.number}>{formatNumber(newest)}</td>
            <td className={css.number}>{formatNumber(lag)}</td>
          </tr>
        )),
      )}
    </PlainTable>
  );
}
