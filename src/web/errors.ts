/** Any failure as an answer: a page or a JSON document, always with a reference, never with a stack or a library's words. */
import { SignetError } from '../core/errors.js';
import type { HttpReply } from '../http/reply.js';
import type { ErrorPage } from './pages/error.js';
import { RequestRefused } from './refused.js';

/** What was asked for, as far as it decides the form of the answer. */
export interface Asked {
  /** For the log: a pattern of ours, or ''. */
  readonly path: string;
  readonly accept: string | undefined;
}

export type Failures = (error: unknown, asked: Asked) => HttpReply;

export interface FailureParts {
  readonly errorPage: ErrorPage;
  readonly refusedPage: (refused: RequestRefused, reference: string) => HttpReply;
  readonly makeReference: () => string;
  readonly onError: (error: unknown, what: string, reference?: string) => void;
  readonly onRefused: ((refused: RequestRefused, what: string, reference: string) => void) | undefined;
}

/** The last word on a request. */
export function createFailures(parts: FailureParts): Failures {
  return (error, asked) => {
    const reference = parts.makeReference();
    const refused = asRefused(error);
    if (refused !== undefined) {
      parts.onRefused?.(refused, `refused ${asked.path}`, reference);
      return wantsJson(asked.accept) ? problem(refused.status, reference, refused.headers) : parts.refusedPage(refused, reference);
    }
    const known = error instanceof SignetError ? error : new SignetError('internal', 'an unexpected error', { cause: error });
    if (known.code === 'internal' || known.code === 'unavailable') parts.onError(error, `answering ${asked.path}`, reference);
    const page = parts.errorPage(known, { reference });
    if (page.kind !== 'page' || !wantsJson(asked.accept)) return page;
    return problem(page.status, reference, page.headers ?? {});
  };
}

/** Express and its router mark what a request got wrong with a status below 500: a broken escape in a path, for one. */
function asRefused(error: unknown): RequestRefused | undefined {
  if (error instanceof RequestRefused) return error;
  if (error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status >= 400 && error.status < 500) {
    return new RequestRefused(error.status === 404 ? 'absent' : 'unreadable', error.name);
  }
  return undefined;
}

/** RFC 9457, for who asks for JSON and not for a page. */
function problem(status: number, reference: string, headers: Readonly<Record<string, string>>): HttpReply {
  return { kind: 'text', status, type: 'application/problem+json', body: JSON.stringify({ status, reference }), headers };
}

function wantsJson(accept: string | undefined): boolean {
  return accept !== undefined && /\bapplication\/(?:problem\+)?json\b/u.test(accept) && !accept.includes('text/html');
}
