/**
 * Trusts of AD FS by name, rebuilt from public facts: what the reading of an export gives, whichever form it came in. The
 * writers of adfs-exports.ts make files of them.
 */
import type { AdfsObject } from '../../src/admin/adfs/export.js';
import { ADFS_CERTIFICATES } from './adfs-certificates.js';
import { addressRanges, intranetOnly, ownPolicy, permitGroups, requireSecondFactor, secondFactorOutside, type AdfsPolicy } from './adfs-policies.js';
import * as rules from './adfs-rules.js';
import { claimsProvider, relyingParty, samlEndpoint, type NamedTrust } from './adfs-trust-shapes.js';

function saml(name: string, identifier: string, reply: string, transform: string, policy?: AdfsPolicy): NamedTrust {
  return relyingParty(name, identifier, { SamlEndpoints: [samlEndpoint(reply)], IssuanceTransformRules: transform }, policy);
}

function wsFed(name: string, identifier: string, reply: string, transform: string, changes: AdfsObject = {}): NamedTrust {
  return relyingParty(name, identifier, { WSFedEndpoint: reply, IssuanceTransformRules: transform, ...changes });
}

/** A small application over SAML with something that Microsoft's own checker refuses or warns about. */
function checked(what: string, changes: AdfsObject): NamedTrust {
  const host = `https://${what.toLowerCase().replaceAll(' ', '-')}.example`;
  return relyingParty(what, host, { SamlEndpoints: [samlEndpoint(`${host}/acs`)], IssuanceTransformRules: rules.mailAsNameId, ...changes });
}

/** Where the four rule sets beside the transform rules decide: AD FS has a policy or these, never both. */
const BY_RULES: AdfsObject = { AccessControlPolicyName: null, AccessControlPolicyParameters: null, ResultantPolicy: null };

const UNKNOWN: AdfsObject = {
  ...BY_RULES,
  IssuanceTransformRules: rules.unknownShapes.transform,
  IssuanceAuthorizationRules: rules.unknownShapes.authorization,
  DelegationAuthorizationRules: rules.unknownShapes.delegation,
  ImpersonationAuthorizationRules: rules.unknownShapes.impersonation,
};

/** Trusts that the public material shows. */
const KNOWN = {
  AWS: saml('Amazon Web Services', 'urn:amazon:webservices', 'https://signin.aws.amazon.com/saml', rules.aws),
  Salesforce: saml('Salesforce', 'https://corp.my.salesforce.com', 'https://corp.my.salesforce.com/?so=00D000000000001', rules.upnAsNameId),
  Slack: saml('Slack', 'https://slack.com', 'https://corp.slack.com/sso/saml', rules.slack),
  Google: saml('Google Workspace', 'https://google.com/a/corp.example', 'https://www.google.com/a/corp.example/acs', rules.google, addressRanges),
  ServiceNow: saml('ServiceNow', 'https://corp.service-now.com', 'https://corp.service-now.com/navpage.do', rules.mailAsNameId),
  Box: saml('Box', 'https://box.net', 'https://sso.services.box.net/sp/ACS.saml2', rules.box, requireSecondFactor),
  Blackboard: saml(
    'Blackboard',
    'https://corp.blackboard.com/mgmt',
    'https://corp.blackboard.com/mgmt/TransactSP/SSO/SAML2/POST',
    rules.blackboard,
    secondFactorOutside,
  ),
  Concur: saml('Concur', 'https://concur.com', 'https://www.concursolutions.com/SAMLRedirector/ClientSAMLLogin.aspx?p=corp', rules.mailAsNameId),
  Cornerstone: saml('Cornerstone', 'https://corp.csod.com', 'https://corp.csod.com/samldefault.aspx?ouid=2', rules.cornerstone, requireSecondFactor),
  Workplace: saml('Workplace', 'https://www.facebook.com/company/1001', 'https://corp.facebook.com/work/saml.php', rules.mailAsNameId),
  'SAP IAS': saml('SAP Cloud Identity', 'https://corp.accounts.ondemand.com', 'https://corp.accounts.ondemand.com/saml2/idp/acs/corp', rules.accountAsNameId),
  SuccessFactors: saml(
    'SuccessFactors',
    'https://www.successfactors.com/corp',
    'https://www.sapsf.com/saml2/SAMLAssertionConsumer?company=corp',
    rules.accountAsNameId,
    intranetOnly,
  ),
  Templafy: saml('Templafy', 'https://app.templafy.com/AuthServices', 'https://app.templafy.com/AuthServices/Acs', rules.templafy),
  Workday: saml('Workday', 'http://www.workday.com', 'https://wd3.myworkday.com/corp/login-saml.htmld', rules.accountAsNameId, addressRanges),
  Zoom: saml('Zoom', 'https://corp.zoom.us', 'https://corp.zoom.us/saml/SSO', rules.zoom, intranetOnly),
  Zscaler: saml('Zscaler', 'https://zscaler.net', 'https://login.zscaler.net/sfc_sso', rules.zscaler),
  'Microsoft 365': wsFed(
    'Microsoft Office 365 Identity Platform',
    'urn:federation:MicrosoftOnline',
    'https://login.microsoftonline.com/login.srf',
    rules.microsoft365,
    {
      Identifier: ['urn:federation:MicrosoftOnline', 'https://login.microsoftonline.com/extSTS.srf'],
      SamlEndpoints: [
        samlEndpoint('https://login.microsoftonline.com/login.srf', { IsDefault: true }),
        samlEndpoint('https://login.microsoftonline.com/login.srf', { Protocol: 'SAMLLogout', Binding: 'Redirect' }),
      ],
      AutoUpdateEnabled: true,
      MonitoringEnabled: true,
      MetadataUrl: 'https://nexus.microsoftonline-p.com/federationmetadata/2007-06/federationmetadata.xml',
      AllowedAuthenticationClassReferences: [],
      LastMonitoredTime: Date.UTC(2026, 10, 20, 3, 15, 0),
      LastUpdateTime: Date.UTC(2026, 10, 1, 3, 15, 0, 250),
      LastPublishedPolicyCheckSuccessful: true,
    },
  ),
  SharePoint: wsFed('SharePoint intranet', 'urn:corp:sharepoint', 'https://intranet.corp.example/_trust/default.aspx', rules.sharePoint, {
    Identifier: ['urn:corp:sharepoint', 'urn:corp:mysites'],
    TokenLifetime: 15,
    Notes: 'Two web applications',
  }),
  Dynamics: wsFed('Dynamics CRM, internal', 'https://crm.corp.example/', 'https://crm.corp.example/', rules.dynamics, {
    ...BY_RULES,
    IssuanceAuthorizationRules: rules.PERMIT_ALL,
    MetadataUrl: 'https://crm.corp.example/FederationMetadata/2007-06/FederationMetadata.xml',
    AutoUpdateEnabled: true,
    MonitoringEnabled: true,
  }),
  'Group policy': saml('Purchasing', 'https://purchasing.example', 'https://purchasing.example/acs', rules.mailAsNameId, permitGroups),
  'Own policy': saml('Finance', 'https://finance.example', 'https://finance.example/acs', rules.mailAsNameId, ownPolicy),
  'Group rules': checked('Staff only', { ...BY_RULES, IssuanceAuthorizationRules: rules.PERMIT_GROUP }),
  'Nobody allowed': checked('Nobody allowed', { ...BY_RULES }),
  Disabled: checked('Switched off', { Enabled: false }),
} as const;

