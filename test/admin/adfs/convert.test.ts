import { expect } from 'chai';
import { convertTrust } from '../../../src/admin/adfs/convert.js';
import type { Conversion, ConvertContext } from '../../../src/admin/adfs/conversion.js';
import type { AdfsObject } from '../../../src/admin/adfs/export.js';
import { resolveRelyingParty, WSFED_BINDING } from '../../../src/core/model/relying-party.js';
import { makeKeyPair } from '../../../src/crypto/certificate.js';
import { NOW, POST_BINDING } from '../../support/builders.js';
import { ACS, aContext, aTrust, endpoint, PASS_UPN, PERMIT_ALL } from './trusts.js';

const CONTEXT_CLASS = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';
const GROUP_SID = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/groupsid';
const DAY = 86_400_000;

/** Every property of adfs.md 10. */
const PROPERTIES = [
  'Name, Identifier, Enabled, Notes, ProtocolProfile, WSFedEndpoint, AdditionalWSFedEndpoint, SamlEndpoints, MetadataUrl, AutoUpdateEnabled',
  'MonitoringEnabled, EncryptClaims, EncryptionCertificate, EncryptionCertificateRevocationCheck, EncryptedNameIdRequired, RequestSigningCertificate',
  'SignedSamlRequestsRequired, SigningCertificateRevocationCheck, SamlResponseSignature, SignatureAlgorithm, TokenLifetime, NotBeforeSkew',
  'ClaimsProviderName, AlwaysRequireAuthentication, RequestMFAFromClaimsProviders, AllowedAuthenticationClassReferences, EnableJWT',
  'IssuanceTransformRules, IssuanceAuthorizationRules, DelegationAuthorizationRules, ImpersonationAuthorizationRules, AdditionalAuthenticationRules',
  'AccessControlPolicyName, AccessControlPolicyParameters',
].flatMap((line) => line.split(', '));

const convert = (changes: AdfsObject = {}, context: Partial<ConvertContext> = {}): Conversion => convertTrust(aTrust(changes), aContext(context));

function applicationOf(changes: AdfsObject = {}): NonNullable<Conversion['application']> {
  const { application, findings } = convert(changes);
  if (application === undefined) throw new Error(`no application: ${JSON.stringify(findings)}`);
  return application;
}

const ids = ({ findings }: Conversion): readonly string[] => findings.map(({ id }) => id);

