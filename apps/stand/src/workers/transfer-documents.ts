/** Documents at a target: their sets, finding and posting one, and the customer whom it names. */
import { type OneCBase, odataText, type Row } from './onec-base.ts';
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

/** The live document that the exchange made of a message, by the mark that it left in its comment. */
export async function documentByMark(base: OneCBase, set: string, mark: string): Promise<Row | undefined> {
  const [present] = await base.list(set, {
    filter: `substringof(${odataText(mark)},Комментарий) and DeletionMark eq false`,
    select: ['Ref_Key', 'Posted'],
    top: 1,
  });
  return present;
}

/** The customer with an ИНН. @throws TransferError when the target has none */
export async function customerByInn(base: OneCBase, inn: string): Promise<Row> {
  const [customer] = await base.list('Catalog_Контрагенты', {
    filter: `ИНН eq ${odataText(inn)}`,
    select: ['Ref_Key'],
    top: 1,
  });
  if (!customer) throw new TransferError(`Контрагент с ИНН ${inn} не найден`);
  return customer;
}
