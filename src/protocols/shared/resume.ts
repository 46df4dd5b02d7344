/** The one address where a kept sign-in goes on: after the sign-in pages, and after a cross-site post (design: 303 hop). */
import type { SignetError } from '../../core/errors.js';
import { Trace } from '../../core/checks/trace.js';
import type { Clock } from '../../core/ports.js';
import type { HttpReply } from '../../http/reply.js';
import type { Route } from '../../http/route.js';
import { asSignetError, type Flows, type Passive, type PassiveParts } from './passive.js';

export const RESUME_PATH = '/login/continue';

/** Path and query where the sign-in kept under an id goes on. */
export function resumeAddress(id: string): string {
  return `${RESUME_PATH}?id=${encodeURIComponent(id)}`;
}

export interface ResumeParts {
  readonly clock: Clock;
  readonly makeReference: () => string;
  readonly flows: Flows;
  readonly protocols: Readonly<Partial<Record<'saml' | 'wsfed', Passive>>>;
  readonly errorPage: PassiveParts['errorPage'];
  readonly onError: (error: SignetError, reference: string) => void;
}

/** The route that continues whatever waits under `?id=`. An unknown or ended id goes to the launcher: never an error for a bookmark. */
export function createResumeRoute(parts: ResumeParts): Route {
  return {
    path: RESUME_PATH,
    methods: ['GET'],
    bodyLimit: 0,
    handle: async (inbound): Promise<HttpReply> => {
      const id = new URLSearchParams(inbound.rawQuery).get('id') ?? '';
      try {
        const kept = id === '' ? undefined : await parts.flows.recall(id);
        const protocol = kept === undefined ? undefined : parts.protocols[kept.request.protocol];
        if (kept === undefined || protocol === undefined) return { kind: 'redirect', location: '/', status: 303 };
        return await protocol.resume(kept.request, kept.trace, inbound);
      } catch (error) {
        const trace = new Trace(parts.makeReference(), parts.clock.now());
        const failure = asSignetError(error, trace);
        parts.onError(failure, trace.reference);
        return parts.errorPage(failure, { reference: trace.reference });
      }
    },
  };
}
