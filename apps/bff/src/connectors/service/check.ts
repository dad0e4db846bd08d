/** Steps of «Проверить подключение» for a service that is polled: its health and its metrics. */
import type { CheckFaultCode } from '@pult/shared/contracts/connection-checks';
import { askStep } from '../port/ask-step.ts';
import { type CheckStep, failedStep, passed } from '../port/check.ts';
import type { Connection } from '../port/connection.ts';
import { jsonApiCheckFault } from '../port/json-check-fault.ts';
import type { RawAnswer } from '../port/raw-answer.ts';

import { parseMetrics } from './metrics-text.ts';

/** Health and metrics are text as often as JSON: only the status decides. */
const faultOfText = (answer: RawAnswer): CheckFaultCode | null =>
  answer.status >= 200 && answer.status < 300 ? null : jsonApiCheckFault(answer);

/** A page or a JSON in the place of metrics would pass by its status, and its figures would stay empty without a word. */
const faultOfMetrics = (answer: RawAnswer): CheckFaultCode | null =>
  faultOfText(answer) ?? (parseMetrics(answer.text).size === 0 ? 'metrics_unreadable' : null);

export function serviceSteps(options: {
  readonly connection: Connection;
  /** Addresses of the instances. */
  readonly urls: readonly string[];
  readonly healthPath: string;
  /** A token is shown; without one the pages are open. */
  readonly hasToken: boolean;
  readonly metricsPath: string;
}): CheckStep[] {
  const { connection, urls, healthPath, metricsPath } = options;
  const each = async (
    path: string,
    faultOf: (answer: RawAnswer) => CheckFaultCode | null,
  ): Promise<ReturnType<typeof passed>> => {
    for (const url of urls) {
      const asked = await askStep(connection, {
        method: 'GET',
        url: `${url.replace(/\/$/, '')}${path}`,
        headers: { accept: '*/*' },
      });
      if ('failed' in asked) return asked.failed;
      const fault = faultOf(asked.answer);
      if (fault !== null) return failedStep(fault, { data: { objects: [`${url}${path}`] }, ...asked.said });
    }
    return passed({ objects: urls.length });
  };
  return [
    {
      id: 'login',
      run: async () => {
        const outcome = await each(healthPath, faultOfText);
        return outcome.ok && !options.hasToken ? passed({ ...outcome.facts, open: true }) : outcome;
      },
    },
    { id: 'objects', run: () => each(metricsPath, faultOfMetrics) },
  ];
}
