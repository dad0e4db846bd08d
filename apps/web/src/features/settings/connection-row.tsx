import type { ConnectionCheck } from '@pult/shared/contracts/connection-checks';
import type { SystemHealth } from '@pult/shared/contracts/landscape';
import { useTranslation } from 'react-i18next';
import { formatMoment, formatRelative } from '../../lib/format/instant.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { isOwnControl } from '../../ui/own-control.ts';
import { QuietChip } from '../../ui/quiet-chip.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { useSourceErrorText } from '../../ui/use-error-text.ts';
import { failedStepOf } from './check-queries.ts';
import { useFaultWords } from './check-words.ts';
import css from './connections.module.css';

interface ConnectionRowProps {
  readonly system: SystemHealth;
  /** The last check of it. */
  readonly check: ConnectionCheck | undefined;
  readonly open: boolean;
  readonly onOpen: () => void;
}

/** One system in the list. */
export function ConnectionRow({ system, check, open, onOpen }: ConnectionRowProps) {
  const { t, i18n } = useTranslation();
  const { connection } = system;
  const title = system.title[i18n.language === 'en' ? 'en' : 'ru'];
  const protocol = connection
    ? t(`settings.protocol.${connection.protocol}`)
    : t(system.reports ? 'settings.protocol.events' : 'settings.protocol.none');
  return (
    // The keyboard has the button in the first cell.
    <tr className={css.row} data-open={open} onClick={({ target }) => isOwnControl(target) || onOpen()}>
      <td className={css.system}>
        <span className={css.name}>
          <StateShape state={system.status} />
          <button type="button" className={css.link} aria-expanded={open} onClick={onOpen}>
            {title}
          </button>
        </span>
        <small>{protocol}</small>
      </td>
      <td data-free>
        <StateLine system={system} />
        {system.quiet && (
          <small>
            <QuietChip quiet={system.quiet} />
          </small>
        )}
        <small className={css.news}>
          <LastNews system={system} check={check} />
        </small>
      </td>
      <td className={css.end} data-late={connection?.downSince != null}>
        {system.freshAt ? formatRelative(system.freshAt) : t('settings.connections.never')}
      </td>
      <td>
        {connection ? (
          <LimitInUse now={connection.inFlight} limit={connection.concurrency} />
        ) : (
          t('settings.connections.noLimit')
        )}
      </td>
      <td className={css.end}>
        {connection ? (
          <>
            {t('settings.connections.perMinute', { value: formatNumber(connection.requestsPerMinute, 1) })}
            <small>
              {connection.downSince === null
                ? t('settings.connections.busy', { share: formatNumber(connection.busyShare * 100, 1) })
                : t('settings.connections.probesOnly')}
            </small>
          </>
        ) : (
          t(system.reports ? 'settings.connections.sendsItself' : 'settings.connections.never')
        )}
      </td>
    </tr>
  );
}

function StateLine({ system }: { readonly system: SystemHealth }) {
  const { t } = useTranslation();
  const { connection, rule, status } = system;
  if (rule.code === 'not_connected') return t('settings.state.none');
  // A worker that is silent is not a base that does not answer.
  if (rule.code === 'handler_silent' || rule.code === 'handler_missing') return t(`settings.state.${rule.code}`);
  if (connection === null && status === 'ok') return t('settings.state.sends');
  const text = t(`settings.state.${status}`);
  return connection?.downSince ? (
    <span className={css.bad}>
      {text} {formatRelative(connection.downSince)}
    </span>
  ) : (
    text
  );
}

/** What a person should know next about it: where its check stopped, or its last error. */
function LastNews({ system, check }: { readonly system: SystemHealth; readonly check: ConnectionCheck | undefined }) {
  const { t } = useTranslation();
  const sourceError = useSourceErrorText();
  const words = useFaultWords();
  if (check?.state === 'running') return t('checks.running');
  const step = check === undefined ? undefined : failedStepOf(check);
  if (check !== undefined && step?.fault)
    return t('settings.connections.checkStopped', {
      reason: words(step.fault, system).short,
      step: check.steps.indexOf(step) + 1,
      of: check.steps.length,
    });
  const error = system.connection?.lastError;
  const at = system.connection?.lastErrorAt;
  if (error && at) return `${formatMoment(at)}: ${sourceError(error, system.kind)}`;
  return system.connection ? t('settings.connections.noErrors') : null;
}

/** Requests under way of those allowed at once, as a number and a bar. */
function LimitInUse({ now, limit }: { readonly now: number; readonly limit: number }) {
  const { t } = useTranslation();
  return (
    <span className={css.limit}>
      {t('settings.connections.inFlight', { now, limit })}
      <span className={css.limitBar} aria-hidden="true">
        <span style={{ width: `${Math.min(100, (now / limit) * 100)}%` }} />
      </span>
    </span>
  );
}
