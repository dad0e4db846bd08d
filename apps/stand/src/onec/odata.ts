/** One OData request: what the address names, read or written. */

import { argumentsOf, keyOf, lineKeyOf, recorderOf, type Segment, segmentsOf } from './address.ts';
import { Answers, EMPTY, levelOf, NO_CONTENT, numberAnswer, type OdataAnswer, xmlAnswer } from './answers.ts';
import type { Base } from './base.ts';
import type { EntityDef } from './entity.ts';
import { compileFilter } from './filter.ts';
import { checkDeletionMark, executeTask, postDocument, startProcess } from './handlers.ts';
import { errors } from './odata-error.ts';
import { type QueryOptions, readOptions } from './query-options.ts';
import { schemaOf } from './schema.ts';
import { ordered, shaper } from './shape.ts';
import type { MutableRow } from './store.ts';
import { setNames, type Target, targetOf } from './target.ts';
import { VIRTUAL_TABLES, type VirtualTable, virtualTable } from './virtual-tables.ts';
import { parsedBody, recordSetOf, recordSets, replacement, writable, writeRecordSet } from './writing.ts';

export interface OdataRequest {
  readonly method: string;
  /** Decoded, below standard.odata. */
  readonly path: string;
  readonly search: string;
  readonly body: string;
  readonly accept: string;
  readonly ifMatch: string | null;
  /** `1C_OData-DataLoadMode: true`: handlers return at once. */
  readonly loadMode: boolean;
  /** Address of the service, with a slash at its end. */
  readonly root: string;
}
/** @throws OdataError */
export function answerOdata(base: Base, request: OdataRequest): OdataAnswer {
  const options = readOptions(request.search, base.quirks.plusDecoding === 'on');
  return new Call(base, request, options).answer();
}

class Call {
  readonly #base: Base;
  readonly #request: OdataRequest;
  readonly #options: QueryOptions;
  readonly #answers: Answers;

  constructor(base: Base, request: OdataRequest, options: QueryOptions) {
    this.#base = base;
    this.#request = request;
    this.#options = options;
    this.#answers = new Answers(request.root, levelOf(request.accept, options.format));
  }

