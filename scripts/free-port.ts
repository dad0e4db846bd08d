import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const bound = (wished: number): Promise<number | null> =>
  new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(null));
    probe.listen(wished, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : null;
      probe.close(() => done(port));
    });
  });

/** Below the ports that systems give out by themselves: between the choice and its use no connection takes one of these. */
const OWN = { from: 20_000, to: 32_000 };
const TRIES = 20;
/** Chosen by chance before: one that is not listened on yet still looks free. */
const chosen = new Set<number>();

const byChance = async (): Promise<number | null> => {
  const port = randomInt(OWN.from, OWN.to);
  return chosen.has(port) ? null : bound(port);
};

/** The wished port of loopback when it is free, any free one otherwise; 0 asks for any. @throws Error when there is none */
export async function choosePort(wished: number): Promise<number> {
  let port = wished > 0 ? await bound(wished) : null;
  for (let tries = 0; port === null && tries < TRIES; tries += 1) port = await byChance();
  port ??= await bound(0);
  if (port === null) throw new Error('no free port on 127.0.0.1');
  chosen.add(port);
  return port;
}
