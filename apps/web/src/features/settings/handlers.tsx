import { type HeartbeatServiceView, heartbeats } from '@pult/shared/contracts/heartbeats';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { callEndpoint } from '../../lib/api/client.ts';
import { pollEvery } from '../../lib/api/failed-query.ts';
import { formatRelative } from '../../lib/format/instant.ts';
import { QuietChip } from '../../ui/quiet-chip.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './settings.module.css';

const SHAPE = { ok: 'ok', missing: 'warn', silent: 'bad', unknown: 'idle' } as const;

/** «Обработчики» of a system: instances that live, how many must, when each was heard last. */
export function Handlers({ systemId }: { readonly systemId: string }) {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ['landscape', 'heartbeats'],
    queryFn: () => callEndpoint(heartbeats, {}),
    refetchInterval: pollEvery(10_000),
  });
  const own = data?.services.filter((one) => one.systemId === systemId) ?? [];
  return (
    <section className={css.handlers}>
      <h3>{t('quiet.handlers.title')}</h3>
      {data && own.length === 0 && <p className={css.note}>{t('quiet.handlers.none')}</p>}
      <ul>
        {own.map((service) => (
          <Handler key={service.service} service={service} />
        ))}
      </ul>
    </section>
  );
}

function Handler({ service }: { readonly service: HeartbeatServiceView }) {
  const { t } = useTranslation();
  const { expected } = service;
  return (
    <li>
      <span className={css.name}>
        <StateShape state={SHAPE[service.state]} />
        <b>{service.service}</b>
        <span>
          {expected === null
            ? t('quiet.handlers.undeclared')
            : `${t(`quiet.handlers.state.${service.state}`)}, ${t('quiet.handlers.alive', {
                alive: service.alive,
                expected,
              })}`}
        </span>
      </span>
      {service.quiet && <QuietChip quiet={service.quiet} />}
      {service.instances.map(({ instance, lastAt, alive }) => (
        <small key={instance} data-alive={alive}>
          <code>{instance}</code> {t('quiet.handlers.last', { at: formatRelative(lastAt) })}
        </small>
      ))}
    </li>
  );
}
