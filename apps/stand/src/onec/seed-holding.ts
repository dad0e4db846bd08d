/** Reports of the consolidation. */
import type { BaseStore } from './store.ts';

/** Kind of report by the base that gives it. */
export const REPORT_KINDS = {
  ut: { ref: '0b5a7d10-0000-11f1-8000-00155d000011', name: 'Продажи и расчёты с клиентами' },
  bp: { ref: '0b5a7d10-0000-11f1-8000-00155d000012', name: 'Обороты по счетам учёта' },
} as const;

export function seedHolding(store: BaseStore): void {
  for (const { ref, name } of Object.values(REPORT_KINDS))
    store.insert('Catalog_ВидыОтчетов', { Ref_Key: ref, Description: name, Code: ref.slice(-9) });
}
