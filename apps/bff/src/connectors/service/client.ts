import type { Connection } from '../port/connection.ts';
import type { ConnectionState } from '../port/connection-health.ts';
import { faultOfJsonApi } from '../port/json-fault.ts';
import { isLoginPage, type RawAnswer, shortText } from '../port/raw-answer.ts';
import type { SourceFault } from '../port/source-errors.ts';
import { type Metrics, parseMetrics } from './metrics-text.ts';

/** One instance of a service, behind an address of its own. */
export interface ServiceInstance {
  readonly url: string;
  /** Asks for its health; an answer other than 2xx means that it is not well. @throws SourceError */
  health(): Promise<void>;
  /** Reads its metrics, of those only the names that `wanted` takes. @throws SourceError */
  metrics(wanted: (name: string) => boolean): Promise<Metrics>;
}

/** A service that is polled: health and metrics of each of its addresses. */
export interface ServiceClient {
  readonly system: string;
  readonly instances: readonly ServiceInstance[];
}

/** The metrics of a service are tens of kilobytes; megabytes are labels that grow without end. */
const MAX_METRICS_CHARACTERS = 4 * 1024 * 1024;

const TOO_LARGE: SourceFault = { code: 'source.bad_answer', text: 'metrics larger than 4 MB', maybeSent: true };

export function createServiceInstance(options: {
  readonly connection: Connection;
  readonly url: string;
  readonly healthPath: string;
  readonly metricsPath: string;
}): ServiceInstance {
  const { connection, healthPath, metricsPath } = options;
  const root = options.url.replace(/\/$/, '');
  return {
    url: root,
    health: () =>
      connection.call<void>({
        method: 'GET',
        url: `${root}${healthPath}`,
        intent: 'read',
        headers: { accept: '*/*' },
        read: (answer) => {
          const fault = faultOfStatus(answer);
          return fault === null ? { value: undefined } : { fault };
        },
      }),
    metrics: (wanted) =>
      connection.call<Metrics>({
        method: 'GET',
        url: `${root}${metricsPath}`,
        intent: 'read',
        headers: { accept: 'text/plain;version=0.0.4' },
        read: (answer) => {
          const fault = faultOfStatus(answer);
          if (fault !== null) return { fault };
          if (answer.text.length > MAX_METRICS_CHARACTERS) return { fault: TOO_LARGE };
          return { value: parseMetrics(answer.text, wanted) };
        },
      }),
  };
}

/** Health and metrics are text as often as JSON: only the status decides, the body says why; a login page is neither. */
function faultOfStatus(answer: RawAnswer): SourceFault | null {
  if (answer.status >= 200 && answer.status < 300 && !isLoginPage(answer)) return null;
  const fault = faultOfJsonApi({ ...answer, text: answer.text.slice(0, MAX_METRICS_CHARACTERS) });
  return fault && { ...fault, text: fault.text || (isLoginPage(answer) ? '' : shortText(answer.text)) };
}

const SEVERITY = { closed: 0, half_open: 1, open: 2 } as const satisfies Record<ConnectionState['circuit'], number>;

/** One state of a service with several instances: it is down only when none of them answers. */
export function anyInstance(first: ConnectionState, second: ConnectionState): ConnectionState {
  const newer = (second.lastErrorAt ?? 0) > (first.lastErrorAt ?? 0) ? second : first;
  const better = SEVERITY[second.circuit] < SEVERITY[first.circuit] ? second : first;
  return {
    lastOkAt: Math.max(first.lastOkAt ?? 0, second.lastOkAt ?? 0) || null,
    lastErrorAt: newer.lastErrorAt,
    lastError: newer.lastError,
    downSince:
      first.downSince === null || second.downSince === null ? null : Math.max(first.downSince, second.downSince),
    circuit: better.circuit,
    nextProbeAt: better.nextProbeAt,
    login: first.login ?? second.login,
    inFlight: first.inFlight + second.inFlight,
    requestsPerMinute: first.requestsPerMinute + second.requestsPerMinute,
    busyShare: first.busyShare + second.busyShare,
    latencyP95Ms: Math.max(first.latencyP95Ms ?? 0, second.latencyP95Ms ?? 0) || null,
  };
}
