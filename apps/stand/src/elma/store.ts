/** Items of the app sales/discount_approvals with their task and process, in memory and in a journal that survives a kill -9. */
import { Journal } from '../journal.ts';
import { userIdOf } from './users.ts';

export const APP = { namespace: 'sales', code: 'discount_approvals' } as const;
export const PROCESS = {
  namespace: 'sales.discount_approvals',
  code: 'approval',
  name: 'Согласование скидки',
} as const;

export const STATUSES = [
  { id: 1, code: 'new', name: 'Новая' },
  { id: 2, code: 'in_progress', name: 'На согласовании' },
  { id: 3, code: 'clarification', name: 'Уточнение' },
  { id: 4, code: 'approved', name: 'Согласовано' },
  { id: 5, code: 'rejected', name: 'Отклонено' },
] as const;
export type StatusCode = (typeof STATUSES)[number]['code'];
const FINAL: readonly string[] = ['approved', 'rejected'];

/** Ways out of the task, as its form in ELMA has them. */
export const EXITS = [
  { code: 'approve', name: 'Согласовать', status: 'approved' },
  { code: 'reject', name: 'Отклонить', status: 'rejected' },
  { code: 'clarify', name: 'Запросить уточнение', status: 'clarification' },
] as const satisfies readonly { code: string; name: string; status: StatusCode }[];

export interface Task {
  readonly __id: string;
  readonly __name: string;
  readonly __createdAt: string;
  readonly state: 'in_progress' | 'done';
  readonly performers: readonly string[];
  readonly originalPerformers: readonly string[];
  readonly reassignes: readonly {
    readonly from: readonly string[];
    readonly to: readonly string[];
    readonly at: string;
  }[];
  readonly allowReassign: boolean;
  readonly branch: string;
  readonly path: readonly string[];
  readonly dueDate: string | null;
  readonly planEnd: null;
  readonly timerId: null;
  readonly __target: null;
  readonly __percent: number;
  readonly __item: { readonly id: string; readonly code: string; readonly namespace: string };
  readonly instance: {
    readonly __id: string;
    readonly code: string;
    readonly namespace: string;
    readonly __name: string;
  };
  readonly template: Readonly<Record<string, never>>;
  readonly templateNsAndCode: string;
}

export interface Item {
  readonly __id: string;
  readonly __name: string;
  readonly __createdAt: string;
  readonly __updatedAt: string;
  readonly __deletedAt: string | null;
  readonly __index: number;
  readonly __version: number;
  readonly __status: { readonly order: number; readonly status: number };
  readonly __tasks: readonly Task[];
  readonly [field: string]: unknown;
}

type Context = Readonly<Record<string, unknown>>;
const APPROVER = userIdOf('Кравцова Анна');
const ROBOT = userIdOf('Обмен с 1С');

export const codeOf = (item: Item): StatusCode => STATUSES.find(({ id }) => id === item.__status.status)?.code ?? 'new';

/** Fields of the app, without the ones that ELMA keeps itself. */
const own = (context: Context): Context =>
  Object.fromEntries(Object.entries(context).filter(([name]) => !name.startsWith('__')));

export class ItemStore {
  readonly #items = new Map<string, Item>();
  readonly #journal: Journal<Item>;
  #version = 1_677_543_452;

  constructor(path: string | null) {
    this.#journal = new Journal<Item>(path);
    for (const item of this.#journal.read()) {
      this.#items.set(item.__id, item);
      this.#version = Math.max(this.#version, item.__version);
    }
  }

  all(): Item[] {
    return [...this.#items.values()];
  }
  get(id: string): Item | undefined {
    return this.#items.get(id);
  }
  findByTask(taskId: string): Item | undefined {
    return this.all().find((item) => item.__tasks.some(({ __id }) => __id === taskId));
  }
  findByInstance(instanceId: string): Item | undefined {
    return this.all().find((item) => item.__tasks.some(({ instance }) => instance.__id === instanceId));
  }

  /** A new item; its process starts with it and gives one person one task. */
  create(context: Context, now = new Date().toISOString()): Item {
    const id = crypto.randomUUID();
    const task: Task = {
      __id: crypto.randomUUID(),
      __name: 'Согласовать скидку',
      __createdAt: now,
      state: 'in_progress',
      performers: [APPROVER],
      originalPerformers: [APPROVER],
      reassignes: [],
      allowReassign: true,
      branch: crypto.randomUUID(),
      path: [crypto.randomUUID()],
      dueDate: null,
      planEnd: null,
      timerId: null,
      __target: null,
      __percent: 0,
      __item: { id, ...APP },
      instance: { __id: crypto.randomUUID(), code: PROCESS.code, namespace: PROCESS.namespace, __name: PROCESS.name },
      template: {},
      templateNsAndCode: `${PROCESS.namespace}.${PROCESS.code}`,
    };
    return this.#put(
      {
        ...own(context),
        __id: id,
        __name: String(context.__name ?? `Согласование ${String(context.ut_order_number ?? '')}`.trim()),
        __debug: false,
        __index: this.#items.size + 1,
        __version: 0,
        __createdAt: now,
        __createdBy: ROBOT,
        __updatedAt: now,
        __updatedBy: ROBOT,
        __deletedAt: null,
        __directory: null,
        __externalId: null,
        __externalProcessMeta: null,
        __subscribers: [ROBOT],
        __status: { order: 1, status: 2 },
        __tasks: [task],
        __tasks_performers: [APPROVER],
        __tasks_earliest_duedate: null,
      },
      now,
    );
  }

  /** Changes fields of the app; fields of ELMA itself stay, except the name. */
  update(item: Item, context: Context): Item {
    const name = typeof context.__name === 'string' ? { __name: context.__name } : {};
    return this.#put({ ...item, ...own(context), ...name });
  }

  /** A final status closes the task, another one opens it again. */
  setStatus(item: Item, code: StatusCode): Item {
    const index = STATUSES.findIndex((one) => one.code === code);
    const final = FINAL.includes(code);
    return this.#put({
      ...item,
      __status: { order: index, status: index + 1 },
      __tasks: item.__tasks.map((task) => ({
        ...task,
        state: final ? ('done' as const) : ('in_progress' as const),
        __percent: final ? 100 : 0,
      })),
      __tasks_performers: final ? [] : item.__tasks.flatMap(({ performers }) => performers),
    });
  }

  reassign(item: Item, taskId: string, performers: readonly string[]): Item {
    const at = new Date().toISOString();
    return this.#put({
      ...item,
      __tasks: item.__tasks.map((task) =>
        task.__id === taskId
          ? { ...task, performers, reassignes: [...task.reassignes, { from: task.performers, to: performers, at }] }
          : task,
      ),
      __tasks_performers: performers,
    });
  }

  #put(item: Item, at = new Date().toISOString()): Item {
    this.#version += 1;
    const next: Item = { ...item, __version: this.#version, __updatedAt: at };
    this.#journal.append(next);
    this.#items.set(next.__id, next);
    return next;
  }
}
