import { SourceError } from '@pult/shared/errors/app-error';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testConnection } from '../testing/connection.ts';
import { startScriptedServer } from '../testing/scripted-server.ts';
import { faultOf } from './answer.ts';
import { createOnecClient } from './client.ts';

let server: Awaited<ReturnType<typeof startScriptedServer>>;
beforeAll(async () => {
  server = await startScriptedServer(() => ({ body: { value: [] } }));
});
afterAll(() => server.close());

const html = { 'content-type': 'text/html; charset=utf-8' };
const xml = { 'content-type': 'application/xml' };
const odata = (code: string, value: string) => ({ 'odata.error': { code, message: { lang: 'ru', value } } });
const refusal = (descr: string) =>
  `\uFEFF${JSON.stringify({
    '#exception': '{http://v8.1c.ru/8.2/virtual-resource-system}Exception',
    exception: {
      reason: 403,
      descr: 'HTTP: Forbidden\nОшибка при выполнении запроса GET к ресурсу /odata/x:',
      inner: { descr: `Начало сеанса с информационной базой запрещено.\n${descr}`, inner: { descr, data: 'AAAA' } },
    },
  })}`;

/** Every body that stands in the way of data: status, body → code and what may be done next. */
const CASES = [
  [
    'session refused during maintenance, JSON with BOM',
    403,
    refusal('Ведутся технические работы'),
    {},
    'source.maintenance',
    { read: true, write: true, sent: false },
  ],
  [
    'no free licence, JSON with BOM',
    500,
    refusal('Не обнаружено свободной лицензии!'),
    {},
    'source.no_licence',
    { read: true, write: true, sent: false },
  ],
  [
    'no licence as an HTML page',
    500,
    '<html><head><title>1C:Enterprise 8 application error</title></head><body>by reason: Не найдена лицензия. Не обнаружен ключ защиты программы</body></html>',
    html,
    'source.no_licence',
    { read: true, write: true, sent: false },
  ],
  [
    'application error page',
    500,
    '<html><head><title>1C:Enterprise 8 application error</title></head><body>Error running, by reason: stack</body></html>',
    html,
    'source.bad_answer',
    { read: true, write: false, sent: true },
  ],
  [
    'login page with status 200',
    200,
    '<!DOCTYPE html><html><form><input name="u"><input type="password" name="p"></form></html>',
    html,
    'source.login_page',
    { read: true, write: true, sent: false },
  ],
  [
    'login page with status 401',
    401,
    '<!DOCTYPE html><html><form><input name="u"><input type="password" name="p"></form></html>',
    html,
    'source.unauthorized',
    { read: false, write: false, sent: false },
  ],
  [
    'some page with status 200',
    200,
    '<!DOCTYPE html><html><body>Добро пожаловать</body></html>',
    html,
    'source.bad_answer',
    { read: true, write: false, sent: true },
  ],
  [
    'IIS 401.5',
    401,
    '<html><title>401.5</title></html>',
    html,
    'source.unauthorized',
    { read: false, write: false, sent: false },
  ],
  [
    'IIS 403',
    403,
    '<html><title>403 Forbidden</title></html>',
    html,
    'source.forbidden',
    { read: false, write: false, sent: false },
  ],
  [
    'Apache 502',
    502,
    '<html><title>502 Proxy Error</title></html>',
    html,
    'source.unreachable',
    { read: true, write: false, sent: true },
  ],
  [
    'IIS 503',
    503,
    '<html><title>503</title></html>',
    html,
    'source.not_ready',
    { read: true, write: true, sent: false },
  ],
  ['504', 504, '', html, 'source.timeout', { read: true, write: false, sent: true }],
  ['session cannot start', 406, '', {}, 'source.overloaded', { read: true, write: true, sent: false }],
  [
    'rights, JSON',
    401,
    odata('20', 'Нарушение прав доступа'),
    {},
    'source.forbidden',
    { read: false, write: false, sent: false },
  ],
  [
    'handler error, XML',
    500,
    '<?xml version="1.0"?><m:error xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"><m:code>-1</m:code><m:message>Не удалось провести &quot;Заказ клиента&quot;</m:message></m:error>',
    xml,
    'source.rejected',
    { read: false, write: false, sent: false },
  ],
  [
    'handler error, JSON',
    500,
    odata('-1', 'Не удалось провести'),
    {},
    'source.rejected',
    { read: false, write: false, sent: false },
  ],
  ['optimistic lock', 412, odata('2', 'версия'), {}, 'source.conflict', { read: false, write: false, sent: false }],
  [
    'key exists',
    400,
    odata('15', 'Запись уже существует'),
    {},
    'source.conflict',
    { read: false, write: false, sent: false },
  ],
  [
    'set not published',
    404,
    odata('8', '"X" entity is not found'),
    {},
    'source.not_found',
    { read: false, write: false, sent: false },
  ],
  ['broken JSON with status 200', 200, '{"value":[', {}, 'source.bad_answer', { read: true, write: false, sent: true }],
  ['JSON of something else', 200, [1], {}, 'source.bad_answer', { read: true, write: false, sent: true }],
  [
    'redirect',
    302,
    '',
    { location: 'http://example.org/' },
    'source.bad_answer',
    { read: true, write: true, sent: false },
  ],
] as const;

const failureOf = async (work: Promise<unknown>): Promise<SourceError> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SourceError);
  return error as SourceError;
};

describe('bodies of 1С and the servers in front of it', () => {
  it.each(CASES)('%s', async (_name, status, body, headers, code, expected) => {
    server.answer(() => ({ status, body, headers: { ...headers } }));
    const client = createOnecClient({ connection: testConnection(server.url), url: server.url });

    const read = await failureOf(client.list('Document_X'));
    expect([read.code, read.canRetry, read.maybeSent]).toEqual([code, expected.read, false]);

    const write = await failureOf(client.create('Document_X', {}));
    expect([write.code, write.canRetry, write.maybeSent]).toEqual([code, expected.write, expected.sent]);
  });
});

describe('a body that is no answer at all', () => {
  it('has no words when it is empty', () => {
    const fault = faultOf({ status: 401, contentType: '', text: '', retryAfterMs: null });
    expect(fault).toMatchObject({ code: 'source.unauthorized', text: '' });
  });
  // A pattern that backtracks takes hours over these, and the time-out of the test says so.
  it.each([
    ['spaces in a code of XML', `<error><code>${' '.repeat(100_000)}`],
    ['messages of XML without an end', `<error><code>1</code>${'<message>'.repeat(100_000)}`],
    ['scripts without an end', `<html>${'<script>'.repeat(100_000)}`],
    ['fields without an end', `<html>${'<input '.repeat(100_000)}`],
    ['signs of tags', `<html>${'<'.repeat(1_000_000)}`],
  ])('%s costs no more than its beginning', (_name, text) => {
    const fault = faultOf({ status: 500, contentType: '', text, retryAfterMs: null });
    expect(fault?.code).toMatch(/^source\.(bad_answer|rejected)$/);
    expect(fault?.text.length).toBeLessThanOrEqual(2_000);
  });
});
