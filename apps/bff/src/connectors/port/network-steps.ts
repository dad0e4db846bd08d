/** The first two steps of a check, the same for whatever is reached over TCP: is the name known, does the door open. */
import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, connect as tcpConnect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { CheckFaultCode } from '@pult/shared/contracts/connection-checks';
import type { Clock } from '../../platform/clock.ts';
import { type CheckStep, failedStep, passed, type StepOutcome } from './check.ts';

const DAY_MS = 86_400_000;
/** Opening a connection takes a round trip or two; a longer wait says the same as no answer. */
const CONNECT_AT_MOST_MS = 10_000;
/** A server that gives no tickets says nothing when it is content with a certificate. */
const VERDICT_WITHIN_MS = 1_000;

export interface NetworkTarget {
  readonly host: string;
  readonly port: number;
  readonly encrypted: boolean;
}

/** Host, port and encryption of an http(s) address. */
export function networkTarget(url: string): NetworkTarget {
  const { hostname, port, protocol } = new URL(url);
  const encrypted = protocol === 'https:';
  // An IPv6 address stands in brackets only inside a URL.
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (encrypted ? 443 : 80) : Number(port),
    encrypted,
  };
}

export interface NetworkStepsOptions {
  readonly target: NetworkTarget;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly lookup?: (host: string) => Promise<readonly { readonly address: string }[]>;
  /** Authorities to trust instead of the usual ones, and what Pult shows where it may be asked for a certificate of its own. */
  readonly tls?: {
    readonly ca?: string[];
    readonly cert?: string;
    readonly key?: string;
    readonly passphrase?: string;
  };
}

/** Steps `dns` and `connect` towards one host. */
export function networkSteps(options: NetworkStepsOptions): CheckStep[] {
  const { target } = options;
  const lookup = options.lookup ?? ((host: string) => systemLookup(host, { all: true }));
  return [
    {
      id: 'dns',
      run: async () => {
        if (isIP(target.host) !== 0) return passed({ address: target.host, literal: true });
        try {
          const found = await lookup(target.host);
          return passed({ address: found.map(({ address }) => address).join(', ') });
        } catch (error) {
          const code = codeOf(error);
          return failedStep(code === 'ENOTFOUND' ? 'dns_not_found' : 'dns_unavailable', {
            data: { host: target.host },
            request: `DNS ${target.host}`,
            answer: code,
          });
        }
      },
    },
    { id: 'connect', run: () => openDoor(options) },
  ];
}

function openDoor({ target, timeoutMs, clock, tls: files }: NetworkStepsOptions): Promise<StepOutcome> {
  const { host, port, encrypted } = target;
  return new Promise((done) => {
    const common = { host, port, timeout: Math.min(timeoutMs, CONNECT_AT_MOST_MS) };
    const name = isIP(host) === 0 ? { servername: host } : {};
    const tls = encrypted ? tlsConnect({ ...common, ...name, ...files }) : null;
    const socket = tls ?? tcpConnect(common);
    let verdict: NodeJS.Timeout | undefined;
    const end = (outcome: StepOutcome): void => {
      clearTimeout(verdict);
      socket.destroy();
      done(outcome);
    };
    const data = { host, port };
    const request = `${encrypted ? 'TLS' : 'TCP'} ${host}:${port}`;
    socket.once('timeout', () => end(failedStep('connect_timeout', { data, request })));
    socket.once('error', (error) => {
      const code = codeOf(error);
      end(failedStep(connectFault(code, shownOf(files)), { data, request, answer: code ?? error.message }));
    });
    if (tls === null) socket.once('connect', () => end(passed({ encrypted: false })));
    else
      tls.once('secureConnect', () => {
        const until = Date.parse(tls.getPeerCertificate().valid_to);
        const daysLeft = Number.isFinite(until) ? Math.floor((until - clock.now()) / DAY_MS) : null;
        const version = (tls.getProtocol() ?? '').replace('TLSv', '');
        const opened = passed({ encrypted: true, version, ...(daysLeft === null ? {} : { daysLeft }) });
        if (files === undefined || version !== '1.3') return end(opened);
        // TLS 1.3 lets the client in before it has looked at its certificate: a ticket says that it is content, an alert that not.
        tls.once('session', () => end(opened));
        verdict = setTimeout(end, VERDICT_WITHIN_MS, opened);
        tls.resume();
      });
  });
}

/** Whether a certificate of Pult is shown; null where a connection has none to show. */
const shownOf = (files: NetworkStepsOptions['tls']): boolean | null =>
  files === undefined ? null : files.cert !== undefined;

/** Alerts of a server about the certificate of whoever knocks, by the codes that Node makes of them. */
const ABOUT_CERTIFICATE =
  /ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|UNSUPPORTED_CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)$/;

/** What a socket or TLS error of Node says about the door. `shown`: see {@link shownOf}. */
export function connectFault(code: string | null, shown: boolean | null = null): CheckFaultCode {
  if (shown !== null && code !== null && ABOUT_CERTIFICATE.test(code))
    return shown ? 'client_certificate_refused' : 'client_certificate_wanted';
  switch (code) {
    case 'ECONNREFUSED':
      return 'refused';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
      return 'unreachable';
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return 'connect_timeout';
    case 'ENOTFOUND':
      return 'dns_not_found';
    case 'EAI_AGAIN':
      return 'dns_unavailable';
    case 'CERT_HAS_EXPIRED':
      return 'certificate_expired';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return 'certificate_untrusted';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'certificate_name';
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
    case 'ERR_SSL_HTTP_REQUEST':
      return 'not_tls';
    default:
      return code?.startsWith('ERR_SSL') || code?.startsWith('ERR_TLS') ? 'tls_failed' : 'connection_lost';
  }
}

/** Code of a Node error; a host with several addresses fails with one error per address. */
function codeOf(error: unknown): string | null {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
