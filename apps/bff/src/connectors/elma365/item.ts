import { isRecord } from '../port/raw-answer.ts';
import type { RequestItem } from '../port/request-app.ts';

export interface ElmaTask {
  readonly id: string;
  readonly state: string;
  readonly name: string;
  readonly performers: readonly string[];
}

/** One item of an app, with the system fields told apart from its context. */
export interface ElmaItem extends RequestItem {
  readonly statusId: number | null;
  readonly tasks: readonly ElmaTask[];
  readonly raw: Readonly<Record<string, unknown>>;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Reads an item; null when it has no id. */
export function itemOf(raw: unknown, statuses: ReadonlyMap<number, string>): ElmaItem | null {
  if (!isRecord(raw) || typeof raw.__id !== 'string') return null;
  const status = isRecord(raw.__status) && typeof raw.__status.status === 'number' ? raw.__status.status : null;
  const tasks = Array.isArray(raw.__tasks) ? raw.__tasks.filter(isRecord) : [];
  return {
    id: raw.__id,
    name: text(raw.__name),
    version: typeof raw.__version === 'number' ? raw.__version : 0,
    createdAt: text(raw.__createdAt),
    updatedAt: text(raw.__updatedAt),
    deletedAt: typeof raw.__deletedAt === 'string' ? raw.__deletedAt : null,
    statusId: status,
    statusCode: status === null ? null : (statuses.get(status) ?? null),
    context: Object.fromEntries(Object.entries(raw).filter(([name]) => !name.startsWith('__'))),
    tasks: tasks.map((task) => ({
      id: text(task.__id),
      state: text(task.state),
      name: text(task.__name),
      performers: Array.isArray(task.performers)
        ? task.performers.filter((one): one is string => typeof one === 'string')
        : [],
    })),
    raw,
  };
}

/** `settings/status` → code by numeric id. */
export function statusCodes(body: Readonly<Record<string, unknown>>): Map<number, string> {
  const holder = isRecord(body.result) ? body.result : body;
  const rows = [holder.statusItems, holder.statuses, body.result].find(Array.isArray) ?? [];
  return new Map(
    rows
      .filter(isRecord)
      .flatMap((row) =>
        typeof row.id === 'number' && typeof row.code === 'string' ? [[row.id, row.code] as const] : [],
      ),
  );
}
