/** What really stands in the systems, to check the numbers of the console against. */
import type { BaseName } from '../onec/bases.ts';
import { PRICING, RECEIPTS } from '../onec/trade-objects.ts';
import { REPORTS } from '../onec/uh-objects.ts';
import { instantOf } from '../workers/moscow-time.ts';
import { odataText } from '../workers/onec-base.ts';
import type { Settings } from '../workers/settings.ts';
import type { Systems } from '../workers/systems.ts';
import { ORDERS, RECEIPTS_ON_ACCOUNT, SALES } from '../workers/transfer-documents.ts';

export interface Counts {
  readonly flow: string;
  /** Posted documents of the flow at its target; null where the target cannot be asked. */
  readonly present: number | null;
  /** What the workers remember, by state. */
  readonly records: Readonly<Record<string, number>>;
}

export interface HistoryState {
  readonly days: number;
  readonly told: number;
  /** Events that Pult has not taken yet. */
  readonly waiting: number;
  /** Whether Pult has the whole past and nothing waits. */
  readonly done: boolean;
}

/** How much of the past has been told. */
export const historyState = async (parts: { systems: Systems; settings: Settings }): Promise<HistoryState> =>
  (await parts.systems.stand('GET', `${parts.settings.workers}/_stand/history`)) as HistoryState;

interface Window {
  readonly from?: string;
  readonly to?: string;
}

interface Target {
  readonly base: BaseName;
  /** Sets of the documents: a flow may carry several kinds. */
  readonly sets: readonly string[];
  /** Field by which a document says that it came through the flow, and how it begins. */
  readonly mark: string;
  readonly start: string;
}
const TARGETS: Readonly<Record<string, Target>> = {
  'site-orders': { base: 'ut', sets: [ORDERS], mark: 'НомерПоДаннымКлиента', start: 'ЗК-' },
  'market-orders': { base: 'ut', sets: [ORDERS], mark: 'НомерПоДаннымКлиента', start: 'МК-' },
  'ut-bp-sales': { base: 'bp', sets: [SALES, RECEIPTS_ON_ACCOUNT], mark: 'Комментарий', start: 'УТ:' },
  'erp-receipts': { base: 'ut', sets: [RECEIPTS], mark: 'Комментарий', start: 'ERP-' },
  'erp-internal-prices': { base: 'ut', sets: [PRICING], mark: 'Комментарий', start: 'SBS-130' },
  'ut-bp-uh': { base: 'uh', sets: [REPORTS], mark: 'Number', start: 'КП-' },
};

/** @param window instants; documents are taken by their date, records by when they happened */
export async function countFlow(
  parts: { systems: Systems; settings: Settings },
  flow: string,
  window: Window,
): Promise<Counts> {
  const { systems, settings } = parts;
  const query = new URLSearchParams({ flow, ...window });
  const records = await systems.stand('GET', `${settings.workers}/_stand/records?${query}`);
  const target = TARGETS[flow];
  if (!target) return { flow, present: null, records: records as Counts['records'] };
  const found = await Promise.all(
    target.sets.map((set) =>
      systems.base(target.base).list(set, {
        filter: `startswith(${target.mark},${odataText(target.start)}) and Posted eq true`,
        select: ['Ref_Key', 'Date'],
      }),
    ),
  );
  const from = window.from ? Date.parse(window.from) : Number.NEGATIVE_INFINITY;
  const to = window.to ? Date.parse(window.to) : Number.POSITIVE_INFINITY;
  const present = found.flat().filter((row) => {
    const at = Date.parse(instantOf(String(row.Date)));
    return at >= from && at < to;
  }).length;
  return { flow, present, records: records as Counts['records'] };
}
