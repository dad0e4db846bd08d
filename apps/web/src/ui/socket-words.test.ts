import { describe, expect, it } from 'vitest';
import { socketFault } from './socket-words.ts';

describe('what a failed connection is called', () => {
  it.each([
    ['UND_ERR_SOCKET', 'closed'],
    ['ECONNRESET', 'closed'],
    ['EPIPE', 'closed'],
    ['other side closed', 'closed'],
    ['ECONNREFUSED', 'refused'],
    ['ECONNREFUSED 10.0.0.5:80', 'refused'],
    ['EHOSTUNREACH', 'unreachable'],
    ['ENOTFOUND', 'name'],
    ['EAI_AGAIN', 'dns'],
    ['ETIMEDOUT', 'connect'],
    ['UND_ERR_CONNECT_TIMEOUT', 'connect'],
    ['UND_ERR_HEADERS_TIMEOUT', 'headers'],
    ['UND_ERR_BODY_TIMEOUT', 'body'],
    ['UND_ERR_ABORTED', 'aborted'],
    ['CERT_HAS_EXPIRED', 'expired'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'hostname'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'untrusted'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['HPE_INVALID_CONSTANT', 'protocol'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'protocol'],
    ['EMFILE', 'own'],
    ['UND_ERR_SOMETHING_NEW', 'other'],
  ])('%s is «%s»', (text, kind) => {
    expect(socketFault(text)).toBe(kind);
  });

  it.each([
    'ERROR: relation is locked',
    'Нарушение прав доступа',
    'API-KEY expired',
    '',
    'OData 20',
    'DOCUMENT_LOCKED',
  ])('«%s» are words of the system', (text) => {
    expect(socketFault(text)).toBeNull();
  });
});
