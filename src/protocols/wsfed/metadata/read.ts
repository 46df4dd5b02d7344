/**
 * ApplicationServiceType of an application (WS-Federation 3.1.2.5): its realms, where its tokens go, which claims it asks
 * for, and the key to encrypt for it (FMD-09).
 */
import { requestedMappings } from '../../../core/claims/standard-claims.js';
import { type AttributeConsumingService, type LogoutEndpoint, type ReplyAddress, WSFED_BINDING } from '../../../core/model/relying-party.js';
import { addressProblem } from '../../../core/model/reply-address.js';
import { shellWord } from '../../../core/shell-word.js';
import { NS } from '../../../xml/names.js';
import type { XmlElement } from '../../../xml/parse.js';
import { attribute, child, children, isOfType, leafText } from '../../../xml/read.js';
import { lintRequested } from '../../shared/metadata/lint-requested.js';
import { type Display, lintDisplay, readable, readDisplay } from '../../shared/metadata/read-display.js';
import { readKeys } from '../../shared/metadata/read-keys.js';
import { type Address, readUsable } from '../../shared/metadata/reply-addresses.js';
import { BOOLEAN, quote, type Report, readValue } from '../../shared/metadata/report.js';
import type { RoleContext, RoleFacts } from '../../shared/metadata/role.js';

/** Each is a row of the registry. */
const MOST_REALMS = 200;

/** True when the entity has such a role. */
export function hasApplicationService(entity: XmlElement): boolean {
  return rolesOf(entity, 'ApplicationServiceType').length > 0;
}

/** Reports why an entity without such a role is none; false when WS-Federation does not say. */
export function reportNoApplicationService(entity: XmlElement, entityId: string, report: Report): boolean {
  const [issuer] = rolesOf(entity, 'SecurityTokenServiceType');
  if (issuer === undefined) return false;
  report('metadata.wrong-role', issuer, `${quote(entityId)} describes a token issuer (SecurityTokenServiceType), not an application.`);
  return true;
}

/**
 * What the role says; undefined without one that browsers can bring tokens to.
 * @param alone whether the entity is an application by this role only
 */
export function readApplicationService(entity: XmlElement, context: RoleContext, alone: boolean): RoleFacts | undefined {
  const { report } = context;
  const [role] = rolesOf(entity, 'ApplicationServiceType');
  if (role === undefined) return undefined;
  const endpoints = addressesOf(role, 'PassiveRequestorEndpoint');
  if (endpoints.length === 0) {
    reportNoEndpoint(role, context, alone);
    if (!alone) return undefined;
  }
  const identifiers = readRealms(role, context);
  const logoutEndpoints = readLogoutEndpoints(role, context);
  lintDisplay(role, report);
  return {
    ...readServiceNames(role),
    ...readDisplay(role),
    ...(identifiers.length === 0 ? {} : { identifiers }),
    replyAddresses: readReplyAddresses(role, endpoints, context),
    ...(logoutEndpoints.length === 0 ? {} : { logoutEndpoints }),
    nameIdFormats: [],
    attributeServices: readRequestedClaims(role, report),
    // Nothing that it signs is read: requests of WS-Federation are not signed.
    signingCertificates: [],
    encryptionKeys: readKeys(role, context).encryptionKeys,
    authnRequestsSigned: false,
    wantAssertionsSigned: false,
    signingMethods: [],
    digestMethods: [],
  };
}

function reportNoEndpoint(role: XmlElement, { entityId, report }: RoleContext, alone: boolean): void {
  const sentence = `ApplicationServiceType of ${quote(entityId)} has no PassiveRequestorEndpoint.`;
  if (!alone) report('metadata.passive-missing', role, sentence);
  else {
    report('metadata.reply-missing', role, sentence, {
      fix: `Ask the application where browsers bring its tokens, and use: signet rp add-wsfed ${shellWord(entityId)} --reply URL`,
      ask: 'Add a PassiveRequestorEndpoint with the address where browsers bring tokens.',
    });
  }
}

