import { createServer as createTls } from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { TEST_CERTIFICATE, TEST_KEY } from '../testing/certificates.ts';
import { type NetworkOfAllOptions, networkOfAll } from './network-of-all.ts';
import type { NetworkTarget } from './network-steps.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
async function open(server: Server = createServer((socket) => socket.destroy())): Promise<NetworkTarget> {
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, encrypted: false };
}
const GONE: NetworkTarget = { host: '127.0.0.1', port: 1, encrypted: false };
const walk = (
  id: 'dns' | 'connect',
  options: Pick<NetworkOfAllOptions, 'targets' | 'needed'> & Partial<NetworkOfAllOptions>,
) =>
  networkOfAll({ timeoutMs: 2_000, clock: systemClock, ...options })
    .find((step) => step.id === id)
    ?.run();

describe('several doors of one connection', () => {
  it('passes when one of the brokers answers, whichever it is, and names those that do not', async () => {
    const good = await open();
    for (const targets of [
      [GONE, good],
      [good, GONE],
    ])
      expect(await walk('connect', { targets, needed: 'any' })).toEqual({
        ok: true,
        facts: { encrypted: false, down: ['127.0.0.1:1'] },
      });
    const other = { ...GONE, port: 2 };
    expect(await walk('connect', { targets: [GONE, other], needed: 'any' })).toMatchObject({
      fault: { code: 'refused', data: { port: 1 } },
    });
  });

  it('explains the first that is closed where each is needed', async () => {
    const targets = [await open(), GONE];
    expect(await walk('connect', { targets, needed: 'each' })).toMatchObject({
      fault: { code: 'refused', data: { port: 1 } },
    });
  });

  it('knocks once at a door that two addresses share', async () => {
    let knocks = 0;
    const good = await open(
      createServer((socket) => {
        knocks += 1;
        socket.destroy();
      }),
    );
    expect(await walk('connect', { targets: [good, { ...good }], needed: 'each' })).toMatchObject({ ok: true });
    await expect.poll(() => knocks).toBe(1);
  });

  it('asks for every name, and gives the address of each', async () => {
    const named = (host: string): NetworkTarget => ({ host, port: 9092, encrypted: false });
    const lookup = async (host: string) => {
      if (host === 'kafka-2') throw Object.assign(new Error('gone'), { code: 'ENOTFOUND' });
      return [{ address: host === 'kafka-1' ? '10.0.0.1' : '10.0.0.3' }];
    };
    const targets = ['kafka-1', 'kafka-2', 'kafka-3'].map(named);
    expect(await walk('dns', { targets, needed: 'any', lookup })).toEqual({
      ok: true,
      facts: { address: 'kafka-1: 10.0.0.1; kafka-3: 10.0.0.3', down: ['kafka-2:9092'] },
    });
    expect(await walk('dns', { targets, needed: 'each', lookup })).toMatchObject({
      fault: { code: 'dns_not_found', data: { host: 'kafka-2' } },
    });
  });

  it('says of several doors what is weakest: the plain one, the certificate that ends first', async () => {
    const encrypted = async (): Promise<NetworkTarget> => ({
      ...(await open(createTls({ key: TEST_KEY, cert: TEST_CERTIFICATE }))),
      host: 'localhost',
      encrypted: true,
    });
    const targets = [await encrypted(), await encrypted()];
    // Nobody vouches for the certificates: these doors stay closed.
    expect(await walk('connect', { targets, needed: 'each' })).toMatchObject({
      fault: { code: 'certificate_untrusted' },
    });
    expect(await walk('connect', { targets: [...targets, await open()], needed: 'any' })).toMatchObject({
      ok: true,
      facts: { encrypted: false, down: targets.map(({ port }) => `localhost:${port}`) },
    });
  });
});
