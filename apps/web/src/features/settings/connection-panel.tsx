import type { SystemHealth } from '@pult/shared/contracts/landscape';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatLatency } from '../../lib/format/duration.ts';
import { paths } from '../../lib/paths.ts';
import { Instant } from '../../ui/instant.tsx';
import { socketFault } from '../../ui/socket-words.ts';
import { useSourceErrorText } from '../../ui/use-error-text.ts';
import { ConnectionCheckPart } from './connection-check.tsx';
import css from './connections.module.css';
import { Handlers } from './handlers.tsx';

/** One connection: where it leads and as whom, its check, its limits. */
export function ConnectionPanel({ system }: { readonly system: SystemHealth }) {
  const { t } = useTranslation();
  const { connection } = system;
  return (
    <>
      <dl className={css.facts}>
        {connection ? (
          <>
            <dt>{t('settings.panel.url')}</dt>
            <dd>
              <code>{connection.url}</code>
            </dd>
            <dt>{t(connection.user === null ? 'settings.panel.secret' : 'settings.panel.user')}</dt>
            <dd>
              {connection.user && (
                <>
                  <code>{connection.user}</code> {t('settings.panel.passwordFrom')}{' '}
                </>
              )}
              {connection.secretEnv ? <code>{connection.secretEnv}</code> : t('settings.panel.noSecret')}
            </dd>
          </>
        ) : (
          <>
            <dt>{t('settings.panel.connection')}</dt>
            <dd>{t(system.reports ? 'settings.panel.reportsOnly' : 'settings.panel.notConnected')}</dd>
          </>
        )}
        {system.kind === 'bus' && (
          <>
            <dt>{t('settings.panel.bus')}</dt>
            <dd>
              <Link to={paths.bus()}>{t('settings.panel.toBus')}</Link>
            </dd>
          </>
        )}
        {system.owner && (
          <>
            <dt>{t('settings.panel.owner')}</dt>
            <dd>{system.owner}</dd>
          </>
        )}
      </dl>
      <ConnectionCheckPart system={system} />
      <Handlers systemId={system.id} />
      {connection && <Limits connection={connection} freshAt={system.freshAt} />}
    </>
  );
}

function Limits({
  connection,
  freshAt,
}: {
  readonly connection: NonNullable<SystemHealth['connection']>;
  readonly freshAt: string | null;
}) {
  const { t } = useTranslation();
  const sourceError = useSourceErrorText();
  return (
    <section className={css.limits}>
      <h3>{t('checks.limits.title')}</h3>
      <dl className={css.facts}>
        <dt>{t('checks.limits.atOnce')}</dt>
        <dd>{connection.concurrency}</dd>
        <dt>{t('checks.limits.timeout')}</dt>
        <dd>{formatLatency(connection.timeoutMs)}</dd>
        <dt>{t('checks.limits.write')}</dt>
        <dd>{t('checks.limits.writeText')}</dd>
        <dt>{t('settings.panel.circuit')}</dt>
        <dd>
          {connection.login ? t('settings.panel.loginRefused') : t(`settings.circuit.${connection.circuit}`)}
          {connection.nextProbeAt && (
            <>
              , {t('settings.panel.probe')} <Instant value={connection.nextProbeAt} />
            </>
          )}
        </dd>
        <dt>{t('settings.panel.latency')}</dt>
        <dd>{connection.latencyP95Ms === null ? '—' : formatLatency(connection.latencyP95Ms)}</dd>
        <dt>{t('settings.panel.lastOk')}</dt>
        <dd>{connection.lastOkAt ? <Instant value={connection.lastOkAt} /> : t('settings.connections.never')}</dd>
        {connection.lastError && (
          <>
            <dt>{t('settings.panel.lastError')}</dt>
            <dd>
              {connection.lastErrorAt && (
                <>
                  <Instant value={connection.lastErrorAt} />,{' '}
                </>
              )}
              {sourceError(connection.lastError)}
              {socketFault(connection.lastError.text) && (
                <>
                  {' '}
                  <code>{connection.lastError.text}</code>
                </>
              )}
            </dd>
          </>
        )}
        <dt>{t('settings.connections.fresh')}</dt>
        <dd>{freshAt ? <Instant value={freshAt} /> : t('settings.connections.never')}</dd>
      </dl>
      <p className={css.file}>{t('checks.limits.change')}</p>
    </section>
  );
}
