/** What balancers and collectors ask: /healthz, /readyz, /metrics. No cookie, no session, no store. */
import type { HttpReply } from '../../http/reply.js';
import type { HealthParts, MetricsParts } from '../parts.js';

export interface Probe {
  readonly path: string;
  readonly answer: () => Promise<HttpReply>;
}

/** The three addresses; they stand at the root as well when the base URL has a path. */
export function createProbes(health: HealthParts, metrics: MetricsParts): readonly Probe[] {
  const text = (status: number, body: string, type = 'text/plain; charset=utf-8'): HttpReply => ({ kind: 'text', status, type, body });
  return [
    { path: '/healthz', answer: () => Promise.resolve(health.live() ? text(200, 'alive\n') : text(503, 'not alive\n')) },
    {
      path: '/readyz',
      answer: () => {
        const { ready, reasons } = health.ready();
        return Promise.resolve(ready ? text(200, 'ready\n') : text(503, `not ready\n${reasons.map((reason) => `${reason}\n`).join('')}`));
      },
    },
    { path: '/metrics', answer: async () => text(200, await metrics.text(), metrics.contentType) },
  ];
}