function rolesOf(entity: XmlElement, type: string): readonly XmlElement[] {
  return children(entity, NS.md, 'RoleDescriptor').filter((role) => isOfType(role, NS.fed, type));
}

/** In their order: the first is where tokens go when a request names none. */
function readReplyAddresses(role: XmlElement, endpoints: readonly Address[], context: RoleContext): readonly ReplyAddress[] {
  const usable = endpoints.length === 0 ? [] : readUsable(endpoints, { role, what: 'PassiveRequestorEndpoint' }, context);
  return [...new Set(usable.map(({ url }) => url))].map((url) => ({ binding: WSFED_BINDING, url }));
}

function readLogoutEndpoints(role: XmlElement, { report, allowHttp }: RoleContext): readonly LogoutEndpoint[] {
  return addressesOf(role, 'SingleSignOutNotificationEndpoint').flatMap(({ element, url }) => {
    const problem = addressProblem(url, { allowHttp });
    if (problem === undefined) return [{ binding: WSFED_BINDING, url }];
    report('metadata.logout-left-out', element, `A SingleSignOutNotificationEndpoint was left out: ${problem.what}.`);
    return [];
  });
}

/** TargetScopes: names, which often look like addresses, and are compared to the letter. */
function readRealms(role: XmlElement, { entityId, report }: RoleContext): readonly string[] {
  const scopes = addressesOf(role, 'TargetScopes').filter(({ url }) => url !== entityId);
  const realms = new Map(scopes.map(({ element, url }) => [url, element]));
  if (realms.size > MOST_REALMS) {
    report('metadata.realms-too-many', role, `TargetScopes names ${String(realms.size)} realms; at most ${String(MOST_REALMS)} are taken.`);
    return [];
  }
  return [...realms].flatMap(([realm, element]) => {
    if (/^[^\s\p{Cc}\p{Cf}]{1,1024}$/u.test(realm)) return [realm];
    report('metadata.realm-left-out', element, 'A realm in TargetScopes was left out: it is empty, too long, or holds white space or invisible characters.');
    return [];
  });
}

function readRequestedClaims(role: XmlElement, report: Report): readonly AttributeConsumingService[] {
  const list = child(role, NS.fed, 'ClaimTypesRequested');
  const types = list === undefined ? [] : children(list, NS.auth, 'ClaimType');
  if (list === undefined || types.length === 0) return [];
  const requested = types.flatMap((type) => {
    const name = attribute(type, 'Uri')?.trim() ?? '';
    // Writers of that time say so for all they could use: only a plain "false" means that it cannot do without.
    const required = readValue(report, type, 'Optional', BOOLEAN) === false;
    if (name !== '') return [{ name, required }];
    report('metadata.attribute-unnamed', type, 'A ClaimType in ClaimTypesRequested has no Uri.');
    return [];
  });
  const service: AttributeConsumingService = { index: 0, protocol: 'wsfed', requested };
  lintRequested(list, requestedMappings(service, 'wsfed'), report);
  return [service];
}

function readServiceNames(role: XmlElement): Pick<Display, 'displayName' | 'description'> {
  const displayName = readable(attribute(role, 'ServiceDisplayName') ?? '');
  const description = readable(attribute(role, 'ServiceDescription') ?? '');
  return { ...(displayName === '' ? {} : { displayName }), ...(description === '' ? {} : { description }) };
}

/** The addresses of the endpoint references in all elements of that name. */
function addressesOf(role: XmlElement, local: string): readonly Address[] {
  return children(role, NS.fed, local)
    .flatMap((endpoint) => children(endpoint, NS.wsa, 'EndpointReference'))
    .flatMap((reference) => children(reference, NS.wsa, 'Address'))
    .map((element) => ({ element, url: leafText(element) }));
}
