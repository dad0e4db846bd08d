/** ERP → EproQc: results of tests of a batch. What EproQc speaks is not known; it reports what it took and what not. */
import type { SiteName } from '../../onec/bases.ts';
import { instantOf } from '../moscow-time.ts';
import type { Row } from '../onec-base.ts';
import { type MessageRecord, newRecord } from '../records.ts';
import type { Goods } from './goods.ts';
import { text } from './values.ts';

/** Batches with this beginning are not registered in EproQc until somebody does it. */
export const UNREGISTERED = 'НР-';

export function qualityMessage(
  site: SiteName,
  row: Row,
  known: { readonly goods: ReadonlyMap<string, Goods>; readonly batch: string },
): MessageRecord {
  const card = known.goods.get(text(row.Номенклатура_Key));
  return newRecord({
    flow: 'erp-qc',
    messageId: text(row.Ref_Key),
    source: site,
    consumer: 'qc',
    type: 'ПротоколКонтроляКачества',
    number: text(row.Number),
    ref: text(row.Ref_Key),
    counterparty: null,
    amount: null,
    occurredAt: instantOf(text(row.Date)),
    payload: {
      Номер: text(row.Number),
      Дата: row.Date,
      Артикул: card?.article ?? '',
      Наименование: card?.name ?? '',
      Партия: known.batch,
      РазмерПартии: row.РазмерПартии,
      РазмерВыборки: row.РазмерВыборки,
      Решение: row.Решение,
      Показатели: row.Показатели ?? [],
    },
  });
}

export const unknownBatch = (batch: string): string => `Партия ${batch} не зарегистрирована в EproQc`;

/** Why EproQc does not take a protocol; null when it does. */
export function objectionOfQc({ payload, revision }: MessageRecord, registryLost: boolean): string | null {
  const batch = text(payload.Партия);
  // Exported anew means that somebody has registered the batch meanwhile.
  const isUnknown = registryLost || (batch.startsWith(UNREGISTERED) && revision === 1);
  return isUnknown ? unknownBatch(batch) : null;
}
