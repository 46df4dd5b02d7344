/** Which ports the demo takes: the well-known ones, or free ones where those are taken. */
import { createServer } from 'node:net';

/** Browsers try both addresses of "localhost": a port counts as free when neither is in use. */
const LOOPBACK = ['127.0.0.1', '::1'];

/** Listens on `wished` when it is free, else on any free port, also when somebody takes it at the last moment; 0 is any. */
export async function onWishedPort<T>(wished: number, listen: (port: number) => Promise<T>): Promise<T> {
  if (wished !== 0 && (await Promise.all(LOOPBACK.map((host) => isFree(wished, host)))).every(Boolean)) {
    try {
      return await listen(wished);
    } catch (error) {
      if (codeOf(error) !== 'EADDRINUSE') throw error;
    }
  }
  return listen(0);
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      // A machine without IPv6 cannot have the port taken there.
      resolve(['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(codeOf(error)));
    });
    server.listen({ port, host, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
