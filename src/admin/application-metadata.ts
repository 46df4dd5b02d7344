/** Metadata of an application, whichever protocols it speaks: its roles, each read by its protocol, as one party. */
import type { RelyingPartyMetadata } from '../core/model/relying-party.js';
import { hasServiceProvider, readServiceProvider, whyNoServiceProvider } from '../protocols/saml/metadata/read.js';
import { orBrokenSchema, readEntity } from '../protocols/shared/metadata/read-entity.js';
import { readContacts, readOrganization } from '../protocols/shared/metadata/read-display.js';
import { refuse } from '../protocols/shared/metadata/refuse.js';
import type { EntityElement, ReadOptions, RoleFacts } from '../protocols/shared/metadata/role.js';
import { hasApplicationService, readApplicationService, whyNoApplicationService } from '../protocols/wsfed/metadata/read.js';

export interface ReadResult {
  readonly metadata: RelyingPartyMetadata;
  /** Things worth knowing that refuse nothing, one sentence each. */
  readonly findings: readonly string[];
}

/** Reads one application. Throws invalid_input with a sentence for the administrator. */
export function readApplicationMetadata(xml: string, options: ReadOptions): ReadResult {
  return orBrokenSchema(() => {
    const findings: string[] = [];
    const { element, entityId, validUntil } = readEntity(xml, options, isApplication, findings);
    const context = { entityId, allowHttp: options.allowHttp === true, findings };
    const roles = [readServiceProvider(element, context), readApplicationService(element, context)].filter((role) => role !== undefined);
    const [first, second] = roles;
    if (first === undefined) {
      const why = whyNoApplicationService(element, entityId) ?? whyNoServiceProvider(element, entityId);
      throw refuse(why ?? `${entityId} has no SPSSODescriptor and no role of type ApplicationServiceType: it does not describe an application.`);
    }
    return {
      metadata: {
        entityId,
        ...(second === undefined ? first : joined(first, second)),
        ...readOrganization(element),
        contacts: readContacts(element),
        ...(validUntil === undefined ? {} : { validUntil }),
      },
      findings,
    };
  });
}

function isApplication(entity: EntityElement): boolean {
  return hasServiceProvider(entity) || hasApplicationService(entity);
}

/** SAML's word first where one is enough. Algorithms and signed requests are SAML's alone. */
function joined(saml: RoleFacts, wsfed: RoleFacts): RoleFacts {
  const logoutEndpoints = [...(saml.logoutEndpoints ?? []), ...(wsfed.logoutEndpoints ?? [])];
  const known = saml.encryptionKeys.map((key) => key.certificate);
  return {
    ...wsfed,
    ...saml,
    replyAddresses: [...saml.replyAddresses, ...wsfed.replyAddresses],
    ...(logoutEndpoints.length === 0 ? {} : { logoutEndpoints }),
    attributeServices: [...saml.attributeServices, ...wsfed.attributeServices],
    encryptionKeys: [...saml.encryptionKeys, ...wsfed.encryptionKeys.filter((key) => !known.includes(key.certificate))],
  };
}
