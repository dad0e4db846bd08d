import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import type { Live } from '../../platform/live/live.ts';
import type { Logger } from '../../platform/telemetry/logger.ts';
import type { SlaModule } from '../sla/index.ts';
import type { ApprovalConnectors, ApprovalSystems, CarriedDecisions } from './ports.ts';

/** What the parts of the module share. */
export interface ApprovalContext {
  readonly db: Db;
  readonly sla: Pick<SlaModule, 'book' | 'view' | 'marks' | 'closedCycles' | 'openBreached'>;
  readonly clocks: SlaModule['clocks'];
  readonly connectors: ApprovalConnectors;
  readonly systems: ApprovalSystems;
  readonly live: Pick<Live, 'announce'>;
  /** Messages of exchanges that bring decisions made in one system to the other; absent where none are watched. */
  readonly carried?: CarriedDecisions;
  readonly clock: Clock;
  readonly log: Logger;
  /** 0 ≤ x < 1, for the jitter of retries. */
  readonly random: () => number;
}

/** Tells open consoles that requests changed. */
export function announce(context: Pick<ApprovalContext, 'live'>, ids: readonly string[]): void {
  if (ids.length === 0) return;
  context.live.announce('approvals', ids);
  for (const id of ids) context.live.announce(`approval:${id}`, [id]);
}
