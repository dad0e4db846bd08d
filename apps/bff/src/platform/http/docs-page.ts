import type { EndpointContract } from '@pult/shared/contracts/endpoint';
import { errorsOf } from '@pult/shared/contracts/openapi';
import { z } from 'zod';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Text made safe for HTML, also inside attributes. */
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (char) => ESCAPES[char] ?? '');

const STYLE = `
:root{color-scheme:light dark;--line:#8884;--soft:#8881}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2.5rem;border-bottom:1px solid var(--line)}
details{border:1px solid var(--line);border-radius:6px;margin:.5rem 0;padding:.4rem .8rem}
summary{cursor:pointer}code,pre{font:13px/1.45 ui-monospace,monospace}
pre{background:var(--soft);padding:.6rem;overflow:auto;border-radius:4px}
.m{display:inline-block;min-width:4rem;font-weight:600}.p{opacity:.7;float:right}`;

const schemaText = (schema: z.ZodType, io: 'input' | 'output'): string => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return escapeHtml(JSON.stringify(rest, null, 2));
};

const block = (title: string, schema: z.ZodType | undefined, io: 'input' | 'output'): string =>
  schema === undefined ? '' : `<h4>${title}</h4><pre>${schemaText(schema, io)}</pre>`;

function entry(endpoint: EndpointContract): string {
  const responses = Object.entries(endpoint.responses)
    .map(([status, schema]) => block(`Ответ ${status}`, schema, 'output'))
    .join('');
  return `<details id="${escapeHtml(endpoint.id)}"><summary><span class="m">${endpoint.method}</span>
<code>${escapeHtml(endpoint.path)}</code> — ${escapeHtml(endpoint.summary)}<span class="p">${endpoint.permission}</span></summary>
${block('Путь', endpoint.params, 'input')}${block('Запрос', endpoint.query, 'input')}${block('Тело', endpoint.body, 'input')}${responses}
<h4>Ошибки</h4><p><code>${errorsOf(endpoint).map(escapeHtml).join(', ')}</code></p></details>`;
}

/** The endpoint table as a page to read; no script, nothing from elsewhere. */
export function docsPage(endpoints: readonly EndpointContract[]): string {
  const areas = [...Map.groupBy(endpoints, (endpoint) => endpoint.area)];
  const sections = areas.map(([area, rows]) => `<h2>${area}</h2>${rows.map(entry).join('')}`).join('');
  return `<!doctype html><html lang="ru"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Пульт: API</title><style>${STYLE}</style></head><body><h1>Пульт: API</h1>
<p>Описание для программ: <a href="/api/openapi.json">OpenAPI 3.1</a>. Ошибки приходят как problem+json (RFC 9457) с кодом и данными.</p>
${sections}</body></html>`;
}
