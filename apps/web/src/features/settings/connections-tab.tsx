import { landscapeConnections, type SystemHealth } from '@pult/shared/contracts/landscape';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { callEndpoint } from '../../lib/api/client.ts';
import { formatLatency } from '../../lib/format/duration.ts';
import { formatMoment, formatRelative } from '../../lib/format/instant.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { useLiveTopics } from '../../lib/live/use-live-topics.ts';
import { paths } from '../../lib/paths.ts';
import { optional, useUrlState } from '../../lib/url-state.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Instant } from '../../ui/instant.tsx';
import { isOwnControl } from '../../ui/own-control.ts';
import { PlainTable } from '../../ui/plain-table.tsx';
import { QuietChip } from '../../ui/quiet-chip.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { useSourceErrorText } from '../../ui/use-error-text.ts';
import { Handlers } from './handlers.tsx';
import css from './settings.module.css';

const URL_SPEC = { on: optional() };
const KINDS = ['onec', 'bpm', 'shop', 'edi', 'bus', 'service', 'events'] as const;

/** Every system of the landscape: does it answer, how old is its news, what was the last error, how loaded is it. */
export function ConnectionsTab() {
  const { t } = useTranslation();
  useLiveTopics(['sources']);
  const { data, error, isError, refetch } = useQuery({
    queryKey: ['landscape', 'connections'],
    queryFn: () => callEndpoint(landscapeConnections, {}),
    refetchInterval: 5_000,
  });
  const [{ on: chosen }, setUrl] = useUrlState(URL_SPEC);
  if (isError && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton rows={10} />;
  const system = data.systems.find(({ id }) => id === chosen);
  return (
    <div className={css.split} data-open={system !== undefined}>
      <Card
        title={t('settings.connections.title')}
        extra={
          <span className={css.hint}>
            {t('settings.connections.file', { version: data.file.version, at: formatMoment(data.file.appliedAt) })}
          </span>
        }
      >
        <PlainTable
          head={[
            t('settings.connections.system'),
            t('settings.connections.state'),
            t('settings.connections.fresh'),
            t('settings.connections.limit'),
            t('settings.connections.load'),
          ]}
        >
          {KINDS.flatMap((kind) => {
            const rows = data.systems.filter((one) => one.kind === kind);
            if (rows.length === 0) return [];
            return [
              <tr key={kind} className={css.groupRow}>
                <td colSpan={5}>{t(`settings.kind.${kind}`)}</td>
              </tr>,
              ...rows.map((one) => (
                <ConnectionRow
                  key={one.id}
                  system={one}
                  open={one.id === chosen}
                  onOpen={() => setUrl({ on: one.id === chosen ? null : one.id })}
                />
              )),
            ];
          })}
        </PlainTable>
        <p className={css.note}>{t('settings.connections.note')}</p>
      </Card>
      {system && <ConnectionPanel system={system} onClose={() => setUrl({ on: null })} />}
    </div>
  );
}

function ConnectionRow({
  system,
  open,
  onOpen,
}: {
  readonly system: SystemHealth;
  readonly open: boolean;
  readonly onOpen: () => void;
}) {
  const { t, i18n } = useTranslation();
  const sourceError = useSourceErrorText();
  const { connection } = system;
  const language = i18n.language === 'en' ? 'en' : 'ru';
  return (
    // The keyboard has the button in the first cell.
    <tr className={css.row} data-open={open} onClick={({ target }) => isOwnControl(target) || onOpen()}>
      <td>
        <span className={css.name}>
          <StateShape state={system.status} />
          <button type="button" className={css.link} aria-expanded={open} onClick={onOpen}>
            {system.title[language]}
          </button>
        </span>
        <small>
          {connection
            ? t(`settings.protocol.${connection.protocol}`)
            : system.reports
              ? t('settings.protocol.events')
              : t('settings.protocol.none')}
        </small>
      </td>
      <td>
        {t(`settings.state.${stateOf(system)}`)}
        {connection?.downSince && ` ${formatRelative(connection.downSince)}`}
        {system.quiet && (
          <small>
            <QuietChip quiet={system.quiet} />
          </small>
        )}
        {connection?.lastError && connection.lastErrorAt && (
          <small>
            {formatMoment(connection.lastErrorAt)}: {sourceError(connection.lastError)}
          </small>
        )}
      </td>
      <td>{system.freshAt ? formatRelative(system.freshAt) : t('settings.connections.never')}</td>
      <td>
        {connection
          ? t('settings.connections.inFlight', { now: connection.inFlight, limit: connection.concurrency })
          : '—'}
      </td>
      <td>
        {connection
          ? t('settings.connections.perMinute', { value: formatNumber(connection.requestsPerMinute, 1) })
          : '—'}
      </td>
    </tr>
  );
}

/** What stands for the health in one word; a worker that is silent is not a base that does not answer. */
const stateOf = ({ rule, status }: SystemHealth) =>
  rule.code === 'not_connected'
    ? ('none' as const)
    : rule.code === 'handler_silent' || rule.code === 'handler_missing'
      ? rule.code
      : status;

function ConnectionPanel({ system, onClose }: { readonly system: SystemHealth; readonly onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const sourceError = useSourceErrorText();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  const { connection } = system;
  return (
    <Card
      title={
        <>
          <StateShape state={system.status} /> {system.title[language]}
        </>
      }
      extra={
        <Button type="text" size="small" aria-label={t('settings.panel.close')} onClick={onClose}>
          ×
        </Button>
      }
    >
      <dl className={css.facts}>
        {connection ? (
          <>
            <dt>{t('settings.panel.url')}</dt>
            <dd>
              <code>{connection.url}</code>
            </dd>
            {connection.user && (
              <>
                <dt>{t('settings.panel.user')}</dt>
                <dd>{connection.user}</dd>
              </>
            )}
            {connection.secretEnv && (
              <>
                <dt>{t('settings.panel.secret')}</dt>
                <dd>
                  <code>{connection.secretEnv}</code>
                </dd>
              </>
            )}
            <dt>{t('settings.panel.circuit')}</dt>
            <dd>
              {t(`settings.circuit.${connection.circuit}`)}
              {connection.nextProbeAt && (
                <>
                  , {t('settings.panel.probe')} <Instant value={connection.nextProbeAt} />
                </>
              )}
            </dd>
            <dt>{t('settings.connections.limit')}</dt>
            <dd>{t('settings.connections.inFlight', { now: connection.inFlight, limit: connection.concurrency })}</dd>
            <dt>{t('settings.connections.load')}</dt>
            <dd>{t('settings.connections.perMinute', { value: formatNumber(connection.requestsPerMinute, 1) })}</dd>
            <dt>{t('settings.panel.timeout')}</dt>
            <dd>{formatLatency(connection.timeoutMs)}</dd>
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
                </dd>
              </>
            )}
          </>
        ) : (
          <>
            <dt>{t('settings.panel.connection')}</dt>
            <dd>{t(system.reports ? 'settings.panel.reportsOnly' : 'settings.panel.notConnected')}</dd>
          </>
        )}
        <dt>{t('settings.connections.fresh')}</dt>
        <dd>{system.freshAt ? <Instant value={system.freshAt} /> : t('settings.connections.never')}</dd>
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
      <Handlers systemId={system.id} />
    </Card>
  );
}
