/** УТ → БП: money that customers paid. A payment of УТ is a receipt on the account in БП. */
import { instantOf, localOf } from '../moscow-time.ts';
import type { Row } from '../onec-base.ts';
import { type MessageRecord, newRecord } from '../records.ts';
import type { Systems } from '../systems.ts';
import {
  type Counterparty,
  customerByInn,
  documentByMark,
  PAYMENTS,
  postDocument,
  RECEIPTS_ON_ACCOUNT,
  type Transferred,
} from '../transfer-documents.ts';
import { TransferError } from '../transfer-error.ts';
import { text } from './values.ts';

/** Account of the company on which customers pay. Invented. */
export const ACCOUNT = '40702810438000012345';
export const PAYMENT_TYPE = PAYMENTS.replace('Document_', '');

/** Mark of a payment of УТ in its document of БП. */
export const paymentMark = (messageId: string): string => `УТ:${messageId}`;

/** A payment of УТ. */
export const paymentMessage = (row: Row, counterparty: Counterparty | null): MessageRecord =>
  newRecord({
    flow: 'ut-bp-sales',
    messageId: text(row.Ref_Key),
    source: 'ut',
    consumer: 'bp',
    type: PAYMENT_TYPE,
    number: text(row.Number),
    ref: text(row.Ref_Key),
    counterparty,
    amount: Number(row.СуммаДокумента).toFixed(2),
    occurredAt: instantOf(text(row.Date)),
    payload: {
      Номер: text(row.Number),
      Дата: row.Date,
      СуммаДокумента: row.СуммаДокумента,
      Контрагент: counterparty?.name ?? '',
      ИНН: counterparty?.inn ?? '',
      НомерВходящегоДокумента: text(row.НомерВходящегоДокумента),
      НазначениеПлатежа: text(row.НазначениеПлатежа),
      БанковскийСчет: ACCOUNT,
    },
  });

export const noAccount = (account: string): string => `В 1С:БП не указан банковский счёт организации ${account}`;

/** @param accountsLost БП does not find the account on which the money came @throws TransferError */
export async function paymentToBp(record: MessageRecord, { bp }: Systems, accountsLost: boolean): Promise<Transferred> {
  const { payload } = record;
  const mark = paymentMark(record.messageId);
  const present = await documentByMark(bp, RECEIPTS_ON_ACCOUNT, mark);
  if (present) return postDocument(bp, RECEIPTS_ON_ACCOUNT, present);
  if (accountsLost) throw new TransferError(noAccount(text(payload.БанковскийСчет)));
  const customer = await customerByInn(bp, record.counterparty?.inn ?? '');
  const created = await bp.create(RECEIPTS_ON_ACCOUNT, {
    Number: record.number,
    Date: payload.Дата ?? localOf(record.occurredAt),
    Контрагент_Key: customer.Ref_Key,
    СуммаДокумента: Number(record.amount),
    НомерВходящегоДокумента: payload.НомерВходящегоДокумента,
    НазначениеПлатежа: payload.НазначениеПлатежа,
    Комментарий: mark,
  });
  return postDocument(bp, RECEIPTS_ON_ACCOUNT, created);
}
