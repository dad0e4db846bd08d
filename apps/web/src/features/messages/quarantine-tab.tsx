import type { EndpointResult } from '@pult/shared/contracts/endpoint';
import type { quarantineList } from '@pult/shared/contracts/messages';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermission } from '../../lib/session.ts';
import { useNames } from '../../lib/use-names.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Instant } from '../../ui/instant.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './messages.module.css';
import { OperationError } from './operation-error.tsx';
import { issueWords } from './quarantine-words.ts';
import { quarantineQuery, useQuarantineAction } from './queries.ts';

const EVENTS = ['accepted', 'sent', 'delivered', 'applied', 'failed', 'heartbeat'] as const;

type QuarantineRow = EndpointResult<typeof quarantineList>['rows'][number];

/** Events that could not be accepted, each with every problem; accepted again after a repair or closed. */
export function QuarantineTab() {
  const { t } = useTranslation();
  const query = useInfiniteQuery(quarantineQuery());
  const act = useQuarantineAction();
  const names = useNames();
  const may = usePermission('messages.triage');
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  // What was pressed last: its row may be gone by now, accepted or discarded.
  const [pressed, setPressed] = useState<QuarantineRow | null>(null);
  const press = (row: QuarantineRow, verb: 'replay' | 'discard') => {
    setPressed(row);
    act.mutate({ eventId: row.id, verb });
  };
  const issueText = (message: string): string => {
    const known = issueWords(message);
    return known === null ? message : t(`messages.quarantine.issue.${known}`);
  };
  const eventName = ({ eventType, eventId, systemId }: QuarantineRow): string => {
    const known = EVENTS.find((one) => `exchange.${one}` === eventType);
    return known === undefined
      ? (eventType ?? eventId ?? names.system(systemId))
      : t(`messages.quarantine.eventName.${known}`);
  };
  const why = may ? undefined : t('messages.forbiddenTriage');
  if (query.isError && !query.data)
    return (
      <Card>
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      </Card>
    );
  return (
    <Card>
      <OperationError error={act.error} />
      {act.data && pressed && (
        <p className={css.banner} data-state={act.data.outcome === 'quarantined' ? 'warn' : 'run'} role="status">
          <StateShape state={act.data.outcome === 'quarantined' ? 'warn' : 'ok'} />
          <span>
            <b>{eventName(pressed)}</b>:{' '}
            {t(`messages.quarantine.outcome.${act.data.outcome}`, {
              why: [
                t(`messages.quarantine.why.${pressed.reason}`),
                ...pressed.issues.map(({ path, message }) => `${path} ${issueText(message)}`.trim()),
              ].join('; '),
            })}
          </span>
        </p>
      )}
      {query.isPending && <Skeleton rows={6} />}
      {query.isSuccess && rows.length === 0 && (
        <EmptyState title={t('messages.quarantine.empty')} text={t('messages.quarantine.emptyText')} />
      )}
      {rows.length > 0 && (
        <PlainTable
          head={[
            t('messages.quarantine.when'),
            t('messages.quarantine.system'),
            t('messages.quarantine.reason'),
            t('messages.quarantine.event'),
            '',
          ]}
        >
          {rows.map((row) => (
            <tr key={row.id}>
              <td>
                <Instant value={row.receivedAt} />
              </td>
              <td>{names.system(row.systemId)}</td>
              <td>
                <StateChip state="warn">{t(`messages.quarantine.why.${row.reason}`)}</StateChip>
                {row.bus && <small>{t('messages.quarantine.place', { ...row.bus })}</small>}
                {row.issues.map((issue) => (
                  <small key={`${issue.path}${issue.message}`}>
                    <code>{issue.path}</code> {issueText(issue.message)}
                  </small>
                ))}
              </td>
              <td>
                <details>
                  <summary>{eventName(row)}</summary>
                  {row.issues.map(({ path, message }) => (
                    <small key={`${path}${message}`}>
                      <code>{path}</code> {message}
                    </small>
                  ))}
                  {row.event === null ? (
                    t('messages.payload.forbidden')
                  ) : (
                    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must be able to scroll it
                    <pre className={css.json} tabIndex={0}>
                      {JSON.stringify(row.event, null, 2)}
                    </pre>
                  )}
                </details>
              </td>
              <td>
                <span className={css.chips}>
                  <Button
                    size="small"
                    disabled={!may || act.isPending}
                    denied={why}
                    onClick={() => press(row, 'replay')}
                  >
                    {t('messages.quarantine.replay')}
                  </Button>
                  <Button
                    size="small"
                    danger
                    disabled={!may || act.isPending}
                    denied={why}
                    onClick={() => press(row, 'discard')}
                  >
                    {t('messages.quarantine.discard')}
                  </Button>
                </span>
              </td>
            </tr>
          ))}
        </PlainTable>
      )}
      {query.hasNextPage && (
        <p className={css.foot}>
          <Button onClick={() => void query.fetchNextPage()}>{t('messages.list.more')}</Button>
        </p>
      )}
    </Card>
  );
}