/** What Microsoft's own checker refuses or warns about (adfs.md, last section): one trust for each line. */
const CHECKER = {
  'Several reply addresses': wsFed('Several reply addresses', 'urn:several:replies', 'https://one.example/', rules.sharePoint, {
    AdditionalWSFedEndpoint: ['https://two.example/', 'https://three.example/app'],
  }),
  'Restricted authentication': checked('Restricted authentication', {
    AllowedAuthenticationClassReferences: [
      'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
      'http://schemas.microsoft.com/claims/multipleauthn',
    ],
  }),
  'Always fresh': checked('Always fresh', { AlwaysRequireAuthentication: true }),
  'Other claims provider': checked('Other claims provider', { ClaimsProviderName: ['Partner by SAML'] }),
  'Several claims providers': checked('Several claims providers', { ClaimsProviderName: ['Active Directory', 'Partner by SAML', 'Partner by WS-Fed'] }),
  'Encrypted name': checked('Encrypted name', { EncryptedNameIdRequired: true, EncryptionCertificate: ADFS_CERTIFICATES.encryption }),
  'Short lifetime': checked('Short lifetime', { TokenLifetime: 5 }),
  'Unknown additional rules': checked('Unknown additional rules', { AdditionalAuthenticationRules: rules.unknownShapes.additional }),
  'Kept by metadata': checked('Kept by metadata', {
    AutoUpdateEnabled: true,
    MonitoringEnabled: true,
    MetadataUrl: 'https://kept-by-metadata.example/metadata',
  }),
  'NotBefore skew': checked('NotBefore skew', { NotBeforeSkew: 3 }),
  'Second factor from partners': checked('Second factor from partners', { RequestMFAFromClaimsProviders: true }),
  'Signed requests': checked('Signed requests', { SignedSamlRequestsRequired: true, RequestSigningCertificate: [ADFS_CERTIFICATES.requestSigning] }),
  'Unknown rules': checked('Unknown rules', UNKNOWN),
} as const;

