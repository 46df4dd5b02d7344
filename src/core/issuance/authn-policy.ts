/**
 * Is an authentication strong enough for what was asked, and under which class does it leave (SAML Core 3.3.2.2.1)?
 */
import type { RequestedContext } from './sign-in-request.js';

const CLASSES = 'urn:oasis:names:tc:SAML:2.0:ac:classes:';

export const CONTEXT_UNSPECIFIED = `${CLASSES}unspecified`;
export const CONTEXT_PASSWORD = `${CLASSES}Password`;
export const CONTEXT_PASSWORD_PROTECTED = `${CLASSES}PasswordProtectedTransport`;

/** The classes that a sign-in can amount to, weakest first. The order is what `minimum`, `maximum` and `better` compare by. */
const RANKED: readonly string[] = [CONTEXT_UNSPECIFIED, CONTEXT_PASSWORD, CONTEXT_PASSWORD_PROTECTED];

/**
 * The class to name in the token, or undefined when what was performed does not meet what was asked.
 * Exact takes the first listed class that holds, in the order given; a stronger sign-in also is each weaker class.
 * @param performed the strongest class the authentication amounts to
 * @param requested what the request, or the administrator for this application, asks for
 */
export function meetContext(performed: string, requested: RequestedContext | undefined): string | undefined {
  if (requested === undefined || requested.classes.length === 0) return performed;
  const have = RANKED.indexOf(performed);
  const ranks = requested.classes.map((name) => RANKED.indexOf(name)).filter((rank) => rank >= 0);
  switch (requested.comparison) {
    case 'exact':
      return requested.classes.find((name) => {
        const rank = RANKED.indexOf(name);
        return rank >= 0 && rank <= have;
      });
    case 'minimum':
      return ranks.some((rank) => have >= rank) ? performed : undefined;
    case 'better':
      return ranks.some((rank) => have > rank) ? performed : undefined;
    case 'maximum': {
      const limit = Math.max(-1, ...ranks);
      return limit < 0 ? undefined : RANKED[Math.min(have, limit)];
    }
  }
}

/** Words for a trace: what was asked for. */
export function describeContext(requested: RequestedContext): string {
  return `${requested.comparison} ${requested.classes.join(', ')}`;
}
