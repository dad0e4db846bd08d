import type { OperationLogEntry } from '@pult/shared/contracts/operations';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatClockSeconds } from '../../lib/format/instant.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { useNames } from '../../lib/use-names.ts';
import { Card } from '../../ui/card.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import type { StateName } from '../../ui/tokens.ts';
import css from './operation.module.css';

const SHAPE: Readonly<Record<OperationLogEntry['code'], StateName>> = {
  planned: 'idle',
  started: 'run',
  joined: 'run',
  stage_passed: 'ok',
  paused: 'warn',
  resumed: 'run',
  stopped_by_rule: 'bad',
  cancel_requested: 'warn',
  cancelled: 'idle',
  rate_changed: 'run',
  rate_lowered: 'warn',
  rate_restored: 'run',
  circuit_opened: 'warn',
  circuit_closed: 'ok',
  item_failed: 'bad',
  item_in_doubt: 'doubt',
  item_verified: 'ok',
  runner_recovered: 'run',
  completed: 'ok',
  completed_with_failures: 'bad',
  expired: 'idle',
};

/** What happened, newest first: people, stages, the breaker, every trouble. */
export function OperationLog({ log }: { readonly log: readonly OperationLogEntry[] }) {
  const { t } = useTranslation();
  const names = useNames();
  return (
    <Card
      title={
        <>
          {t('operations.log.title')} <small>{log.length}</small>
        </>
      }
    >
      <ol className={css.log}>
        {log.map((entry) => (
          <li key={entry.id}>
            <time dateTime={entry.at}>{formatClockSeconds(entry.at)}</time>
            <StateShape state={SHAPE[entry.code]} />
            <span>
              {t(
                entry.code === 'started' && entry.actor.kind === 'pult'
                  ? 'operations.log.startedByRule'
                  : `operations.log.${entry.code}`,
                {
                  who: entry.actor.name ?? t('operations.pult'),
                  number: textOf(entry.data.number),
                  stage: textOf(entry.data.stage),
                  from: rateOf(entry.data.from),
                  to: rateOf(entry.data.to),
                  system: names.system(textOf(entry.data.system)),
                },
              )}{' '}
              {typeof entry.data.deliveryId === 'string' && (
                <Link to={`/messages/${encodeURIComponent(entry.data.deliveryId)}`}>{textOf(entry.data.number)}</Link>
              )}
              {typeof entry.data.reason === 'string' && <q>{entry.data.reason}</q>}
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

const rateOf = (value: unknown): string => (typeof value === 'number' ? formatNumber(value, 2) : textOf(value));
