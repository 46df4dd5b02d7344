/** Trusts as an export holds them, small, for conversion: what a test does not say is as AD FS makes it. */
import type { ConvertContext } from '../../../src/admin/adfs/conversion.js';
import type { AdfsObject, AdfsTrust } from '../../../src/admin/adfs/export.js';
import { NOW } from '../../support/builders.js';

export const PERMIT_ALL = '@RuleTemplate = "AllowAllAuthzRule"\n => issue(Type = "http://schemas.microsoft.com/authorization/claims/permit", Value = "true");';
export const PASS_UPN =
  '@RuleTemplate = "PassThroughClaims"\n@RuleName = "UPN"\nc:[Type == "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"]\n => issue(claim = c);';

export const ACS = endpoint({ Location: 'https://app.example/acs', IsDefault: true });

export function endpoint(changes: AdfsObject): AdfsObject {
  return {
    Binding: 'POST',
    BindingUri: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
    Index: 0,
    IsDefault: false,
    Location: 'https://app.example/acs',
    Protocol: 'SAMLAssertionConsumer',
    ResponseLocation: null,
    ...changes,
  };
}

export function aTrust(changes: AdfsObject = {}): AdfsTrust {
  return {
    kind: 'relying-party',
    file: 'RPT - App.xml',
    properties: {
      Name: 'App',
      Identifier: ['https://app.example/metadata'],
      Enabled: true,
      Notes: '',
      ProtocolProfile: 'WsFed-SAML',
      WSFedEndpoint: null,
      AdditionalWSFedEndpoint: [],
      SamlEndpoints: [ACS],
      MetadataUrl: null,
      AutoUpdateEnabled: false,
      MonitoringEnabled: false,
      EncryptClaims: true,
      EncryptionCertificate: null,
      EncryptionCertificateRevocationCheck: 'CheckChainExcludeRoot',
      EncryptedNameIdRequired: false,
      RequestSigningCertificate: [],
      SignedSamlRequestsRequired: false,
      SigningCertificateRevocationCheck: 'CheckChainExcludeRoot',
      SamlResponseSignature: 'AssertionOnly',
      SignatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      TokenLifetime: 0,
      NotBeforeSkew: 0,
      ClaimsProviderName: [],
      AlwaysRequireAuthentication: false,
      RequestMFAFromClaimsProviders: false,
      AllowedAuthenticationClassReferences: [],
      EnableJWT: false,
      IssuanceTransformRules: PASS_UPN,
      IssuanceAuthorizationRules: PERMIT_ALL,
      DelegationAuthorizationRules: null,
      ImpersonationAuthorizationRules: null,
      AdditionalAuthenticationRules: null,
      AccessControlPolicyName: null,
      AccessControlPolicyParameters: null,
      ResultantPolicy: null,
      ...changes,
    },
  };
}

/** A directory with one group that has a SID, and the stores that every installation has. */
export function aContext(changes: Partial<ConvertContext> = {}): ConvertContext {
  return {
    now: NOW,
    catalogue: { names: ['Active Directory', '_OpaqueIdStore', '_PasswordExpiryStore', '_ProxyCredentialStore'], check: () => undefined },
    groups: [{ name: 'Finance', sid: 'S-1-5-21-1-2-3-1105' }],
    intranet: true,
    ownNames: ['https://login.example.com/saml'],
    labels: [],
    ...changes,
  };
}
