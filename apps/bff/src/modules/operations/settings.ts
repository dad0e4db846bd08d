import { DEFAULT_STOP_RULE, type StopRule } from '@pult/shared/domain/operation/stages';

export interface OperationSettings {
  readonly stopRule: StopRule;
  /** A plan that nobody started is thrown away after this. */
  readonly planLifeMs: number;
  /** Deliveries that a start claims in one transaction: their events wait for its end. */
  readonly claimChunk: number;
  /** How long a document is looked for at the target before its item is settled. */
  readonly doubtWindowMs: number;
  readonly doubtEveryMs: number;
  /** Pause before the same request is made again after a failure on the way. */
  readonly backoffMs: number;
  /** Requests about one item with the same key before it counts as doubtful. */
  readonly mostAsks: number;
  /** Questions to a target in a row that it did not answer, before the item fails. More than open its circuit. */
  readonly mostVerifications: number;
  /** Items between request and confirmation at once, per operation. */
  readonly mostInFlight: number;
  /** How long the rate stays after a change by Pult itself. */
  readonly adaptEveryMs: number;
  readonly tickMs: number;
  /** How often automatic retry looks for what is due. */
  readonly automaticEveryMs: number;
}

/** The longest pause that is ever set between two requests about one item, ms. */
export const longestPauseMs = ({ backoffMs, doubtEveryMs, mostAsks, mostVerifications }: OperationSettings): number =>
  Math.max(doubtEveryMs, backoffMs * mostAsks, backoffMs * 2 ** mostVerifications);

/** Whether a pause lasts. One that ends later than any that can be set comes from a clock that was set back since. */
export const isPaused = (notBefore: Date | null, now: number, settings: OperationSettings): boolean =>
  notBefore !== null && notBefore.getTime() > now && notBefore.getTime() <= now + longestPauseMs(settings);

export const DEFAULT_SETTINGS: OperationSettings = {
  stopRule: DEFAULT_STOP_RULE,
  planLifeMs: 60 * 60_000,
  claimChunk: 2_000,
  doubtWindowMs: 15 * 60_000,
  doubtEveryMs: 20_000,
  backoffMs: 2_000,
  mostAsks: 5,
  mostVerifications: 8,
  mostInFlight: 200,
  adaptEveryMs: 10_000,
  tickMs: 250,
  automaticEveryMs: 5_000,
};
