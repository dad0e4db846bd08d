import type { ApprovalTab } from '@pult/shared/contracts/approvals';
import { type QueryClient, useInfiniteQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { matchPath, useNavigate, useParams, useSearchParams } from 'react-router';
import { useLiveTopics } from '../../lib/live/use-live-topics.ts';
import { paths, patterns } from '../../lib/paths.ts';
import { useMedia } from '../../lib/preferences.ts';
import { readUrl, useUrlState } from '../../lib/url-state.ts';
import { useKeys } from '../../lib/use-keys.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { KeyHints } from '../../ui/kbd.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SegmentedTabs } from '../../ui/segmented-tabs.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import css from './approvals.module.css';
import { BatchBar } from './batch-bar.tsx';
import { ApprovalCardView } from './card.tsx';
import { InboxFilterBar } from './inbox-filters.tsx';
import { InboxList } from './inbox-list.tsx';
import { INBOX_URL, inboxFilterOf, TABS } from './inbox-url.ts';
import { cardQuery, inboxQuery } from './queries.ts';
import { useSettledRows } from './use-settled-rows.ts';

/** Below it the card replaces the queue. */
const PHONE = '(max-width: 900px)';

/** Asks for the queue of an address and the card that stands open while the screen is still being put together. */
export async function prefetchInbox(client: QueryClient, address: Location): Promise<void> {
  const wanted = matchPath(patterns.approvals, address.pathname)?.params.approvalId;
  const filter = inboxFilterOf(readUrl(INBOX_URL, new URLSearchParams(address.search)));
  if (wanted !== undefined) void client.prefetchQuery(cardQuery(wanted));
  const queue = inboxQuery(filter);
  await client.prefetchInfiniteQuery(queue);
  const top = client.getQueryData(queue.queryKey)?.pages[0]?.rows[0];
  if (wanted === undefined && top && !window.matchMedia(PHONE).matches) await client.prefetchQuery(cardQuery(top.id));
}

