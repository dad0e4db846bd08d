import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatMoney } from '../../lib/format/money.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { useLiveTopics } from '../../lib/live/use-live-topics.ts';
import { useUrlState } from '../../lib/url-state.ts';
import { useNames } from '../../lib/use-names.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { SegmentedTabs } from '../../ui/segmented-tabs.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { CausesTab } from './causes-tab.tsx';
import { FilterLine } from './filter-line.tsx';
import css from './messages.module.css';
import { MessagesTab } from './messages-tab.tsx';
import { QuarantineTab } from './quarantine-tab.tsx';
import { summaryQuery } from './queries.ts';
import { filterOf, RANGES, TABS, timeless, URL_SPEC, windowFromOf } from './url.ts';
import { Volume } from './volume.tsx';

/** Сообщения: failures by cause, stuck, in doubt, all, quarantine; one filter for everything, all of it in the address. */
export function MessagesPage() {
  const { t } = useTranslation();
  useLiveTopics(['messages']);
  const [url, setUrl] = useUrlState(URL_SPEC);
  const [openedAt] = useState(() => Date.now());
  const filter = filterOf(url, openedAt);
  const names = useNames();
  const summary = useQuery(summaryQuery(filter));
  const { data } = summary;
  const counts = data && {
    causes: data.causes,
    all: null,
    stuck: data.stuck,
    in_doubt: data.inDoubt,
    quarantine: data.quarantine,
  };
  return (
    <>
      <PageHeader
        title={t('messages.title')}
        state={
          data && (
            <>
              {data.incidents.map((incident) => (
                <StateChip key={incident.systemId} state="bad">
                  {t('messages.incident', { system: names.system(incident.systemId), count: incident.waiting })}
                </StateChip>
              ))}
              <span>
                {t('messages.risk', {
                  count: data.failed,
                  formatted: formatNumber(data.failed),
                  amount: formatMoney(data.amountAtRisk),
                })}
              </span>
            </>
          )
        }
        actions={
          <SegmentedTabs
            label={t('messages.range.label')}
            value={url.range}
            options={RANGES.map((range) => ({ value: range, label: t(`messages.range.${range}`) }))}
            onChange={(range) => setUrl({ range, from: null, to: null, timeField: 'default' })}
          />
        }
      />
      <div className={css.tabs}>
        <SegmentedTabs
          label={t('messages.tab.label')}
          value={url.tab}
          options={TABS.map((tab) => ({
            value: tab,
            label: `${t(`messages.tab.${tab}`)}${counts && counts[tab] !== null ? ` ${formatNumber(counts[tab] ?? 0)}` : ''}`,
          }))}
          onChange={(tab) => setUrl({ tab, on: null })}
        />
      </div>
      {url.tab !== 'quarantine' && <FilterLine url={url} onChange={setUrl} />}
      {(url.tab === 'causes' || url.tab === 'all') && (
        <Volume
          filter={timeless(filter)}
          windowFrom={windowFromOf(url, openedAt)}
          span={url}
          listFromEver={url.range === 'any' && url.from === null}
          incidents={(data?.incidents ?? []).map(({ systemId }) => names.system(systemId))}
          onSpan={(span) => setUrl({ ...span, timeField: 'default' })}
        />
      )}
      {url.tab === 'causes' && <CausesTab filter={filter} on={url.on} onFocus={(on) => setUrl({ on })} />}
      {(url.tab === 'all' || url.tab === 'stuck' || url.tab === 'in_doubt') && (
        <MessagesTab key={url.tab} tab={url.tab} filter={filter} sort={url.sort} on={url.on} onChange={setUrl} />
      )}
      {url.tab === 'quarantine' && <QuarantineTab />}
    </>
  );
}
