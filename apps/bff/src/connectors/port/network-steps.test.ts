import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { ENDED_CERTIFICATE, TEST_CERTIFICATE, TEST_KEY } from '../testing/certificates.ts';
import { type NetworkStepsOptions, networkSteps, networkTarget } from './network-steps.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
async function serve(cert: string): Promise<number> {
  const server = createServer({ key: TEST_KEY, cert }, (_request, response) => response.end());
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}
const steps = (url: string, more: Partial<NetworkStepsOptions> = {}) =>
  networkSteps({ target: networkTarget(url), timeoutMs: 2_000, clock: systemClock, ...more });
const dns = (url: string, more: Partial<NetworkStepsOptions> = {}) => steps(url, more)[0]?.run();
const door = (url: string, more: Partial<NetworkStepsOptions> = {}) => steps(url, more)[1]?.run();
const refuse = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));

describe('names', () => {
  it('gives the address of a name, and an address as it is', async () => {
    const lookup = async () => [{ address: '10.20.4.17' }, { address: '10.20.4.18' }];
    expect(await dns('https://1c.corp.local/ut', { lookup })).toEqual({
      ok: true,
      facts: { address: '10.20.4.17, 10.20.4.18' },
    });
    expect(await dns('http://[::1]:80/')).toMatchObject({ facts: { address: '::1', literal: true } });
  });
  it.each([
    ['ENOTFOUND', 'dns_not_found'],
    ['EAI_AGAIN', 'dns_unavailable'],
  ])('tells %s as %s', async (code, fault) => {
    expect(await dns('https://1c.corp.local/', { lookup: refuse(code) })).toMatchObject({
      ok: false,
      fault: { code: fault, data: { host: '1c.corp.local' } },
    });
  });
});

describe('the door', () => {
  it('says the version of TLS and the days that the certificate has left', async () => {
    const port = await serve(TEST_CERTIFICATE);
    const clock = { now: () => Date.parse('2126-10-25T00:00:00Z') };
    expect(await door(`https://localhost:${port}/`, { tls: { ca: [TEST_CERTIFICATE] }, clock })).toEqual({
      ok: true,
      facts: { encrypted: true, version: '1.3', daysLeft: 10 },
    });
  });
  it('knows a certificate that nobody vouches for, one of another name, and one that has ended', async () => {
    const port = await serve(TEST_CERTIFICATE);
    expect(await door(`https://localhost:${port}/`)).toMatchObject({ fault: { code: 'certificate_untrusted' } });
    expect(await door(`https://127.0.0.1:${port}/`, { tls: { ca: [TEST_CERTIFICATE] } })).toMatchObject({
      fault: { code: 'certificate_name' },
    });
    const ended = await serve(ENDED_CERTIFICATE);
    expect(await door(`https://localhost:${ended}/`, { tls: { ca: [ENDED_CERTIFICATE] } })).toMatchObject({
      fault: { code: 'certificate_expired' },
    });
  });
  it('says that a door without encryption is one', async () => {
    const port = await serve(TEST_CERTIFICATE);
    expect(await door(`http://127.0.0.1:${port}/`)).toEqual({ ok: true, facts: { encrypted: false } });
  });
  it('tells a closed door', async () => {
    expect(await door('http://127.0.0.1:1/')).toMatchObject({ fault: { code: 'refused', data: { port: 1 } } });
  });
});
