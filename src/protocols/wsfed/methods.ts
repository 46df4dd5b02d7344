/** wauth: which of our authentication context classes a method asks for (WS-Federation 13.2.2; SAML 1.1 Core 7.1). */
import { CONTEXT_PASSWORD, CONTEXT_PASSWORD_PROTECTED } from '../../core/issuance/authn-policy.js';
import type { RequestedContext } from '../../core/issuance/sign-in-request.js';

/** The stronger one first: it is the one to name where it holds. */
const PASSWORD: readonly string[] = [CONTEXT_PASSWORD_PROTECTED, CONTEXT_PASSWORD];

/** Names that other systems have for what we know. Every other URI stands for itself, classes of SAML 2.0 among them. */
const METHODS: ReadonlyMap<string, readonly string[]> = new Map([
  ['urn:oasis:names:tc:SAML:1.0:am:password', PASSWORD],
  ['http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password', PASSWORD],
]);

/** Any of the methods will do, in the order given; undefined when none is named. */
export function contextOfMethods(wauth: string): RequestedContext | undefined {
  const classes = wauth.split(/\s+/u).flatMap((method) => (method === '' ? [] : (METHODS.get(method) ?? [method])));
  return classes.length === 0 ? undefined : { classes, comparison: 'exact' };
}
