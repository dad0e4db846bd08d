/** `npm run kafka`: a single Kafka node on this machine. Prints KAFKA_BROKERS; Ctrl-C ends it. KAFKA_PORT wishes a port. */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { choosePort } from './free-port.ts';
import { kafkaGap, lastKafkaPort, startKafka } from './kafka-broker.ts';

const DEFAULT_PORT = 9092;
const dir = resolve(process.env.KAFKA_DATA_DIR ?? join(fileURLToPath(new URL('..', import.meta.url)), '.data/kafka'));

const gap = kafkaGap();
if (gap !== undefined) {
  console.error(gap);
  process.exit(1);
}
console.log('Запускаем Apache Kafka… / Starting Apache Kafka…');
try {
  const port = await choosePort(Number(process.env.KAFKA_PORT ?? (lastKafkaPort(dir) || DEFAULT_PORT)));
  const broker = await startKafka({ dir, port });
  console.log(`KAFKA_BROKERS=${broker.brokers}\n(данные / data: ${dir}; остановить: Ctrl-C / stop: Ctrl-C)`);
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      asked = true;
      void broker.stop();
    });
  await broker.ended;
  process.exit(asked ? 0 : 1);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
