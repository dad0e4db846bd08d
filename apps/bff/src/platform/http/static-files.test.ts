import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SESSION_COOKIE } from './gate.ts';
import { staticFiles } from './static-files.ts';

let folder: string;
let server: Server;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pult-static-'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  const approvals = {
    files: ['/assets/inbox-abcdefgh.js', '/assets/inbox-abcdefgh.css'],
    data: ['/api/queue?tab=mine'],
  };
  writeFileSync(join(folder, 'preloads.json'), JSON.stringify({ approvals }));
  server = createServer(express().use(staticFiles(folder))).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const linksOf = async (path: string, cookie = `${SESSION_COOKIE}=s`): Promise<readonly string[]> => {
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { cookie } });
  return response.headers.get('link')?.split(', ') ?? [];
};

const SESSION = '</api/session>; rel=preload; as=fetch; crossorigin';
const FILES = [
  '</assets/inbox-abcdefgh.js>; rel=modulepreload',
  '</assets/inbox-abcdefgh.css>; rel=preload; as=style; crossorigin',
];

it.each([
  ['/approvals', [SESSION, '</api/queue?tab=mine>; rel=preload; as=fetch; crossorigin', ...FILES]],
  // With a filter or a request in the address other data is asked for first.
  ['/approvals?tab=all', [SESSION, ...FILES]],
  ['/approvals/0198c000', [SESSION, ...FILES]],
  ['/', [SESSION]],
  ['/__proto__', [SESSION]],
  ['/preloads.json', []],
])('the page of %s names what its screen needs', async (path, links) => expect(await linksOf(path)).toEqual(links));

it('asks nothing for a visitor without a session: there is nothing to answer but 401', async () => {
  expect(await linksOf('/approvals', 'pult_csrf=x')).toEqual([]);
});
