import type { FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import { type Pace, paceOf, type Traffic } from '@pult/shared/domain/metrics/pace';
import { useTranslation } from 'react-i18next';
import { formatMinutes } from '../../lib/format/duration.ts';
import { formatMoment } from '../../lib/format/instant.ts';
import { formatNumber } from '../../lib/format/number.ts';

/** How fast something goes, in words; a rate that fits beside others comes without its unit. */
export function usePaceText(): {
  /** «12/мин», «4/ч», «4 за 12 мин»; a dash while nothing is known. */
  readonly text: (traffic: Traffic) => string;
  /** The same with what is usual, in the same unit. */
  readonly withUsual: (traffic: Traffic) => { readonly text: string; readonly usual: string | null };
  /** Both ways of a system, which share their unit. */
  readonly ways: (incoming: Traffic, outgoing: Traffic) => string;
} {
  const { t } = useTranslation();
  const figure = (value: number) => formatNumber(value, value < 1 ? 2 : value < 10 ? 1 : 0);
  const unitless = (pace: Pace): string =>
    pace.kind === 'unknown' ? '—' : figure(pace.kind === 'rate' ? pace.value : pace.count);
  const inUnit = (value: string, pace: Pace): string => {
    switch (pace.kind) {
      case 'rate':
        return t(pace.per === 'minute' ? 'landscape.rate.perMinute' : 'landscape.rate.perHour', { value });
      case 'count':
        return t('landscape.rate.soFar', { value, time: formatMinutes(pace.minutes * 60_000) });
      case 'unknown':
        return value;
    }
  };
  const inWords = (pace: Pace): string => inUnit(unitless(pace), pace);
  return {
    text: (traffic) => inWords(paceOf(traffic)),
    withUsual: (traffic) => {
      const pace = paceOf(traffic);
      const usual = pace.kind === 'rate' ? pace.usual : null;
      return {
        text: inWords(pace),
        usual: usual === null ? null : t('landscape.panel.usual', { rate: inUnit(figure(usual), pace) }),
      };
    },
    ways: (incoming, outgoing) => {
      const [comes, leaves] = [paceOf(incoming, [outgoing]), paceOf(outgoing, [incoming])];
      return inUnit(t('landscape.map.ways', { incoming: unitless(comes), outgoing: unitless(leaves) }), leaves);
    },
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
