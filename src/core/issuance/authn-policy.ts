/**
 * Is an authentication strong enough for what was asked, and under which class does it leave (SAML Core 3.3.2.2.1)?
 */
import type { Trace } from '../checks/trace.js';
import type { RelyingParty } from '../model/relying-party.js';
import type { RequestedContext } from './sign-in-request.js';

const CLASSES = 'urn:oasis:names:tc:SAML:2.0:ac:classes:';

export const CONTEXT_UNSPECIFIED = `${CLASSES}unspecified`;
export const CONTEXT_PASSWORD = `${CLASSES}Password`;
export const CONTEXT_PASSWORD_PROTECTED = `${CLASSES}PasswordProtectedTransport`;

/** The classes that a sign-in can amount to, weakest first. The order is what `minimum`, `maximum` and `better` compare by. */
const RANKED: readonly string[] = [CONTEXT_UNSPECIFIED, CONTEXT_PASSWORD, CONTEXT_PASSWORD_PROTECTED];

/**
 * The class to name in the token, or undefined when what was performed does not meet what was asked and is allowed.
 * Exact takes the first listed class that holds, in the order given; a stronger sign-in also is each weaker class, and
 * else the strongest that fits is named.
 * @param performed the strongest class the authentication amounts to
 * @param requested what the request, or the administrator for this application, asks for and allows
 */
export function meetContext(performed: string, requested: RequestedContext | undefined): string | undefined {
  const { classes = [], comparison = 'exact', allowed } = requested ?? {};
  const isAllowed = (name: string): boolean => allowed === undefined || allowed.includes(name);
  if (classes.length === 0 && isAllowed(performed)) return performed;
  const holding = RANKED.slice(0, RANKED.indexOf(performed) + 1).filter(isAllowed);
  const ranks = classes.map((name) => RANKED.indexOf(name)).filter((rank) => rank >= 0);
  const fits = (name: string): boolean => {
    if (classes.length === 0) return true;
    const rank = RANKED.indexOf(name);
    switch (comparison) {
      case 'exact':
        return false;
      case 'minimum':
        return ranks.some((wanted) => rank >= wanted);
      case 'better':
        return ranks.some((wanted) => rank > wanted);
      case 'maximum':
        return ranks.some((wanted) => rank <= wanted);
    }
  };
  return classes.find((name) => comparison === 'exact' && holding.includes(name)) ?? holding.findLast(fits);
}

/** Words for a trace: what was asked for. */
export function describeContext({ comparison, classes, allowed }: RequestedContext): string {
  return `${comparison} ${classes.join(', ')}${allowed === undefined ? '' : `, of which are allowed ${allowed.join(', ')}`}`;
}

/** The kind of sign-in that is wanted: what the request asks for, else what the administrator set, within what they allow. */
export function wantedContext(
  { authnContext, allowedAuthnContexts: allowed }: RelyingParty,
  asked: RequestedContext | undefined,
): RequestedContext | undefined {
  const wanted = asked ?? (authnContext === undefined ? undefined : { classes: [authnContext], comparison: 'exact' });
  return allowed === undefined ? wanted : { ...(wanted ?? { classes: [], comparison: 'exact' }), allowed };
}

/**
 * The class to name in the token: one that was asked for and is met. Where none was asked for, whether what was performed is
 * allowed is for the issuance to say. Errors: the check named, for a class that was asked for.
 */
export function contextClassFor(
  performed: string,
  about: { readonly relyingParty: RelyingParty; readonly asked: RequestedContext | undefined; readonly check: 'request.authn-context' | 'wsfed.wauth' },
  trace: Trace,
): string {
  const wanted = wantedContext(about.relyingParty, about.asked);
  const met = meetContext(performed, wanted);
  if (met !== undefined) return met;
  if (wanted === undefined || wanted.classes.length === 0) return performed;
  throw trace.failure(about.check, { observed: describeContext(wanted), expected: performed });
}
