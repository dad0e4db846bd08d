/** Steps of «Проверить подключение» for the bus: the cluster lets Pult in and knows its topics. */
import type { CheckFaultCode } from '@pult/shared/contracts/connection-checks';
import { SourceError } from '@pult/shared/errors/app-error';
import { type CheckStep, failedStep, passed, type StepOutcome } from '../port/check.ts';
import { connectFault } from '../port/network-steps.ts';
import type { KafkaClient } from './client.ts';
import { type GroupNeed, rightsOn, type TopicNeed } from './rights.ts';

const FAULTS: Readonly<Record<string, CheckFaultCode>> = {
  'source.unauthorized': 'wrong_password',
  'source.forbidden': 'read_denied',
  'source.timeout': 'no_answer',
  'source.overloaded': 'overloaded',
};

/** Words of the client library, which has no code for them. */
const AT_LOGIN = /Cannot find a suitable SASL mechanism/;
const TLS_WANTED = /Broker requires TLS/;
const CLOSED = /Connection closed/;

export function kafkaSteps(options: {
  /** A client of its own with a circuit of its own: a check neither trips the one of the exchange nor waits for it. */
  readonly connect: () => KafkaClient;
  readonly brokers: readonly string[];
  readonly tls: boolean;
  /** Pult shows a certificate of its own. */
  readonly certificate: boolean;
  /** Name and password of the login; null: the landscape names none, the broker should ask for none. */
  readonly login: { readonly user: string; readonly hasPassword: boolean; readonly mechanism: string } | null;
  /** Groups with what Pult does there: its own is read with, those of the landscape are looked at. */
  readonly groups: readonly GroupNeed[];
  readonly topics: readonly TopicNeed[];
}): CheckStep[] {
  const { topics, login, brokers, groups, tls, certificate } = options;
  const known = login === null ? {} : { user: login.user, mechanism: login.mechanism };
  const request = `Kafka ${options.brokers.join(', ')}`;
  const asking = async (work: (client: KafkaClient) => Promise<StepOutcome>): Promise<StepOutcome> => {
    const client = options.connect();
    const startedAt = performance.now();
    try {
      return await work(client);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      const text = typeof error.data.text === 'string' ? error.data.text : '';
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      return failedStep(faultOf(error, { text, tls, certificate }), {
        data: { seconds, ...known },
        request,
        answer: text,
      });
    } finally {
      await client.close();
    }
  };
  return [
    {
      id: 'login',
      run: async () => {
        if (login !== null && (login.user === '' || !login.hasPassword)) return failedStep('no_credentials');
        const outcome = await asking(async (client) => {
          await client.check();
          return passed(login === null ? { open: true } : { user: login.user });
        });
        // A broker that wants a login drops whoever asks without one, and says nothing.
        const dropped = !outcome.ok && outcome.fault.code === 'connection_lost';
        return dropped && login === null ? failedStep('login_wanted', outcome.fault) : outcome;
      },
    },
    {
      id: 'rights',
      run: () =>
        asking(async (client) => {
          const { lacking, unseen } = await client.ask((admin) => rightsOn(admin, { brokers, groups, topics }));
          return lacking.length > 0
            ? failedStep('bus_rights', { data: { objects: [...lacking], ...known }, request })
            : passed({
                objects: topics.length + groups.length,
                ...(unseen.length === 0 ? {} : { unseen: [...unseen] }),
              });
        }),
    },
    {
      id: 'objects',
      run: () =>
        asking(async (client) => {
          const { missing } = await client.ask((admin) => rightsOn(admin, { brokers, groups, topics }));
          return missing.length > 0
            ? failedStep('topic_missing', { data: { objects: [...missing] }, request })
            : passed({ objects: new Set(topics.map(({ topic }) => topic)).size });
        }),
    },
  ];
}

function faultOf(
  error: SourceError,
  { text, tls, certificate }: { text: string; tls: boolean; certificate: boolean },
): CheckFaultCode {
  const closed = CLOSED.test(text);
  // A listener with TLS drops a login in clear text before it has answered.
  if (TLS_WANTED.test(text) || (closed && !tls && AT_LOGIN.test(text))) return 'tls_wanted';
  if (!closed && AT_LOGIN.test(text)) return 'sasl_mechanism';
  return FAULTS[error.code] ?? connectFault(socketCodeOf(error), tls ? certificate : null);
}

/** Code of the socket or of TLS at the bottom of an error of the client library, whose own codes say nothing about the door. */
function socketCodeOf(error: unknown, depth = 0): string | null {
  if (!(error instanceof Error) || depth > 6) return null;
  if ('code' in error && typeof error.code === 'string' && !/^(?:PLT_|source\.)/.test(error.code)) return error.code;
  const inner: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  for (const one of [...inner, error.cause]) {
    const code = socketCodeOf(one, depth + 1);
    if (code !== null) return code;
  }
  return null;
}
