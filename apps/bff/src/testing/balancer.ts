/** What stands before several Pults: passes connections to the first that takes them, as a proxy with health checks does. */
import { connect, createServer, type Socket } from 'node:net';

export interface Balancer {
  readonly url: string;
  close(): Promise<void>;
}

/** @param ports of the Pults, in the order in which they are tried */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const open = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    // Either end may go at any moment: that is what is tested.
    socket.on('error', () => socket.destroy());
    return socket;
  };
  const server = createServer((from) => {
    keep(from).pause();
    const pass = ([port, ...others]: readonly number[]): void => {
      if (port === undefined) return void from.destroy();
      const to = keep(connect(port, '127.0.0.1'));
      let connected = false;
      to.once('connect', () => {
        connected = true;
        from.once('close', () => to.destroy());
        to.once('close', () => from.destroy());
        from.pipe(to).pipe(from);
        from.resume();
      });
      to.once('close', () => {
        if (!connected) pass(others);
      });
    };
    pass(ports);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
