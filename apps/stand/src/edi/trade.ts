/** EDI of УТ: picks files up, makes orders of clients over OData, answers. No order becomes two documents. */
import { localOf } from '../workers/moscow-time.ts';
import { type OneCBase, odataText, type Row } from '../workers/onec-base.ts';
import { TransferError } from '../workers/transfer-error.ts';
import { acceptanceText, type ChainOrder, readOrder, refusalText } from './documents.ts';
import type { Folders } from './folders.ts';

const ORDERS = 'Document_ЗаказКлиента';
const money = (value: number): number => Math.round(value * 100) / 100;

export class Trade {
  /** The scheduled job that picks files up does not run. */
  stopped = false;
  readonly #folders: Folders;
  readonly #ut: OneCBase;

  constructor(parts: { folders: Folders; ut: OneCBase }) {
    this.#folders = parts.folders;
    this.#ut = parts.ut;
  }

  /** One run of the job. Files wait while the base does not answer. */
  async pickUp(): Promise<void> {
    if (this.stopped) return;
    for (const name of this.#folders.list('to-ut')) {
      let order: ChainOrder;
      try {
        order = readOrder(this.#folders.read('to-ut', name));
      } catch {
        // What cannot be read is put aside, as УТ does it; only its log says so.
        this.#folders.move('to-ut', 'ut-bad', name);
        continue;
      }
      try {
        await this.#post(order);
        this.#answer(`ordrsp_${order.chain.gln}_${order.number}.xml`, acceptanceText(order));
      } catch (error) {
        if (!(error instanceof UnknownGoods)) {
          if (error instanceof TransferError) return;
          throw error;
        }
        this.#answer(`status_${order.number}.xml`, refusalText(name, order.chain, error.message));
      }
      this.#folders.move('to-ut', 'ut-done', name);
    }
  }

  #answer(name: string, text: string): void {
    this.#folders.write('from-ut', name, Buffer.from(text));
  }

  async #post(order: ChainOrder): Promise<void> {
    const [present] = await this.#ut.list(ORDERS, {
      filter: `НомерПоДаннымКлиента eq ${odataText(order.number)} and DeletionMark eq false`,
      select: ['Ref_Key', 'Posted'],
      top: 1,
    });
    const row = present ?? (await this.#create(order));
    if (row.Posted !== true) await this.#ut.run(ORDERS, String(row.Ref_Key), 'Post');
  }

  async #create({ chain, number, date, lines }: ChainOrder): Promise<Row> {
    const goods: Row[] = [];
    for (const [index, line] of lines.entries()) {
      const [item] = await this.#ut.list('Catalog_Номенклатура', {
        filter: `Артикул eq ${odataText(line.article)}`,
        select: ['Ref_Key'],
        top: 1,
      });
      if (!item) throw new UnknownGoods(`Не найдена номенклатура по штрихкоду ${line.gtin}, строка ${index + 1}`);
      const amount = money(line.quantity * line.price);
      goods.push({
        LineNumber: String(index + 1),
        Номенклатура_Key: item.Ref_Key,
        Количество: line.quantity,
        Цена: line.price,
        Сумма: amount,
        СуммаСНДС: amount,
        СуммаНДС: money((amount / 122) * 22),
        КодСтроки: String(index + 1),
      });
    }
    return this.#ut.create(ORDERS, {
      Date: localOf(Date.now()),
      НомерПоДаннымКлиента: number,
      ДатаПоДаннымКлиента: `${date}T00:00:00`,
      СуммаДокумента: money(lines.reduce((sum, line) => sum + line.quantity * line.price, 0)),
      Статус: 'КОбеспечению',
      Согласован: true,
      ХозяйственнаяОперация: 'РеализацияКлиенту',
      Комментарий: `EDI: ${chain.name}`,
      Товары: goods,
    });
  }
}

class UnknownGoods extends Error {}
