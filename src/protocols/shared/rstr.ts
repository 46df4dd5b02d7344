/**
 * RequestSecurityTokenResponse around a finished token, in canonical text (WS-Trust 1.3, 4.4, and February 2005). The
 * children stand in the order of AD FS, which readers that do not look by name rely on; the token is put in unchanged and
 * declares its own namespaces, so that it verifies in place and cut out as text.
 */
import type { Instant } from '../../core/model/ids.js';
import type { TrustVersion } from '../../core/model/relying-party.js';
import type { TokenType } from '../../core/model/security-token.js';
import { NS } from '../../xml/names.js';
import { element, escapeText } from '../../xml/write.js';
import { BEARER_KEY, PROFILE_TYPE, TRUST_NS } from './token-types.js';

export interface TokenResponse {
  readonly version: TrustVersion;
  readonly tokenType: TokenType;
  /** The token type in the spelling that was asked for. */
  readonly tokenTypeUri: string;
  /** AssertionID or ID. */
  readonly tokenId: string;
  /** Finished text, encrypted where it has to be. */
  readonly token: string;
  /** The name under which the application was asked for. */
  readonly appliesTo: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
}

/** Prefixes as AD FS has them: some readers look for the text. */
const PREFIX: Readonly<Record<TrustVersion, string>> = { '2005': 't', '1.3': 'trust' };

/** How a reference names an assertion (WSS SAML token profile 1.1, 3.4). */
const REFERENCE_TYPE: Readonly<Record<TokenType, string>> = {
  saml11: 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.0#SAMLAssertionID',
  saml20: 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLID',
};

/** The response about one bearer token; in WS-Trust 1.3 inside the collection that version asks for. */
export function writeTokenResponse(response: TokenResponse): string {
  const { version } = response;
  const prefix = PREFIX[version];
  const declaration = { [`xmlns:${prefix}`]: TRUST_NS[version] };
  const own = (local: string, ...content: readonly string[]): string => element(`${prefix}:${local}`, {}, ...content);
  const parts = [
    own('Lifetime', moment('Created', response.createdAt), moment('Expires', response.expiresAt)),
    appliesTo(response.appliesTo),
    own('RequestedSecurityToken', response.token),
    own('RequestedAttachedReference', reference(response)),
    own('RequestedUnattachedReference', reference(response)),
    own('TokenType', escapeText(response.tokenTypeUri)),
    own('RequestType', `${TRUST_NS[version]}/Issue`),
    own('KeyType', BEARER_KEY[version]),
  ];
  if (version === '2005') return element(`${prefix}:RequestSecurityTokenResponse`, declaration, ...parts);
  return element(`${prefix}:RequestSecurityTokenResponseCollection`, declaration, own('RequestSecurityTokenResponse', ...parts));
}

function moment(local: 'Created' | 'Expires', at: Instant): string {
  return element(`wsu:${local}`, { 'xmlns:wsu': NS.wsu }, new Date(at).toISOString());
}

function appliesTo(realm: string): string {
  const address = element('wsa:Address', {}, escapeText(realm));
  return element('wsp:AppliesTo', { 'xmlns:wsp': NS.wsp }, element('wsa:EndpointReference', { 'xmlns:wsa': NS.wsa }, address));
}

function reference({ tokenType, tokenId }: TokenResponse): string {
  return element(
    'wsse:SecurityTokenReference',
    { 'xmlns:wsse': NS.wsse, 'xmlns:wsse11': NS.wsse11, 'wsse11:TokenType': PROFILE_TYPE[tokenType] },
    element('wsse:KeyIdentifier', { ValueType: REFERENCE_TYPE[tokenType] }, escapeText(tokenId)),
  );
}
