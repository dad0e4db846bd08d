import type { ClockView } from '@pult/shared/contracts/sla';
import { useTranslation } from 'react-i18next';
import { formatDay, formatTime } from '../../lib/format/instant.ts';
import { shortName } from './short-name.ts';

type Part = ClockView['tape']['parts'][number];
type Reason = Part['reasons'][number];

/** Why a part of the tape is there, in words: which holiday, moved from when, who asked whom. */
export function useReasonText(): (part: Part) => string {
  const { t } = useTranslation();
  const nameOf = (actor: { readonly name: string } | null): string =>
    actor ? shortName(actor.name) : t('approvals.card.someone');

  const daysText = ({ days }: Reason): string =>
    days
      .flatMap(({ date, reason }) => {
        if (reason === null) return [];
        const day = formatDay(`${date}T09:00:00Z`);
        const moved = reason.movedFrom
          ? t('approvals.tape.moved', { date: formatDay(`${reason.movedFrom}T09:00:00Z`) })
          : null;
        return [`${day} — ${[reason.title, moved].filter((text) => text !== null && text !== '').join(', ')}`];
      })
      .join('; ');

  const pauseText = ({ pauses }: Reason): string =>
    pauses
      .map((pause) => {
        const asked = t(`approvals.tape.pause.${pause.cause}`, { who: nameOf(pause.actor) });
        const answered = pause.resumeActor ? t('approvals.tape.answered', { who: nameOf(pause.resumeActor) }) : null;
        return [asked, answered].filter((text) => text !== null).join(', ');
      })
      .join('; ');

  const textOf = (reason: Reason): string => {
    if (reason.code === 'days-off') return daysText(reason) || t('approvals.tape.weekend');
    if (reason.code === 'pause') return pauseText(reason);
    // The kind of the part says it better: lunch, outside working hours.
    if (reason.code === 'calendar') return '';
    return t(`approvals.tape.reason.${reason.code}`, {
      until: reason.until ? formatTime(reason.until) : '',
      by: reason.by ?? t('approvals.card.someone'),
    });
  };

  return ({ kind, reasons }) => {
    const texts = reasons.map(textOf).filter((text) => text !== '');
    return texts.length > 0 ? texts.join(', ') : t(`approvals.tape.because.${kind}`);
  };
}
