import { Counter, Gauge } from 'prom-client';
import type { Metrics } from '../../platform/telemetry/metrics.ts';
import type { Intake } from './intake.ts';

/** The same intake, counted: events by system and outcome, requests that were refused whole, the length of the queue. */
export function measuredIntake(intake: Intake, { registry }: Metrics): Intake {
  const registers = [registry];
  const events = new Counter({
    name: 'pult_intake_events_total',
    help: 'Events by system and result: accepted, duplicate, quarantined',
    labelNames: ['system', 'result'],
    registers,
  });
  const refused = new Counter({
    name: 'pult_intake_refused_total',
    help: 'Requests of the intake that were not taken, by system; the sender repeats them',
    labelNames: ['system'],
    registers,
  });
  new Gauge({
    name: 'pult_intake_queue',
    help: 'Requests that wait for their commit',
    registers,
    collect() {
      this.set(intake.waiting);
    },
  });
  return {
    get waiting() {
      return intake.waiting;
    },
    fold: intake.fold,
    async accept(body, system) {
      try {
        const results = await intake.accept(body, system);
        for (const { status: result } of results) events.inc({ system, result });
        return results;
      } catch (error) {
        refused.inc({ system });
        throw error;
      }
    },
  };
}
