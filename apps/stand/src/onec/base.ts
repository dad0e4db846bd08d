import { Changes } from './changes.ts';
import { metadataDocument } from './metadata-document.ts';
import { calmQuirks, type Quirks } from './quirks.ts';
import { Sessions } from './sessions.ts';
import type { BaseStore, MutableRow } from './store.ts';

const POSTING_TEXTS = [
  (number: string) => `Не удалось провести "${number}"! Период закрыт для изменений: дата запрета 30.09.2026`,
  (number: string) => `Не удалось провести "Реализация товаров и услуг ${number}": поле «Договор» не заполнено`,
  () =>
    "Ошибка при выполнении обработчика - 'ПриЗаписи' {ОбщийМодуль.ОбменДаннымиСервер.Модуль(180)}: Истекло ожидание блокировки таблицы «РасчетыСКлиентами»",
] as const;

/** One information base: its rows, how it behaves, its sessions and changes for others. */
export class Base {
  readonly store: BaseStore;
  readonly quirks: Quirks = calmQuirks();
  readonly sessions = new Sessions();
  readonly changes: Changes;
  /** Whether the first request after the start has been answered. */
  warm = false;
  #postings = 0;
  #metadata: string | null = null;

  constructor(store: BaseStore) {
    this.store = store;
    this.changes = new Changes(store);
  }

  get metadata(): string {
    this.#metadata ??= metadataDocument([...this.store.entities.values()]);
    return this.quirks.composition === 'empty' ? metadataDocument([]) : this.#metadata;
  }

  /** Text of the handler that refuses this posting; null lets it pass. With a share of 0.25 every fourth fails. */
  postingFailure(row: MutableRow): string | null {
    this.#postings += 1;
    const { postingError, periodClosed } = this.quirks;
    if (periodClosed) return `Не удалось провести "${String(row.Number)}": период закрыт для изменений`;
    const failed = Math.floor(this.#postings * postingError) !== Math.floor((this.#postings - 1) * postingError);
    if (!failed) return null;
    const text = POSTING_TEXTS[this.#postings % POSTING_TEXTS.length] ?? POSTING_TEXTS[0];
    return text(String(row.Number));
  }
}