const PARTNERS = {
  'Active Directory': claimsProvider('Active Directory', 'AD AUTHORITY', {
    IsLocal: true,
    TokenSigningCertificates: [],
    ProtocolProfile: 'WSFederation',
    AcceptanceTransformRules: rules.ruleSet(
      rules.passThrough('Account name', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/windowsaccountname'),
      rules.passThrough('Groups', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/groupsid'),
    ),
  }),
  'Partner by SAML': claimsProvider('Partner by SAML', 'https://sso.partner.example/idp', {
    ProtocolProfile: 'SAML',
    SamlEndpoints: [
      samlEndpoint('https://sso.partner.example/sso', { Protocol: 'SAMLSingleSignOn', Binding: 'Redirect' }),
      samlEndpoint('https://sso.partner.example/sso/post', { Protocol: 'SAMLSingleSignOn' }),
      samlEndpoint('https://sso.partner.example/slo', { Protocol: 'SAMLLogout', ResponseLocation: 'https://sso.partner.example/slo/answer' }),
    ],
    TokenSigningCertificates: [ADFS_CERTIFICATES.tokenSigning, ADFS_CERTIFICATES.nextTokenSigning],
    AcceptanceTransformRules: rules.acceptance,
    OrganizationalAccountSuffix: ['partner.example', 'sales.partner.example'],
    RequiredNameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    AllowCreate: false,
    SignedSamlRequestsRequired: true,
    SamlAuthenticationRequestIndex: 1,
    SamlAuthenticationRequestParameters: 'Index',
    SamlAuthenticationRequestProtocolBinding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
    SupportsMFA: true,
    AnchorClaimType: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn',
    Notes: 'Ask for Ms Berger',
  }),
  'Partner by WS-Fed': claimsProvider('Partner by WS-Fed', 'http://sts.supplier.example/adfs/services/trust', {
    ProtocolProfile: 'WSFederation',
    WSFedEndpoint: 'https://sts.supplier.example/adfs/ls/',
    MetadataUrl: 'https://sts.supplier.example/FederationMetadata/2007-06/FederationMetadata.xml',
    AutoUpdateEnabled: true,
    MonitoringEnabled: true,
    AcceptanceTransformRules: rules.ruleSet(rules.passThrough('Principal name', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn')),
    OrganizationalAccountSuffix: ['supplier.example'],
    AlternateLoginID: 'mail',
  }),
} as const;

/** Every property that adfs.md 10 names has a value of its own. */
const EVERYTHING = {
  Everything: relyingParty(
    'Everything & “more”',
    'https://everything.example/saml',
    {
      Identifier: ['https://everything.example/saml', 'urn:everything:second', 'urn:everything:third'],
      Notes: 'Owner: Ms Nováková\r\nTicket 4711',
      WSFedEndpoint: 'https://everything.example/wsfed',
      AdditionalWSFedEndpoint: ['https://everything.example/wsfed/two'],
      SamlEndpoints: [
        samlEndpoint('https://everything.example/acs', { IsDefault: true, Index: 1 }),
        samlEndpoint('https://everything.example/acs/artifact', { Binding: 'Artifact', Index: 2 }),
        samlEndpoint('https://everything.example/slo', {
          Protocol: 'SAMLLogout',
          Binding: 'Redirect',
          ResponseLocation: 'https://everything.example/slo/answer',
        }),
      ],
      MetadataUrl: 'https://everything.example/metadata',
      AutoUpdateEnabled: true,
      MonitoringEnabled: true,
      EncryptClaims: true,
      EncryptionCertificate: ADFS_CERTIFICATES.encryption,
      EncryptionCertificateRevocationCheck: 'None',
      EncryptedNameIdRequired: true,
      RequestSigningCertificate: [ADFS_CERTIFICATES.requestSigning, ADFS_CERTIFICATES.nextTokenSigning],
      SignedSamlRequestsRequired: true,
      SigningCertificateRevocationCheck: 'CheckEndCert',
      SamlResponseSignature: 'MessageAndAssertion',
      SignatureAlgorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
      TokenLifetime: 480,
      NotBeforeSkew: 2,
      ClaimsProviderName: ['Active Directory', 'Partner by SAML'],
      AlwaysRequireAuthentication: true,
      RequestMFAFromClaimsProviders: true,
      AllowedAuthenticationClassReferences: ['urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'],
      EnableJWT: true,
      IssuanceTransformRules: rules.slack,
      IssuanceAuthorizationRules: rules.PERMIT_GROUP,
      DelegationAuthorizationRules: rules.PERMIT_ALL,
      ImpersonationAuthorizationRules: rules.PERMIT_ALL,
      AdditionalAuthenticationRules: rules.unknownShapes.additional,
      LastMonitoredTime: Date.UTC(2026, 10, 20, 3, 15, 0),
      LastUpdateTime: Date.UTC(2026, 9, 31, 22, 0, 1, 5),
      LastPublishedPolicyCheckSuccessful: true,
    },
    permitGroups,
  ),
} as const;

export const ADFS_TRUSTS = { ...KNOWN, ...CHECKER, ...EVERYTHING, ...PARTNERS } satisfies Readonly<Record<string, NamedTrust>>;
export type AdfsTrustName = keyof typeof ADFS_TRUSTS;
export const CHECKER_TRUSTS = Object.keys(CHECKER) as (keyof typeof CHECKER)[];
