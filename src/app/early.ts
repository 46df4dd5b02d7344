/** What the socket answers before the node is put together: alive, not ready, and to people that it will be soon. */
import type { RequestListener } from '../web/listener.js';

const RETRY_SECONDS = '2';

export interface EarlyListener {
  readonly listener: RequestListener;
  /** What the node waits for. */
  reason(reason: string): void;
}

/** Answers without store, views and sessions. */
export function createEarlyListener(): EarlyListener {
  let reason = 'the node is starting';
  return {
    reason: (text) => {
      reason = text;
    },
    listener: (request, response) => {
      const path = request.url ?? '';
      if (/\/healthz(?:\?|$)/u.test(path)) {
        response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
        response.end('{"status":"ok"}');
        return;
      }
      const probe = /\/readyz(?:\?|$)/u.test(path);
      const body = probe ? JSON.stringify({ ready: false, reasons: [reason] }) : 'Signet is starting. Try again in a few seconds.';
      response.writeHead(503, {
        'content-type': probe ? 'application/json' : 'text/plain; charset=utf-8',
        'cache-control': 'no-store',
        'retry-after': RETRY_SECONDS,
      });
      response.end(body);
    },
  };
}
