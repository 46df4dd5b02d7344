/** What everything that describes an application begins with. */
import type { RelyingPartyMetadata } from './relying-party.js';

/** What is known of an application that says nothing. */
export const NO_FACTS: Omit<RelyingPartyMetadata, 'entityId'> = {
  contacts: [],
  replyAddresses: [],
  nameIdFormats: [],
  attributeServices: [],
  signingCertificates: [],
  encryptionKeys: [],
  authnRequestsSigned: false,
  wantAssertionsSigned: false,
  signingMethods: [],
  digestMethods: [],
};
