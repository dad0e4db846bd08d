import { sql } from 'kysely';
import pino from 'pino';
import type { PersonActor } from '../../../platform/actor.ts';
import type { Db } from '../../../platform/db/database.ts';
import type { OperationContext } from '../context.ts';
import { itemsPage } from '../item-queries.ts';
import { createRunner, type Runner } from '../runner.ts';
import { type By, createOperationService, type OperationService } from '../service.ts';
import { DEFAULT_SETTINGS, type OperationSettings } from '../settings.ts';
import { refreshOperation } from '../settle.ts';
import { runningOperations } from '../store.ts';
import { testFlows, World } from './world.ts';

export const person = (name: string): By => ({
  actor: {
    kind: 'person',
    userId: name,
    name,
    email: null,
    roles: ['ops'],
    permissions: ['operations.run'],
    sessionId: 's',
  } satisfies PersonActor,
  requestId: 'r',
});

export const emptyOperations = async (db: Db): Promise<void> => {
  await sql`truncate operation, operation_item, operation_claim, operation_log restart identity cascade`.execute(db);
};

/** Every item of an operation, in the order of the plan. */
export const allItems = async (db: Db, operationId: string) => {
  const page = { outcomes: null, search: null, sort: 'position', after: null, limit: 10_000 } as const;
  return (await itemsPage(db, { operationId, ...page })).rows;
};

/** An operations module without its loop: tests turn the clock and the rounds themselves. */
export class Bench {
  readonly world = new World();
  readonly announced: string[] = [];
  now = 1_764_000_000_000;
  maintenanceUntil: number | null = null;
  readonly context: OperationContext;
  readonly service: OperationService;

  constructor(db: Db, settings: Partial<OperationSettings> = {}) {
    this.context = {
      db,
      book: this.world.book,
      connectors: this.world.connectors,
      flows: testFlows,
      busId: 'bus',
      maintenanceUntil: async () => this.maintenanceUntil,
      live: { announce: (topic) => this.announced.push(topic) },
      clock: { now: () => this.now },
      log: pino({ level: 'silent' }),
      settings: { ...DEFAULT_SETTINGS, ...settings },
    };
    this.world.now = () => this.now;
    this.service = createOperationService(this.context, () => undefined);
  }

  runner(db: Db = this.context.db): Runner {
    return createRunner({ ...this.context, db });
  }

  /** One round: half a second passes, what was started ends, the target reports. */
  async round(runner: Runner, ms = 500): Promise<void> {
    this.now += ms;
    await runner.tick();
    await runner.idle();
    // A round counts what had ended when it began; tests look at what has ended by now.
    for (const { id } of await runningOperations(this.context.db)) await refreshOperation(this.context, id);
    this.world.settle();
  }

  /** Rounds until the operation is in one of the states. */
  async runUntil(runner: Runner, id: string, states: readonly string[], rounds = 400): Promise<void> {
    for (let n = 0; n < rounds; n += 1) {
      await this.round(runner);
      if (states.includes((await this.service.get(id)).state)) return;
    }
    throw new Error(`still ${JSON.stringify(await this.service.get(id), null, 1).slice(0, 3_000)}`);
  }

  async startMany(deliveryIds: readonly string[], verb: 'resend' | 'discard' | 'restore' = 'resend') {
    const { operation } = await this.service.plan(
      { verb, selection: { deliveryIds: [...deliveryIds] } },
      person('ops'),
    );
    const confirmCount = operation.plan.needsTypedCount ? operation.plan.eligible : undefined;
    return this.service.start(operation.id, { reason: 'база вернулась', confirmCount }, person('ops'));
  }

  startOne(deliveryId: string, by = person('ops')) {
    return this.service.plan(
      { verb: 'resend', selection: { deliveryIds: [deliveryId] }, start: { reason: 'повторяем' } },
      by,
    );
  }
}
