import { Counter, Gauge } from 'prom-client';
import type { MissedRecords } from '../../../connectors/kafka/missed.ts';
import type { Metrics } from '../../../platform/telemetry/metrics.ts';
import type { BusIntake, BusResult } from './bus-intake.ts';

/** Counts records of the bus by topic and result. */
export function countRecords({ registry }: Metrics): (topic: string, result: BusResult) => void {
  const records = new Counter({
    name: 'pult_bus_records_total',
    help: 'Records read from the bus whose effect is durable, by topic and result',
    labelNames: ['topic', 'result'],
    registers: [registry],
  });
  return (topic, result) => records.inc({ topic, result });
}

/** Counts records that the bus deleted before they were read. */
export function countMissed({ registry }: Metrics): (missed: MissedRecords) => void {
  const records = new Counter({
    name: 'pult_bus_missed_records_total',
    help: 'Records that the bus deleted before Pult had read them, by topic and partition',
    labelNames: ['topic', 'partition'],
    registers: [registry],
  });
  return ({ topic, partition, records: count }) => records.inc({ topic, partition: String(partition) }, count);
}

/** How far this instance is behind the end of its partitions, and what it holds in memory. */
export function addBusGauges({ registry }: Metrics, intake: Pick<BusIntake, 'state'>): void {
  new Gauge({
    name: 'pult_bus_lag_records',
    help: 'Records behind the end of the partitions that this instance reads',
    labelNames: ['topic', 'partition'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { topic, partition, records } of intake.state().lag)
        this.set({ topic, partition: String(partition) }, records);
    },
  });
  new Gauge({
    name: 'pult_bus_held_records',
    help: 'Records read from the bus that wait for their commit in the database',
    registers: [registry],
    collect() {
      this.set(intake.state().heldRecords);
    },
  });
  new Gauge({
    name: 'pult_bus_joined',
    help: '1 while this instance is a member of the consumer group',
    registers: [registry],
    collect() {
      this.set(intake.state().joined ? 1 : 0);
    },
  });
}
