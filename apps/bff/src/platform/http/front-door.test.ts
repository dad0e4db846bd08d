import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { createFrontDoor } from './front-door.ts';

it('a request that comes before the application is answered at once, the next one by the application', async () => {
  const door = createFrontDoor();
  const server = createServer(door.listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/readyz`;
  const early = await fetch(url);
  expect(early.status).toBe(503);
  expect(early.headers.get('retry-after')).toBe('1');
  expect(await early.json()).toMatchObject({ code: 'server.overloaded', data: { reason: 'starting' } });
  door.open((_request, response) => void response.end('ready'));
  expect(await (await fetch(url)).text()).toBe('ready');
  await new Promise((done) => server.close(done));
});