  answer(): OdataAnswer {
    const segments = segmentsOf(this.#request.path);
    const [head, ...tail] = segments;
    if (!head) return this.#service();
    if (head.name === '$metadata') return xmlAnswer(this.#base.metadata);
    if (head.name === 'SelectChanges' || head.name === 'NotifyChangesReceived') return this.#exchange(head.name);
    const target = targetOf(this.#base, head.name);
    const [next] = tail;
    const table = VIRTUAL_TABLES.find((one) => one === next?.name);
    if (next && table) return this.#virtual(target, table, next);
    return head.inside === null || head.inside === ''
      ? this.#set(target, next)
      : this.#entity(target, head.inside, tail);
  }

  #service(): OdataAnswer {
    const { composition, denied, unpublished } = this.#base.quirks;
    if (denied.includes('*')) throw errors.noRights();
    const names = composition === 'empty' ? [] : setNames([...this.#base.store.entities.values()]);
    return this.#answers.service(names.filter((name) => !unpublished.includes(name)));
  }

  // Sets

  #set(target: Target, next: Segment | undefined): OdataAnswer {
    const { method, body } = this.#request;
    if (next?.name === '$count') {
      if (method !== 'GET') throw errors.methodForbidden(method);
      return numberAnswer(this.#filtered(target).length);
    }
    if (next) throw errors.badSegment(next.name);
    if (method === 'GET') return this.#list(target);
    if (method !== 'POST') throw errors.methodForbidden(method);
    if (target.table !== null || target.records) throw errors.noTabularRows();
    return this.#create(target.entity, parsedBody(body));
  }

  #rows({ entity, table, records }: Target): MutableRow[] {
    const { store } = this.#base;
    const all = store.all(entity.name);
    if (table !== null)
      return all.flatMap((row) => (row[table] as MutableRow[]).map((line) => ({ Ref_Key: row.Ref_Key, ...line })));
    return entity.register?.subordinate && !records ? recordSets(store, entity) : all;
  }

  #filtered(target: Target): MutableRow[] {
    const { store, quirks } = this.#base;
    const { filter, allowedOnly } = this.#options;
    let rows = this.#byRefs(target) ?? this.#rows(target);
    if (quirks.rls && target.entity.name === 'Document_ЗаказКлиента') {
      const seen = rows.filter((row) => !isHidden(row));
      if (seen.length < rows.length && !allowedOnly) throw errors.noRights();
      rows = seen;
    }
    return filter === null ? rows : rows.filter(compileFilter(filter, schemaOf(store, target.entity)));
  }

  /** Rows that a filter names one by one are looked up; null when it does not. */
  #byRefs({ entity, table }: Target): MutableRow[] | null {
    const { filter } = this.#options;
    if (filter === null || table !== null || entity.key || !REFS_ONLY.test(filter)) return null;
    const refs = new Set([...filter.matchAll(/guid'([^']*)'/gi)].map(([, ref = '']) => ref.toLowerCase()));
    return [...refs].map((ref) => this.#base.store.find(entity.name, ref)).filter((row) => row !== undefined);
  }

  #list(target: Target): OdataAnswer {
    const { store, quirks } = this.#base;
    const { top, skip, count, orderby } = this.#options;
    const shape = shaper(store, target.entity, this.#options);
    const found = ordered(store, target.entity, this.#filtered(target), orderby);
    const whole = count && quirks.inlineCount === 'ignoresPage';
    const page = whole ? found : found.slice(skip, top === null ? undefined : skip + top);
    return this.#answers.feed(target.entity, page.map(shape), count ? found.length : null);
  }

  #virtual(target: Target, name: VirtualTable, segment: Segment): OdataAnswer {
    const { method } = this.#request;
    if (method !== 'GET') throw errors.methodForbidden(method);
    const { store } = this.#base;
    const args = new Map([...this.#options.args, ...argumentsOf(segment.inside)]);
    const rows = virtualTable(store, target, name, args);
    const { top, skip, orderby, filter, select } = this.#options;
    const page = (all: readonly MutableRow[]): MutableRow[] => all.slice(skip, top === null ? undefined : skip + top);
    if (name === 'SliceLast' || name === 'SliceFirst') {
      const shape = shaper(store, target.entity, this.#options);
      const kept = filter === null ? rows : rows.filter(compileFilter(filter, schemaOf(store, target.entity)));
      return this.#answers.feed(target.entity, page(ordered(store, target.entity, kept, orderby)).map(shape), null);
    }
    const suffix = name === 'Turnovers' ? 'Turnover' : name === 'Balance' ? 'Balance' : 'BalanceAndTurnover';
    const type = `${target.entity.name}_${suffix}`;
    const chosen = page(select === null ? rows : rows.map((row) => picked(row, select)));
    return this.#answers.elements(type, chosen);
  }

  #create(entity: EntityDef, body: MutableRow): OdataAnswer {
    const { store } = this.#base;
    if (entity.name.startsWith('Constant_')) throw errors.methodForbidden('POST');
    if (entity.register?.subordinate) {
      const recorder = String(body.Recorder_Key ?? body.Recorder ?? '');
      return this.#answers.one(entity, writeRecordSet(store, entity, recorder.toLowerCase(), body));
    }
    const values = writable(entity, body);
    const row = store.insert(entity.name, values);
    // An independent register answers 200, an object 201 with its address.
    if (entity.key) return this.#answers.one(entity, row);
    const post = values.Posted === true && entity.name.startsWith('Document_');
    if (post) this.#post(entity, String(row.Ref_Key), true);
    const location = `${this.#request.root}${entity.name}(guid'${String(row.Ref_Key)}')`;
    return { ...this.#answers.one(entity, row, 201), location: encodeURI(location) };
  }

  // One entity

  #entity(target: Target, inside: string, tail: readonly Segment[]): OdataAnswer {
    const { entity, table, records } = target;
    const { store } = this.#base;
    const [next] = tail;
    if (table !== null) {
      const { ref, line } = lineKeyOf(inside);
      const owner = store.find(entity.name, ref);
      const found = (owner?.[table] as MutableRow[] | undefined)?.find((one) => one.LineNumber === line);
      if (!found) throw errors.noInstance();
      return this.#answers.one({ ...entity, name: `${entity.name}_${table}` }, { Ref_Key: ref, ...found });
    }
    if (entity.register?.subordinate && !records) return this.#recordSet(entity, recorderOf(inside));
    const key = keyOf(entity, inside);
    if (next && ACTIONS.has(next.name)) return this.#action(entity, key, next.name);
    const row = entity.name.startsWith('Constant_') ? constantRow(store, entity.name) : store.find(entity.name, key);
    if (!row) throw errors.noInstance();
    if (next) return this.#navigate(entity, row, tail);
    return this.#withEntity(entity, key, row);
  }

  #withEntity(entity: EntityDef, key: string, row: MutableRow): OdataAnswer {
    const { store, quirks } = this.#base;
    const { method, ifMatch, body } = this.#request;
    if (method !== 'GET' && quirks.ifMatch === 'documented' && ifMatch !== null && ifMatch !== row.DataVersion)
      throw errors.versionConflict();
    switch (method) {
      case 'GET':
        // Expanding is for collections only.
        if (this.#options.expand.length > 0) throw errors.unsupportedOption('$expand');
        return this.#answers.one(entity, shaper(store, entity, this.#options)(row));
      case 'PATCH':
      case 'PUT': {
        const changes = writable(entity, parsedBody(body));
        const wanted = method === 'PUT' ? replacement(entity, changes) : changes;
        checkDeletionMark(row, wanted);
        const posting = typeof changes.Posted === 'boolean' && entity.name.startsWith('Document_');
        const { Posted: _, ...rest } = wanted;
        let changed = store.update(entity.name, key, posting ? rest : wanted);
        if (posting) changed = this.#post(entity, key, changes.Posted === true);
        return this.#answers.one(entity, changed);
      }
      case 'DELETE':
        store.remove(entity.name, key);
        return NO_CONTENT;
      default:
        throw errors.methodForbidden(method);
    }
  }

  #recordSet(entity: EntityDef, recorder: string): OdataAnswer {
    const { store } = this.#base;
    const { method, body } = this.#request;
    if (method === 'GET') return this.#answers.one(entity, recordSetOf(store, entity, recorder));
    if (method !== 'PATCH' && method !== 'PUT') throw errors.methodForbidden(method);
    return this.#answers.one(entity, writeRecordSet(store, entity, recorder, parsedBody(body)));
  }

  #navigate(entity: EntityDef, row: MutableRow, tail: readonly Segment[]): OdataAnswer {
    if (this.#request.method !== 'GET') throw errors.methodForbidden(this.#request.method);
    const { store } = this.#base;
    const [step, ...rest] = tail;
    if (!step) return this.#answers.one(entity, row);
    const schema = schemaOf(store, entity);
    const reference = schema.reference(step.name);
    if (reference) {
      const found = reference.follow(row);
      if (!found) throw errors.noInstance();
      return this.#navigate(store.entity(String(entity.fields[step.name]).slice(4)), found as MutableRow, rest);
    }
    if (step.name in entity.tables && rest.length === 0) {
      const lines = {
        ...entity,
        name: `${entity.name}_${step.name}`,
        fields: entity.tables[step.name] ?? {},
        tables: {},
      };
      return this.#answers.feed({ ...lines, key: [] }, row[step.name] as MutableRow[], null);
    }
    if (!schema.property(step.name) || rest.length > 0) throw errors.badSegment(step.name);
    return this.#answers.property(entity, row, step.name);
  }

  // Methods

  #action(entity: EntityDef, key: string, name: string): OdataAnswer {
    const { store, quirks } = this.#base;
    const { method } = this.#request;
    if (method !== 'POST' && !(method === 'GET' && quirks.getExecutesPost === 'on'))
      throw errors.methodForbidden(method);
    const kind = entity.name.slice(0, entity.name.indexOf('_'));
    if ((name === 'Post' || name === 'Unpost') && kind === 'Document') this.#post(entity, key, name === 'Post');
    else if (name === 'ExecuteTask' && kind === 'Task') executeTask(store, key);
    else if (name === 'Start' && kind === 'BusinessProcess') startProcess(store, entity.name, key);
    else throw errors.handler(`Функция ${name} недоступна для ${entity.name}`);
    return EMPTY;
  }

  #post(entity: EntityDef, key: string, posted: boolean): MutableRow {
    const { store } = this.#base;
    const faults = { next: (row: MutableRow) => (this.#request.loadMode ? null : this.#base.postingFailure(row)) };
    postDocument(store, entity.name, key, posted, faults);
    return store.find(entity.name, key) ?? {};
  }

  #exchange(name: 'SelectChanges' | 'NotifyChangesReceived'): OdataAnswer {
    const { method } = this.#request;
    if (method !== 'POST') throw errors.methodForbidden(method);
    const point = this.#options.args.get('DataExchangePoint');
    const number = Number(this.#options.args.get('MessageNo'));
    if (!point) throw errors.missingArgument('DataExchangePoint');
    if (!Number.isInteger(number) || number < 1) throw errors.missingArgument('MessageNo');
    if (name === 'NotifyChangesReceived') {
      this.#base.changes.confirm(point, number);
      return EMPTY;
    }
    const items = this.#base.changes.select(point, number).map(({ set, row, deleted }) => ({
      entity: this.#base.store.entity(set),
      row,
      deleted,
    }));
    return this.#answers.mixedFeed(items, null);
  }
}

const REFS_ONLY = /^\s*Ref_Key eq guid'[^']*'(?:\s+or\s+Ref_Key eq guid'[^']*')*\s*$/i;
const ACTIONS = new Set(['Post', 'Unpost', 'ExecuteTask', 'Start']);

/** Every eighth order belongs to somebody else. */
const isHidden = (row: MutableRow): boolean => Number.parseInt(String(row.Ref_Key)[0] ?? '0', 16) % 8 === 0;

const picked = (row: MutableRow, names: readonly string[]): MutableRow => {
  for (const name of names) if (name !== '*' && !(name in row)) throw errors.badSegment(name);
  return names.includes('*') ? row : Object.fromEntries(names.map((name) => [name, row[name]]));
};

/** A constant is there from the first day, empty. */
function constantRow(store: Base['store'], name: string): MutableRow {
  return store.all(name)[0] ?? store.insert(name, {});
}
