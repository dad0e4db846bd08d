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
  /** Certificates of authorities to trust instead of the usual ones. */
  readonly ca?: string | string[];
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

function openDoor({ target, timeoutMs, clock, ca }: NetworkStepsOptions): Promise<StepOutcome> {
  const { host, port, encrypted } = target;
  return new Promise((done) => {
    const common = { host, port, timeout: Math.min(timeoutMs, CONNECT_AT_MOST_MS) };
    const name = isIP(host) === 0 ? { servername: host } : {};
    const tls = encrypted ? tlsConnect({ ...common, ...name, ...(ca === undefined ? {} : { ca }) }) : null;
    const socket = tls ?? tcpConnect(common);
    const end = (outcome: StepOutcome): void => {
      socket.destroy();
      done(outcome);
    };
    const data = { host, port };
    const request = `${encrypted ? 'TLS' : 'TCP'} ${host}:${port}`;
    socket.once('timeout', () => end(failedStep('connect_timeout', { data, request })));
    socket.once('error', (error) => {
      const code = codeOf(error);
      end(failedStep(connectFault(code), { data, request, answer: code ?? error.message }));
    });
    if (tls === null) socket.once('connect', () => end(passed({ encrypted: false })));
    else
      tls.once('secureConnect', () => {
        const until = Date.parse(tls.getPeerCertificate().valid_to);
        const daysLeft = Number.isFinite(until) ? Math.floor((until - clock.now()) / DAY_MS) : null;
        const version = (tls.getProtocol() ?? '').replace('TLSv', '');
        end(passed({ encrypted: true, version, ...(daysLeft === null ? {} : { daysLeft }) }));
      });
  });
}

/** What a socket or TLS error of Node says about the door. */
export function connectFault(code: string | null): CheckFaultCode {
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
