import { expect } from 'chai';
import { chooseDefault } from '../../src/core/model/relying-party.js';
import { readCertificate } from '../../src/crypto/certificate.js';
import { readApplicationMetadata, type ReadResult } from '../../src/admin/application-metadata.js';
import type { ReadOptions } from '../../src/protocols/shared/metadata/role.js';
import { chooseAlgorithms } from '../../src/tokens/assertion.js';
import { aRelyingParty, NOW } from '../support/builders.js';
import { idsOf, sentencesOf } from '../support/findings.js';
import { metadataText } from '../support/metadata-files.js';
import { chooseEncryption } from '../../src/xml/encrypt.js';
import { schemaProblems } from '../support/xml-oracles.js';

const MD = 'urn:oasis:names:tc:SAML:2.0:metadata';
const POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';

const read = (xml: string, options: Partial<ReadOptions> = {}): ReadResult => readApplicationMetadata(xml, { now: NOW, ...options });
const good = (name: string, options: Partial<ReadOptions> = {}): ReadResult => read(metadataText(`good/${name}.xml`), options);

function provider(inner: string, attributes = ''): string {
  return `<md:EntityDescriptor xmlns:md="${MD}" entityID="https://app.example/saml/metadata"><md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"${attributes}>${inner}</md:SPSSODescriptor></md:EntityDescriptor>`;
}

function acs(index: number, isDefault?: string): string {
  const said = isDefault === undefined ? '' : ` isDefault="${isDefault}"`;
  return `<md:AssertionConsumerService Binding="${POST}" Location="https://app.example/acs/${String(index)}" index="${String(index)}"${said}/>`;
}

