/**
 * ApplicationServiceType of an application (WS-Federation 3.1.2.5): its realms, where its tokens go, which claims it asks
 * for, and the key to encrypt for it (FMD-09).
 */
import { type AttributeConsumingService, type LogoutEndpoint, type ReplyAddress, WSFED_BINDING } from '../../../core/model/relying-party.js';
import { checkReplyAddress } from '../../../core/model/reply-address.js';
import { shellWord } from '../../../core/shell-word.js';
import { NS } from '../../../xml/names.js';
import type { XmlElement } from '../../../xml/parse.js';
import { attribute, child, children, isOfType, leafText, readBoolean } from '../../../xml/read.js';
import { type Display, readable, readDisplay } from '../../shared/metadata/read-display.js';
import { readKeys } from '../../shared/metadata/read-keys.js';
import { orRefuse, refuse } from '../../shared/metadata/refuse.js';
import type { RoleContext, RoleFacts } from '../../shared/metadata/role.js';

/** Each is a row of the registry. */
const MOST_REALMS = 200;

/** True when the entity has such a role. */
export function hasApplicationService(entity: XmlElement): boolean {
  return rolesOf(entity, 'ApplicationServiceType').length > 0;
}

/** Why an entity without such a role, or with one that cannot be used, is none, as a sentence with the fix; undefined when WS-Federation does not say. */
export function whyNoApplicationService(entity: XmlElement, entityId: string): string | undefined {
  if (hasApplicationService(entity)) {
    return `ApplicationServiceType of ${entityId} has no PassiveRequestorEndpoint. Ask the application where browsers bring its tokens, and use: signet rp add-wsfed ${shellWord(entityId)} --reply URL`;
  }
  if (rolesOf(entity, 'SecurityTokenServiceType').length === 0) return undefined;
  return `${entityId} describes a token issuer (SecurityTokenServiceType), not an application. Ask for the application's metadata.`;
}

/** What the role says; undefined without one that browsers can bring tokens to. Throws invalid_input with a sentence for the administrator. */
export function readApplicationService(entity: XmlElement, context: RoleContext): RoleFacts | undefined {
  const [role] = rolesOf(entity, 'ApplicationServiceType');
  if (role === undefined) return undefined;
  const replyAddresses = readReplyAddresses(role, context);
  if (replyAddresses.length === 0) {
    context.findings.push('ApplicationServiceType has no PassiveRequestorEndpoint: browsers cannot bring it tokens of WS-Federation.');
    return undefined;
  }
  const identifiers = readRealms(role, context);
  const logoutEndpoints = readLogoutEndpoints(role, context);
  return {
    ...readServiceNames(role),
    ...readDisplay(role),
    ...(identifiers.length === 0 ? {} : { identifiers }),
    replyAddresses,
    ...(logoutEndpoints.length === 0 ? {} : { logoutEndpoints }),
    nameIdFormats: [],
    attributeServices: readRequestedClaims(role),
    // Nothing that it signs is read: requests of WS-Federation are not signed.
    signingCertificates: [],
    encryptionKeys: readKeys(role, context.findings).encryptionKeys,
    authnRequestsSigned: false,
    wantAssertionsSigned: false,
    signingMethods: [],
    digestMethods: [],
  };
}

function rolesOf(entity: XmlElement, type: string): readonly XmlElement[] {
  return children(entity, NS.md, 'RoleDescriptor').filter((role) => isOfType(role, NS.fed, type));
}

/** In their order: the first is where tokens go when a request names none. */
function readReplyAddresses(role: XmlElement, context: RoleContext): readonly ReplyAddress[] {
  const urls = [...new Set(addressesOf(role, 'PassiveRequestorEndpoint'))];
  for (const url of urls) {
    const problem = checkReplyAddress(url, context);
    if (problem !== undefined) throw refuse(`PassiveRequestorEndpoint: ${problem}`);
  }
  return urls.map((url) => ({ binding: WSFED_BINDING, url }));
}

function readLogoutEndpoints(role: XmlElement, context: RoleContext): readonly LogoutEndpoint[] {
  return addressesOf(role, 'SingleSignOutNotificationEndpoint').flatMap((url) => {
    const problem = checkReplyAddress(url, context);
    if (problem === undefined) return [{ binding: WSFED_BINDING, url }];
    context.findings.push(`A SingleSignOutNotificationEndpoint was left out, so sign-out does not reach the application there: ${problem}`);
    return [];
  });
}

/** TargetScopes: names, which often look like addresses, and are compared to the letter. */
function readRealms(role: XmlElement, { entityId, findings }: RoleContext): readonly string[] {
  const realms = [...new Set(addressesOf(role, 'TargetScopes'))].filter((realm) => realm !== entityId);
  if (realms.length > MOST_REALMS) throw refuse(`TargetScopes names ${String(realms.length)} realms; at most ${String(MOST_REALMS)} are taken.`);
  return realms.filter((realm) => {
    const usable = /^[^\s\p{Cc}\p{Cf}]{1,1024}$/u.test(realm);
    if (!usable) findings.push('A realm in TargetScopes was left out: it is empty, too long, or holds white space or invisible characters.');
    return usable;
  });
}

function readRequestedClaims(role: XmlElement): readonly AttributeConsumingService[] {
  const requested = child(role, NS.fed, 'ClaimTypesRequested');
  const types = requested === undefined ? [] : children(requested, NS.auth, 'ClaimType');
  if (types.length === 0) return [];
  const claims = types.map((type) => {
    const name = attribute(type, 'Uri')?.trim() ?? '';
    if (name === '') throw refuse('A ClaimType in ClaimTypesRequested has no Uri.');
    // Writers of that time say so for all they could use: only a plain "false" means that it cannot do without.
    const optional = attribute(type, 'Optional');
    return { name, required: optional !== undefined && !orRefuse('ClaimType Optional', optional, readBoolean) };
  });
  return [{ index: 0, protocol: 'wsfed', requested: claims }];
}

function readServiceNames(role: XmlElement): Pick<Display, 'displayName' | 'description'> {
  const displayName = readable(attribute(role, 'ServiceDisplayName') ?? '');
  const description = readable(attribute(role, 'ServiceDescription') ?? '');
  return { ...(displayName === '' ? {} : { displayName }), ...(description === '' ? {} : { description }) };
}

/** The addresses of the endpoint references in all elements of that name. */
function addressesOf(role: XmlElement, local: string): readonly string[] {
  return children(role, NS.fed, local)
    .flatMap((endpoint) => children(endpoint, NS.wsa, 'EndpointReference'))
    .flatMap((reference) => children(reference, NS.wsa, 'Address'))
    .map(leafText);
}
