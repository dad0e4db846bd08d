/** Steps of «Проверить подключение» for a service that is polled: its health and its metrics. */
import type { CheckFaultCode } from '@pult/shared/contracts/connection-checks';
import { askStep } from '../port/ask-step.ts';
import { type CheckStep, failedStep, passed } from '../port/check.ts';
import type { Connection } from '../port/connection.ts';
import type { RawAnswer } from '../port/raw-answer.ts';
import { restCheckFault } from '../rest/check.ts';

/** Health and metrics are text as often as JSON: only the status decides. */
const faultOfText = (answer: RawAnswer): CheckFaultCode | null =>
  answer.status >= 200 && answer.status < 300 ? null : restCheckFault(answer);

export function serviceSteps(options: {
  readonly connection: Connection;
  /** Addresses of the instances. */
  readonly urls: readonly string[];
  readonly healthPath: string;
  readonly metricsPath: string;
}): CheckStep[] {
  const { connection, urls, healthPath, metricsPath } = options;
  const each = async (path: string): Promise<ReturnType<typeof passed>> => {
    for (const url of urls) {
      const asked = await askStep(connection, {
        method: 'GET',
        url: `${url.replace(/\/$/, '')}${path}`,
        headers: { accept: '*/*' },
      });
      if ('failed' in asked) return asked.failed;
      const fault = faultOfText(asked.answer);
      if (fault !== null) return failedStep(fault, { data: { objects: [`${url}${path}`] }, ...asked.said });
    }
    return passed({ objects: urls.length });
  };
  return [
    { id: 'login', run: () => each(healthPath) },
    { id: 'objects', run: () => each(metricsPath) },
  ];
}
