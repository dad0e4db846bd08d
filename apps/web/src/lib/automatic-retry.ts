import {
  type AutomaticHoldView,
  type AutomaticRetry,
  automaticRetryGet,
  automaticRetryPause,
  automaticRetryResume,
  messageAutomaticRetryGet,
} from '@pult/shared/contracts/automatic-retries';
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { callEndpoint } from './api/client.ts';
import { pollEvery } from './api/failed-query.ts';
import { formatMinutes } from './format/duration.ts';
import { formatMoment, sameDay } from './format/instant.ts';
import { useNames } from './use-names.ts';

/** Automatic retry of a flow; hints of messages and operations refresh it, the interval catches what only time changes. */
export const automaticRetryQuery = (flowId: string) =>
  queryOptions({
    queryKey: ['automatic', 'flow', flowId],
    queryFn: () => callEndpoint(automaticRetryGet, { params: { flowId } }),
    refetchInterval: pollEvery(5_000),
    meta: { paceMs: 1_000 },
  });

/** What the policy of its flow does about one failed message. */
export const messageAutomaticRetryQuery = (deliveryId: string) =>
  queryOptions({
    queryKey: ['automatic', 'message', deliveryId],
    queryFn: () => callEndpoint(messageAutomaticRetryGet, { params: { deliveryId } }),
    refetchInterval: pollEvery(5_000),
  });

/** Pauses and resumes; the answer replaces the cached state, a refusal reads it anew: somebody was faster. */
export function useAutomaticRetryCommands(flowId: string) {
  const client = useQueryClient();
  const keep = (state: AutomaticRetry) => client.setQueryData(automaticRetryQuery(flowId).queryKey, state);
  const refresh = () =>
    Promise.all(['automatic', 'operations', 'messages'].map((root) => client.invalidateQueries({ queryKey: [root] })));
  const params = { flowId };
  return {
    pause: useMutation({
      mutationFn: (reason: string) => callEndpoint(automaticRetryPause, { params, body: { reason } }),
      onSuccess: keep,
      onSettled: refresh,
    }),
    resume: useMutation({
      mutationFn: () => callEndpoint(automaticRetryResume, { params, body: {} }),
      onSuccess: keep,
      onSettled: refresh,
    }),
  };
}

/** Whether an operation goes no further by itself: a person has to continue or cancel it. */
export const isHalted = ({ state }: NonNullable<AutomaticRetry['operation']>): boolean =>
  state === 'paused' || state === 'stopped';

/** Words that the flow's page and the message's page share. `now` is the clock of the answer that the moments came with. */
export function useAutomaticWords(): {
  /** «через 40 с», «в 14:05», «30 ноя, 14:05»; null when it is due already. */
  readonly when: (at: string, now: string) => string | null;
  /** What holds it back, as the end of a sentence. */
  readonly hold: (hold: AutomaticHoldView) => string;
} {
  const { t } = useTranslation();
  const names = useNames();
  return {
    when: (at, now) => {
      const ahead = Date.parse(at) - Date.parse(now);
      if (ahead <= 0) return null;
      if (ahead < 60_000) return t('automatic.in', { time: formatMinutes(Math.max(1_000, ahead)) });
      const time = formatMoment(at, Date.parse(now));
      return sameDay(new Date(at), new Date(now)) ? t('automatic.at', { time }) : time;
    },
    hold: ({ kind, system, until }) => {
      const ends = until === null ? null : formatMoment(until);
      switch (kind) {
        case 'paused':
          return t('automatic.hold.paused');
        case 'circuit':
          return system === null
            ? t('automatic.hold.circuitAny')
            : t('automatic.hold.circuit', { system: names.system(system) });
        default:
          return ends === null
            ? t(`automatic.hold.${kind}`)
            : t('automatic.hold.until', { why: t(`automatic.hold.${kind}`), until: ends });
      }
    },
  };
}
