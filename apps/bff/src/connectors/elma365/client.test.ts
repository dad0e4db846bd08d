import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { testConnection } from '../testing/connection.ts';
import { type SeenRequest, startScriptedServer } from '../testing/scripted-server.ts';
import { createElmaClient, type ElmaClient } from './client.ts';

let server: Awaited<ReturnType<typeof startScriptedServer>>;
let client: ElmaClient;
beforeAll(async () => {
  server = await startScriptedServer(() => ({}));
});
afterAll(() => server.close());

const STATUSES = {
  success: true,
  error: '',
  statusItems: [
    { id: 1, code: 'new' },
    { id: 4, code: 'approved' },
  ],
};
const item = {
  __id: 'i1',
  __name: 'Скидка',
  __version: 7,
  __status: { order: 0, status: 4 },
  __tasks: [],
  deviation_max: 7,
};
const script = (answer: (request: SeenRequest) => object) => {
  server.answer((request) => ({ body: request.rawUrl.endsWith('/settings/status') ? STATUSES : answer(request) }));
  client = createElmaClient({
    connection: testConnection(server.url),
    url: `${server.url}/pub/v1`,
    clock: systemClock,
  });
};

describe('ELMA365', () => {
  it('lists items with the code of their status and asks for statuses once', async () => {
    script(() => ({ success: true, error: '', result: { total: 1, result: [item] } }));
    const first = await client.list('sales/discount_approvals', { filter: { tf: { ut_process_ref: 'x' } } });
    await client.list('sales/discount_approvals');
    expect(first.items[0]).toMatchObject({ id: 'i1', statusCode: 'approved', context: { deviation_max: 7 } });
    expect(server.seen.filter(({ rawUrl }) => rawUrl.endsWith('/settings/status'))).toHaveLength(1);
    expect(JSON.parse(server.seen[1]?.body ?? '{}')).toMatchObject({ filter: { tf: { ut_process_ref: 'x' } } });
  });

  it('takes success:false on status 200 for the refusal that it is', async () => {
    script(() => ({ success: false, error: 'Статус недоступен' }));
    await expect(client.setStatus('sales/a', 'i1', 'approved')).rejects.toMatchObject({
      code: 'source.rejected',
      data: { text: 'Статус недоступен' },
      canRetry: false,
    });
  });

  it.each([
    [403, 'source.unauthorized'],
    [400, 'source.rejected'],
    [503, 'source.not_ready'],
    [500, 'source.bad_answer'],
  ] as const)('status %i is %s', async (status, code) => {
    script(() => ({}));
    server.answer(() => ({ status, body: { success: false, error: 'нет' } }));
    await expect(client.update('sales/a', 'i1', {})).rejects.toMatchObject({ code });
  });

  it('refuses an answer without the envelope, says null for a missing item', async () => {
    script(() => ({ hello: 1 }));
    await expect(client.get('sales/a', 'i1')).rejects.toMatchObject({ code: 'source.bad_answer' });
    server.answer(() => ({ status: 404, body: { success: false, error: 'not found' } }));
    expect(await client.get('sales/a', 'i1')).toBeNull();
  });
});
