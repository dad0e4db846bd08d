/**
 * What people see of a base: the web client opened at an object, `<base>/#e1cib/data/Документ.X?ref=…`. The part behind # stays
 * in the browser, so the first page sends it on. No password is asked: people sign in to 1С in their own way.
 */
import type { Base } from './base.ts';
import type { OddAnswer } from './quirks.ts';
import type { BaseStore, MutableRow } from './store.ts';

const STYLE =
  ':root{color-scheme:light dark}body{font:13px/20px system-ui,sans-serif;margin:0;padding:16px;max-width:880px}h1{font-size:18px;margin:0 0 4px}p{margin:0 0 16px;opacity:.75}table{border-collapse:collapse;width:100%;margin:0 0 16px}th,td{text-align:left;padding:4px 12px 4px 0;border-bottom:1px solid #8884;vertical-align:top;overflow-wrap:anywhere}th{font-weight:500;width:240px}';
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (letter) => ENTITIES[letter] ?? letter);
const PREFIXES: Readonly<Record<string, string>> = {
  Документ: 'Document_',
  Справочник: 'Catalog_',
  БизнесПроцесс: 'BusinessProcess_',
  Задача: 'Task_',
};
const PROBLEMS = 'InformationRegister_РезультатыОбменаДанными';
/** Fields that only the platform needs. */
const INNER = new Set(['DataVersion', 'Ref_Key']);

const page = (title: string, body: string, status = 200): OddAnswer => ({
  status,
  type: 'text/html; charset=utf-8',
  body: `<!doctype html><html lang="ru"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><h1>${escapeHtml(title)}</h1>${body}</body></html>`,
});

/** The guid of a reference: its groups stand in reverse order; null when it is none. */
export function guidOfLink(ref: string): string | null {
  const [, d, e, c, b, a] = /^([0-9a-f]{4})([0-9a-f]{12})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{8})$/i.exec(ref) ?? [];
  return a === undefined ? null : `${a}-${b}-${c}-${d}-${e}`.toLowerCase();
}

/** Answers what a browser asks of a base; null when it is no address of the web client. */
export function answerWebClient(
  bases: ReadonlyMap<string, Base>,
  call: { readonly base: string; readonly path: readonly string[]; readonly search: URLSearchParams },
): OddAnswer | null {
  const [first = '', second, metadata = ''] = call.path;
  if (first === '')
    return page(
      '1С:Предприятие',
      // Relative: whatever stands in front of the stand keeps its address.
      `<p>Откройте объект по ссылке из Пульта.</p><script>if(location.hash.startsWith('#e1cib/'))location.replace(location.hash.slice(1))</script>`,
    );
  if (first !== 'e1cib' || second !== 'data') return null;
  const name = decodeURIComponent(metadata);
  const [kind = '', of = ''] = name.split('.');
  const set = `${PREFIXES[kind] ?? ''}${of}`;
  const ref = guidOfLink(call.search.get('ref') ?? '');
  const store = bases.get(call.base)?.store;
  if (ref === null || store === undefined) return page('Неверная ссылка', '<p>В ней нет ссылки на объект.</p>', 404);
  const here = store.entities.has(set) ? (store.find(set, ref) ?? marked(store, set, ref)) : undefined;
  if (here) return page(titleOf(name, here), troubles(store, ref) + fields(here));
  for (const [other, { store: theirs }] of bases) {
    const there = theirs.entities.has(set) ? theirs.find(set, ref) : undefined;
    if (!there) continue;
    const note = `<p>В базе ${escapeHtml(call.base)} этого документа нет. Ниже он в базе-источнике ${escapeHtml(other)}.</p>`;
    return page(titleOf(name, there), note + troubles(store, ref) + fields(there));
  }
  return page(
    'Объект не найден',
    `<p>${escapeHtml(name)}: удалён или ещё не загружен.</p>${troubles(store, ref)}`,
    404,
  );
}

/** Documents that an exchange made say in their comment what they came from. */
const marked = (store: BaseStore, set: string, ref: string): MutableRow | undefined =>
  store.all(set).find((row) => String(row.Комментарий ?? '').includes(ref));

const titleOf = (name: string, row: MutableRow): string =>
  [name, row.Number ?? row.Code, row.Description].filter((part) => part !== undefined && part !== '').join(' ');

/** What the exchange says about the object. */
function troubles(store: BaseStore, ref: string): string {
  const rows = store.entities.has(PROBLEMS) ? store.all(PROBLEMS).filter((row) => row.ПроблемныйОбъект === ref) : [];
  return rows.map((row) => `<p role="note">${escapeHtml(String(row.Причина))}</p>`).join('');
}

function fields(row: MutableRow): string {
  const own = Object.entries(row).filter(([name, value]) => !INNER.has(name) && !Array.isArray(value));
  const lines = own.map(
    ([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(String(value))}</td></tr>`,
  );
  const tables = Object.entries(row).flatMap(([name, value]) =>
    Array.isArray(value) && value.length > 0 ? [section(name, value as MutableRow[])] : [],
  );
  return `<table>${lines.join('')}</table>${tables.join('')}`;
}

function section(name: string, rows: readonly MutableRow[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const head = columns.map((column) => `<th style="width:auto">${escapeHtml(column)}</th>`).join('');
  const body = rows.map(
    (row) => `<tr>${columns.map((column) => `<td>${escapeHtml(String(row[column] ?? ''))}</td>`).join('')}</tr>`,
  );
  return `<h2>${escapeHtml(name)}</h2><table><tr>${head}</tr>${body.join('')}</table>`;
}
