import type { FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import { useTranslation } from 'react-i18next';
import { formatMinutes } from '../../lib/format/duration.ts';
import { formatMoment } from '../../lib/format/instant.ts';

/** Rate as people say it: per minute, below one a minute per hour; two that stand beside each other share the unit. */
export function useRate(): (perMinute: number, beside?: number | null) => string {
  const { t, i18n } = useTranslation();
  return (perMinute, beside = null) => {
    if (perMinute <= 0 && (beside === null || beside <= 0)) return t('landscape.rate.none');
    const format = (value: number) =>
      new Intl.NumberFormat(i18n.language, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
    return Math.max(perMinute, beside ?? 0) >= 1
      ? t('landscape.rate.perMinute', { value: format(perMinute) })
      : t('landscape.rate.perHour', { value: format(perMinute * 60) });
  };
}

/** The rule that fired, as a sentence. */
export function useRuleText(): (
  rule: FlowHealth['rule'] | SystemHealth['rule'],
  nameOf: (systemId: string) => string,
) => string {
  const { t } = useTranslation();
  return (rule, nameOf) => {
    const { data } = rule;
    const since = typeof data.since === 'string' ? formatMinutes(Date.now() - Date.parse(data.since)) : '';
    const count = typeof data.count === 'number' ? data.count : 0;
    switch (rule.code) {
      case 'target_down':
        return t('landscape.sentence.target_down', { system: nameOf(String(data.systemId)), since });
      case 'system_down':
        return typeof data.loginUntil === 'string'
          ? t('landscape.sentence.login_refused', { until: formatMoment(data.loginUntil) })
          : t('landscape.sentence.system_down', { since });
      case 'no_consumer':
        return t('landscape.sentence.no_consumer', { group: String(data.group), since, count });
      case 'partly_up':
        return t('landscape.sentence.partly_up', { up: Number(data.up), expected: Number(data.expected) });
      case 'silence':
        return t('landscape.sentence.silence', { count: typeof data.missed === 'number' ? data.missed : 0, since });
      case 'stuck':
        return t('landscape.sentence.stuck', { count, since });
      case 'in_doubt':
        return t('landscape.sentence.in_doubt', { count });
      case 'undecided':
        return t('landscape.sentence.undecided', { count, since });
      case 'failures':
        return t('landscape.sentence.failures', { count });
      case 'slow':
        return t('landscape.sentence.slow', {
          times: Math.round(Number(data.p95Ms) / Math.max(1, Number(data.usualMs))),
        });
      case 'handler_silent':
        return t('landscape.sentence.handler_silent', { service: String(data.service), since });
      case 'handler_missing':
        return t('landscape.sentence.handler_missing', {
          service: String(data.service),
          alive: Number(data.alive),
          expected: Number(data.expected),
        });
      case 'stale':
        return t('landscape.sentence.stale', { since });
      case 'not_connected':
        return t('landscape.sentence.not_connected');
      case 'no_data':
        return t('landscape.sentence.no_data');
      case 'healthy':
        return t('landscape.sentence.healthy');
    }
  };
}
