import type { MessageDetail } from '@pult/shared/contracts/messages';
import { useTranslation } from 'react-i18next';
import { formatLatency } from '../../lib/format/duration.ts';
import { formatClockSeconds, formatInstant } from '../../lib/format/instant.ts';
import { useNames } from '../../lib/use-names.ts';
import { PlainTable } from '../../ui/plain-table.tsx';
import css from './payload.module.css';

const LATE_MS = 5_000;

/** CloudEvents as the systems stated them; what came late or from a clock that runs ahead says so. */
export function EventsTable({ events }: { readonly events: MessageDetail['events'] }) {
  const { t } = useTranslation();
  const names = useNames();
  if (events.length === 0) return <p className={css.note}>{t('messages.events.none')}</p>;
  return (
    <PlainTable
      head={[
        t('messages.events.at'),
        t('messages.events.kind'),
        t('messages.events.source'),
        t('messages.events.attempt'),
        t('messages.events.received'),
        t('messages.events.id'),
      ]}
    >
      {events.map((event) => {
        const lag = Date.parse(event.receivedAt) - Date.parse(event.at);
        return (
          <tr key={`${event.source}${event.id}`}>
            <td title={formatInstant(event.at)}>{formatClockSeconds(event.at)}</td>
            <td>
              <code>exchange.{event.kind}</code>
            </td>
            <td>{names.system(event.source)}</td>
            <td>{event.attempt}</td>
            <td title={formatInstant(event.receivedAt)}>
              {lag > LATE_MS
                ? t('messages.events.late', { time: formatLatency(lag) })
                : lag < -LATE_MS
                  ? t('messages.events.ahead', { time: formatLatency(-lag) })
                  : t('messages.events.promptly')}
            </td>
            <td>
              <code className={css.eventId}>{event.id}</code>
            </td>
          </tr>
        );
      })}
    </PlainTable>
  );
}
