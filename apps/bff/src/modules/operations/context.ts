import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import type { Live } from '../../platform/live/live.ts';
import type { Logger } from '../../platform/telemetry/logger.ts';
import type { DeliveryBook, OperationConnectors } from './ports.ts';
import type { OperationSettings } from './settings.ts';

/** What the parts of the module share. */
export interface OperationContext {
  readonly db: Db;
  readonly book: DeliveryBook;
  readonly connectors: OperationConnectors;
  readonly flows: ReadonlyMap<string, FlowConfig>;
  /** The bus of the landscape; null where there is none. */
  readonly busId: string | null;
  /** Until when planned work on an end of the flow lasts, ms; null: there is none now. */
  readonly maintenanceUntil: (flow: string) => Promise<number | null>;
  readonly live: Pick<Live, 'announce'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: OperationSettings;
}

/** Tells open consoles that an operation moved. */
export function announce(context: Pick<OperationContext, 'live'>, operationId: string): void {
  context.live.announce('operations', [operationId]);
  context.live.announce(`operation:${operationId}`, [operationId]);
}
