/** What every process of the stand needs: settings from the environment, a port to listen at, and not to outlive its parent. */
import type { Server } from 'node:http';
import type { Application } from 'express';

export const numberOf = (name: string, fallback: number): number => {
  const value = Number(process.env[name] ?? '');
  return process.env[name] !== undefined && process.env[name] !== '' && Number.isFinite(value) ? value : fallback;
};
export const textOf = (name: string, fallback: string): string => process.env[name] ?? fallback;

/** Ends this process when the pipe from its parent closes: the system closes it also after a kill -9. */
export function endWithParent(): void {
  if (process.env.STAND_CHILD !== '1') return;
  process.stdin.resume();
  process.stdin.on('end', () => process.exit(0));
  process.stdin.on('error', () => process.exit(0));
}

export interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on loopback only; port 0 takes a free one. @throws when the port is taken */
export async function listen(app: Application, port: number): Promise<Listening> {
  const server = await new Promise<Server>((resolve, reject) => {
    const starting = app.listen(port, '127.0.0.1', (error?: Error) => (error ? reject(error) : resolve(starting)));
    starting.once('error', reject);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://127.0.0.1:${bound}`,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
