/**
 * The socket: it listens before the store is there, so that probes get an answer, takes the real handler when the node
 * is put together, and on the way out finishes what is in hand (reliability: shutdown).
 */
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

export interface ListenerSettings {
  readonly host: string;
  readonly port: number;
  /** Certificate chain and private key, PEM. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  /** Answers until `use` is called. */
  readonly early: RequestListener;
}

export interface Listener {
  /** The port in use. */
  readonly port: number;
  use(listener: RequestListener): void;
  /** Serves on for `graceMs` with `Connection: close`, then closes and waits for what is in hand, at most 15 s. */
  close(graceMs: number): Promise<void>;
}

/** Longer than balancers keep idle connections, or resets appear at random. */
const KEEP_ALIVE_MS = 65_000;
const HEADERS_MS = 20_000;
/** For a request with its body: slow bodies end here (threats U17). */
const REQUEST_MS = 30_000;
const FINISH_MS = 15_000;
const MOST_HEADER_BYTES = 16_384;

/** Starts to listen. Rejects when the address cannot be had. */
export async function listen(settings: ListenerSettings): Promise<Listener> {
  let current = settings.early;
  let closing = false;
  const handle: RequestListener = (request, response) => {
    if (closing) response.setHeader('connection', 'close');
    current(request, response);
  };
  const options = { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, maxHeaderSize: MOST_HEADER_BYTES };
  const server: Server = settings.tls === undefined ? createHttpServer(options, handle) : createHttpsServer({ ...options, ...settings.tls }, handle);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, settings.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    use: (listener) => {
      current = listener;
    },
    close: async (graceMs) => {
      closing = true;
      if (graceMs > 0) await sleep(graceMs);
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      server.closeIdleConnections();
      const idle = setInterval(() => {
        server.closeIdleConnections();
      }, 100);
      await Promise.race([closed, sleep(FINISH_MS, undefined, { ref: false })]);
      clearInterval(idle);
      server.closeAllConnections();
    },
  };
}
