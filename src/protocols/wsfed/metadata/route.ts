/** Federation metadata at the address where AD FS has it, in any letter case (WS-Federation 3.2; FMD-01). */
import type { Route } from '../../../http/route.js';
import { createMetadataRoute, type MetadataRouteParts } from '../../shared/metadata/route.js';
import type { EntityContent } from '../../shared/metadata/write.js';
import { type FederationDescription, writeFederationMetadata } from './write.js';

export const FEDERATION_METADATA_PATH = '/FederationMetadata/2007-06/FederationMetadata.xml';

export interface FederationMetadataParts extends MetadataRouteParts {
  readonly describe: Omit<FederationDescription, 'id' | 'certificates' | 'now' | 'saml'>;
  /** The roles of SAML with our certificates; undefined where SAML has another entity id, under which alone they make sense. */
  readonly describeSaml: ((certificates: readonly string[]) => EntityContent) | undefined;
}

/** GET only. */
export function createFederationMetadataRoute({ describe, describeSaml, ...parts }: FederationMetadataParts): Route {
  return createMetadataRoute(parts, {
    path: FEDERATION_METADATA_PATH,
    anyCase: true,
    write: (now, signer) => writeFederationMetadata({ ...describe, ...now, saml: describeSaml?.(now.certificates) }, signer),
  });
}
