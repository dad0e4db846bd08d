import type { MessageDetail } from '@pult/shared/contracts/messages';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../lib/format/number.ts';
import { usePermission } from '../../lib/session.ts';
import { Card } from '../../ui/card.tsx';
import { Choice } from '../../ui/choice.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SegmentedTabs } from '../../ui/segmented-tabs.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { AnswerView } from './answer-view.tsx';
import { EventsTable } from './events-table.tsx';
import { JsonView } from './json-view.tsx';
import css from './payload.module.css';
import { PayloadCompare } from './payload-compare.tsx';
import { PersonalReveal, usePersonal } from './personal-reveal.tsx';
import { payloadQuery } from './queries.ts';

export const PAYLOAD_TABS = ['content', 'compare', 'events', 'answer'] as const;
export type PayloadTab = (typeof PAYLOAD_TABS)[number];

export interface PayloadCardProps {
  readonly detail: MessageDetail;
  readonly tab: PayloadTab;
  readonly onTab: (tab: PayloadTab) => void;
}

/** Content, its revisions side by side, events as the systems stated them, the answer of the target. */
export function PayloadCard({ detail, tab, onTab }: PayloadCardProps) {
  const { t } = useTranslation();
  const may = usePermission('messages.payload');
  const { revisions } = detail;
  const tabs = PAYLOAD_TABS.filter(
    (one) => (one !== 'compare' || (may && revisions.length > 1)) && (one !== 'answer' || lastAnswer(detail) !== null),
  );
  const shown = tabs.find((one) => one === tab) ?? 'content';
  return (
    <Card
      title={
        <SegmentedTabs
          label={t('messages.payload.tabs')}
          value={shown}
          options={tabs.map((value) => ({ value, label: t(`messages.payload.tab.${value}`) }))}
          onChange={onTab}
        />
      }
    >
      {shown === 'content' && <Content row={detail.row} revisions={revisions} />}
      {shown === 'compare' && <PayloadCompare deliveryId={detail.row.id} revisions={revisions} />}
      {shown === 'events' && <EventsTable events={detail.events} />}
      {shown === 'answer' && <AnswerView attempt={lastAnswer(detail)} personal={detail.row.personal} />}
    </Card>
  );
}

const lastAnswer = ({ attempts }: MessageDetail): MessageDetail['attempts'][number] | null =>
  attempts.find(({ error }) => error !== null) ?? null;

/** Content of a revision; personal data only for a reason, and not for longer than the page is open. */
function Content({
  row,
  revisions,
}: {
  readonly row: MessageDetail['row'];
  readonly revisions: MessageDetail['revisions'];
}) {
  const deliveryId = row.id;
  const { t } = useTranslation();
  const may = usePermission('messages.payload');
  const [chosen, setChosen] = useState<string | null>(null);
  const reveal = usePersonal(deliveryId);
  const revision = chosen === null ? (revisions.at(-1)?.revision ?? null) : Number(chosen);
  const { data, error, isError, refetch } = useQuery({
    ...payloadQuery(deliveryId, revision ?? 1),
    enabled: may && revision !== null,
  });
  if (!may) return <p className={css.note}>{t('messages.payload.forbidden')}</p>;
  if (revision === null)
    return (
      <>
        <p className={css.note}>{t('messages.payload.none')}</p>
        {row.personal && <PersonalReveal reveal={reveal} revision={1} hidden={0} />}
      </>
    );
  if (isError && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton rows={8} />;
  const view = reveal.data?.revision === revision ? reveal.data : data;
  if (data.truncated)
    return (
      <>
        <p className={css.note}>{t('messages.payload.truncated')}</p>
        {row.personal && <p className={css.note}>{t('messages.payload.truncatedPersonal')}</p>}
        {row.personal && <PersonalReveal reveal={reveal} revision={revision} hidden={0} />}
      </>
    );
  return (
    <>
      <div className={css.head}>
        {revisions.length > 1 && (
          <Choice
            label={t('messages.payload.revision')}
            value={String(revision)}
            options={revisions.map((one) => ({
              value: String(one.revision),
              label: t('messages.one.revision', { revision: one.revision }),
            }))}
            onChange={setChosen}
          />
        )}
        <span className={css.grow}>{t('messages.payload.size', { size: formatNumber(data.sizeBytes / 1024, 1) })}</span>
        <CopyButton text={JSON.stringify(view.body, null, 2)} label={t('messages.payload.copy')} />
      </div>
      <JsonView body={view.body} masked={view.masked} />
      {(data.masked.length > 0 || row.personal) && (
        <PersonalReveal reveal={reveal} revision={revision} hidden={data.masked.length} />
      )}
    </>
  );
}
