import { expect } from 'chai';
import { readApplicationMetadata, type ReadResult } from '../../../../src/admin/application-metadata.js';
import { aRecord, NOW } from '../../../support/builders.js';
import { protocolsOf, resolveRelyingParty, WSFED_BINDING } from '../../../../src/core/model/relying-party.js';
import { readCertificate } from '../../../../src/crypto/certificate.js';
import type { ReadOptions } from '../../../../src/protocols/shared/metadata/role.js';
import { idsOf, sentencesOf } from '../../../support/findings.js';
import { metadataText } from '../../../support/metadata-files.js';
import { schemaProblems } from '../../../support/xml-oracles.js';

const FED = 'http://docs.oasis-open.org/wsfed/federation/200706';
const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
const ROLE = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role';
const SAML = 'urn:oasis:names:tc:SAML:2.0:bindings';

const read = (xml: string, options: Partial<ReadOptions> = {}): ReadResult => readApplicationMetadata(xml, { now: NOW, ...options });
const good = (name: string): ReadResult => read(metadataText(`good/federation-${name}.xml`));
const wsfed = (...urls: readonly string[]): unknown => urls.map((url) => ({ binding: WSFED_BINDING, url }));

interface Role {
  readonly type?: string;
  readonly attributes?: string;
  readonly inner?: string;
  readonly passive?: string;
}

/** An application whose prefix for the namespace of the role is whatever a test wants. */
function application({ type = 'fed:ApplicationServiceType', attributes = `xmlns:fed="${FED}"`, inner = '', passive = 'https://app.example/' }: Role): string {
  const endpoint = (name: string, url: string): string =>
    `<f:${name} xmlns:f="${FED}"><a:EndpointReference xmlns:a="http://www.w3.org/2005/08/addressing"><a:Address>\n  ${url}\n</a:Address></a:EndpointReference></f:${name}>`;
  return `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="urn:app"><md:RoleDescriptor xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ${attributes} xsi:type="${type}" protocolSupportEnumeration="${FED}">${inner.replaceAll(/\[(\w+) ([^\]]+)\]/gu, (_, name: string, url: string) => endpoint(name, url))}${endpoint('ApplicationServiceEndpoint', 'https://app.example/')}${endpoint('PassiveRequestorEndpoint', passive)}</md:RoleDescriptor></md:EntityDescriptor>`;
}