describe('metadata of applications, read', () => {
  it('takes several attribute services, logos and mail addresses (IIP-IDP04, IIP-MD05, MDX-06)', () => {
    const service = (index: number): string =>
      `<md:AttributeConsumingService index="${String(index)}"><md:ServiceName xml:lang="en">Acme ${String(index)}</md:ServiceName><md:RequestedAttribute Name="mail"/></md:AttributeConsumingService>`;
    const logos = [1, 2]
      .map((size) => `<mdui:Logo height="${String(size)}" width="${String(size)}">https://app.example/${String(size)}.png</mdui:Logo>`)
      .join('');
    const info = `<md:Extensions><mdui:UIInfo xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui">${logos}</mdui:UIInfo></md:Extensions>`;
    const mails = '<md:EmailAddress>mailto:a@app.example</md:EmailAddress><md:EmailAddress>mailto:b@app.example</md:EmailAddress>';
    const xml = provider(info + acs(0) + service(0) + service(1)).replace(
      '</md:EntityDescriptor>',
      `<md:ContactPerson contactType="support">${mails}</md:ContactPerson></md:EntityDescriptor>`,
    );
    expect(schemaProblems(xml)).to.deep.equal([]);
    const { metadata } = read(xml);
    expect(metadata).to.deep.include({ displayName: 'Acme 0', logoUrl: 'https://app.example/1.png', contacts: [{ type: 'support', email: 'a@app.example' }] });
    expect(metadata.attributeServices.map((one) => one.index)).to.deep.equal([0, 1]);
  });

  it('knows where sign-out goes, and where its answers go (SLO-10, MET-09)', () => {
    const slo = (binding: string, location: string, response?: string): string =>
      `<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="${location}"${response === undefined ? '' : ` ResponseLocation="${response}"`}/>`;
    const xml = provider(
      slo('HTTP-Redirect', 'https://app.example/slo', 'https://app.example/slo/done') +
        slo('HTTP-POST', 'https://app.example/slo') +
        slo('SOAP', 'https://app.example/soap') +
        acs(0),
    );
    expect(schemaProblems(xml)).to.deep.equal([]);
    expect(idsOf(read(xml).findings, 'warn')).to.deep.equal([]);
    expect(read(xml).metadata.logoutEndpoints).to.deep.equal([
      { binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', url: 'https://app.example/slo', responseUrl: 'https://app.example/slo/done' },
      { binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST', url: 'https://app.example/slo' },
      { binding: 'urn:oasis:names:tc:SAML:2.0:bindings:SOAP', url: 'https://app.example/soap' },
    ]);
  });

  it('leaves out a sign-out address that may not be used, and says so; signing on goes without (I02)', () => {
    const slo = (attributes: string): string => `<md:SingleLogoutService Binding="${POST}" ${attributes}/>`;
    for (const attributes of [
      'Location="javascript:alert(1)"',
      'Location="http://app.example/slo"',
      'Location="https://app.example/slo" ResponseLocation="data:,x"',
      '',
    ]) {
      const { metadata, findings } = read(provider(slo(attributes) + slo('Location="https://app.example/good"') + acs(0)));
      expect(metadata.logoutEndpoints, attributes).to.deep.equal([{ binding: POST, url: 'https://app.example/good' }]);
      expect(sentencesOf(findings, 'metadata.logout-left-out').join(), attributes).to.match(/^A SingleLogoutService was left out: /u);
    }
    expect(good('minimal').metadata).not.to.have.property('logoutEndpoints');
    const { metadata } = read(provider(slo('Location="http://app.example/slo"') + acs(0)), { allowHttp: true });
    expect(metadata.logoutEndpoints).to.have.length(1);
  });

  it('says so where the schema is broken in a way of its own', () => {
    for (const inner of ['<md:Extensions/><md:Extensions/>', '<md:NameIDFormat><a xmlns="urn:a"/></md:NameIDFormat>']) {
      expect(() => read(provider(inner + acs(0))))
        .to.throw('The metadata breaks its schema')
        .with.property('code', 'invalid_input');
    }
  });

  it('keeps what a key says about OAEP (XML-17, IIP-ALG06)', () => {
    const certificate = good('keys').metadata.encryptionKeys[0]?.certificate ?? '';
    const oaep = 'http://www.w3.org/2009/xmlenc11#rsa-oaep';
    const [sha256, mgf1] = ['http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2009/xmlenc11#mgf1sha1'];
    const method = `<md:EncryptionMethod Algorithm="${oaep}"><ds:DigestMethod Algorithm="${sha256}"/><xenc11:MGF xmlns:xenc11="http://www.w3.org/2009/xmlenc11#" Algorithm="${mgf1}"/></md:EncryptionMethod>`;
    const info = `<ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`;
    const xml = provider(`<md:KeyDescriptor xmlns:ds="http://www.w3.org/2000/09/xmldsig#" use="encryption">${info}${method}</md:KeyDescriptor>${acs(0)}`);
    expect(schemaProblems(xml)).to.deep.equal([]);
    const [key] = read(xml).metadata.encryptionKeys;
    expect(key).to.deep.include({ methods: [oaep], oaep: [{ transport: oaep, digest: sha256, mask: mgf1 }] });
    expect(key === undefined ? undefined : chooseEncryption(key)).to.include({ transport: oaep, digest: sha256, mask: mgf1 });
  });

  it('takes everything an issuer needs (MET-03)', () => {
    const { metadata, findings } = good('full');
    expect(idsOf(findings)).to.deep.equal(['metadata.end-far', 'metadata.attribute-unknown']);
    expect(metadata).to.deep.include({
      entityId: 'https://app.example/saml/metadata',
      organization: 'Acme Ltd',
      nameIdFormats: ['urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress', 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'],
      authnRequestsSigned: false,
      wantAssertionsSigned: true,
      validUntil: Date.UTC(2030, 0, 1),
      contacts: [{ type: 'technical', name: 'Ada Byron', email: 'ada@acme.example' }],
    });
    expect(metadata.replyAddresses).to.deep.equal([
      { binding: POST, url: 'https://app.example/saml/acs', index: 1 },
      { binding: POST, url: 'https://app.example/saml/acs/2', index: 2, isDefault: true },
      { binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact', url: 'https://app.example/saml/artifact', index: 3 },
    ]);
    expect(metadata.attributeServices).to.deep.equal([
      {
        index: 0,
        isDefault: true,
        requested: [
          { name: 'urn:oid:0.9.2342.19200300.100.1.3', nameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri', friendlyName: 'mail', required: true },
          { name: 'department', required: false },
        ],
      },
    ]);
  });

  it('reads samples that the published schema takes (MET-03)', () => {
    for (const name of ['minimal', 'keys', 'ended-certificate', 'signed', 'aggregate'])
      expect(schemaProblems(metadataText(`good/${name}.xml`)), name).to.deep.equal([]);
  });

  it('shows names from mdui first, in English first, as text, and leaves hostile links out (MDX-07, M07)', () => {
    const { metadata } = good('full');
    expect(metadata.displayName).to.equal('Acme Expenses');
    expect(metadata.description).to.equal('Expenses <b>and</b> travel');
    expect(metadata).not.to.have.property('informationUrl');
    expect(metadata).not.to.have.property('logoUrl');
  });

  it('falls back to ServiceName, and to nothing (MDX-07)', () => {
    const service =
      '<md:AttributeConsumingService index="0"><md:ServiceName xml:lang="en">Payroll</md:ServiceName><md:RequestedAttribute Name="mail"/></md:AttributeConsumingService>';
    expect(read(provider(acs(0) + service)).metadata.displayName).to.equal('Payroll');
    expect(read(provider(acs(0))).metadata).not.to.have.property('displayName');
  });

  it('takes invisible characters and markup out of names (M08, MDX-07)', () => {
    const info = (name: string): string =>
      `<md:Extensions><mdui:UIInfo xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui"><mdui:DisplayName xml:lang="en">${name}</mdui:DisplayName></mdui:UIInfo></md:Extensions>`;
    expect(read(provider(info('Pay\u202Eroll&#10;x') + acs(0))).metadata.displayName).to.equal('Pay roll x');
    expect(read(provider(info('<b xmlns="urn:x">Pay</b>roll') + acs(0))).metadata).not.to.have.property('displayName');
  });

  it('lets a key without use serve both, and keeps all keys in their order (MET-06, IIP-MD07, IIP-MD08)', () => {
    const { metadata } = good('keys');
    const names = metadata.signingCertificates.map((certificate) => readCertificate(certificate).subject);
    expect(names).to.deep.equal(['CN=good.app.example', 'CN=second.app.example', 'CN=ec.app.example']);
    expect(metadata.encryptionKeys.map(({ certificate, methods }) => [readCertificate(certificate).subject, ...methods])).to.deep.equal([
      ['CN=good.app.example'],
      ['CN=second.app.example', 'http://www.w3.org/2009/xmlenc11#aes128-gcm'],
    ]);
    expect(metadata).to.include({ authnRequestsSigned: true, wantAssertionsSigned: true });
  });

  it('leaves out a key that is of no use here, and says so (IIP-MD08)', () => {
    const { metadata, findings } = read(metadataText('odd/certificate-ed25519.xml'));
    expect(metadata.signingCertificates).to.deep.equal([]);
    expect(idsOf(findings, 'warn')).to.deep.equal(['metadata.key-unusable']);
  });

  it('takes certificates as containers of keys: an ended one is fine (IIP-MD12, MDX-02)', () => {
    const [certificate = ''] = good('ended-certificate').metadata.signingCertificates;
    expect(readCertificate(certificate).notAfter).to.be.below(NOW);
  });

  describe('default among indexed endpoints (MET-08)', () => {
    for (const [what, services, expected] of [
      ['the first that says so', [acs(0), acs(1, 'true'), acs(2, 'true')], 1],
      ['else the first that does not deny it', [acs(0, 'false'), acs(1), acs(2)], 1],
      ['else the first', [acs(0, 'false'), acs(1, '0')], 0],
    ] as const) {
      it(what, () => {
        expect(chooseDefault(read(provider(services.join(''))).metadata.replyAddresses)?.index).to.equal(expected);
      });
    }

    it('says when an index stands twice: the first address keeps it', () => {
      const { metadata, findings } = read(metadataText('odd/index-twice.xml'));
      expect(metadata.replyAddresses.map(({ url, index }) => [url, index])).to.deep.equal([
        ['https://app.example/saml/acs', 1],
        ['https://app.example/other', undefined],
      ]);
      expect(idsOf(findings, 'warn')).to.deep.equal(['metadata.default-missing', 'metadata.index-twice']);
    });

    it('takes an address without index, and says so', () => {
      const { metadata, findings } = read(provider(`<md:AssertionConsumerService Binding="${POST}" Location="https://app.example/acs"/>`));
      expect(metadata.replyAddresses).to.deep.equal([{ binding: POST, url: 'https://app.example/acs' }]);
      expect(sentencesOf(findings, 'metadata.index-missing')).to.deep.equal(['AssertionConsumerService https://app.example/acs has no index.']);
    });

    it('leaves an unusable address of another binding out, and says so', () => {
      const artifact =
        '<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact" Location="http://app.example/art" index="1"/>';
      const { metadata, findings } = read(provider(acs(0) + artifact));
      expect(metadata.replyAddresses).to.have.length(1);
      expect(sentencesOf(findings, 'metadata.reply-left-out').join()).to.match(/another binding was left out: http:\/\/app\.example\/art uses http/u);
    });
  });

  describe('algorithms (MDX-04, MDX-05, IIP-MD10)', () => {
    it('keeps the order, and lets the list of a role replace that of the entity', () => {
      const { metadata } = good('full');
      expect(metadata.signingMethods).to.deep.equal(['http://www.w3.org/2001/04/xmldsig-more#rsa-sha384']);
      expect(metadata.digestMethods).to.deep.equal(['http://www.w3.org/2001/04/xmlenc#sha512']);
    });

    it('leads to the first that is listed and can be made', () => {
      const { signingMethods, digestMethods } = good('full').metadata;
      expect(chooseAlgorithms(aRelyingParty({ signingMethods, digestMethods }), { type: 'rsa' })).to.deep.equal({
        signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384',
        digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha512',
      });
      expect(() => chooseAlgorithms(aRelyingParty({ signingMethods }), { type: 'ec' })).to.throw(/lists only algorithms that are not written here/u);
    });

    it('says nothing where nothing is listed', () => {
      expect(good('minimal').metadata).to.deep.include({ signingMethods: [], digestMethods: [] });
    });
  });

  describe('aggregates and time (MET-05, MET-14)', () => {
    it('applies the earliest validUntil of an entity and what holds it', () => {
      expect(good('aggregate', { entityId: 'https://app.example/saml/metadata' }).metadata.validUntil).to.equal(Date.UTC(2028, 0, 1));
      expect(good('aggregate', { entityId: 'https://other.example/metadata' }).metadata.validUntil).to.equal(Date.UTC(2030, 0, 1));
    });

    it('is good until validUntil and the skew', () => {
      const xml = metadataText('broken/ended.xml');
      const end = Date.UTC(2026, 10, 1);
      expect(read(xml, { now: end + 180_000 }).metadata.validUntil).to.equal(end);
      expect(() => read(xml, { now: end + 180_001 })).to.throw(/ended on 2026-11-01/u);
    });

    it('finds one among 5,000 entities with roles it does not know', () => {
      const unknown =
        '<md:RoleDescriptor xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:q="urn:example" xsi:type="q:Odd" protocolSupportEnumeration="urn:example"/>';
      const entities = Array.from({ length: 5000 }, (_, at) => {
        const role = at % 2 === 0 ? unknown : '';
        return `<md:EntityDescriptor entityID="https://${String(at)}.example/">${role}<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${acs(at)}</md:SPSSODescriptor></md:EntityDescriptor>`;
      });
      const xml = `<md:EntitiesDescriptor xmlns:md="${MD}"><md:EntitiesDescriptor>${entities.join('')}</md:EntitiesDescriptor></md:EntitiesDescriptor>`;
      expect(read(xml, { entityId: 'https://4711.example/' }).metadata.replyAddresses[0]?.index).to.equal(4711);
      expect(() => read(xml)).to.throw(/holds 5000 applications \(.*, …\)\. Name one with --entity-id/u);
    });

    it('takes the only service provider of an aggregate without being told', () => {
      const idp = `<md:EntityDescriptor entityID="https://idp.example/"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:SingleSignOnService Binding="${POST}" Location="https://idp.example/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>`;
      const inner = provider(acs(0)).replace(` xmlns:md="${MD}"`, '');
      expect(read(`<md:EntitiesDescriptor xmlns:md="${MD}">${idp}${inner}</md:EntitiesDescriptor>`).metadata.entityId).to.equal(
        'https://app.example/saml/metadata',
      );
    });

    it('refuses an identifier that stands twice', () => {
      const inner = provider(acs(0)).replace(` xmlns:md="${MD}"`, '');
      const xml = `<md:EntitiesDescriptor xmlns:md="${MD}">${inner}${inner}</md:EntitiesDescriptor>`;
      expect(() => read(xml, { entityId: 'https://app.example/saml/metadata' })).to.throw(/stands 2 times/u);
    });
  });

  describe('signed metadata', () => {
    it('is read from what was signed', () => {
      const { metadata, findings } = good('signed');
      expect(idsOf(findings, 'warn')).to.deep.equal([]);
      expect(metadata.replyAddresses).to.have.length(1);
    });

    it('is refused when anything in it was changed (M04, M05)', () => {
      for (const change of [
        (xml: string): string => xml.replace('index="0"', 'index="1"'),
        (xml: string): string => xml.replace('</md:SPSSODescriptor>', `${acs(7)}</md:SPSSODescriptor>`),
        (xml: string): string => xml.replace('ID="_m1"', 'ID="_m2"'),
        (xml: string): string => xml.replace(/<ds:SignatureValue>.{4}/u, '<ds:SignatureValue>AAAA'),
      ]) {
        const before = metadataText('good/signed.xml');
        expect(change(before)).not.to.equal(before);
        expect(() => read(change(before))).to.throw(/signature of the metadata does not fit its content/u);
      }
    });

    it('says when a signature names no certificate to check it with', () => {
      const xml = metadataText('good/signed.xml').replace(/<ds:KeyInfo>.*<\/ds:KeyInfo>/u, '');
      expect(idsOf(read(xml).findings, 'warn')).to.deep.equal(['metadata.signature-unchecked']);
    });
  });

  it('drops comments without cutting the text around them (X02)', () => {
    expect(good('comments').metadata.nameIdFormats).to.deep.equal(['urn:oasis:names:tc:SAML:2.0:nameid-format:persistent']);
  });

  it('sees no element of a foreign namespace (X07)', () => {
    const foreign = acs(1).replaceAll('md:', 'x:').replace('<x:AssertionConsumerService', '<x:AssertionConsumerService xmlns:x="urn:example:other"');
    expect(read(provider(acs(0) + foreign)).metadata.replyAddresses).to.have.length(1);
  });

  it('never turns into another entity on a refresh (M01)', () => {
    expect(() => good('minimal', { keepEntityId: 'https://other.example/' })).to.throw(
      /is for https:\/\/app\.example\/saml\/metadata, not for https:\/\/other/u,
    );
  });
});
