import type { ApprovalKind, ApprovalTab } from '@pult/shared/contracts/approvals';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { useLiveTopics } from '../../lib/live/use-live-topics.ts';
import { paths } from '../../lib/paths.ts';
import { useMedia } from '../../lib/preferences.ts';
import { useKeys } from '../../lib/use-keys.ts';
import { Choice } from '../../ui/choice.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { KeyHints } from '../../ui/kbd.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SegmentedTabs } from '../../ui/segmented-tabs.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { TextField } from '../../ui/text-field.tsx';
import css from './approvals.module.css';
import { ApprovalCardView } from './card.tsx';
import { InboxList } from './inbox-list.tsx';
import { inboxQuery } from './queries.ts';

const TABS: readonly ApprovalTab[] = ['mine', 'all', 'waiting', 'decided'];
const isTab = (value: string | null): value is ApprovalTab => TABS.some((tab) => tab === value);
const KINDS: readonly ApprovalKind[] = ['discount', 'order', 'return'];

/** Согласования: the queue by urgency and the card that decides. On a phone the card replaces the queue. */
export function ApprovalsPage() {
  const { approvalId } = useParams();
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const phone = useMedia('(max-width: 900px)');
  useLiveTopics(['approvals', ...(approvalId ? ([`approval:${approvalId}`] as const) : [])]);
  const [typed, setTyped] = useState(params.get('q') ?? '');
  const q = useDeferredValue(typed.trim());
  const tabParam = params.get('tab');
  const kindParam = params.get('kind');
  const tab = isTab(tabParam) ? tabParam : 'mine';
  const kind = KINDS.find((one) => one === kindParam) ?? null;
  const deviation = Number(params.get('deviation') ?? '');
  const minDeviation = deviation > 0 ? deviation : null;
  const query = useInfiniteQuery(inboxQuery({ tab, kind, minDeviation, q }));
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  const [firstPage] = query.data?.pages ?? [];
  const chosen = approvalId ?? (phone ? undefined : rows[0]?.id);
  const search = params.toString();
  const open = (id: string) => void navigate(`${paths.approval(id)}${search ? `?${search}` : ''}`);
  const back = () => void navigate(`${paths.approvals()}${search ? `?${search}` : ''}`);
  const step = (by: 1 | -1) => {
    const at = rows.findIndex((row) => row.id === chosen);
    const next = rows[at + by];
    if (next) open(next.id);
  };
  const set = (name: string, value: string | null) =>
    setParams(
      (now) => {
        const next = new URLSearchParams(now);
        if (value === null || value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  useKeys({ j: () => step(1), k: () => step(-1), Escape: back });
  const nextId = (() => {
    const at = rows.findIndex((row) => row.id === chosen);
    return rows[at + 1]?.id ?? null;
  })();

  if (phone && approvalId)
    return (
      <ApprovalCardView
        key={approvalId}
        approvalId={approvalId}
        phone
        onBack={back}
        onNext={nextId ? () => open(nextId) : null}
      />
    );
  const counts = firstPage?.counts;
  return (
    <>
      <PageHeader
        title={t('approvals.title')}
        actions={
          <>
            <Choice<ApprovalKind | ''>
              value={kind ?? ''}
              label={t('approvals.filter.kind')}
              options={[
                { value: '', label: t('approvals.filter.anyKind') },
                ...KINDS.map((one) => ({ value: one, label: t(`approvals.kind.${one}`) })),
              ]}
              onChange={(value) => set('kind', value)}
            />
            <Choice
              value={minDeviation === null ? '' : String(minDeviation)}
              label={t('approvals.filter.deviation')}
              options={[
                { value: '', label: t('approvals.filter.anyDeviation') },
                ...[3, 5, 7].map((value) => ({ value: String(value), label: t('approvals.filter.from', { value }) })),
              ]}
              onChange={(value) => set('deviation', value)}
            />
            <TextField
              type="search"
              value={typed}
              aria-label={t('approvals.filter.search')}
              placeholder={t('approvals.filter.search')}
              className={css.search}
              onChange={(text) => {
                setTyped(text);
                set('q', text);
              }}
            />
          </>
        }
        state={
          <SegmentedTabs<ApprovalTab>
            value={tab}
            label={t('approvals.title')}
            options={TABS.map((one) => ({
              value: one,
              label: `${t(`approvals.tab.${one}`)}${counts ? ` ${counts[one]}` : ''}`,
            }))}
            onChange={(value) => set('tab', value === 'mine' ? null : value)}
          />
        }
      />
      <div className={css.split}>
        <div className={css.listPane}>
          {query.isError && !query.data && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
          {query.isPending && <Skeleton rows={10} />}
          {query.isSuccess && rows.length === 0 && (
            <EmptyState title={t(`approvals.empty.${tab}`)} text={t('approvals.emptyText')} />
          )}
          {rows.length > 0 && firstPage && (
            <InboxList
              rows={rows}
              groups={firstPage.groups}
              total={firstPage.total}
              sources={firstPage.sources}
              chosen={chosen ?? null}
              onOpen={open}
              onMore={query.hasNextPage ? () => void query.fetchNextPage() : null}
            />
          )}
        </div>
        {!phone && (
          <div className={css.cardPane}>
            {chosen ? (
              <ApprovalCardView
                key={chosen}
                approvalId={chosen}
                phone={false}
                onBack={back}
                onNext={nextId ? () => open(nextId) : null}
              />
            ) : (
              <EmptyState title={t('approvals.choose')} text={t('approvals.chooseText')} />
            )}
          </div>
        )}
      </div>
      <KeyHints
        keys={[
          ['j k', t('approvals.keys.row')],
          ['a', t('approvals.keys.approve')],
          ['r', t('approvals.keys.reject')],
          ['u', t('approvals.keys.ask')],
          ['?', t('approvals.keys.all')],
        ]}
      />
    </>
  );
}
