/** Documents at a target: their sets, and posting one. */
import type { OneCBase, Row } from './onec-base.ts';
import { TransferError } from './transfer-error.ts';

export const ORDERS = 'Document_ЗаказКлиента';
export const SALES = 'Document_РеализацияТоваровУслуг';
/** What a customer paid, in УТ and in БП. */
export const PAYMENTS = 'Document_ПоступлениеБезналичныхДенежныхСредств';
export const RECEIPTS_ON_ACCOUNT = 'Document_ПоступлениеНаРасчетныйСчет';

export interface Counterparty {
  readonly name: string;
  readonly inn: string;
}

/** Document at the target. */
export interface Transferred {
  readonly ref: string | null;
}

/** Posts a document that is not; a failure names the document that stays. */
export async function postDocument(base: OneCBase, set: string, row: Row): Promise<Transferred> {
  const ref = String(row.Ref_Key ?? '').trim();
  if (row.Posted === true) return { ref };
  try {
    await base.run(set, ref, 'Post');
  } catch (error) {
    if (error instanceof TransferError) throw new TransferError(error.message, { code: error.code, ref });
    throw error;
  }
  return { ref };
}
