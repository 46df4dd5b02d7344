/**
 * A sign-in that waits travels with the browser, sealed: any node can go on with it, and none has to remember it. It is
 * bound to no browser, since a request grants nothing; what comes of it is decided by the session that carries it on.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { Trace, type TraceRecord } from '../core/checks/trace.js';
import type { SignInRequest } from '../core/issuance/sign-in-request.js';
import type { Instant } from '../core/model/ids.js';
import type { Clock } from '../core/ports.js';
import type { SecretBox } from '../crypto/secret-box.js';
import { unseal } from './sealed.js';

export interface Flows {
  /** The text to carry: in a hidden field, or in an address. Throws check request.size when the request is too large to carry. */
  keep(request: SignInRequest, trace: Trace): Promise<string>;
  /** What waits under a text; undefined for anything unreadable, foreign or older than 60 minutes. */
  recall(id: string): Promise<{ readonly request: SignInRequest; readonly trace: Trace } | undefined>;
}

/** The number is raised when the content changes, so that nodes of two versions never misread one another. */
const CONTEXT = 'pending-sign-in/1';
const LIFETIME_MS = 60 * 60 * 1000;
/** It has to fit into an address: Node reads at most 16 KiB of header. */
const LONGEST = 12 * 1024;
/** Bytes before compression, which a request full of repetitions would make light of. */
const LONGEST_CONTENT = 64 * 1024;

interface Kept {
  readonly keptAt: Instant;
  readonly request: SignInRequest;
  readonly trace: TraceRecord;
}

/** Keeps pending sign-ins for 60 minutes. */
export function createFlowStore(parts: { readonly box: SecretBox; readonly clock: Clock }): Flows {
  /** The sealed text, or undefined when there is too much to carry. */
  const seal = (kept: Kept): string | undefined => {
    const content = Buffer.from(JSON.stringify(kept));
    if (content.length > LONGEST_CONTENT) return undefined;
    const sealed = parts.box.seal(deflateRawSync(content), CONTEXT);
    return sealed.length <= LONGEST ? sealed : undefined;
  };

  const keep = (request: SignInRequest, trace: Trace): string => {
    const kept: Kept = { keptAt: parts.clock.now(), request, trace: trace.toRecord() };
    // What was seen so far may be lost; what was asked may not.
    const sealed = seal(kept) ?? seal({ ...kept, trace: { startedAt: trace.startedAt, checks: [], steps: [] } });
    if (sealed !== undefined) return sealed;
    const observed = `${String(Buffer.byteLength(JSON.stringify(request)))} bytes`;
    throw trace.failure('request.size', { observed, expected: `what can wait for a sign-in, ${String(LONGEST)} characters when sealed` });
  };

  const recall = (id: string): Awaited<ReturnType<Flows['recall']>> => {
    const sealed = unseal(parts.box, id, { context: CONTEXT, longest: LONGEST });
    if (sealed === undefined) return undefined;
    const { keptAt, request, trace } = readKept(sealed);
    if (parts.clock.now() - keptAt > LIFETIME_MS) return undefined;
    return { request, trace: new Trace(request.reference, trace.startedAt, trace) };
  };

  // The work is done at once; the promises are for stores that would have to ask somebody.
  return {
    keep: async (request, trace) => Promise.resolve(keep(request, trace)),
    recall: async (id) => Promise.resolve(recall(id)),
  };
}

/** The seal proves that this very shape was written by a node of ours. */
function readKept(sealed: Buffer): Kept {
  return JSON.parse(inflateRawSync(sealed, { maxOutputLength: LONGEST_CONTENT }).toString()) as Kept;
}
