/** Our role as a security token service (WS-Federation 3.1.2.2), in one entity with the roles of SAML where it has the same name. */
import type { OfferedClaimType } from '../../../core/claims/standard-claims.js';
import type { Signer } from '../../../core/ports.js';
import { NS } from '../../../xml/names.js';
import { element, escapeText } from '../../../xml/write.js';
import { NAMESPACE_TYPE } from '../../shared/token-types.js';
import { type EntityContent, type EntityDescription, signingKey, writeEntity } from '../../shared/metadata/write.js';

export interface FederationDescription extends EntityDescription {
  /** Where browsers go. */
  readonly passiveUrl: string;
  readonly claimTypes: readonly OfferedClaimType[];
  /** The roles of SAML, where our entity id is the same. */
  readonly saml: EntityContent | undefined;
}

/** What AD FS lists, and what readers look for one or the other of. */
const PROTOCOLS = [NS.wst13, NS.wst2005, NS.fed].join(' ');

/** The signed EntityDescriptor. The role of WS-Federation comes first: old readers stop at what they do not know. */
export async function writeFederationMetadata(description: FederationDescription, signer: Signer): Promise<string> {
  const { saml } = description;
  const content = { extensions: saml?.extensions ?? '', roles: role(description) + (saml?.roles ?? ''), typePrefixes: ['fed'] };
  return writeEntity(description, content, signer);
}

function role({ organization, certificates, claimTypes, passiveUrl }: FederationDescription): string {
  return element(
    'md:RoleDescriptor',
    {
      'xmlns:fed': NS.fed,
      'xmlns:xsi': NS.xsi,
      ServiceDisplayName: organization,
      protocolSupportEnumeration: PROTOCOLS,
      'xsi:type': 'fed:SecurityTokenServiceType',
    },
    ...certificates.map(signingKey),
    element('fed:TokenTypesOffered', {}, ...Object.values(NAMESPACE_TYPE).map((uri) => element('fed:TokenType', { Uri: uri }))),
    element('fed:ClaimTypesOffered', {}, ...claimTypes.map(claimType)),
    // The schema wants one; as long as there is no other, it is the one for browsers.
    element('fed:SecurityTokenServiceEndpoint', {}, endpoint(passiveUrl)),
    element('fed:PassiveRequestorEndpoint', {}, endpoint(passiveUrl)),
  );
}

function claimType({ uri, displayName, description }: OfferedClaimType): string {
  return element(
    'auth:ClaimType',
    { 'xmlns:auth': NS.auth, Optional: 'true', Uri: uri },
    element('auth:DisplayName', {}, escapeText(displayName)),
    element('auth:Description', {}, escapeText(description)),
  );
}

/** With an address only: readers take nothing else (FMD-06). */
function endpoint(url: string): string {
  return element('wsa:EndpointReference', { 'xmlns:wsa': NS.wsa }, element('wsa:Address', {}, escapeText(url)));
}
