import { landscapeOverview } from '@pult/shared/contracts/landscape';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { callEndpoint } from './api/client.ts';

export interface LandscapeNames {
  flow(flowId: string): string;
  system(systemId: string): string;
  readonly watchedFlows: readonly { readonly value: string; readonly label: string }[];
  readonly systems: readonly { readonly id: string; readonly title: string }[];
  readonly flows: readonly { readonly id: string; readonly title: string }[];
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
    systems: (data?.systems ?? []).map(({ id, title }) => ({ id, title: title[language] })),
    flows: (data?.flows ?? [])
      .filter(({ watched }) => watched)
      .map(({ id, title }) => ({ id, title: title[language] })),
  };
}