describe('federation metadata of applications, read (FMD-09)', () => {
  it('takes what the tools of WIF write: realm, reply address, key, claims', () => {
    const { metadata, findings } = good('wif');
    expect(idsOf(findings, 'warn')).to.deep.equal([]);
    expect(metadata).to.deep.include({ entityId: 'https://portal.acme.example/', replyAddresses: wsfed('https://portal.acme.example/') });
    expect(metadata, 'the scope is the identifier itself').not.to.have.property('identifiers');
    expect(metadata.attributeServices).to.deep.equal([
      {
        index: 0,
        protocol: 'wsfed',
        requested: [
          { name: `${CLAIMS}/name`, required: false },
          { name: ROLE, required: false },
          { name: `${CLAIMS}/emailaddress`, required: true },
          { name: `${CLAIMS}/givenname`, required: false },
        ],
      },
    ]);
    expect(metadata.encryptionKeys.map(({ certificate, methods }) => [readCertificate(certificate).subject, methods])).to.deep.equal([
      ['CN=portal.acme.example', []],
    ]);
    expect(metadata.signingCertificates).to.deep.equal([]);
    expect(resolveRelyingParty(aRecord({ metadata })).protocols).to.deep.equal(['wsfed']);
  });

  it('takes several realms and several addresses, the first of which is the default, as SharePoint has them', () => {
    const { metadata, findings } = good('sharepoint');
    expect(idsOf(findings, 'warn')).to.deep.equal([]);
    expect(metadata).to.deep.include({
      entityId: 'urn:acme:sharepoint',
      identifiers: ['urn:acme:sharepoint:my', 'urn:acme:sharepoint:search'],
      displayName: 'Acme SharePoint',
      description: 'Team sites',
      encryptionKeys: [],
      replyAddresses: wsfed(...['portal', 'my', 'search'].map((host) => `https://${host}.acme.example/_trust/default.aspx`)),
    });
  });

  it('takes web addresses as realms, as Dynamics has them', () => {
    const { metadata } = good('dynamics');
    expect(metadata.identifiers).to.deep.equal(['https://acme.crm.acme.example/', 'https://auth.crm.acme.example/']);
    expect(metadata.replyAddresses).to.deep.equal(wsfed('https://crm.acme.example/', 'https://auth.crm.acme.example/'));
    expect(metadata.encryptionKeys).to.have.length(1);
  });

  it('takes AD FS as one application with both protocols, its signature checked, its prefix lost in it', () => {
    const { metadata, findings } = good('adfs');
    expect(idsOf(findings, 'warn')).to.deep.equal(['metadata.nameid-old']);
    expect(protocolsOf(metadata)).to.deep.equal(['saml', 'wsfed']);
    const ls = 'https://fs.partner.example/adfs/ls/';
    expect(metadata).to.deep.include({
      entityId: 'http://fs.partner.example/adfs/services/trust',
      displayName: 'Partner sign-in',
      wantAssertionsSigned: true,
      nameIdFormats: ['urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'],
      identifiers: [
        'https://fs.partner.example/adfs/services/trust/2005/issuedtokenmixedasymmetricbasic256',
        'https://fs.partner.example/adfs/services/trust/13/issuedtokenmixedsymmetricbasic256',
        ls,
      ],
      replyAddresses: [
        { binding: `${SAML}:HTTP-POST`, url: ls, index: 0, isDefault: true },
        { binding: `${SAML}:HTTP-Artifact`, url: ls, index: 1 },
        { binding: WSFED_BINDING, url: ls },
      ],
      logoutEndpoints: [
        { binding: `${SAML}:HTTP-Redirect`, url: ls },
        { binding: `${SAML}:HTTP-POST`, url: ls },
      ],
    });
    expect(metadata.attributeServices.map(({ protocol, requested }) => [protocol, requested.length])).to.deep.equal([['wsfed', 3]]);
    expect(metadata.encryptionKeys, 'the same key in both roles is one key').to.have.length(1);
    expect(metadata.signingCertificates.map((certificate) => readCertificate(certificate).subject)).to.deep.equal(['CN=ADFS Signing - fs.partner.example']);
  });

  it('are valid against the published schemas, these examples', () => {
    for (const name of ['wif', 'sharepoint', 'dynamics', 'adfs']) expect(schemaProblems(metadataText(`good/federation-${name}.xml`)), name).to.deep.equal([]);
  });

  it('resolves the prefix of the type, whatever it is called and wherever it is declared', () => {
    for (const [type, attributes] of [
      ['fed:ApplicationServiceType', `xmlns:fed="${FED}"`],
      ['q1:ApplicationServiceType', `xmlns:q1="${FED}"`],
      ['ApplicationServiceType', `xmlns="${FED}"`],
      [' fed:ApplicationServiceType ', `xmlns:fed="${FED}"`],
    ] as const) {
      expect(read(application({ type, attributes })).metadata.replyAddresses, type).to.deep.equal(wsfed('https://app.example/'));
    }
    for (const [type, attributes] of [
      ['fed:ApplicationServiceType', 'xmlns:fed="urn:other"'],
      ['fed:applicationservicetype', `xmlns:fed="${FED}"`],
      ['x:ApplicationServiceType', `xmlns:x="urn:other" xmlns:fed="${FED}"`],
    ] as const) {
      expect(() => read(application({ type, attributes })), type).to.throw(/no role of type ApplicationServiceType/u);
    }
  });

  it('knows where sign-out is told, and leaves out an address that may not be used (I02)', () => {
    const { metadata, findings } = read(
      application({ inner: '[SingleSignOutNotificationEndpoint https://app.example/out][SingleSignOutNotificationEndpoint javascript:alert(1)]' }),
    );
    expect(metadata.logoutEndpoints).to.deep.equal(wsfed('https://app.example/out'));
    expect(sentencesOf(findings, 'metadata.logout-left-out').join('|')).to.match(/^A SingleSignOutNotificationEndpoint was left out: javascript[^|]*$/u);
  });

  it('leaves out a realm that cannot be one, and refuses a flood of them', () => {
    const { metadata, findings } = read(application({ inner: '[TargetScopes two words][TargetScopes urn:two][TargetScopes urn:two]' }));
    expect(metadata.identifiers).to.deep.equal(['urn:two']);
    expect(sentencesOf(findings, 'metadata.realm-left-out')).to.have.length(1);
    const many = Array.from({ length: 201 }, (_, index) => `[TargetScopes urn:${String(index)}]`).join('');
    expect(() => read(application({ inner: many }))).to.throw(/TargetScopes names 201 realms; at most 200/u);
  });

  it('takes plain http for reply addresses only when told (I02)', () => {
    const xml = application({ passive: 'http://app.example/' });
    expect(() => read(xml)).to.throw(/PassiveRequestorEndpoint: .*uses http.*--allow-http/u);
    expect(read(xml, { allowHttp: true }).metadata.replyAddresses).to.deep.equal(wsfed('http://app.example/'));
  });

  it('keeps a service provider of SAML whose role of WS-Federation browsers cannot use, and says so', () => {
    const provider = `<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:AssertionConsumerService Binding="${SAML}:HTTP-POST" Location="https://app.example/acs" index="0"/></md:SPSSODescriptor>`;
    const xml = metadataText('broken/federation-no-passive.xml').replace('</EntityDescriptor>', `${provider.replaceAll('md:', '')}</EntityDescriptor>`);
    const { metadata, findings } = read(xml);
    expect(protocolsOf(metadata)).to.deep.equal(['saml']);
    expect(idsOf(findings, 'warn')).to.include('metadata.passive-missing');
  });

  it('is found in an aggregate among others', () => {
    const inner = (xml: string): string => xml.replace(/<\?xml[^>]*\?>/u, '');
    const aggregate = `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${inner(metadataText('broken/federation-issuer-only.xml'))}${inner(metadataText('good/federation-wif.xml'))}</md:EntitiesDescriptor>`;
    expect(read(aggregate).metadata.entityId).to.equal('https://portal.acme.example/');
  });
});
