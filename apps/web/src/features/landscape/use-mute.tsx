import type { AttentionItem, FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MuteDialog } from './mute-dialog.tsx';

/** The question «until when» about one alarm: `ask` opens it, `dialog` stands somewhere on the screen. */
export function useMute({
  flows,
  systems,
}: {
  readonly flows: readonly FlowHealth[];
  readonly systems: readonly SystemHealth[];
}): { readonly ask: (item: AttentionItem, title: string) => void; readonly dialog: ReactNode } {
  const { i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  const [asked, setAsked] = useState<{ readonly item: AttentionItem; readonly title: string } | null>(null);
  const about = (item: AttentionItem): string => {
    const flow = flows.find(({ id }) => id === item.data.flowId);
    const system = systems.find(({ id }) => id === item.data.systemId);
    return (flow ?? system)?.title[language] ?? '';
  };
  return {
    ask: (item, title) => setAsked({ item, title }),
    dialog: asked && (
      <MuteDialog item={asked.item} title={asked.title} subject={about(asked.item)} onClose={() => setAsked(null)} />
    ),
  };
}
