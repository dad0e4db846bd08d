/** Steps of «Проверить подключение» for the bus: the cluster lets Pult in and knows its topics. */
import type { CheckFaultCode } from '@pult/shared/contracts/connection-checks';
import { SourceError } from '@pult/shared/errors/app-error';
import { type CheckStep, failedStep, passed, type StepOutcome } from '../port/check.ts';
import { connectFault } from '../port/network-steps.ts';
import type { KafkaClient } from './client.ts';

const FAULTS: Readonly<Record<string, CheckFaultCode>> = {
  'source.unauthorized': 'wrong_password',
  'source.forbidden': 'read_denied',
  'source.timeout': 'no_answer',
  'source.overloaded': 'overloaded',
};

export function kafkaSteps(options: {
  /** A client of its own with a circuit of its own: a check neither trips the one of the exchange nor waits for it. */
  readonly connect: () => KafkaClient;
  readonly brokers: readonly string[];
  readonly user: string | null;
  readonly topics: readonly string[];
}): CheckStep[] {
  const { topics, user } = options;
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
      const data = { seconds, ...(user === null ? {} : { user }) };
      return failedStep(FAULTS[error.code] ?? connectFault(socketCodeOf(error)), { data, request, answer: text });
    } finally {
      await client.close();
    }
  };
  return [
    {
      id: 'login',
      run: () =>
        asking(async (client) => {
          await client.check();
          return passed(user === null ? {} : { user });
        }),
    },
    {
      id: 'objects',
      run: () =>
        asking(async (client) => {
          const known = new Set(await client.ask((admin) => admin.listTopics()));
          const missing = topics.filter((topic) => !known.has(topic));
          return missing.length > 0
            ? failedStep('topic_missing', { data: { objects: missing }, request })
            : passed({ objects: topics.length });
        }),
    },
  ];
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
