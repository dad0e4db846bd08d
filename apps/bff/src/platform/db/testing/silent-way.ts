/** A way to the database on which everything can vanish without a word, as when its host loses power or a NAT its table. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface SilentWay {
  readonly url: string;
  /** From now on nothing passes over the connections that are open, and nobody is told; new ones work. */
  vanish(): void;
  close(): Promise<void>;
}

export async function openSilentWay(databaseUrl: string): Promise<SilentWay> {
  const to = new URL(databaseUrl);
  const open = new Set<Socket>();
  const silent = new WeakSet<Socket>();
  const server = createServer((from) => {
    const target = connect(Number(to.port), to.hostname);
    for (const [one, other] of [
      [from, target],
      [target, from],
    ] as const) {
      open.add(one);
      one.on('data', (data) => void (silent.has(one) || other.write(data)));
      one.on('error', () => one.destroy());
      one.once('close', () => {
        open.delete(one);
        if (!silent.has(one)) other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    vanish: () => {
      for (const socket of open) silent.add(socket);
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
