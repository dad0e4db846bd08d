import type { MigrationCondition, MigrationView, OutcomeName, ShadowPair } from '@pult/shared/contracts/migration';
import { useTranslation } from 'react-i18next';
import { formatLatency, formatMinutes } from '../../../lib/format/duration.ts';
import { formatDate, formatDayOf } from '../../../lib/format/instant.ts';
import { formatNumber, formatShare } from '../../../lib/format/number.ts';
import { paths } from '../../../lib/paths.ts';
import type { StateName } from '../../../ui/tokens.ts';

export const OUTCOME_STATE: Readonly<Record<OutcomeName, StateName>> = {
  same: 'ok',
  differs: 'bad',
  only_old: 'bad',
  only_bus: 'warn',
  waiting: 'run',
  neither: 'doubt',
};

const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
const date = (value: unknown): string => (typeof value === 'string' ? formatDate(value) : '');

export interface ConditionWords {
  readonly title: string;
  /** What to do, or when it will hold by itself; null when it holds. */
  readonly hint: string | null;
  readonly fact: string;
  readonly link: string | null;
  /** As a part of «Мешает: …». */
  readonly obstacle: string;
}

/** A condition as a person reads it. */
export function useConditionWords(flowId: string): (condition: MigrationCondition) => ConditionWords {
  const { t } = useTranslation();
  return ({ code, met, data }) => {
    const hint = (text: string): string | null => (met ? null : text);
    switch (code) {
      case 'connected':
        return {
          title: t('migration.condition.connected'),
          hint: hint(t('migration.condition.connectedHint')),
          fact: met ? t('migration.condition.connectedFact') : t('migration.condition.notConnectedFact'),
          link: null,
          obstacle: t('migration.obstacle.connected'),
        };
      case 'healthy': {
        const age = data.forMs === null ? null : formatMinutes(number(data.forMs));
        return {
          title: t('migration.condition.healthy', { need: formatMinutes(number(data.needMs)) }),
          hint: hint(t('migration.condition.healthyHint')),
          fact: age ?? t('migration.condition.unhealthyFact'),
          link: null,
          obstacle: age === null ? t('migration.obstacle.healthy') : t('migration.obstacle.healthyShort', { age }),
        };
      }
      case 'unexplained': {
        const [count, of] = [number(data.count), number(data.of)];
        return {
          title: t('migration.condition.unexplained'),
          hint: hint(t('migration.condition.unexplainedHint')),
          fact:
            count > 0
              ? t('migration.condition.unexplainedFact', { value: formatNumber(count), of: formatNumber(of) })
              : of > 0
                ? t('migration.condition.allExplained', { count: of })
                : t('migration.condition.noDifferences'),
          link:
            of > 0 ? paths.pairs(flowId, { outcome: 'differs', ...(count > 0 ? { reason: 'without' } : {}) }) : null,
          obstacle: t('migration.obstacle.unexplained', { count }),
        };
      }
      case 'losses': {
        const lost = number(data.lost);
        const unjudged = number(data.unjudged);
        const clean = t('migration.condition.clean', { count: number(data.clean) });
        const last = lost > 0 ? t('migration.condition.lossesFact', { count: lost, date: date(data.lostOn) }) : null;
        return {
          title: t('migration.condition.losses', { count: number(data.need) }),
          hint: hint(data.doneOn === null ? '' : t('migration.condition.lossesHint', { date: date(data.doneOn) })),
          fact: [
            ...(unjudged > 0 ? [t('migration.condition.unjudged', { value: formatNumber(unjudged) })] : []),
            ...(last === null || met ? [] : [last]),
            clean,
          ].join(', '),
          link: last === null ? null : paths.pairs(flowId, { outcome: 'only_old' }),
          obstacle:
            lost > 0
              ? t('migration.obstacle.losses', { count: lost, date: date(data.lostOn) })
              : unjudged > 0
                ? t('migration.obstacle.unjudged', { value: formatNumber(unjudged) })
                : t('migration.obstacle.lossDays'),
        };
      }
      case 'days': {
        const [full, need] = [number(data.full), number(data.need)];
        return {
          title: t('migration.condition.days', { count: need }),
          hint: hint(data.doneOn === null ? '' : t('migration.condition.daysHint', { date: date(data.doneOn) })),
          fact: t('migration.condition.daysFact', { count: full }),
          link: null,
          obstacle: t('migration.obstacle.days', { count: need - full }),
        };
      }
      case 'share':
        return {
          title: t('migration.condition.share', { need: formatShare(number(data.need)) }),
          hint: hint(
            typeof data.worst === 'number'
              ? t('migration.condition.shareHint', {
                  date: date(data.worstOn),
                  share: formatShare(data.worst),
                  good: number(data.goodDays),
                  days: number(data.days),
                })
              : '',
          ),
          fact:
            typeof data.share === 'number'
              ? t('migration.condition.shareFact', { share: formatShare(data.share) })
              : t('migration.condition.shareNone'),
          link: null,
          obstacle: t('migration.obstacle.share'),
        };
      case 'speed': {
        const known = typeof data.busMs === 'number' && typeof data.oldMs === 'number';
        return {
          title: t('migration.condition.speed'),
          hint: null,
          fact: known
            ? t('migration.condition.speedFact', {
                bus: formatLatency(number(data.busMs)),
                old: formatLatency(number(data.oldMs)),
              })
            : t('migration.condition.speedNone'),
          link: null,
          obstacle: known ? t('migration.obstacle.speed') : t('migration.obstacle.speedUnknown'),
        };
      }
      case 'rollback':
        return {
          title: t('migration.condition.rollback'),
          hint: hint(t('migration.condition.rollbackHint')),
          fact:
            typeof data.at === 'string'
              ? `${formatDayOf(data.at)}, ${data.by ?? ''}`
              : t('migration.condition.rollbackNone'),
          link: null,
          obstacle: t('migration.obstacle.rollback'),
        };
      case 'refeed':
        return {
          title: t('migration.condition.refeed'),
          hint: hint(t('migration.condition.refeedHint')),
          fact: typeof data.topic === 'string' ? data.topic : t('migration.condition.refeedNone'),
          link: null,
          obstacle: t('migration.obstacle.refeed'),
        };
    }
  };
}

