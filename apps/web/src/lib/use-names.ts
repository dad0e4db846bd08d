import type { EndpointResult } from '@pult/shared/contracts/endpoint';
import { landscapeOverview } from '@pult/shared/contracts/landscape';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { callEndpoint } from './api/client.ts';

export interface LandscapeNames {
  flow(flowId: string): string;
  system(systemId: string): string;
  readonly watchedFlows: readonly { readonly value: string; readonly label: string }[];
  /** Systems that flows start in; of a group, whose members share their flows, one stands for all. */
  readonly sources: readonly { readonly value: string; readonly label: string }[];
  readonly systems: readonly { readonly id: string; readonly title: string }[];
  readonly flows: readonly { readonly id: string; readonly title: string }[];
}

type Overview = EndpointResult<typeof landscapeOverview>;

function sourcesOf(
  systems: Overview['systems'],
  flows: Overview['flows'],
  language: 'ru' | 'en',
): LandscapeNames['sources'] {
  const starts = new Set(flows.filter(({ watched }) => watched).flatMap(({ from }) => from));
  const groups = new Map<string, Overview['systems']>();
  for (const system of systems) {
    if (!starts.has(system.id) || system.kind === 'bus') continue;
    const key = system.group ?? system.id;
    groups.set(key, [...(groups.get(key) ?? []), system]);
  }
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (!first) return [];
    const title = first.title[language];
    return [{ value: first.id, label: members.length > 1 ? `${title.replace(/,.*/, '')} ×${members.length}` : title }];
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
