import type { ApprovalKind } from '@pult/shared/contracts/approvals';
import { hundredthsOf } from '@pult/shared/domain/approval/points';
import type { RequestItem } from '../../connectors/port/request-app.ts';
import { chunks } from './chunks.ts';
import type { ElmaApp } from './ports.ts';
import { elmaStage } from './rules.ts';
import type { ElmaSnapshot } from './snapshot.ts';

export interface ElmaReader {
  /**
   * Items changed at or after `since` (ms), the oldest change first; null = all there are. `newest` is the change that was
   * read last, `more` says that there are later ones: the next reading goes on there.
   */
  readChanged(since: number | null): Promise<{ snapshots: ElmaSnapshot[]; newest: number | null; more: boolean }>;
  /** Items by id, whenever they changed. */
  readAgain(ids: readonly string[]): Promise<ElmaSnapshot[]>;
}

/** How much one reading takes. */
export interface ElmaPages {
  /** Items per page, 100 at most: ELMA gives no more. */
  readonly size: number;
  readonly atMost: number;
  /** Pages at most while the reading is not past its beginning. */
  readonly inPlace: number;
}
/** In place twice what ELMA skips: a reading that is not past its beginning by then never will be. */
const PAGES: ElmaPages = { size: 100, atMost: 20, inPlace: 200 };
/** Items changed within the same second as the newest one may appear after the reading. */
const OVERLAP_MS = 2_000;

export interface ElmaReaderOptions {
  readonly app: string;
  readonly historyBefore: () => number;
  readonly pages?: ElmaPages;
}

export function createElmaReader(elma: ElmaApp, options: ElmaReaderOptions): ElmaReader {
  const { size, atMost, inPlace } = options.pages ?? PAGES;
  return {
    readChanged: async (since) => {
      const snapshots = new Map<string, ElmaSnapshot>();
      let newest: number | null = since;
      // A page begins at a time, not at a place: places shift while items change, and ELMA skips 10,000 at most.
      let min = since === null ? null : new Date(since - OVERLAP_MS).toISOString();
      let from = 0;
      // The next reading begins at what was read last: one that is not past `since` yet would begin at the same place.
      for (let page = 0; page < (newest === since ? inPlace : atMost); page += 1) {
        const { items } = await elma.list(options.app, {
          ...(min === null ? {} : { filter: { tf: { __updatedAt: { min } } } }),
          sort: { field: '__updatedAt', ascending: true },
          from,
          size,
        });
        for (const item of items) {
          const at = Date.parse(item.updatedAt);
          if (newest === null || at > newest) newest = at;
          const snapshot = snapshotOf(item, options.historyBefore());
          if (snapshot === null) continue;
          // Seen twice: it has changed meanwhile, and its later state belongs behind the others.
          snapshots.delete(snapshot.itemId);
          snapshots.set(snapshot.itemId, snapshot);
        }
        const last = items.at(-1)?.updatedAt ?? null;
        if (items.length < size) return { snapshots: [...snapshots.values()], newest, more: false };
        // More than a page of the same moment: there only the place tells them apart.
        from = last === min ? from + size : 0;
        min = last;
      }
      return { snapshots: [...snapshots.values()], newest, more: true };
    },
    readAgain: async (all) => {
      const snapshots: ElmaSnapshot[] = [];
      for (const ids of chunks(all, size)) {
        const { items } = await elma.list(options.app, { ids, size });
        // A server that does not know `ids` would list anything.
        const asked = items.filter(({ id }) => ids.includes(id));
        snapshots.push(...asked.map((item) => snapshotOf(item, options.historyBefore())).filter((one) => one !== null));
      }
      return snapshots;
    },
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
/** A category comes as a list of one `{code, name}`, a plain field as text. */
const codeOf = (value: unknown): string | null => {
  const one = Array.isArray(value) ? value[0] : value;
  return isRecord(one) ? text(one.code) : text(one);
};
/** People come as a name, or as an object with name and e-mail. */
const personOf = (value: unknown): { name: string | null; email: string | null } => {
  const one = Array.isArray(value) ? value[0] : value;
  if (!isRecord(one)) return { name: text(one), email: null };
  return { name: text(one.name), email: text(one.email) };
};

const KINDS: readonly ApprovalKind[] = ['discount', 'order', 'return'];

/** What an item says; null when it names no process of 1С and cannot be joined with anything. */
export function snapshotOf(item: RequestItem, historyBefore: number): ElmaSnapshot | null {
  const { context } = item;
  const processRef = text(context.ut_process_ref)?.toLowerCase() ?? null;
  if (processRef === null) return null;
  const stage = elmaStage(item.statusCode);
  const initiator = personOf(context.initiator);
  const by = personOf(context.decided_by);
  const updatedAt = Date.parse(item.updatedAt);
  const cents = isRecord(context.amount) ? context.amount.cents : null;
  const deviation = Number(context.deviation_max ?? 0);
  const final = stage === 'approved' || stage === 'rejected';
  return {
    system: 'elma',
    processRef,
    itemId: item.id,
    itemVersion: item.version,
    createdAt: Date.parse(item.createdAt),
    updatedAt,
    stage,
    kind: KINDS.find((kind) => kind === codeOf(context.kind)) ?? 'discount',
    documentRef: text(context.ut_order_ref)?.toLowerCase() ?? null,
    documentNumber: text(context.ut_order_number) ?? '—',
    customer: personOf(context.customer).name ?? '—',
    customerInn: text(context.customer_inn),
    initiator: { ref: null, name: initiator.name ?? '—', email: initiator.email },
    reason: text(context.reason),
    amount: typeof cents === 'number' && Number.isSafeInteger(cents) ? BigInt(cents) : null,
    deviationMax: Number.isFinite(deviation) ? Math.max(0, hundredthsOf(deviation)) : 0,
    question: text(context.question),
    answer: text(context.clarification_answer),
    outcome: final
      ? {
          verdict: stage === 'approved' ? 'approve' : 'reject',
          by: by.name === null ? null : { ref: null, name: by.name, email: by.email },
          at: updatedAt,
          comment: text(context.decision_comment),
          pultDecisionId: text(context.pult_decision_id)?.toLowerCase() ?? null,
        }
      : null,
    history: final && updatedAt < historyBefore,
  };
}
