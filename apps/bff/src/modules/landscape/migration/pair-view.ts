/** Pairs as the screens and files show them. */
import type { ShadowPair } from '@pult/shared/contracts/migration';
import { csvFile } from '../../../platform/csv-cell.ts';
import type { StoredPair } from './pair-store.ts';

const iso = (at: number): string => new Date(at).toISOString();

/** What of a pair the reader may see. */
export interface PairSight {
  /** Values of fields are content of messages. */
  readonly content: boolean;
  /** Fields that a person has explained. */
  readonly explained: ReadonlySet<string>;
}

export const pairView = (pair: StoredPair, { content, explained }: PairSight): ShadowPair => ({
  id: pair.id,
  at: iso(pair.at),
  type: pair.type,
  number: pair.number,
  outcome: pair.outcome,
  old: sideView(pair.oldId, { state: pair.oldState, appliedAt: pair.oldAppliedAt, latencyMs: pair.oldLatencyMs }),
  bus: sideView(pair.busId, { state: pair.busState, appliedAt: pair.busAppliedAt, latencyMs: pair.busLatencyMs }),
  lagMs: pair.oldAppliedAt === null || pair.busAppliedAt === null ? null : pair.busAppliedAt - pair.oldAppliedAt,
  differing: pair.differing,
  equal: pair.equal,
  differences: pair.differences.map(({ path, field, old, bus }) => ({
    path,
    field,
    old: content ? old : null,
    bus: content ? bus : null,
    explained: pair.explanationId !== null || explained.has(field),
  })),
  explanationId: pair.explanationId,
});

const sideView = (
  deliveryId: string | null,
  side: { state: string | null; appliedAt: number | null; latencyMs: number | null },
): ShadowPair['old'] =>
  deliveryId === null
    ? null
    : {
        deliveryId,
        state: side.state ?? '',
        appliedAt: side.appliedAt === null ? null : iso(side.appliedAt),
        latencyMs: side.latencyMs,
      };

const HEAD = [
  'documentType',
  'number',
  'outcome',
  'at',
  'oldAppliedAt',
  'busAppliedAt',
  'lagMs',
  'oldState',
  'busState',
  'differing',
  'fields',
  'reason',
  'oldDelivery',
  'busDelivery',
];

/** Fields that differ are named; their values stay in Pult, where their reading is a permission. */
export const pairsCsv = (
  pairs: readonly StoredPair[],
  reasonOf: (explanationId: string) => string | undefined,
): string =>
  csvFile([
    HEAD,
    ...pairs.map((pair) => {
      const view = pairView(pair, { content: false, explained: new Set() });
      return [
        view.type,
        view.number,
        view.outcome,
        view.at,
        view.old?.appliedAt,
        view.bus?.appliedAt,
        view.lagMs,
        view.old?.state,
        view.bus?.state,
        view.differing,
        [...new Set(view.differences.map(({ field }) => field))].join(', '),
        pair.explanationId === null ? null : reasonOf(pair.explanationId),
        view.old?.deliveryId,
        view.bus?.deliveryId,
      ];
    }),
  ]);
