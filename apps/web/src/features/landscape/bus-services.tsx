import type { ServiceFigures } from '@pult/shared/contracts/bus';
import type { HealthStatus } from '@pult/shared/contracts/counters';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { formatLatency } from '../../lib/format/duration.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { Card } from '../../ui/card.tsx';
import { Instant } from '../../ui/instant.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './bus.module.css';
import type { Unfolded } from './bus-parts.ts';
import { UnfoldButton } from './unfold-button.tsx';

interface Service {
  readonly systemId: string;
  readonly title: { readonly ru: string; readonly en: string };
  readonly figures: ServiceFigures;
}

const COLUMNS = 6;
const MEGABYTE = 1024 * 1024;
const statusOf = ({ up, expected, freshAt }: ServiceFigures): HealthStatus =>
  freshAt === null ? 'idle' : up === 0 ? 'bad' : up < expected ? 'warn' : 'ok';

/** Services between the bus and the front ends, by what their health and metrics say. */
export function BusServices({ services, unfolded }: { services: readonly Service[]; unfolded: Unfolded }) {
  const { t } = useTranslation();
  return (
    <Card className={css.below} title={t('bus.services.title')}>
      <PlainTable
        head={[
          t('bus.services.service'),
          t('bus.services.up'),
          t('bus.services.version'),
          { title: t('bus.services.rate'), align: 'end' },
          { title: t('bus.services.errors'), align: 'end' },
          { title: t('bus.services.latency'), align: 'end' },
        ]}
      >
        {services.map((service) => (
          <Fragment key={service.systemId}>
            <ServiceRow service={service} unfolded={unfolded} />
            {unfolded.has(service.systemId) && (
              <tr className={css.inner}>
                <td colSpan={COLUMNS}>
                  <Instances figures={service.figures} />
                </td>
              </tr>
            )}
          </Fragment>
        ))}
      </PlainTable>
    </Card>
  );
}

function ServiceRow({ service, unfolded }: { readonly service: Service; readonly unfolded: Unfolded }) {
  const { t, i18n } = useTranslation();
  const { figures, systemId } = service;
  const name = service.title[i18n.language === 'en' ? 'en' : 'ru'];
  const perMinute = (value: number | null) =>
    value === null ? '—' : t('bus.topics.perMinute', { value: formatNumber(value, value < 10 ? 1 : 0) });
  const open = unfolded.has(systemId);
  return (
    <tr data-open={open}>
      <td>
        <UnfoldButton open={open} label={t('bus.services.open', { name })} onToggle={() => unfolded.toggle(systemId)}>
          {name}
        </UnfoldButton>
      </td>
      <td>
        <span className={css.state}>
          <StateShape state={statusOf(figures)} />
          <span>
            {figures.freshAt === null
              ? t('bus.services.notAsked')
              : t('bus.services.upOf', { up: figures.up, expected: figures.expected })}
          </span>
        </span>
      </td>
      <td>{figures.versions.join(', ') || '—'}</td>
      <td className={css.number}>{perMinute(figures.perMinute)}</td>
      <td className={css.number}>{perMinute(figures.errorsPerMinute)}</td>
      <td className={css.number}>{figures.p95Ms === null ? '—' : formatLatency(figures.p95Ms)}</td>
    </tr>
  );
}

function Instances({ figures }: { readonly figures: ServiceFigures }) {
  const { t } = useTranslation();
  return (
    <PlainTable
      head={[
        t('bus.services.address'),
        t('bus.groups.state'),
        t('bus.services.version'),
        t('bus.services.started'),
        { title: t('bus.services.goroutines'), align: 'end' },
        { title: t('bus.services.memory'), align: 'end' },
      ]}
    >
      {figures.instances.map((one) => (
        <tr key={one.url}>
          <td>
            <code>{one.url}</code>
          </td>
          <td>
            <span className={css.state}>
              <StateShape state={one.up ? 'ok' : 'bad'} />
              <span>{t(one.up ? 'bus.services.works' : 'bus.services.down')}</span>
            </span>
            {one.error && <small>{one.error}</small>}
          </td>
          <td>{one.version ?? '—'}</td>
          <td>{one.startedAt ? <Instant value={one.startedAt} /> : '—'}</td>
          <td className={css.number}>{one.goroutines === null ? '—' : formatNumber(one.goroutines)}</td>
          <td className={css.number}>
            {one.memoryBytes === null
              ? '—'
              : t('bus.services.megabytes', { value: formatNumber(one.memoryBytes / MEGABYTE) })}
          </td>
        </tr>
      ))}
    </PlainTable>
  );
}
