import type { EndpointResult } from '@pult/shared/contracts/endpoint';
import { landscapeOverview } from '@pult/shared/contracts/landscape';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { callEndpoint } from './api/client.ts';

export interface LandscapeNames {
  flow(flowId: string): string;
  system(systemId: string): string;
  readonly watchedFlows: readonly { readonly value: string; readonly label: string }[];
  /** Systems that flows start in. A group is one choice, its ids joined by commas; a member is one where its flows are its own. */
  readonly sources: readonly { readonly value: string; readonly label: string }[];
  readonly systems: readonly { readonly id: string; readonly title: string }[];
  readonly flows: readonly { readonly id: string; readonly title: string }[];
}

type Overview = EndpointResult<typeof landscapeOverview>;

export function sourcesOf(
  systems: readonly Pick<Overview['systems'][number], 'id' | 'title' | 'group' | 'kind'>[],
  flows: readonly Pick<Overview['flows'][number], 'id' | 'from' | 'watched'>[],
  language: 'ru' | 'en',
): LandscapeNames['sources'] {
  const startsOf = (id: string): string =>
    flows
      .filter(({ watched, from }) => watched && from.includes(id))
      .map((flow) => flow.id)
      .join();
  const starting = systems.filter(({ id, kind }) => kind !== 'bus' && startsOf(id) !== '');
  return [...Map.groupBy(starting, ({ id, group }) => group ?? id).values()].flatMap((members) => {
    const alone = members.map(({ id, title }) => ({ value: id, label: title[language] }));
    const [first] = alone;
    if (!first || alone.length === 1) return alone;
    const whole = {
      value: alone.map(({ value }) => value).join(),
      label: `${first.label.replace(/,.*/, '')} ×${alone.length}`,
    };
    const isShared = new Set(members.map(({ id }) => startsOf(id))).size === 1;
    return isShared ? [whole] : [whole, ...alone];
  });
}

/** Titles of flows and systems in the language of the screen; an id that the landscape does not know stays as it is. */
export function useNames(): LandscapeNames {
  const { i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  const { data } = useQuery({
    queryKey: ['landscape', 'overview'],
    queryFn: () => callEndpoint(landscapeOverview, {}),
    staleTime: 60_000,
  });
  return {
    flow: (flowId) => data?.flows.find(({ id }) => id === flowId)?.title[language] ?? flowId,
    system: (systemId) => data?.systems.find(({ id }) => id === systemId)?.title[language] ?? systemId,
    watchedFlows: (data?.flows ?? [])
      .filter(({ watched }) => watched)
      .map(({ id, title }) => ({ value: id, label: title[language] })),
    sources: sourcesOf(data?.systems ?? [], data?.flows ?? [], language),
    systems: (data?.systems ?? []).map(({ id, title }) => ({ id, title: title[language] })),
    flows: (data?.flows ?? [])
      .filter(({ watched }) => watched)
      .map(({ id, title }) => ({ id, title: title[language] })),
  };
}
