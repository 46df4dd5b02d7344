/** What SAML 1.1 and 2.0 assertions have in common: times, the key they are signed with, and what cannot be written. */
import { SignetError } from '../core/errors.js';
import type { TokenDraft } from '../core/issuance/token-draft.js';
import type { RelyingParty } from '../core/model/relying-party.js';
import type { KeyRing, Signer } from '../core/ports.js';
import { type Algorithms, defaultAlgorithms, isDigestAlgorithm, isSignatureAlgorithm } from '../xml/sign.js';

/** Canonical text in two parts: the signature goes between them. */
export interface Written {
  readonly before: string;
  readonly after: string;
}

/** xs:dateTime in UTC with milliseconds. */
export function time(instant: number): string {
  return new Date(instant).toISOString();
}

/** Throws check claims.text when a value cannot stand in XML. */
export function writeOrRefuse(draft: TokenDraft, write: (draft: TokenDraft) => Written): Written {
  try {
    return write(draft);
  } catch (error) {
    if (error instanceof SignetError && error.code === 'invalid_input') {
      throw draft.request.trace.failure('claims.text', { observed: draft.request.subject.userName }, error);
    }
    throw error;
  }
}

/**
 * The key and algorithms for a token. Throws check signing.possible.
 * Asked even when only the Response is signed, so that a token that cannot be sent is not on record as sent.
 */
export async function prepareSigning(keyRing: KeyRing, draft: TokenDraft): Promise<Algorithms & { readonly signer: Signer }> {
  const { relyingParty, trace } = draft.request;
  const signer = await keyRing.signerFor(relyingParty.signingKey);
  try {
    return { signer, ...chooseAlgorithms(relyingParty, signer) };
  } catch (error) {
    const listed = [...relyingParty.signingMethods, ...relyingParty.digestMethods].join(', ');
    throw trace.failure('signing.possible', { observed: relyingParty.name, expected: listed }, error);
  }
}

/**
 * What an administrator set, where the key can do it; else the first the metadata lists that the key can do; else
 * SHA-256. A list without anything possible is refused rather than ignored (IIP-MD10, MDX-05).
 */
export function chooseAlgorithms(relyingParty: RelyingParty, signer: { readonly type: 'rsa' | 'ec' }): Algorithms {
  const defaults = defaultAlgorithms(signer.type);
  const fits = (uri: string): boolean => isSignatureAlgorithm(uri, signer.type);
  const configured = relyingParty.signatureAlgorithm;
  return {
    signatureAlgorithm: configured !== undefined && fits(configured) ? configured : firstOf(relyingParty.signingMethods, fits, defaults.signatureAlgorithm),
    digestAlgorithm: relyingParty.digestAlgorithm ?? firstOf(relyingParty.digestMethods, isDigestAlgorithm, defaults.digestAlgorithm),
  };
}

function firstOf(listed: readonly string[], fits: (uri: string) => boolean, otherwise: string): string {
  if (listed.length === 0) return otherwise;
  const found = listed.find(fits);
  if (found === undefined)
    throw new SignetError('unsupported_request', `the metadata of the relying party lists only algorithms that are not written here: ${listed.join(', ')}`);
  return found;
}
