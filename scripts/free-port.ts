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

/** The wished port of loopback when it is free, any free one otherwise; 0 asks for any. @throws Error when there is none */
export async function choosePort(wished: number): Promise<number> {
  const port = (wished > 0 ? await bound(wished) : null) ?? (await bound(0));
  if (port === null) throw new Error('no free port on 127.0.0.1');
  return port;
}