describe('a relying party trust of AD FS', () => {
  let certificate: string;
  let ended: string;

  before(async () => {
    const wish = { algorithm: 'RSA-2048', commonName: 'App', notBefore: NOW - 365 * DAY } as const;
    [{ certificate }, { certificate: ended }] = await Promise.all([
      makeKeyPair({ ...wish, notAfter: NOW + 365 * DAY }),
      makeKeyPair({ ...wish, notAfter: NOW - DAY }),
    ]);
  });

  it('comes over as AD FS treated it: assertion signed, 60 minutes, its rules to the byte', () => {
    const { grade, application, name, identifier } = convert();
    expect({ grade, name, identifier }).to.deep.equal({ grade: 'ready', name: 'App', identifier: 'https://app.example/metadata' });
    expect(application?.overrides).to.deep.equal({
      name: 'App',
      labels: ['ad-fs'],
      sign: 'assertion',
      signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      lifetimeSeconds: 3600,
      rules: { transform: PASS_UPN, authorization: PERMIT_ALL, delegation: '', impersonation: '' },
    });
    expect(application?.metadata.replyAddresses).to.deep.equal([{ binding: POST_BINDING, url: 'https://app.example/acs', index: 0, isDefault: true }]);
    expect(application).to.deep.include({ enabled: true, source: { kind: 'hand', location: 'AD FS' } });
  });

  it('carries every property over or leaves it behind with a reason, each once', () => {
    const { carried, leftBehind } = convert({ LastUpdateTime: 1, ObjectIdentifier: 'x', Mystery: 'set', Nothing: null, Off: false, None: [] });
    const accounted = [...carried, ...leftBehind].map(({ property }) => property);
    expect(new Set(accounted).size).to.equal(accounted.length);
    expect(accounted).to.include.members(PROPERTIES);
    expect(leftBehind.filter(({ reason }) => reason === 'Signet knows no such property').map(({ property }) => property)).to.deep.equal(['Mystery']);
    expect(leftBehind.map(({ property }) => property)).to.include.members([
      'LastUpdateTime',
      'ObjectIdentifier',
      'SigningCertificateRevocationCheck',
      'EnableJWT',
    ]);
    expect([...carried.map(({ as }) => as), ...leftBehind.map(({ reason }) => reason)]).to.not.include('');
  });

  for (const [what, changes] of [
    ['more than one reply address of WS-Federation', { WSFedEndpoint: 'https://app.example/a', AdditionalWSFedEndpoint: ['https://app.example/b'] }],
    ['allowed authentication classes', { AllowedAuthenticationClassReferences: [CONTEXT_CLASS] }],
    ['fresh authentication always', { AlwaysRequireAuthentication: true }],
    ['a claims provider other than Active Directory', { ClaimsProviderName: ['Fabrikam'] }],
    ['several claims providers', { ClaimsProviderName: ['Active Directory', 'Fabrikam'] }],
    ['a lifetime under 10 minutes', { TokenLifetime: 5 }],
    [
      'additional authentication rules',
      {
        AdditionalAuthenticationRules: `=> issue(Type = "http://schemas.microsoft.com/ws/2008/06/identity/claims/authenticationmethod", Value = "http://schemas.microsoft.com/claims/multipleauthn");`,
      },
    ],
    ['automatic update and monitoring', { MetadataUrl: 'https://app.example/metadata.xml', AutoUpdateEnabled: true, MonitoringEnabled: true }],
    ['a NotBefore skew', { NotBeforeSkew: 5 }],
    ['MFA from claims providers', { RequestMFAFromClaimsProviders: true }],
    ['a custom rule', { IssuanceTransformRules: 'c:[Type == "a"] && d:[Type == "b"] => issue(Type = "c", Value = c.Value + d.Value);' }],
    [
      'custom authorization rules',
      {
        IssuanceAuthorizationRules: 'c:[Type == "a", Value =~ "^x"] => issue(Type = "http://schemas.microsoft.com/authorization/claims/permit", Value = "y");',
      },
    ],
    ['delegation rules', { DelegationAuthorizationRules: PERMIT_ALL }],
    ['impersonation rules', { ImpersonationAuthorizationRules: PERMIT_ALL }],
  ] as const) {
    it(`is ready with ${what}, which Microsoft's checker refuses or warns of`, () => {
      const { grade, findings } = convert(changes);
      expect(grade, JSON.stringify(findings)).to.equal('ready');
    });
  }

  it('is ready with an encrypted name and signed requests, with their keys', () => {
    const { grade, application } = convert({
      EncryptedNameIdRequired: true,
      EncryptionCertificate: { RawData: certificate },
      SignedSamlRequestsRequired: true,
      RequestSigningCertificate: [{ RawData: [...Buffer.from(certificate, 'base64')] }],
    });
    expect(grade).to.equal('ready');
    expect(application?.overrides).to.deep.include({ encryptNameId: true, requireSignedRequests: true });
    expect(application?.metadata.signingCertificates).to.deep.equal([certificate]);
    expect(application?.metadata.encryptionKeys).to.deep.equal([
      { certificate, methods: ['http://www.w3.org/2001/04/xmlenc#aes256-cbc', 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p'] },
    ]);
  });

  for (const [what, changes, expected] of [
    ['a lifetime', { TokenLifetime: 90 }, { lifetimeSeconds: 5400 }],
    ['tokens in the clear', { EncryptClaims: false }, { encrypt: 'never' }],
    ['the response signed', { SamlResponseSignature: 'MessageOnly' }, { sign: 'response' }],
    ['both signed', { SamlResponseSignature: 'MessageAndAssertion' }, { sign: 'both' }],
    ['Active Directory alone', { ClaimsProviderName: 'Active Directory' }, { identitySources: ['local'] }],
    ['partners', { ClaimsProviderName: ['Active Directory', 'Fabrikam'] }, { identitySources: ['local', 'Fabrikam'] }],
    ['classes of sign-in', { AllowedAuthenticationClassReferences: [CONTEXT_CLASS] }, { allowedAuthnContexts: [CONTEXT_CLASS] }],
    ['fresh authentication', { AlwaysRequireAuthentication: true }, { forceAuthn: true }],
    ['notes', { Notes: 'Ask Dana.\r\nTwice.' }, { notes: 'Ask Dana.\nTwice.' }],
    [
      'metadata that is read and applied',
      { MetadataUrl: 'https://app.example/m', MonitoringEnabled: true, AutoUpdateEnabled: true },
      { refresh: { mode: 'apply' } },
    ],
    ['metadata that is watched', { MetadataUrl: 'https://app.example/m', MonitoringEnabled: true }, { refresh: { mode: 'hold' } }],
    ['metadata that nobody reads', { MetadataUrl: 'https://app.example/m' }, { refresh: { mode: 'off' } }],
  ] as const) {
    it(`keeps ${what}`, () => {
      expect(applicationOf(changes).overrides).to.deep.include(expected);
    });
  }

  it('keeps addresses: those of WS-Federation, of SAML with index and default, sign-out with its answer address', () => {
    const { metadata } = applicationOf({
      WSFedEndpoint: 'https://app.example/fed',
      AdditionalWSFedEndpoint: ['https://app.example/fed', 'https://app.example/fed2'],
      SamlEndpoints: [
        ACS,
        endpoint({ Binding: 'Artifact', BindingUri: null, Index: 1, Location: 'https://app.example/artifact' }),
        endpoint({
          Protocol: 'SAMLLogout',
          Binding: 'Redirect',
          BindingUri: null,
          Location: 'https://app.example/slo',
          ResponseLocation: 'https://app.example/slo-answer',
        }),
      ],
    });
    expect(metadata.replyAddresses).to.deep.equal([
      { binding: POST_BINDING, url: 'https://app.example/acs', index: 0, isDefault: true },
      { binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact', url: 'https://app.example/artifact', index: 1 },
      { binding: WSFED_BINDING, url: 'https://app.example/fed' },
      { binding: WSFED_BINDING, url: 'https://app.example/fed2' },
    ]);
    expect(metadata.logoutEndpoints).to.deep.equal([
      { binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', url: 'https://app.example/slo', responseUrl: 'https://app.example/slo-answer' },
    ]);
  });

  it('keeps the protocols of its profile only', () => {
    const both = { WSFedEndpoint: 'https://app.example/fed' };
    const protocols = (ProtocolProfile: string): readonly string[] => {
      const now = { readAt: NOW, kind: 'hand', location: '' } as const;
      return resolveRelyingParty({ ...applicationOf({ ...both, ProtocolProfile }), id: '' as never, version: 1, source: now, createdAt: NOW, updatedAt: NOW })
        .protocols;
    };
    expect(['SAML', 'WSFederation', 'WsFed-SAML'].map(protocols)).to.deep.equal([['saml'], ['wsfed'], ['saml', 'wsfed']]);
    const { overrides } = applicationOf({ ...both, ProtocolProfile: 'WSFederation', SignedSamlRequestsRequired: false });
    expect(overrides).to.not.have.any.keys('sign', 'requireSignedRequests');
  });

  it('is known by every identifier, first by the one its metadata has; Google without the scheme, too', () => {
    const { identifier, application } = convert({ Identifier: ['https://old.example', 'https://app.example/m'], MetadataUrl: 'https://app.example/m' });
    expect(identifier).to.equal('https://app.example/m');
    expect(application?.metadata.identifiers).to.deep.equal(['https://old.example']);
    expect(applicationOf({ Identifier: ['https://google.com/a/contoso.com'] }).metadata.identifiers).to.deep.equal(['google.com/a/contoso.com']);
  });

  it('is read from a ConvertTo-Json whose lists of one are no lists, and whose addresses are objects', () => {
    const { metadata } = applicationOf({
      Identifier: 'urn:app',
      SamlEndpoints: endpoint({ Location: { OriginalString: 'https://app.example/x', AbsoluteUri: 'https://app.example/x' } }),
    });
    expect([metadata.entityId, metadata.replyAddresses[0]?.url]).to.deep.equal(['urn:app', 'https://app.example/x']);
  });

  const look: readonly (readonly [string, AdfsObject, string])[] = [
    [
      'an attribute store there is none of',
      { IssuanceTransformRules: 'c:[Type == "a"] => issue(store = "HR", types = ("b"), query = "select x from y where z = {0}", param = c.Value);' },
      'adfs.store-unknown',
    ],
    ['authorization rules that permit nobody', { IssuanceAuthorizationRules: PASS_UPN }, 'adfs.rules-note'],
    [
      'a pattern that never matches what the rule above lets through',
      {
        IssuanceTransformRules:
          'c:[Type == "http://schemas.xmlsoap.org/claims/Group", Value =~ "^CL-AWS-"] => add(Type = "urn:g", Value = c.Value);\n' +
          'c:[Type == "http://schemas.xmlsoap.org/claims/Group", Value =~ "^CL-AWS-"] => issue(Type = "urn:role", Value = RegExReplace(c.Value, "CLD-AWS-", "arn:"));',
      },
      'adfs.rules-note',
    ],
    [
      'a group that nobody has',
      { IssuanceTransformRules: `c:[Type == "${GROUP_SID}", Value == "S-1-5-21-9-9-9-1"] => issue(Type = "urn:role", Value = "x");` },
      'adfs.group-unknown',
    ],
    ['a reply address of http', { SamlEndpoints: [endpoint({ Location: 'http://app.example/acs' })] }, 'adfs.reply-http'],
    ['a reply address with a fragment beside a good one', { SamlEndpoints: [ACS, endpoint({ Location: 'https://app.example/#x' })] }, 'adfs.address-unusable'],
    ['SHA-1', { SignatureAlgorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' }, 'adfs.signature-sha1'],
    ['a certificate that JSON cut off', { EncryptionCertificate: 'System.Security.Cryptography.X509Certificates.X509Certificate2' }, 'adfs.certificate-cut'],
    ['a certificate that is none', { RequestSigningCertificate: [{ RawData: 'AAAA' }] }, 'adfs.certificate-unusable'],
    ['JWT', { EnableJWT: true }, 'adfs.jwt'],
    ['a lifetime of a day', { TokenLifetime: 1440 }, 'adfs.lifetime-long'],
    ['a signature in a number', { SamlResponseSignature: 2 }, 'adfs.signature-unknown'],
    ['an address for something else', { SamlEndpoints: [ACS, endpoint({ Protocol: 'SAMLSingleSignOn' })] }, 'adfs.endpoint-unknown'],
  ];
  for (const [what, changes, id] of look) {
    it(`wants a look with ${what}`, () => {
      const conversion = convert(changes);
      expect([conversion.grade, ids(conversion)]).to.deep.equal(['look', [id]]);
      expect(conversion.application).to.not.equal(undefined);
    });
  }

  it('wants a look with a certificate that ended, and takes its key', () => {
    const conversion = convert({ RequestSigningCertificate: [{ RawData: ended }] });
    expect([conversion.grade, ids(conversion)]).to.deep.equal(['look', ['adfs.certificate-ended']]);
    expect(conversion.application?.metadata.signingCertificates).to.deep.equal([ended]);
  });

  for (const [what, changes, id] of [
    ['rules with a mistake', { IssuanceTransformRules: 'c:[Type == "a"b"] => issue(claim = c);' }, 'adfs.rules-unreadable'],
    ['a pattern that can run away', { IssuanceTransformRules: 'c:[Type == "a", Value =~ "^(a+)+$"] => issue(claim = c);' }, 'adfs.rules-unreadable'],
    ['no identifier', { Identifier: [] }, 'adfs.identifier-missing'],
    ['our own name', { Identifier: ['https://login.example.com/saml'] }, 'adfs.identifier-ours'],
    ['no reply address', { SamlEndpoints: [] }, 'adfs.reply-missing'],
    ['a reply address for artifacts only', { SamlEndpoints: [endpoint({ Binding: 'Artifact', BindingUri: null })] }, 'adfs.reply-missing'],
    ['signed requests without a certificate', { SignedSamlRequestsRequired: true }, 'adfs.signing-certificate-missing'],
    ['an encrypted name without a key', { EncryptedNameIdRequired: true }, 'adfs.encryption-key-missing'],
    ['a policy of its own that the export does not hold', { AccessControlPolicyName: 'Ours' }, 'adfs.policy-unreadable'],
  ] as const) {
    it(`cannot come over with ${what}`, () => {
      const conversion = convert(changes);
      expect([conversion.grade, ids(conversion), conversion.application]).to.deep.equal(['cannot', [id], undefined]);
    });
  }

  it('names groups and stores that are not here', () => {
    const { missing } = convert({
      IssuanceTransformRules: `c:[Type == "${GROUP_SID}", Value =~ "^(?i)S-1-5-21-9-9-9-2$"] => issue(store = "HR", types = ("x"), query = "select {0}", param = c.Value);`,
      AccessControlPolicyName: 'Permit specific group',
      AccessControlPolicyParameters: ['CORP\\Finance', 'CORP\\Audit'],
    });
    expect(missing).to.deep.equal({ groups: ['Audit', 'S-1-5-21-9-9-9-2'], stores: ['HR'] });
  });

  it('wants a look where typographic quotes were made straight', () => {
    const conversion = convertTrust({ ...aTrust(), originals: { IssuanceTransformRules: '“' } }, aContext());
    expect([conversion.grade, ids(conversion)]).to.deep.equal(['look', ['adfs.quotes']]);
  });

  it('lets nobody in without rules and policy, as in AD FS', () => {
    const { grade, application, findings } = convert({ IssuanceAuthorizationRules: '' });
    expect([grade, application?.overrides.rules?.authorization, findings.map(({ id }) => id)]).to.deep.equal(['ready', '', ['adfs.nobody']]);
  });

  it('has no property of an unusable kind: whatever an export holds, nothing breaks', () => {
    const odd = { Name: 7, Identifier: { a: 1 }, SamlEndpoints: 'x', TokenLifetime: -1, Notes: [], IssuanceTransformRules: true, ResultantPolicy: 5 };
    expect(convert(odd).grade).to.equal('cannot');
  });
});
