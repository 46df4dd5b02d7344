/** Which ports the demo takes: the well-known ones, or free ones where those are taken. */
import { createServer } from 'node:net';

/** Browsers try both addresses of "localhost": a port counts as free when neither is in use. */
const LOOPBACK = ['127.0.0.1', '::1'];

/** Gives `wished` when it is free, else 0: whoever listens on it takes any, with nobody in between. */
export async function wishedPort(wished: number): Promise<number> {
  return wished !== 0 && (await Promise.all(LOOPBACK.map((host) => isFree(wished, host)))).every(Boolean) ? wished : 0;
}

/** Gives `wished` when it is free, else any free port, for what has to be known before anybody listens; 0 is any. */
export async function freePort(wished: number): Promise<number> {
  return (await wishedPort(wished)) || anyFree();
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      // A machine without IPv6 cannot have the port taken there.
      resolve('code' in error && (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT'));
    });
    server.listen({ port, host, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

function anyFree(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
