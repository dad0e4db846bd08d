import type { EndpointResult } from '@pult/shared/contracts/endpoint';
import type { landscapeOverview } from '@pult/shared/contracts/landscape';
import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { callEndpoint } from '../lib/api/client.ts';
import { formatMinutes } from '../lib/format/duration.ts';
import { formatInstant } from '../lib/format/instant.ts';
import { paths } from '../lib/paths.ts';
import { StateShape } from '../ui/state-shape.tsx';
import { ageOf } from './age-of.ts';
import css from './shell.module.css';
import { useNow } from './use-now.ts';

/** How old the data on screen are: one sentence, opened source by source. */
export function Freshness({ maySettings }: { readonly maySettings: boolean }) {
  const { t } = useTranslation();
  const id = useId();
  const now = useNow(1_000);
  const { data, dataUpdatedAt, isError } = useQuery({
    queryKey: ['landscape', 'overview'],
    // Comes behind the screen itself, contract and data.
    queryFn: async () => {
      const contract = await import('@pult/shared/contracts/landscape');
      return callEndpoint(contract.landscapeOverview, {});
    },
    refetchInterval: 15_000,
  });
  if (!data) return null;
  const age = ageOf(data.freshness, { now, look: { at: dataUpdatedAt, failed: isError } });
  const text = {
    none: () => t('common.fresh.none'),
    stale: (ms: number) => t('common.fresh.stale', { age: formatMinutes(ms) }),
    ok: (ms: number) => `${t('common.fresh.ok')} · ${t('common.fresh.age', { age: formatMinutes(ms) })}`,
  };
  return (
    <>
      <button type="button" className={css.fresh} popoverTarget={id}>
        <StateShape state={age.kind === 'ok' ? 'ok' : age.kind === 'stale' ? 'warn' : 'idle'} />
        <span>{age.kind === 'none' ? text.none() : text[age.kind](age.ms)}</span>
      </button>
      <div id={id} popover="auto" className={css.sources}>
        <Sources systems={data.systems} freshness={data.freshness} now={now} />
        {maySettings && (
          <Link to={paths.settings('connections')} onClick={() => document.getElementById(id)?.hidePopover()}>
            {t('common.fresh.connections')}
          </Link>
        )}
      </div>
    </>
  );
}

type Overview = EndpointResult<typeof landscapeOverview>;

function Sources({
  systems,
  freshness,
  now,
}: {
  readonly systems: Overview['systems'];
  readonly freshness: Overview['freshness'];
  readonly now: number;
}) {
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  return (
    <>
      <b>{t('common.fresh.sources')}</b>
      <ul>
        {freshness.map(({ sourceId, at, stale }) => {
          const system = systems.find((one) => one.id === sourceId);
          const down = system?.connection?.downSince ?? null;
          return (
            <li key={sourceId}>
              <StateShape state={down ? 'bad' : at === null ? 'idle' : stale ? 'warn' : 'ok'} />
              <span>
                {system?.title[language] ?? sourceId}
                {down && (
                  <small>{t('common.fresh.down', { age: formatMinutes(Math.max(0, now - Date.parse(down))) })}</small>
                )}
              </span>
              {at === null ? (
                <span>{t('common.fresh.never')}</span>
              ) : (
                <time dateTime={at} title={formatInstant(at)}>
                  {formatMinutes(Math.max(0, now - Date.parse(at)))}
                </time>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}
