import type { SystemHealth } from '@pult/shared/contracts/landscape';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatLatency } from '../../../lib/format/duration.ts';
import { paths } from '../../../lib/paths.ts';
import { StateShape } from '../../../ui/state-shape.tsx';
import { usePaceText, useRuleText } from '../wording.ts';
import type { Channel } from './channel-model.ts';
import css from './channels.module.css';

export interface EndBoxProps {
  readonly channel: Channel;
  readonly end: 'sources' | 'targets';
  /** Stands once for all channels. */
  readonly shared?: boolean;
}

/** The systems at one end of a channel: do they answer, how much do they send or take. */
export function EndBox({ channel, end, shared = false }: EndBoxProps) {
  const systems = channel[end];
  return (
    <div className={css.box} data-shared={shared} data-end={end}>
      {systems.map((system) => (
        <EndSystem key={system.id} system={system} end={end} brief={systems.length > 1} />
      ))}
    </div>
  );
}

interface EndSystemProps {
  readonly system: SystemHealth;
  readonly end: EndBoxProps['end'];
  /** One of several: what all of them say would be too much. */
  readonly brief: boolean;
}

function EndSystem({ system, end, brief }: EndSystemProps) {
  const { t, i18n } = useTranslation();
  const pace = usePaceText();
  const ruleText = useRuleText();
  const { connection, service } = system;
  const answer =
    system.rule.code === 'healthy' && connection?.latencyP95Ms != null
      ? t('channels.answers', { value: formatLatency(connection.latencyP95Ms) })
      : system.rule.code === 'healthy' && connection === null && system.reports
        ? t('channels.reports')
        : ruleText(system.rule, (id) => id);
  return (
    <div className={css.system} data-status={system.status}>
      <b>
        <Link to={`${paths.overview()}?on=system:${system.id}`}>
          {system.title[i18n.language === 'en' ? 'en' : 'ru']}
        </Link>
        {system.status !== 'ok' && <StateShape state={system.status} />}
      </b>
      {(!brief || system.status !== 'ok') && <small>{answer}</small>}
      {service?.freshAt != null && (
        <small>
          {t('channels.instances', { up: service.up, expected: service.expected })}
          {service.versions.length > 0 && `, ${service.versions.join(', ')}`}
        </small>
      )}
      {!brief && connection && connection.protocol !== 'service' && (
        <small>{t('landscape.panel.inFlight', { count: connection.inFlight, limit: connection.concurrency })}</small>
      )}
      <small>
        {end === 'sources'
          ? t('channels.sends', { rate: pace.text(system.outgoing) })
          : t('channels.takes', { rate: pace.text(system.incoming) })}
      </small>
    </div>
  );
}
