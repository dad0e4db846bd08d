import type { LandscapeFile } from '@pult/shared/contracts/landscape-file';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import type { Route } from '../../platform/http/mount.ts';
import type { Ticker } from '../../platform/jobs/ticker.ts';
import type { Live } from '../../platform/live/live.ts';
import type { Logger } from '../../platform/telemetry/logger.ts';
import { createAutomaticRoutes } from './automatic/routes.ts';
import { createAutomaticService } from './automatic/service.ts';
import type { OperationContext } from './context.ts';
import { createNap, pastAbort } from './nap.ts';
import type { DeliveryBook, OperationConnectors } from './ports.ts';
import { noteRecovery } from './progress.ts';
import { createOperationRoutes } from './routes.ts';
import { createRunner } from './runner.ts';
import { createOperationService, type OperationService } from './service.ts';
import { DEFAULT_SETTINGS, type OperationSettings } from './settings.ts';
import { countOpenOperations, operationMentions, runningOperations } from './store.ts';
import { askTarget, type TargetAnswer } from './verify-delivery.ts';

export interface OperationsModule {
  readonly routes: Route[];
  /** Started and not at their end. */
  openOperations(): Promise<number>;
  /** Number that people say and who started it, by id; ids that are no operation are left out. */
  mentionsOf(ids: readonly string[]): Promise<ReadonlyMap<string, { number: number; startedBy: string | null }>>;
  /** Asks the target about a message, recording nothing; null when its flow names no way to. @throws SourceError */
  askTarget(deliveryId: string): Promise<TargetAnswer | null>;
  /** For decisions of other modules that end in an operation, e.g. a reconciliation. */
  readonly service: OperationService;
  /** Carries operations out while this process is the leader. Ends with the ticker. */
  start(ticker: Ticker): void;
}

export interface OperationsDeps {
  readonly db: Db;
  readonly book: DeliveryBook;
  readonly connectors: OperationConnectors;
  readonly landscape: LandscapeFile;
  readonly maintenanceUntil: OperationContext['maintenanceUntil'];
  readonly live: Pick<Live, 'announce'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings?: Partial<OperationSettings>;
}

/** After a round that failed (the database is away) the next one begins so much later. */
const AGAIN_MS = 2_000;
const LAST_WORDS_MS = 5_000;

export function createOperationsModule(deps: OperationsDeps): OperationsModule {
  const { db, book, connectors, maintenanceUntil, live, clock, log } = deps;
  const settings = { ...DEFAULT_SETTINGS, ...deps.settings };
  const flows = new Map(deps.landscape.flows.map((flow) => [flow.id, flow]));
  const busId = deps.landscape.systems.find(({ connector }) => connector?.protocol === 'kafka')?.id ?? null;
  const context: OperationContext = {
    db,
    book,
    connectors,
    flows,
    busId,
    maintenanceUntil,
    live,
    clock,
    log,
    settings,
  };
  const nap = createNap();
  const service = createOperationService(context, nap.wake);
  const automatic = createAutomaticService(context, service);
  return {
    routes: [...createOperationRoutes(context, service), ...createAutomaticRoutes(automatic)],
    service,
    openOperations: () => countOpenOperations(db),
    mentionsOf: (ids) => operationMentions(db, ids),
    askTarget: (deliveryId) => askTarget(context, deliveryId),
    start: (ticker) => {
      ticker.alone(settings.automaticEveryMs, 'operations.automatic', automatic.round);
      ticker.alone(AGAIN_MS, 'operations.run', async (signal) => {
        await noteRecovery(context, await runningOperations(db));
        const runner = createRunner(context);
        try {
          while (!signal.aborted) {
            await runner.tick();
            await nap.sleep(settings.tickMs, signal);
          }
        } finally {
          // However it ended: a next runner of this process knows nothing of the requests of this one and would make
          // them beside it. At a shutdown the last ones are not waited for without end; whatever does not finish is
          // taken up from the database at the next start.
          await Promise.race([runner.idle(), pastAbort(signal, LAST_WORDS_MS)]);
        }
      });
    },
  };
}
