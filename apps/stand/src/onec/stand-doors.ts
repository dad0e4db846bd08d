/** Switches and bulk doors of the stand, for its control page and for tests: loopback only, no part of the protocol. */
import type { Base } from './base.ts';
import type { Quirks } from './quirks.ts';
import type { MutableRow } from './store.ts';

export interface DoorRequest {
  readonly method: string;
  /** Below the name of the base. */
  readonly path: readonly string[];
  readonly body: string;
}

export function answerDoor(base: Base, { method, path, body }: DoorRequest): { status: number; body: unknown } {
  const [door, set] = path;
  if (door === 'quirks') {
    if (method === 'PUT') Object.assign(base.quirks, JSON.parse(body) as Partial<Quirks>);
    return { status: 200, body: base.quirks };
  }
  if (door === 'rows' && set !== undefined) {
    const name = decodeURIComponent(set);
    if (method === 'GET') return { status: 200, body: base.store.all(name) };
    const rows = JSON.parse(body) as MutableRow[];
    if (method === 'PUT') return { status: 200, body: { count: rows.map((row) => upsert(base, name, row)).length } };
    if (method === 'DELETE')
      return { status: 200, body: { count: rows.filter((row) => drop(base, name, row)).length } };
    // Brought twice it is there once: who was cut off half-way brings everything again.
    const put = (row: MutableRow): MutableRow =>
      (typeof row.Ref_Key === 'string' ? base.store.find(name, row.Ref_Key) : undefined) ??
      base.store.insert(name, row);
    return { status: 200, body: { refs: rows.map((row) => put(row).Ref_Key) } };
  }
  return { status: 404, body: { error: 'not found' } };
}

/** What an exchange writes into a register of its base: the record of this key, new or changed. */
function upsert({ store }: Base, set: string, row: MutableRow): MutableRow {
  const key = store.keyOf(store.entity(set), row);
  return store.find(set, key) ? store.update(set, key, row) : store.insert(set, row);
}

function drop({ store }: Base, set: string, row: MutableRow): boolean {
  const key = store.keyOf(store.entity(set), row);
  if (!store.find(set, key)) return false;
  store.remove(set, key);
  return true;
}
