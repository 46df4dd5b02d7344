/** SPSSODescriptor of an application (SAML Metadata 2.4.4). What cannot be used, or is odd, is reported, and reading goes on. */
import { NS } from '../../../xml/names.js';
import type { XmlElement } from '../../../xml/parse.js';
import { attribute, children } from '../../../xml/read.js';
import { lintDisplay, readDisplay } from '../../shared/metadata/read-display.js';
import { readAlgorithms, readKeys } from '../../shared/metadata/read-keys.js';
import { BOOLEAN, quote, type Report, readValue } from '../../shared/metadata/report.js';
import type { RoleContext, RoleFacts } from '../../shared/metadata/role.js';
import { readAttributeServices, readLogoutEndpoints, readNameIdFormats, readReplyAddresses } from './read-endpoints.js';

/** True when the entity is a service provider of SAML 2.0. */
export function hasServiceProvider(entity: XmlElement): boolean {
  return samlRoles(entity, 'SPSSODescriptor').length > 0;
}

/** Reports why an entity without such a role is none; false when SAML does not say. */
export function reportNoServiceProvider(entity: XmlElement, entityId: string, report: Report): boolean {
  const [other] = children(entity, NS.md, 'SPSSODescriptor');
  if (other !== undefined) {
    report('metadata.saml2-missing', other, `SPSSODescriptor of ${quote(entityId)} does not support SAML 2.0 (protocolSupportEnumeration).`);
    return true;
  }
  const [issuer] = samlRoles(entity, 'IDPSSODescriptor');
  if (issuer === undefined) return false;
  report('metadata.wrong-role', issuer, `${quote(entityId)} describes an identity provider (IDPSSODescriptor), not an application.`);
  return true;
}

/** What the role says; undefined without one. */
export function readServiceProvider(entity: XmlElement, context: RoleContext): RoleFacts | undefined {
  const { report } = context;
  const [role] = samlRoles(entity, 'SPSSODescriptor');
  if (role === undefined) return undefined;
  const keys = readKeys(role, context);
  const authnRequestsSigned = readValue(report, role, 'AuthnRequestsSigned', BOOLEAN) ?? false;
  if (authnRequestsSigned && keys.signingCertificates.length === 0) {
    report(
      'metadata.signing-key-missing',
      role,
      'SPSSODescriptor says AuthnRequestsSigned="true", and there is no KeyDescriptor with a signing certificate that can be used.',
    );
  }
  const wantAssertionsSigned = readValue(report, role, 'WantAssertionsSigned', BOOLEAN);
  if (wantAssertionsSigned === false) report('metadata.assertions-unsigned', role, 'SPSSODescriptor says WantAssertionsSigned="false".');
  const replyAddresses = readReplyAddresses(role, context);
  const logoutEndpoints = readLogoutEndpoints(role, context);
  lintDisplay(role, report);
  return {
    ...readDisplay(role),
    replyAddresses,
    ...(logoutEndpoints.length === 0 ? {} : { logoutEndpoints }),
    nameIdFormats: readNameIdFormats(role, report),
    attributeServices: readAttributeServices(role, report),
    ...keys,
    authnRequestsSigned,
    wantAssertionsSigned: wantAssertionsSigned ?? false,
    ...readAlgorithms(entity, role),
  };
}

function samlRoles(entity: XmlElement, local: string): readonly XmlElement[] {
  return children(entity, NS.md, local).filter((role) => (attribute(role, 'protocolSupportEnumeration') ?? '').split(/\s+/u).includes(NS.samlp));
}
