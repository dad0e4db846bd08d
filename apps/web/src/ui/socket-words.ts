/** Codes that Node and undici give a connection that failed, as kinds that a person can be told. Pure. */

export type SocketKind =
  | 'refused'
  | 'closed'
  | 'unreachable'
  | 'name'
  | 'dns'
  | 'connect'
  | 'headers'
  | 'body'
  | 'aborted'
  | 'untrusted'
  | 'expired'
  | 'hostname'
  | 'tls'
  | 'protocol'
  | 'own'
  | 'other';

const KINDS: readonly (readonly [SocketKind, RegExp])[] = [
  ['refused', /^ECONNREFUSED$/],
  [
    'closed',
    /^(ECONNRESET|ECONNABORTED|EPIPE|ENOTCONN|UND_ERR_(SOCKET|CLOSED|DESTROYED)|ERR_SOCKET_CLOSED\w*|ERR_STREAM_\w+)$/,
  ],
  ['unreachable', /^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|ENETRESET|EADDRNOTAVAIL)$/],
  ['name', /^(ENOTFOUND|EAI_(NONAME|NODATA|ADDRFAMILY))$/],
  ['dns', /^(EAI_\w+|ESERVFAIL|EREFUSED|ETIMEOUT)$/],
  ['connect', /^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|ERR_SOCKET_CONNECTION_TIMEOUT)$/],
  ['headers', /^UND_ERR_HEADERS_TIMEOUT$/],
  ['body', /^UND_ERR_BODY_TIMEOUT$/],
  ['aborted', /^(UND_ERR_ABORTED|UND_ERR_ABORT|ABORT_ERR|ECANCELED)$/],
  ['expired', /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/],
  ['hostname', /^ERR_TLS_CERT_ALTNAME_\w+$/],
  ['untrusted', /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_\w+|INVALID_CA)$/],
  ['tls', /^(ERR_(SSL|TLS)_\w+|EPROTO|UND_ERR_PRX_TLS)$/],
  ['protocol', /^(HPE_\w+|UND_ERR_(HEADERS_OVERFLOW|RESPONSE\w*|RES_\w+|REQ_\w+|INFO))$/],
  ['own', /^(EMFILE|ENFILE|ENOBUFS|ENOMEM|EACCES|EPERM|EADDRINUSE)$/],
  ['other', /^(UND_ERR\w*|ERR_\w+|EINVAL|EISCONN|EALREADY|EIO)$/],
];
/** What is said without a code. */
const SENTENCES: readonly (readonly [SocketKind, RegExp])[] = [
  ['closed', /^(other side closed|socket hang up|terminated|premature close)$/i],
  ['other', /^fetch failed$/i],
];

/** The kind of a failed connection by what is kept of it; null when the words are those of the system. */
export function socketFault(text: string): SocketKind | null {
  const code = /^\S+/.exec(text)?.[0].replace(/:$/, '') ?? '';
  const found = KINDS.find(([, pattern]) => pattern.test(code)) ?? SENTENCES.find(([, pattern]) => pattern.test(text));
  return found?.[0] ?? null;
}
