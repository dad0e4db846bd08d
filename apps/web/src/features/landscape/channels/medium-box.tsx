import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatNumber } from '../../../lib/format/number.ts';
import { paths } from '../../../lib/paths.ts';
import { Instant } from '../../../ui/instant.tsx';
import { StateShape } from '../../../ui/state-shape.tsx';
import type { BusPart, Channel } from './channel-model.ts';
import css from './channels.module.css';

/** What carries the messages: a service, a folder, an exchange plan, the topics of the bus with who reads them. */
export function MediumBox({ channel }: { readonly channel: Channel }) {
  const { t, i18n } = useTranslation();
  const { flow, bus, sources, targets } = channel;
  const folder =
    flow.channel === 'files'
      ? [...sources, ...targets].find(({ connection }) => connection?.protocol === 'files')?.connection?.url
      : undefined;
  return (
    <div className={css.medium} data-status={flow.status}>
      <b>
        {t(`channels.medium.${flow.channel}`)}
        {flow.status !== 'ok' && <StateShape state={flow.status} />}
      </b>
      {bus === null ? (
        <>
          <small>{flow.what[i18n.language === 'en' ? 'en' : 'ru']}</small>
          {folder !== undefined && <code>{folder}</code>}
        </>
      ) : (
        <OnBus bus={bus} />
      )}
      <small>
        {flow.lastAppliedAt ? (
          <>
            {t('channels.lastApplied')} <Instant value={flow.lastAppliedAt} />
          </>
        ) : (
          t('channels.nothingYet')
        )}
      </small>
    </div>
  );
}

function OnBus({ bus }: { readonly bus: BusPart }) {
  const { t } = useTranslation();
  if (bus.state !== 'on') return <small>{t(`channels.bus.${bus.state}`)}</small>;
  const left = bus.deadLetters.filter(({ records, open }) => records + open > 0);
  return (
    <>
      {bus.topics.map((topic) => (
        <code key={topic}>{topic}</code>
      ))}
      <small>
        {t('channels.partitions', { count: bus.partitions })},{' '}
        {t('channels.records', { value: formatNumber(bus.records) })}
      </small>
      {bus.groups.map(({ group, members, status, reason }) => (
        <small key={group} className={css.line}>
          <StateShape state={status} size={10} />
          <span>
            <Link to={paths.bus(group)}>{t('channels.group', { group })}</Link>:{' '}
            {[
              members.length > 0 ? t('channels.members', { count: members.length }) : t('channels.noMembers'),
              reason !== 'ok' && t(`channels.reason.${reason}`),
            ]
              .filter((words) => words !== false)
              .join(', ')}
          </span>
        </small>
      ))}
      {left.map(({ topic, records, open }) => (
        <small key={topic} className={css.line}>
          <StateShape state={open > 0 ? 'warn' : 'ok'} size={10} />
          <span>
            {open > 0
              ? t('channels.deadLetters', { topic, value: formatNumber(open) })
              : t('channels.deadLettersSettled', { topic, value: formatNumber(records) })}
          </span>
        </small>
      ))}
    </>
  );
}
