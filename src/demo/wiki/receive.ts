/** What comes back to the Wiki: wresult, checked step by step. Each step notes what it compared, so that the pages can show it. */
import type { Verified } from '../shared/sections.js';
import type { Issuer } from './issuer.js';
import type { Asked } from './requests.js';
import { type Signed, verifySignature } from './signature.js';
import { findAssertion, readToken, type Token } from './token.js';
import { readXml, Unreadable } from './xml.js';

/** A person as the token describes them. */
export interface SignedIn {
  readonly displayName: string;
  readonly token: Token;
  readonly verified: readonly Verified[];
  /** The assertion as it was signed. */
  readonly xml: string;
  /** All that came, for display only. */
  readonly wresult: string;
}

/** An answer that is not accepted: what held until then, and the one thing that did not. */
export interface Refused {
  readonly passed: readonly Verified[];
  readonly what: string;
  readonly sentence: string;
}

export type Received = { readonly kind: 'signed-in'; readonly who: SignedIn } | { readonly kind: 'refused'; readonly refused: Refused };

export interface ReceiveParts {
  readonly issuer: Issuer;
  readonly realm: string;
  readonly now: () => number;
  readonly firstUse: (assertionId: string) => boolean;
}

/** Clocks differ. */
const SKEW_MS = 5000;
const DISPLAY_NAMES = ['http://schemas.microsoft.com/identity/claims/displayname', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name'];

/** Verifies an answer to a question that was asked. Never throws: whatever is wrong becomes `refused` with a sentence. */
export function receiveResult(parts: ReceiveParts, asked: Asked, wresult: string): Received {
  const verified: Verified[] = [{ what: 'The Wiki asked for it, in this browser', seen: `wctx ${asked.wctx}, asked ${time(asked.at)}` }];
  let step = '';
  /** One step: `check` gives what was seen, or throws. */
  const verify = <T>(what: string, check: () => T, seen: (value: T) => string): T => {
    step = what;
    const value = check();
    verified.push({ what, seen: seen(value) });
    return value;
  };
  const compare = (what: string, holds: boolean, seen: string): void => {
    verify(
      what,
      () => {
        if (!holds) throw new Unreadable(seen);
      },
      () => seen,
    );
  };

  try {
    const { issuer, realm } = parts;
    const now = parts.now();
    const { assertion, idName } = verify(
      'There is one token',
      () => findAssertion(readXml(wresult)),
      (found) => `${found.assertion.nodeName}, ${found.idName} ${found.assertion.getAttribute(found.idName) ?? ''}`,
    );
    const signed = verify('A key of Signet signed it', () => verifySignature(wresult, assertion, idName, issuer.certificates), describeSignature);
    const token = verify(
      'Only what was signed is read',
      () => readToken(signed.xml),
      (read) => `${read.version}, ${String(Buffer.byteLength(signed.xml))} octets`,
    );
    compare('Signet issued it', token.issuer === issuer.name, `Issuer ${token.issuer}; expected ${issuer.name}`);
    compare('It is for the Wiki', token.audiences.includes(realm), `Audience ${token.audiences.join(', ') || 'none'}; expected ${realm}`);
    compare('The time is right', isNow(token, now), `${time(token.notBefore)} to ${time(token.notOnOrAfter)}; now ${time(now)}`);
    compare('Whoever brings it may use it', token.bearer, token.bearer ? 'bearer' : 'it is bound to something else');
    if (asked.fresh) {
      compare('The sign-in is fresh', token.authenticatedAt >= asked.at, `signed in ${time(token.authenticatedAt)}; asked ${time(asked.at)}`);
    }
    compare('It was not used before', parts.firstUse(token.id), token.id);
    const displayName = DISPLAY_NAMES.flatMap((type) => token.claims.find((claim) => claim.type === type)?.values ?? [])[0];
    return { kind: 'signed-in', who: { displayName: displayName ?? token.name, token, verified, xml: signed.xml, wresult } };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { kind: 'refused', refused: { passed: verified, what: step, sentence: error.message } };
  }
}

function describeSignature({ algorithm, fingerprint }: Signed): string {
  return `${algorithm}; certificate ${fingerprint.slice(0, 16)}… of the federation metadata`;
}

function isNow({ notBefore, notOnOrAfter }: Token, now: number): boolean {
  return now + SKEW_MS >= notBefore && now - SKEW_MS < notOnOrAfter;
}

function time(instant: number): string {
  return Number.isNaN(instant) ? 'not said' : new Date(instant).toISOString();
}
