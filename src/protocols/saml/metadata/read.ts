/** SPSSODescriptor of an application (SAML Metadata 2.4.4). What cannot be used is refused with a sentence that names the element and the fix. */
import { BINDING, NS } from '../../../xml/names.js';
import type { XmlElement } from '../../../xml/parse.js';
import { attribute, children, readBoolean } from '../../../xml/read.js';
import { readDisplay } from '../../shared/metadata/read-display.js';
import { readAlgorithms, readKeys } from '../../shared/metadata/read-keys.js';
import { refuse } from '../../shared/metadata/refuse.js';
import type { RoleContext, RoleFacts } from '../../shared/metadata/role.js';
import { readAttributeServices, readLogoutEndpoints, readNameIdFormats, readReplyAddresses } from './read-endpoints.js';

/** True when the entity is a service provider of SAML 2.0. */
export function hasServiceProvider(entity: XmlElement): boolean {
  return samlRoles(entity, 'SPSSODescriptor').length > 0;
}

/** Why an entity without such a role is none, as a sentence with the fix; undefined when SAML does not say. */
export function whyNoServiceProvider(entity: XmlElement, entityId: string): string | undefined {
  if (children(entity, NS.md, 'SPSSODescriptor').length > 0) {
    return `SPSSODescriptor of ${entityId} does not support SAML 2.0 (protocolSupportEnumeration). Ask the application for SAML 2.0 metadata.`;
  }
  if (samlRoles(entity, 'IDPSSODescriptor').length === 0) return undefined;
  return `${entityId} describes an identity provider (IDPSSODescriptor), not an application. Ask for the service provider's metadata.`;
}

/** What the role says; undefined without one. Throws invalid_input with a sentence for the administrator. */
export function readServiceProvider(entity: XmlElement, context: RoleContext): RoleFacts | undefined {
  const { findings } = context;
  const [role] = samlRoles(entity, 'SPSSODescriptor');
  if (role === undefined) return undefined;
  const keys = readKeys(role, findings);
  const authnRequestsSigned = readFlag(role, 'AuthnRequestsSigned');
  if (authnRequestsSigned && keys.signingCertificates.length === 0) {
    throw refuse('SPSSODescriptor says AuthnRequestsSigned="true", and there is no KeyDescriptor with a signing certificate. Ask the application to add one.');
  }
  const replyAddresses = readReplyAddresses(role, context, findings);
  if (!replyAddresses.some((address) => address.binding === BINDING.post)) {
    throw refuse(
      'There is no AssertionConsumerService with the HTTP-POST binding. Answers are sent by HTTP-POST: ask the application to list such an address.',
    );
  }
  const logoutEndpoints = readLogoutEndpoints(role, context, findings);
  return {
    ...readDisplay(role),
    replyAddresses,
    ...(logoutEndpoints.length === 0 ? {} : { logoutEndpoints }),
    nameIdFormats: readNameIdFormats(role),
    attributeServices: readAttributeServices(role),
    ...keys,
    authnRequestsSigned,
    wantAssertionsSigned: readFlag(role, 'WantAssertionsSigned'),
    ...readAlgorithms(entity, role),
  };
}

function samlRoles(entity: XmlElement, local: string): readonly XmlElement[] {
  return children(entity, NS.md, local).filter((role) => (attribute(role, 'protocolSupportEnumeration') ?? '').split(/\s+/u).includes(NS.samlp));
}

function readFlag(role: XmlElement, name: string): boolean {
  const text = attribute(role, name);
  if (text === undefined) return false;
  try {
    return readBoolean(text);
  } catch (error) {
    throw refuse(`${name} is ${text.slice(0, 32)}; expected true or false.`, error);
  }
}
