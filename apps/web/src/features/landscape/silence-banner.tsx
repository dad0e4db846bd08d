import type { AttentionItem, FlowHealth } from '@pult/shared/contracts/landscape';
import { useTranslation } from 'react-i18next';
import { formatClockSeconds, formatMoment } from '../../lib/format/instant.ts';
import { usePermission } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { QuietChip } from '../../ui/quiet-chip.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './silence-banner.module.css';

export interface SilenceBannerProps {
  readonly flow: FlowHealth;
  readonly nameOf: (systemId: string) => string;
  readonly onMute: (item: AttentionItem, title: string) => void;
}

/** The rule «silence» as a sentence: how many did not come, since when, what came last; each silent source for itself. */
export function SilenceBanner({ flow, nameOf, onMute }: SilenceBannerProps) {
  const { t, i18n } = useTranslation();
  const may = usePermission('landscape.mute');
  const language = i18n.language === 'en' ? 'en' : 'ru';
  const sources = flow.cadence?.sources ?? [];
  const silent = sources.filter(({ silentSince }) => silentSince !== null);
  if (silent.length === 0) return null;
  const alone = sources.length === 1;
  return (
    <>
      {silent.map(({ systemId, lastAt, watchedSince, silentSince, missed }) => {
        const item: AttentionItem = {
          id: alone ? `silence:${flow.id}` : `silence:${flow.id}:${systemId}`,
          kind: 'silence',
          status: 'warn',
          since: lastAt ?? silentSince ?? '',
          data: { flowId: flow.id, title: flow.title },
          link: '',
        };
        return (
          <section key={systemId} className={css.banner} role="status">
            <StateShape state="warn" />
            <p>
              {!alone && <b>{t('quiet.banner.source', { name: nameOf(systemId) })} </b>}
              <b>{t('quiet.banner.silence', { count: missed })}</b>{' '}
              {lastAt === null
                ? t('quiet.banner.never', { since: formatMoment(watchedSince ?? silentSince ?? '') })
                : t('quiet.banner.text', {
                    expected: silentSince === null ? '' : formatMoment(silentSince),
                    last: alone ? formatClockSeconds(lastAt) : formatMoment(lastAt),
                  })}
            </p>
            {flow.quiet ? (
              <QuietChip quiet={flow.quiet} />
            ) : (
              <Button
                type="text"
                disabled={!may}
                denied={may ? undefined : t('quiet.forbidden')}
                onClick={() => onMute(item, flow.title[language])}
              >
                {t('quiet.remind')}
              </Button>
            )}
          </section>
        );
      })}
    </>
  );
}