/** Whether the flow may go on, in one sentence, and what stands in the way, in another. */
export function useVerdict(): (view: MigrationView) => { lead: string; rest: string | null; ready: boolean } {
  const { t, i18n } = useTranslation();
  const wordsOf = useConditionWords('');
  return ({ conditions, next, ready }) => {
    if (next === null || next === 'point-to-point')
      return { lead: t('migration.verdict.done'), rest: null, ready: true };
    if (ready) return { lead: t(`migration.verdict.ready.${next}`), rest: null, ready };
    const missing = conditions.filter(({ met }) => !met).map((one) => wordsOf(one).obstacle);
    const list = new Intl.ListFormat(i18n.language, { type: 'conjunction' }).format(missing);
    const met = conditions.length - missing.length;
    return {
      lead: t(`migration.verdict.early.${next}`, { met, all: conditions.length }),
      rest: t('migration.verdict.obstacles', { list }),
      ready,
    };
  };
}

/** «совпало, раньше на 1,7 с». */
export function usePairWords(): (pair: ShadowPair) => string {
  const { t } = useTranslation();
  const lag = useLagWords();
  const fieldName = useFieldName();
  return (pair) => {
    switch (pair.outcome) {
      case 'same':
        return pair.lagMs === null
          ? t('migration.shadow.pairSame')
          : `${t('migration.shadow.pairSame')}, ${lag(pair.lagMs)}`;
      case 'differs':
        return t('migration.shadow.pairDiffers', { field: fieldName(pair.differences[0]?.path ?? '') });
      case 'only_old':
      case 'only_bus':
      case 'waiting':
      case 'neither':
        return t(`migration.shadow.names.${pair.outcome}`).toLocaleLowerCase();
    }
  };
}

/** «раньше на 1,7 с», «позже на 2 с». */
export function useLagWords(): (lagMs: number) => string {
  const { t } = useTranslation();
  return (lagMs) => {
    if (lagMs === 0) return t('migration.shadow.same');
    const value = formatLatency(Math.abs(lagMs));
    return lagMs < 0 ? t('migration.shadow.earlierBy', { value }) : t('migration.shadow.laterBy', { value });
  };
}

/** Name of a field on screen; the content as a whole has no name of its own. */
export function useFieldName(): (path: string) => string {
  const { t } = useTranslation();
  return (path) => (path === '$content' ? t('migration.shadow.content') : path);
}