/** Согласования: the queue by urgency and the card that decides. On a phone the card replaces the queue. */
export function ApprovalsPage() {
  const { approvalId } = useParams();
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const [url, setUrl] = useUrlState(INBOX_URL);
  const phone = useMedia(PHONE);
  const [filtersOpen, setFiltersOpen] = useState(false);
  // The bar keeps what is being typed: cleared from outside it begins anew.
  const [cleared, setCleared] = useState(0);
  useLiveTopics(['approvals', ...(approvalId ? ([`approval:${approvalId}`] as const) : [])]);
  const q = useDeferredValue(url.q.trim());
  const filter = { ...inboxFilterOf(url), q };
  const scope = JSON.stringify(filter);
  const query = useInfiniteQuery(inboxQuery(filter));
  const [firstPage] = query.data?.pages ?? [];
  const settled = useSettledRows(
    query.data?.pages.flatMap((page) => page.rows) ?? [],
    query.isPlaceholderData ? `${scope} before` : scope,
    query.data?.pages.length ?? 0,
  );
  const { rows } = settled;

  // Without a request in the address the first one stands open, and stays when a more urgent one comes above it:
  // a key must never decide another request than the one that was read.
  const [pinned, setPinned] = useState<{ readonly scope: string; readonly id: string } | null>(null);
  const [top] = rows;
  if (!approvalId && !phone && top && !query.isPlaceholderData && pinned?.scope !== scope)
    setPinned({ scope, id: top.id });
  const chosen = approvalId ?? (phone ? null : pinned?.scope === scope ? pinned.id : (top?.id ?? null));

  // Keys come faster than renders: what `x` has just put into the address must not be lost by the `j` behind it.
  const go = (path: string) => void navigate(`${path}${window.location.search}`);
  const open = (id: string) => go(paths.approval(id));
  const back = () => go(paths.approvals());
  // A decided request leaves the queue; the next one then is the one that took its place.
  const [place, setPlace] = useState(0);
  const at = rows.findIndex((row) => row.id === chosen);
  if (at >= 0 && at !== place) setPlace(at);
  const nextRow = at >= 0 ? rows[at + 1] : rows[Math.min(place, rows.length - 1)];
  const next = nextRow && nextRow.id !== chosen ? { id: nextRow.id, name: nextRow.customer.name } : null;
  const step = (by: 1 | -1) => {
    const row = at >= 0 ? rows[at + by] : rows[place];
    if (row) open(row.id);
  };
  const tickable = (id: string) => rows.some((row) => row.id === id && row.state !== 'decided' && !row.ownRequest);
  // The address follows: a box must answer at once, a change of the address takes a turn of the router.
  const [chosenRows, setChosenRows] = useState(url.ticked);
  const ticked = chosenRows.filter(tickable);
  const setTicked = (ids: readonly string[]) => {
    setChosenRows(ids);
    setUrl({ ticked: ids });
  };
  const tick = (id: string) => {
    if (tickable(id)) setTicked(ticked.includes(id) ? ticked.filter((one) => one !== id) : [...ticked, id]);
  };
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    x: () => chosen && tick(chosen),
    Escape: () => (ticked.length > 0 ? setTicked([]) : back()),
  });
  const card = (id: string) => (
    <ApprovalCardView
      key={id}
      approvalId={id}
      phone={phone}
      clockOpen={url.clock === 'open'}
      onClock={(clockOpen) => setUrl({ clock: clockOpen ? 'open' : '' })}
      onBack={back}
      next={next}
      onNext={open}
    />
  );
  if (phone && approvalId) return card(approvalId);

  const counts = firstPage?.counts;
  const filterBy = (change: Parameters<typeof setUrl>[0]) => {
    setChosenRows([]);
    setUrl({ ...change, ticked: [] });
  };
  const filtered = url.kind !== '' || url.deviation !== null || url.segment !== null || q !== '' || url.by !== 'anyone';
  const clear = () => {
    filterBy({ kind: '', deviation: null, segment: null, q: '', by: 'anyone' });
    setCleared(cleared + 1);
  };
  const tabs = (
    <SegmentedTabs<ApprovalTab>
      value={url.tab}
      label={t('approvals.title')}
      options={TABS.map((one) => ({
        value: one,
        label: (
          <>
            {t(`approvals.tab.${one}`)} {counts && one !== 'decided' && <span>{counts[one]}</span>}
          </>
        ),
      }))}
      onChange={(tab) => filterBy({ tab })}
    />
  );
  const filters = (
    <InboxFilterBar
      key={cleared}
      value={url}
      segments={firstPage?.segments ?? []}
      decided={url.tab === 'decided'}
      onChange={filterBy}
    />
  );
  return (
    <div className={css.page}>
      <PageHeader
        title={t('approvals.title')}
        state={phone ? undefined : tabs}
        actions={
          phone ? (
            <button
              type="button"
              className={css.filterButton}
              aria-expanded={filtersOpen}
              onClick={() => setFiltersOpen(!filtersOpen)}
            >
              {t('approvals.filter.toggle')}
            </button>
          ) : (
            filters
          )
        }
      />
      {phone && <div className={css.chips}>{tabs}</div>}
      {phone && filtersOpen && <div className={css.filters}>{filters}</div>}
      <div className={css.split}>
        <div className={css.listPane}>
          {query.isError && !query.data && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
          {query.isPending && <Skeleton rows={10} />}
          {query.isSuccess && rows.length === 0 && (
            <EmptyState
              title={filtered ? t('approvals.nothing') : t(`approvals.empty.${url.tab}`)}
              text={t(filtered ? 'approvals.nothingText' : 'approvals.emptyText')}
              {...(filtered ? { action: <Button onClick={clear}>{t('approvals.filter.clear')}</Button> } : {})}
            />
          )}
          {rows.length > 0 && firstPage && (
            <InboxList
              rows={rows}
              waiting={settled.waiting}
              onShowWaiting={settled.show}
              groups={firstPage.groups}
              total={firstPage.total}
              sources={firstPage.sources}
              chosen={chosen}
              search={params.toString()}
              ticked={phone || url.tab === 'decided' ? null : ticked}
              onTick={tick}
              onMore={query.hasNextPage ? () => void query.fetchNextPage() : null}
            />
          )}
          {!phone && <BatchBar rows={rows.filter(({ id }) => ticked.includes(id))} onClear={() => setTicked([])} />}
        </div>
        {!phone && (
          <div className={css.cardPane}>
            {chosen ? card(chosen) : <EmptyState title={t('approvals.choose')} text={t('approvals.chooseText')} />}
          </div>
        )}
      </div>
      <KeyHints
        keys={[
          ['j k', t('approvals.keys.row')],
          ['x', t('approvals.keys.tick')],
          ['a', t('approvals.keys.approve')],
          ['r', t('approvals.keys.reject')],
          ['u', t('approvals.keys.ask')],
          ['?', t('approvals.keys.all')],
        ]}
      />
    </div>
  );
}
