import { AuthenticationError, MultipleErrors, NetworkError, ProtocolError, TimeoutError } from '@platformatic/kafka';
import { expect, it } from 'vitest';
import { faultOfKafka } from './faults.ts';

const failed = (cause: Error): Error => new MultipleErrors('Cannot connect to any broker.', [cause]);
const handshake = (cause: Error): Error =>
  failed(new AuthenticationError('Cannot find a suitable SASL mechanism.', { cause }));
const scram = (cause?: Error): Error =>
  failed(new AuthenticationError('SASL authentication failed.', cause === undefined ? {} : { cause }));
const answered = (id: string): Error => new MultipleErrors('Received response with error.', [new ProtocolError(id)]);

it.each([
  ['a restart during the handshake', handshake(new NetworkError('Connection closed')), 'source.unreachable'],
  ['a restart during SCRAM', scram(new NetworkError('Connection closed')), 'source.unreachable'],
  ['a broker too slow to log in', handshake(new TimeoutError('Request timed out')), 'source.timeout'],
  ['a refused password', scram(answered('SASL_AUTHENTICATION_FAILED')), 'source.unauthorized'],
  ['a way of login that is not switched on', handshake(answered('UNSUPPORTED_SASL_MECHANISM')), 'source.unauthorized'],
  ['a server that does not know the password', scram(), 'source.unauthorized'],
  [
    'a password refused by one broker while another one restarts',
    new MultipleErrors('', [scram(new NetworkError('Connection closed')), scram()]),
    'source.unauthorized',
  ],
])('tells a refused login from a lost connection: %s', (_name, error, code) =>
  expect(faultOfKafka(error)).toMatchObject({ code, maybeSent: false }),
);
