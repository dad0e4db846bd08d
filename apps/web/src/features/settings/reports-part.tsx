import type { ConnectionReports } from '@pult/shared/contracts/connection-checks';
import type { SystemHealth } from '@pult/shared/contracts/landscape';
import { intakeEvents } from '@pult/shared/contracts/messages';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { paths } from '../../lib/paths.ts';
import { useNames } from '../../lib/use-names.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Instant } from '../../ui/instant.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './checks.module.css';

interface ReportsPartProps {
  readonly system: SystemHealth;
  readonly reports: ConnectionReports;
}

/** In place of a check of a system that Pult does not ask: when it was heard last, through which door, and what to do when nothing comes. */
export function ReportsPart({ system, reports }: ReportsPartProps) {
  const { t, i18n } = useTranslation();
  const names = useNames();
  const name = system.title[i18n.language === 'en' ? 'en' : 'ru'];
  const url = `${window.location.origin}${intakeEvents.path}`;
  const valid = reports.keys.filter(({ revokedAt }) => revokedAt === null);
  return (
    <>
      <h3 className={css.title}>
        <StateShape state={system.status} />{' '}
        {reports.lastAt === null ? (
          t('checks.reports.never')
        ) : (
          <span>
            {t('checks.reports.heard')} <Instant value={reports.lastAt} />
          </span>
        )}
      </h3>
      <dl className={css.why}>
        <dt>{t('checks.reports.keys')}</dt>
        <dd>
          {reports.keys.length === 0 &&
            t(reports.topics.length === 0 ? 'checks.reports.noKeys' : 'checks.reports.noKeysButBus')}
          <Keys keys={reports.keys} />
        </dd>
        <dt>{t('checks.reports.door')}</dt>
        <dd>
          <code>POST {url}</code> <CopyButton text={url} label={t('checks.copyCode', { text: url })} />
          {reports.topics.length > 0 && (
            <p className={css.hint}>{t('checks.reports.topics', { topics: reports.topics.join(', ') })}</p>
          )}
        </dd>
        <dt>{t('checks.reports.flows')}</dt>
        <dd>{reports.flows.map((id) => names.flow(id)).join('; ') || t('checks.reports.none')}</dd>
        <dt>{t('checks.reports.quarantine')}</dt>
        <dd>
          {reports.quarantined === 0 ? (
            t('checks.reports.none')
          ) : (
            <Link to={paths.messages('?tab=quarantine')}>
              {t('checks.reports.quarantined', { count: reports.quarantined })}
            </Link>
          )}
        </dd>
      </dl>
      <section className={css.fault} data-calm={system.status === 'ok'}>
        <h4>{t('checks.reports.silent')}</h4>
        <ol>
          {valid.length === 0 && reports.topics.length === 0 && <li>{t('checks.reports.todoKey')}</li>}
          {valid.length > 0 && valid.every(({ lastUsedAt }) => lastUsedAt === null) && (
            <li>{t('checks.reports.todoUnused')}</li>
          )}
          <li>{t('checks.reports.todoSender', { system: name })}</li>
          <li>{t('checks.reports.todoAnswer')}</li>
          <li>{t('checks.reports.todoNetwork')}</li>
          <li>{t('checks.reports.todoQuarantine')}</li>
        </ol>
      </section>
    </>
  );
}

function Keys({ keys }: Pick<ConnectionReports, 'keys'>) {
  const { t } = useTranslation();
  return keys.map(({ label, lastUsedAt, revokedAt }, index) => (
    // A variable may carry several keys at a time.
    <div key={`${label} ${index}`}>
      <code>{label}</code>{' '}
      <small className={css.hint}>
        {revokedAt !== null
          ? t('checks.reports.revoked')
          : lastUsedAt === null
            ? t('checks.reports.unused')
            : t('checks.reports.used')}{' '}
        {revokedAt === null && lastUsedAt !== null && <Instant value={lastUsedAt} />}
      </small>
    </div>
  ));
}
