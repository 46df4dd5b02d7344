/** Trusts as a fresh AD FS makes them: every property there, each with its default. */
import type { AdfsObject, AdfsTrust } from '../../src/admin/adfs/export.js';
import { ADFS_CERTIFICATES } from './adfs-certificates.js';
import { permitEveryone, type AdfsPolicy } from './adfs-policies.js';

export interface NamedTrust {
  readonly kind: AdfsTrust['kind'];
  readonly properties: AdfsObject;
}

/** 1900, which AD FS writes for "never". */
const NEVER = Date.UTC(1900, 0, 1);
const SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';

const RELYING_PARTY: AdfsObject = {
  AllowedAuthenticationClassReferences: [],
  EncryptionCertificateRevocationCheck: 'CheckChainExcludeRoot',
  PublishedThroughProxy: false,
  SigningCertificateRevocationCheck: 'CheckChainExcludeRoot',
  WSFedEndpoint: null,
  AdditionalWSFedEndpoint: [],
  ClaimsProviderName: [],
  ClaimsAccepted: [],
  EncryptClaims: true,
  Enabled: true,
  EncryptionCertificate: null,
  Identifier: [],
  NotBeforeSkew: 0,
  EnableJWT: false,
  AlwaysRequireAuthentication: false,
  Notes: null,
  OrganizationInfo: '',
  ObjectIdentifier: 'b01f2863-0000-4000-8000-000d3a9b0001',
  ProxyEndpointMappings: {},
  ProxyTrustedEndpoints: [],
  ProtocolProfile: 'WsFed-SAML',
  RequestSigningCertificate: [],
  EncryptedNameIdRequired: false,
  SignedSamlRequestsRequired: false,
  SamlEndpoints: [],
  SamlResponseSignature: 'AssertionOnly',
  SignatureAlgorithm: SHA256,
  TokenLifetime: 0,
  AllowedClientTypes: 'Public, Confidential',
  IssueOAuthRefreshTokensTo: 'AllDevices',
  RefreshTokenProtectionEnabled: true,
  RequestMFAFromClaimsProviders: false,
  ScopeGroupId: null,
  Name: '',
  AutoUpdateEnabled: false,
  MonitoringEnabled: false,
  MetadataUrl: null,
  ConflictWithPublishedPolicy: false,
  IssuanceAuthorizationRules: '',
  IssuanceTransformRules: '',
  DelegationAuthorizationRules: '',
  LastPublishedPolicyCheckSuccessful: null,
  LastUpdateTime: NEVER,
  LastMonitoredTime: NEVER,
  ImpersonationAuthorizationRules: '',
  AdditionalAuthenticationRules: '',
};

const CLAIMS_PROVIDER: AdfsObject = {
  AllowCreate: true,
  AutoUpdateEnabled: false,
  SupportsMFA: false,
  WSFedEndpoint: null,
  ClaimsOffered: [],
  ConflictWithPublishedPolicy: false,
  CustomMFAUri: null,
  EncryptionCertificate: null,
  EncryptionCertificateRevocationCheck: 'CheckChainExcludeRoot',
  SigningCertificateRevocationCheck: 'CheckChainExcludeRoot',
  LastMonitoredTime: NEVER,
  LastPublishedPolicyCheckSuccessful: null,
  LastUpdateTime: NEVER,
  MetadataUrl: null,
  MonitoringEnabled: false,
  OrganizationInfo: '',
  RequiredNameIdFormat: null,
  EncryptedNameIdRequired: false,
  SignedSamlRequestsRequired: false,
  SamlAuthenticationRequestIndex: 0,
  SamlAuthenticationRequestParameters: 'None',
  SamlAuthenticationRequestProtocolBinding: null,
  SamlEndpoints: [],
  SignatureAlgorithm: SHA256,
  TokenSigningCertificates: [ADFS_CERTIFICATES.tokenSigning],
  AlternateLoginID: null,
  LookupForests: [],
  PromptLoginFederation: 'FallbackToProtocolSpecificParameters',
  PromptLoginFallbackAuthenticationType: null,
  AuthorityGroupId: null,
  AnchorClaimType: null,
  IdentifierType: 'http://schemas.microsoft.com/ws/2009/12/identityserver/principaltypes/certificate',
  Identities: [],
  AcceptanceTransformRules: '',
  OrganizationalAccountSuffix: [],
  Enabled: true,
  IsLocal: false,
  Identifier: '',
  Name: '',
  Notes: null,
  ProtocolProfile: 'WsFed-SAML',
};

const BINDINGS: Readonly<Record<string, string>> = {
  POST: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
  Redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
  Artifact: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact',
};

/** A SAML endpoint as AD FS has it. */
export function samlEndpoint(location: string, changes: AdfsObject = {}): AdfsObject {
  const binding = typeof changes['Binding'] === 'string' ? changes['Binding'] : 'POST';
  return {
    Binding: binding,
    BindingUri: BINDINGS[binding] ?? null,
    Index: 0,
    IsDefault: false,
    Location: location,
    Protocol: 'SAMLAssertionConsumer',
    ResponseLocation: null,
    ...changes,
  };
}

/** A relying party trust, all properties there. */
export function relyingParty(name: string, identifier: string, changes: AdfsObject, policy: AdfsPolicy = permitEveryone): NamedTrust {
  return { kind: 'relying-party', properties: { ...RELYING_PARTY, ...policy, Name: name, Identifier: [identifier], ...changes } };
}

/** A claims provider trust, all properties there. */
export function claimsProvider(name: string, identifier: string, changes: AdfsObject): NamedTrust {
  return { kind: 'claims-provider', properties: { ...CLAIMS_PROVIDER, Name: name, Identifier: identifier, ...changes } };
}
