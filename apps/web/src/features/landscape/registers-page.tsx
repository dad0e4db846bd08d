import type { ExchangeBase } from '@pult/shared/contracts/exchange-registers';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useLiveTopics } from '../../lib/live/use-live-topics.ts';
import { paths } from '../../lib/paths.ts';
import { oneOf, text, useUrlState } from '../../lib/url-state.ts';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SegmentedTabs } from '../../ui/segmented-tabs.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { overviewQuery, registersQuery } from './queries.ts';
import { RegisterNodes } from './register-nodes.tsx';
import { RegisterProblems } from './register-problems.tsx';
import css from './registers-page.module.css';

const URL_SPEC = { system: text(), skipped: oneOf(['false', 'true'], 'false') } as const;

/** A base that could not be read has to be seen before the tables of those that could. */
const unreadFirst = (one: ExchangeBase, other: ExchangeBase): number =>
  Number(other.error !== null) - Number(one.error !== null);

/** Регистры обмена: what the 1С bases themselves record about their exchanges, beside what Pult sees of the flows. */
export function RegistersPage() {
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  const [url, setUrl] = useUrlState(URL_SPEC);
  useLiveTopics(['landscape']);
  // All bases are read once: the tabs count them, the choice only hides.
  const { data, error, isError, refetch } = useQuery(registersQuery(url.skipped));
  const overview = useQuery(overviewQuery());
  if (isError && !data)
    return <ErrorState page={t('landscape.registers.title')} error={error} onRetry={() => void refetch()} />;
  const nameOf = (id: string): string =>
    overview.data?.systems.find((system) => system.id === id)?.title[language] ?? id;
  const all = data?.bases ?? [];
  const chosen = all.find(({ systemId }) => systemId === url.system);
  const bases = chosen ? [chosen] : all;
  const problems = data?.problems.filter((one) => !chosen || one.systemId === chosen.systemId) ?? [];
  const total = (pick: (base: ExchangeBase) => number): number => bases.reduce((sum, base) => sum + pick(base), 0);
  return (
    <>
      <PageHeader
        breadcrumbs={[{ title: t('landscape.flows.title'), to: paths.flows() }]}
        title={t('landscape.registers.title')}
        state={
          data &&
          all.length > 0 && (
            <StateChip state={total((base) => base.problems) > 0 ? 'warn' : 'ok'}>
              {t('landscape.registers.problems', { count: total((base) => base.problems) })}
            </StateChip>
          )
        }
      />
      <p className={css.lead}>{t('landscape.registers.lead')}</p>
      {all.length > 1 && (
        <SegmentedTabs
          label={t('landscape.registers.base')}
          value={chosen?.systemId ?? ''}
          options={[
            { value: '', label: t('landscape.registers.allBases') },
            ...all.map((base) => ({
              value: base.systemId,
              label: base.problems > 0 ? `${nameOf(base.systemId)} · ${base.problems}` : nameOf(base.systemId),
            })),
          ]}
          onChange={(system) => setUrl({ system })}
        />
      )}
      {!data && (
        <Card>
          <Skeleton rows={8} />
        </Card>
      )}
      {data && all.length === 0 && (
        <Card>
          <EmptyState title={t('landscape.registers.none')} text={t('landscape.registers.noneText')} />
        </Card>
      )}
      {data && all.length > 0 && (
        <RegisterProblems
          problems={problems}
          skippedCount={total((base) => base.skipped)}
          showSkipped={url.skipped === 'true'}
          onShowSkipped={(shown) => setUrl({ skipped: shown ? 'true' : 'false' })}
          nameOf={nameOf}
        />
      )}
      {[...bases].sort(unreadFirst).map((base) => (
        <RegisterNodes key={base.systemId} base={base} name={nameOf(base.systemId)} />
      ))}
    </>
  );
}
