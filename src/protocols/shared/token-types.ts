/** Token types and key types as WS-Trust and WS-Federation spell them (WSS SAML token profile 1.1; WS-Trust 1.3 and February 2005). */
import type { TokenType } from '../../core/model/security-token.js';
import type { TrustVersion } from '../../core/model/relying-party.js';
import { NS } from '../../xml/names.js';

const PROFILE_1_1 = 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#';

/** The type under which a reference to a token names it, which is also one of its two spellings. */
export const PROFILE_TYPE: Readonly<Record<TokenType, string>> = { saml11: `${PROFILE_1_1}SAMLV1.1`, saml20: `${PROFILE_1_1}SAMLV2.0` };

/** The spelling AD FS answers with. */
export const NAMESPACE_TYPE: Readonly<Record<TokenType, string>> = { saml11: NS.saml11, saml20: NS.saml };

/** The spellings that a request may use. */
const TOKEN_TYPES: ReadonlyMap<string, TokenType> = new Map<string, TokenType>([
  [PROFILE_TYPE.saml11, 'saml11'],
  [NAMESPACE_TYPE.saml11, 'saml11'],
  [PROFILE_TYPE.saml20, 'saml20'],
  [NAMESPACE_TYPE.saml20, 'saml20'],
]);

/** What can be asked for, in words for a refusal. */
export const OFFERED_TOKEN_TYPES = [...TOKEN_TYPES.keys()].join(', ');

/** The token type of a URI, in either spelling; undefined for one that is not made here. */
export function tokenTypeOf(uri: string): TokenType | undefined {
  return TOKEN_TYPES.get(uri);
}

export const TRUST_NS: Readonly<Record<TrustVersion, string>> = { '2005': NS.wst2005, '1.3': NS.wst13 };

/** A token that whoever carries it may use: without a proof key. */
export const BEARER_KEY: Readonly<Record<TrustVersion, string>> = {
  '2005': 'http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey',
  '1.3': `${NS.wst13}/Bearer`,
};
