/** A wire that can be cut without a word: connections stay open, and nothing gets through any more. */
import { connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** What is sent from now on waits; new connections are taken and hear nothing. */
  cut(): void;
  /** Lets through again; what was connected before the cut is gone. */
  mend(): void;
  close(): void;
}

/** Forwards to a port on this machine. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let open = true;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((inbound) => {
    keep(inbound);
    if (!open) return;
    const onward = connect(target, '127.0.0.1');
    keep(onward);
    inbound.pipe(onward).pipe(inbound);
    inbound.on('close', () => onward.destroy());
    onward.on('close', () => inbound.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cut: () => {
      open = false;
      for (const socket of sockets) socket.unpipe();
    },
    mend: () => {
      open = true;
      for (const socket of sockets) socket.destroy();
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
