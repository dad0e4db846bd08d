import { randomUUID } from 'node:crypto';
import {
  type ScriptedAnswer,
  type SeenRequest,
  startScriptedServer,
} from '../../../connectors/testing/scripted-server.ts';
import { NOTHING } from './fake-ut.ts';

type Context = Record<string, unknown>;
interface Item {
  readonly id: string;
  readonly createdAt: number;
  updatedAt: number;
  version: number;
  status: string;
  context: Context;
}

interface ListBody {
  filter?: { tf?: Context };
  ids?: string[];
  sortExpressions?: { ascending: boolean }[];
  from?: number;
  size?: number;
}

const STATUSES = ['new', 'in_progress', 'clarification', 'approved', 'rejected'];

/** An app with requests that speaks the public API over the wire. */
export async function startFakeElma(now: () => number) {
  const items: Item[] = [];
  const faults = { down: false, statusDies: false, meets: NOTHING };
  /** Every status that was set from outside, in order: doubles show here. */
  const statusCalls: string[] = [];
  const touch = (item: Item): void => {
    item.updatedAt = now();
    item.version += 1;
  };
  const view = (item: Item) => ({
    ...item.context,
    __id: item.id,
    __name: 'Согласование',
    __version: item.version,
    __createdAt: new Date(item.createdAt).toISOString(),
    __updatedAt: new Date(item.updatedAt).toISOString(),
    __deletedAt: null,
    __status: { order: 0, status: STATUSES.indexOf(item.status) + 1 },
    __tasks: [],
  });
  const list = (body: ListBody): ScriptedAnswer => {
    const { __updatedAt: changed, ...wanted } = body.filter?.tf ?? {};
    const min = changed === undefined ? Number.NEGATIVE_INFINITY : Date.parse((changed as { min: string }).min);
    const ascending = body.sortExpressions?.[0]?.ascending === true;
    const found = items
      .filter((item) => item.updatedAt >= min && body.ids?.includes(item.id) !== false)
      .filter((item) => Object.entries(wanted).every(([field, value]) => item.context[field] === value))
      .toSorted((a, b) => (ascending ? a.updatedAt - b.updatedAt : b.updatedAt - a.updatedAt));
    const page = found.slice(body.from ?? 0, (body.from ?? 0) + (body.size ?? 100));
    return { body: { success: true, error: '', result: { result: page.map(view), total: found.length } } };
  };
  const answer = (seen: SeenRequest): ScriptedAnswer => {
    if (faults.down) return { status: 503, body: '' };
    const path = seen.url.replace('/pub/v1/app/sales/discount_approvals/', '');
    if (path === 'settings/status')
      return {
        body: { success: true, error: '', statusItems: STATUSES.map((code, index) => ({ id: index + 1, code })) },
      };
    const body = seen.body === '' ? {} : JSON.parse(seen.body);
    if (path === 'list') return list(body);
    const [id, verb] = path.split('/');
    const item = items.find((one) => one.id === id);
    if (item === undefined) return { status: 404, body: { success: false, error: 'not found' } };
    if (verb === 'update') {
      Object.assign(item.context, body.context);
      touch(item);
    }
    if (verb === 'set-status') {
      item.status = body.status.code;
      statusCalls.push(body.status.code);
      touch(item);
      if (faults.statusDies) return { status: 504, body: '' };
    }
    return { body: { success: true, error: '', item: view(item) } };
  };
  const server = await startScriptedServer(async (seen) => (await faults.meets(seen)) ?? answer(seen));
  return {
    ...server,
    faults,
    items,
    statusCalls,
    add: (context: Context): Item => {
      const at = now();
      const item: Item = { id: randomUUID(), createdAt: at, updatedAt: at, version: 1, status: 'in_progress', context };
      items.push(item);
      return item;
    },
    /** Somebody does something in ELMA itself. */
    set: (item: Item, status: string, context: Context = {}): void => {
      item.status = status;
      Object.assign(item.context, context);
      touch(item);
    },
  };
}
