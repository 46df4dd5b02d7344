/** An application's side of a sign-on, whatever library does it. */

/** How an application is set up. */
export interface PartyPlan {
  /** The first part of its addresses. */
  readonly name: string;
  readonly toolkit: 'node-saml' | 'samlify';
  readonly binding: 'redirect' | 'post';
  readonly signsRequests: boolean;
  readonly decrypts: boolean;
  /** What it insists on. */
  readonly wantsSigned: readonly ('assertion' | 'response')[];
  /** Of the identity provider, as it publishes them. */
  readonly idpMetadata: string;
  /** How it takes requests to sign out, and where, when not at its own address. It signs what it sends, so `signsRequests` as well. */
  readonly signsOut?: { readonly binding: 'redirect' | 'post'; readonly at?: string };
}

/** The same with its own addresses and keys. */
export interface Party extends PartyPlan {
  readonly entityId: string;
  readonly acs: string;
  readonly slo: string;
  /** PEM. */
  readonly certificate: string;
  readonly privateKey: string;
}

/** What one sign-on asks for beyond the usual. */
export interface Wish {
  readonly relayState: string;
  readonly forceAuthn: boolean;
  readonly passive: boolean;
}

/** How a request leaves: to an address, or as a page with a form. */
export type Outgoing = { readonly kind: 'redirect'; readonly location: string } | { readonly kind: 'page'; readonly html: string };

/** Who signed in, as the library read it from what it had verified. */
export interface Profile {
  readonly nameId: string;
  readonly nameIdFormat: string;
  readonly sessionIndex: string;
  /** Several values as a list. */
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
}

export interface Toolkit {
  metadata(): string;
  ask(wish: Wish): Promise<Outgoing>;
  /** Verifies an answer. Rejects with the library's word. */
  accept(form: Readonly<Record<string, string>>): Promise<Profile>;
  readonly signOut?: SignOut;
}

/** Single logout, where the application has it. */
export interface SignOut {
  /** The address with a LogoutRequest for who signed in. */
  ask(profile: Profile, relayState: string): Promise<string>;
  /** Verifies a message to its address. `rawQuery` for one by redirect. Rejects with the library's word. */
  take(parameters: Readonly<Record<string, string>>, rawQuery: string | undefined): Promise<Taken>;
}

export type Taken =
  | { readonly kind: 'answer' }
  /** `answer` gives the address with the LogoutResponse. */
  | { readonly kind: 'request'; readonly nameId: string; readonly sessionIndex: string; answer(success: boolean): Promise<string> };

/** An attribute value of the library as ours; anything else is a mistake of the test. */
export function asValues(value: unknown): string | readonly string[] {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value;
  throw new Error(`neither text nor a list of texts: ${JSON.stringify(value)}`);
}

export const BINDING = { redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', post: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST' } as const;

/** The certificates and services of an identity provider's metadata. */
export function readIdp(
  metadata: string,
  binding: 'redirect' | 'post',
): { readonly entityId: string; readonly certificates: readonly string[]; readonly ssoUrl: string; readonly sloUrl: string } {
  const find = (service: string, wanted: string): string =>
    [...metadata.matchAll(new RegExp(`<md:${service} Binding="([^"]*)" Location="([^"]*)"`, 'gu'))].find(([, found]) => found === wanted)?.[2] ?? '';
  const role = metadata.slice(metadata.indexOf('<md:IDPSSODescriptor'));
  return {
    entityId: /entityID="([^"]*)"/u.exec(metadata)?.[1] ?? '',
    certificates: [...role.matchAll(/<ds:X509Certificate>([^<]*)</gu)].map(([, certificate = '']) => certificate),
    ssoUrl: find('SingleSignOnService', BINDING[binding]),
    sloUrl: find('SingleLogoutService', BINDING.redirect),
  };
}
