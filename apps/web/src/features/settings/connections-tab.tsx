import type { ConnectionCheck } from '@pult/shared/contracts/connection-checks';
import type { SystemHealth } from '@pult/shared/contracts/landscape';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { formatMoment } from '../../lib/format/instant.ts';
import { useLiveTopics } from '../../lib/live/use-live-topics.ts';
import { usePermission } from '../../lib/session.ts';
import { optional, useUrlState } from '../../lib/url-state.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { PendingCard } from '../../ui/pending-card.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { SplitPanel } from '../../ui/split-panel.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { connectionsQuery, useCheckAll } from './check-queries.ts';
import { countsOf } from './connection-counts.ts';
import { ConnectionPanel } from './connection-panel.tsx';
import { ConnectionRow } from './connection-row.tsx';
import css from './connections.module.css';

const URL_SPEC = { on: optional() };

/** Groups of the list, by what the systems are to a person. */
const GROUPS = [
  { id: 'onec', kinds: ['onec'] },
  { id: 'shops', kinds: ['shop', 'bpm', 'edi'] },
  { id: 'bus', kinds: ['bus', 'service'] },
  { id: 'events', kinds: ['events'] },
] as const satisfies readonly { id: string; kinds: readonly SystemHealth['kind'][] }[];

/** Every system of the landscape: does it answer, how old is its news, what was the last error, how loaded is it; and its check. */
export function ConnectionsTab() {
  const { t, i18n } = useTranslation();
  useLiveTopics(['sources']);
  const { data, error, refetch } = useQuery(connectionsQuery());
  const [{ on: chosen }, setUrl] = useUrlState(URL_SPEC);
  if (!data) return <PendingCard error={error} onRetry={() => void refetch()} rows={10} />;
  const system = data.systems.find(({ id }) => id === chosen);
  const title = system?.title[i18n.language === 'en' ? 'en' : 'ru'] ?? '';
  return (
    <>
      <ListHead systems={data.systems} />
      <div className={css.wide}>
        <SplitPanel
          label={title}
          title={
            system && (
              <span className={css.panelTitle}>
                <StateShape state={system.status} /> <b>{title}</b>
                {system.connection && <small>{t(`settings.protocol.${system.connection.protocol}`)}</small>}
              </span>
            )
          }
          panel={system ? <ConnectionPanel key={system.id} system={system} /> : null}
          onClose={() => setUrl({ on: null })}
        >
          <Card
            title={
              <>
                {t('settings.connections.title')} <small>{t('settings.connections.promise')}</small>
              </>
            }
            extra={
              <span className={css.file}>
                {t('settings.connections.file', { version: data.file.version, at: formatMoment(data.file.appliedAt) })}
              </span>
            }
          >
            <PlainTable
              head={[
                t('settings.connections.system'),
                t('settings.connections.state'),
                { title: t('settings.connections.fresh'), align: 'end' },
                t('settings.connections.limit'),
                { title: t('settings.connections.load'), align: 'end' },
              ]}
            >
              {GROUPS.flatMap(({ id, kinds }) => {
                const rows = data.systems.filter(({ kind }) => kinds.some((one) => one === kind));
                if (rows.length === 0) return [];
                return [
                  <tr key={id} className={css.groupRow}>
                    <td colSpan={5}>{t(`settings.group.${id}`)}</td>
                  </tr>,
                  ...rows.map((one) => (
                    <ConnectionRow
                      key={one.id}
                      system={one}
                      check={checkOf(data.checks, one.id)}
                      open={one.id === chosen}
                      onOpen={() => setUrl({ on: one.id === chosen ? null : one.id })}
                    />
                  )),
                ];
              })}
            </PlainTable>
            <p className={css.note}>{t('settings.connections.note')}</p>
          </Card>
        </SplitPanel>
      </div>
    </>
  );
}

const checkOf = (checks: readonly ConnectionCheck[], systemId: string): ConnectionCheck | undefined =>
  checks.find((check) => check.systemId === systemId);

/** How many answer and how many do not, and the command for all. */
function ListHead({ systems }: { readonly systems: readonly SystemHealth[] }) {
  const { t } = useTranslation();
  const may = usePermission('connections.check');
  const all = useCheckAll();
  const errorText = useErrorText();
  const chips = countsOf(systems);
  return (
    <div className={css.head}>
      {chips.map(({ kind, count }) => (
        <StateChip key={kind} state={kind === 'sends' ? 'ok' : kind}>
          {t(`settings.connections.count.${kind}`, { count })}
        </StateChip>
      ))}
      <span className={css.commandsOfAll}>
        {all.data && <span role="status">{t('checks.allStarted', { count: all.data.checks.length })}</span>}
        {all.error && <span role="alert">{errorText(all.error)}</span>}
        <Button
          disabled={!may}
          denied={may ? undefined : t('checks.forbidden')}
          loading={all.isPending}
          onClick={() => all.mutate()}
        >
          {t('checks.all')}
        </Button>
      </span>
    </div>
  );
}
