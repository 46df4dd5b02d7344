/** The claims that a sign-on brings beside those of the person: how they signed in, and what the request looked like (AD FS's rules test them). */
import { AD_AUTHORITY, CLAIM, type Claim, LOCAL_AUTHORITY, makeClaim, MULTIPLE_AUTHENTICATION } from '../model/claim.js';
import type { RequestContext } from '../model/request-context.js';
import type { Authentication } from '../model/subject.js';
import { hasSecondFactor } from './conditions/second-factor.js';

const LONGEST_ADDRESS = 64;
const LONGEST_USER_AGENT = 512;
const LONGEST_PATH = 1024;
/** What a claim about a proxy is worth to rules: that there is one. */
const PROXY = 'signet';

/**
 * Claims of the request, issuer LOCAL AUTHORITY, and of the sign-in, issuer AD AUTHORITY. Absent: a permanent session and
 * devices, which Signet does not know. x-ms-proxy is there for whoever comes from outside, as behind AD FS's proxy.
 */
export function contextClaims(authentication: Authentication, context: RequestContext): readonly Claim[] {
  return [...signInClaims(authentication), ...requestClaims(context)];
}

/** What the sign-in says. */
export function signInClaims({ methods, contextClass, at }: Authentication): readonly Claim[] {
  const said = (type: string, value: string): Claim => makeClaim(type, value, AD_AUTHORITY);
  return [
    said(CLAIM.authenticationMethod, contextClass),
    said(CLAIM.authenticationInstant, new Date(at).toISOString()),
    said(CLAIM.authnMethodsReferences, contextClass),
    ...(hasSecondFactor(methods) ? [said(CLAIM.authnMethodsReferences, MULTIPLE_AUTHENTICATION)] : []),
  ];
}

function requestClaims({ clientAddress, userAgent, path, insideCorporateNetwork }: RequestContext): readonly Claim[] {
  const address = printable(clientAddress, LONGEST_ADDRESS);
  const values: readonly (readonly [type: string, value: string])[] = [
    [CLAIM.insideCorporateNetwork, String(insideCorporateNetwork)],
    [CLAIM.forwardedClientIp, address],
    [CLAIM.clientIp, address],
    [CLAIM.proxy, insideCorporateNetwork ? '' : PROXY],
    [CLAIM.clientUserAgent, printable(userAgent, LONGEST_USER_AGENT)],
    [CLAIM.endpointPath, printable(path, LONGEST_PATH)],
  ];
  return values.flatMap(([type, value]) => (value === '' ? [] : [makeClaim(type, value, LOCAL_AUTHORITY)]));
}

/** Nothing in it needs a second look: that is nearly every text, and tells it in a tenth of the time. */
const PLAIN = /^[ -~]*$/u;

/** A text that came in a request, as it may stand in a claim: without what cannot be seen, and not longer than it needs to be. */
function printable(text: string | undefined, limit: number): string {
  const shown = (text ?? '').slice(0, limit);
  return PLAIN.test(shown) ? shown : shown.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '');
}
