/** Documents of sites, of personnel and of the consolidation as they are now, after people have put right what was wrong. */
import { isSite } from '../onec/bases.ts';
import { QUALITY } from '../onec/erp-objects.ts';
import { createRandom } from '../onec/random.ts';
import { insuranceNumber } from '../onec/seed-staff.ts';
import { RECEIPTS } from '../onec/trade-objects.ts';
import { consolidationMessage, figuresOf, HOUR_MS, REPORTING_BASES } from './flows/consolidation.ts';
import { GoodsCards } from './flows/goods.ts';
import { qualityMessage } from './flows/quality.ts';
import { enterMissingItems, receiptMessage } from './flows/receipts.ts';
import { STAFF_SETS, staffCards, staffMessage } from './flows/staff.ts';
import { text } from './flows/values.ts';
import { instantOf } from './moscow-time.ts';
import type { OneCBase, Row } from './onec-base.ts';
import type { MessageRecord } from './records.ts';
import type { Systems } from './systems.ts';

const rowIn = async (base: OneCBase, set: string, ref: unknown): Promise<Row | undefined> =>
  (await base.list(set, { filter: `Ref_Key eq guid'${text(ref)}'`, top: 1 }))[0];

/** Null when the document is gone. @throws TransferError */
export async function documentAnew(systems: Systems, record: MessageRecord): Promise<MessageRecord | null> {
  const { source, messageId } = record;
  if (record.flow === 'zup-hrtek') return staffAnew(systems, messageId);
  if (record.flow === 'ut-bp-uh') return packageAnew(systems, record);
  if (!isSite(source)) return null;
  const site = systems.base(source);
  const goods = await new GoodsCards(systems).of(source);
  if (record.flow === 'erp-receipts') {
    const row = await rowIn(site, RECEIPTS, messageId);
    if (!row) return null;
    const message = receiptMessage(source, row, goods);
    await enterMissingItems(message, systems);
    return message;
  }
  const row = await rowIn(site, QUALITY, messageId);
  if (!row) return null;
  const batch = await rowIn(site, 'Catalog_СерииНоменклатуры', row.Серия_Key);
  return qualityMessage(source, row, { goods, batch: text(batch?.Номер) });
}

/** The personnel department fills the card first. */
async function staffAnew(systems: Systems, messageId: string): Promise<MessageRecord | null> {
  const zup = systems.base('zup');
  for (const set of STAFF_SETS) {
    const row = await rowIn(zup, set, messageId);
    if (!row) continue;
    const known = await staffCards(systems, row);
    if (!known) return null;
    if (text(known.person.СтраховойНомерПФР) !== '') return staffMessage(set, row, known);
    const number = insuranceNumber(createRandom(Number.parseInt(messageId.slice(0, 8), 16)));
    const ref = text(known.person.Ref_Key);
    const person = await zup.patch('Catalog_ФизическиеЛица', ref, { СтраховойНомерПФР: number });
    return staffMessage(set, row, { ...known, person });
  }
  return null;
}

async function packageAnew(systems: Systems, record: MessageRecord): Promise<MessageRecord | null> {
  const base = REPORTING_BASES.find((one) => one === record.source);
  if (!base) return null;
  const hour = Date.parse(instantOf(text(record.payload.ДатаНачала)));
  const figures = await figuresOf(systems, base, Math.floor(hour / HOUR_MS) * HOUR_MS);
  return consolidationMessage({
    id: record.messageId,
    base,
    hour,
    occurredAt: Date.parse(record.occurredAt),
    figures,
  });
}
