/** App items of the stand's ELMA in memory, with a journal that survives a kill -9. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

export const STATUSES = [
  { id: 1, code: 'new', name: 'Новая' },
  { id: 2, code: 'in_progress', name: 'На согласовании' },
  { id: 3, code: 'clarification', name: 'Уточнение' },
  { id: 4, code: 'approved', name: 'Согласовано' },
  { id: 5, code: 'rejected', name: 'Отклонено' },
] as const;
export type StatusCode = (typeof STATUSES)[number]['code'];
export const FINAL: readonly string[] = ['approved', 'rejected'];

export interface Item {
  readonly __id: string;
  readonly __name: string;
  readonly __createdAt: string;
  readonly __updatedAt: string;
  readonly __deletedAt: null;
  readonly __index: number;
  readonly __version: number;
  readonly __status: { readonly order: number; readonly status: number };
  readonly __tasks: readonly {
    readonly __id: string;
    readonly __name: string;
    readonly state: string;
    readonly performers: readonly string[];
  }[];
  readonly [field: string]: unknown;
}

export class ItemStore {
  #items = new Map<string, Item>();
  #journal: string | null;
  #versions = 1_677_543_452;

  constructor(journal: string | null) {
    this.#journal = journal;
    if (!journal) return;
    mkdirSync(dirname(journal), { recursive: true });
    if (!existsSync(journal)) return;
    for (const line of readFileSync(journal, 'utf8').split('\n')) {
      if (line === '') continue;
      try {
        const item = JSON.parse(line) as Item;
        this.#items.set(item.__id, item);
        this.#versions = Math.max(this.#versions, item.__version);
      } catch {
        break;
      }
    }
  }

  all(): Item[] {
    return [...this.#items.values()];
  }
  get(id: string): Item | undefined {
    return this.#items.get(id);
  }

  create(context: Readonly<Record<string, unknown>>): Item {
    const now = new Date().toISOString();
    const id = crypto.randomUUID();
    return this.#put({
      ...context,
      __id: id,
      __name: String(context.__name ?? `Согласование ${String(context.ut_order_number ?? '')}`),
      __createdAt: now,
      __updatedAt: now,
      __deletedAt: null,
      __index: this.#items.size + 1,
      __version: 0,
      __status: { order: 0, status: 2 },
      __tasks: [{ __id: crypto.randomUUID(), __name: 'Согласовать', state: 'in_progress', performers: [] }],
    });
  }

  update(item: Item, context: Readonly<Record<string, unknown>>): Item {
    return this.#put({ ...item, ...context, __id: item.__id });
  }

  setStatus(item: Item, code: StatusCode): Item {
    const status = STATUSES.find((one) => one.code === code);
    if (!status) throw new Error(`no status ${code}`);
    const done = FINAL.includes(code);
    return this.#put({
      ...item,
      __status: { order: status.id - 1, status: status.id },
      __tasks: item.__tasks.map((task) => ({ ...task, state: done ? 'done' : 'in_progress' })),
    });
  }

  #put(item: Item): Item {
    this.#versions += 1;
    const next: Item = { ...item, __version: this.#versions, __updatedAt: new Date().toISOString() };
    this.#items.set(next.__id, next);
    if (this.#journal) appendFileSync(this.#journal, `${JSON.stringify(next)}\n`);
    return next;
  }
}

export const codeOf = (item: Item): string => STATUSES.find(({ id }) => id === item.__status.status)?.code ?? 'new';
