import { expect } from 'chai';
import { asId } from '../../../../src/core/model/ids.js';
import type { Signer } from '../../../../src/core/ports.js';
import { makeKeyPair } from '../../../../src/crypto/certificate.js';
import { createSigner } from '../../../../src/crypto/signer.js';
import { createMetadataRoute } from '../../../../src/protocols/shared/metadata/route.js';
import { CACHE_SECONDS, VALID_SECONDS } from '../../../../src/protocols/shared/metadata/write.js';
import { type IdpDescription, SIGNING_METHODS, writeIdpMetadata } from '../../../../src/protocols/saml/metadata/write.js';
import { NS } from '../../../../src/xml/names.js';
import { parseXml, type XmlElement } from '../../../../src/xml/parse.js';
import { attribute, child, childElements, children, leafText } from '../../../../src/xml/read.js';
import { verifyEnveloped } from '../../../../src/xml/verify.js';
import { fakeClock, NOW } from '../../../support/builders.js';
import { BASE, IDP_ENTITY_ID, SSO_URL, testIdp } from '../../../support/saml-idp.js';
import { schemaProblems, xmlCryptoAccepts } from '../../../support/xml-oracles.js';

const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol';

describe('our metadata', () => {
  let signer: Signer;
  let otherCertificate: string;

  before(async () => {
    const wish = { commonName: 'idp.example', notBefore: NOW - 1000, notAfter: NOW + 86_400_000 };
    const pair = await makeKeyPair({ algorithm: 'RSA-2048', ...wish });
    signer = createSigner({ keyId: asId('key-1'), ...pair });
    otherCertificate = (await makeKeyPair({ algorithm: 'P-256', ...wish })).certificate;
  });

  const write = (changes: Partial<IdpDescription> = {}): Promise<string> =>
    writeIdpMetadata(
      {
        id: '_metadata1',
        entityId: IDP_ENTITY_ID,
        ssoUrl: SSO_URL,
        sloUrl: `${BASE}/saml/slo`,
        supportUrl: `${BASE}/support`,
        organization: 'Example & <Sons>',
        baseUrl: BASE,
        certificates: [signer.certificate, otherCertificate],
        now: NOW,
        ...changes,
      },
      signer,
    );

  const root = async (changes: Partial<IdpDescription> = {}): Promise<XmlElement> => parseXml(await write(changes));

  function only(parent: XmlElement | undefined, ns: string, local: string): XmlElement {
    const found = parent === undefined ? undefined : child(parent, ns, local);
    if (found === undefined) throw new Error(`${local} is missing`);
    return found;
  }

  it('is valid against the published schemas, whatever the organisation is called (MET-01, MET-02, MET-07, MET-12)', async () => {
    expect(schemaProblems(await write())).to.deep.equal([]);
    expect(schemaProblems(await write({ organization: 'Zürich "AG" \u{1F3E6}', entityId: 'urn:x:&"<>' }))).to.deep.equal([]);
  });

  it('has its parts in the order of the schema (MET-01, MET-02)', async () => {
    const entity = await root();
    expect(childElements(entity).map(({ local }) => local)).to.deep.equal(['Signature', 'Extensions', 'IDPSSODescriptor', 'Organization']);
    const names = childElements(only(entity, NS.md, 'IDPSSODescriptor')).map(({ local }) => local);
    expect([...new Set(names)]).to.deep.equal(['Extensions', 'KeyDescriptor', 'SingleLogoutService', 'NameIDFormat', 'SingleSignOnService']);
  });

  it('ends, and says how long a copy is good (MET-04)', async () => {
    const entity = await root();
    expect(attribute(entity, 'validUntil')).to.equal(new Date(NOW + VALID_SECONDS * 1000).toISOString());
    expect(attribute(entity, 'cacheDuration')).to.equal('PT6H');
    expect(CACHE_SECONDS).to.equal(6 * 3600);
    expect(VALID_SECONDS).to.be.above(CACHE_SECONDS);
  });

  it('is signed on the root by its ID, for us and for xml-crypto (MET-11)', async () => {
    const xml = await write();
    expect(attribute(verifyEnveloped(parseXml(xml), [signer.certificate]), 'entityID')).to.equal(IDP_ENTITY_ID);
    expect(xml).to.include('<ds:Reference URI="#_metadata1">');
    expect(xmlCryptoAccepts(xml, '_metadata1', signer.certificate)).to.equal(true);
    const changed = xml.replace(`Location="${SSO_URL}"`, 'Location="https://evil.example/sso"');
    expect(() => verifyEnveloped(parseXml(changed), [signer.certificate])).to.throw(/digest/u);
    expect(xmlCryptoAccepts(changed, '_metadata1', signer.certificate)).to.equal(false);
  });

  it('publishes every key, each in a KeyDescriptor of its own with one certificate (MDX-01, MET-15)', async () => {
    const role = only(await root(), NS.md, 'IDPSSODescriptor');
    const published = children(role, NS.md, 'KeyDescriptor').map((descriptor) => {
      expect(attribute(descriptor, 'use')).to.equal('signing');
      const data = only(only(descriptor, NS.ds, 'KeyInfo'), NS.ds, 'X509Data');
      return leafText(only(data, NS.ds, 'X509Certificate'));
    });
    expect(published).to.deep.equal([signer.certificate, otherCertificate]);
  });

  it('names the public address, by Redirect and by POST, without ResponseLocation (MET-09, MET-10, SDP-MD04)', async () => {
    const url = 'https://login.public.example/x/saml';
    const role = only(await root({ ssoUrl: `${url}/sso`, sloUrl: `${url}/slo` }), NS.md, 'IDPSSODescriptor');
    expect(attribute(role, 'protocolSupportEnumeration')).to.equal(PROTOCOL);
    for (const [name, path] of [
      ['SingleSignOnService', 'sso'],
      ['SingleLogoutService', 'slo'],
    ] as const) {
      const services = children(role, NS.md, name);
      expect(services.map((service) => [attribute(service, 'Binding'), attribute(service, 'Location'), attribute(service, 'ResponseLocation')])).to.deep.equal([
        ['urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', `${url}/${path}`, undefined],
        ['urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST', `${url}/${path}`, undefined],
      ]);
    }
  });

  it('lists the algorithms it makes, in order (MDX-04, IIP-MD09)', async () => {
    const extensions = only(await root(), NS.md, 'Extensions');
    expect(children(extensions, NS.alg, 'SigningMethod').map((method) => attribute(method, 'Algorithm'))).to.deep.equal(SIGNING_METHODS);
    expect(SIGNING_METHODS.join()).not.to.include('sha1');
  });

  it('tells people who we are, as text (MDX-06, MET-12)', async () => {
    const entity = await root();
    const role = only(entity, NS.md, 'IDPSSODescriptor');
    const info = only(only(role, NS.md, 'Extensions'), NS.mdui, 'UIInfo');
    expect(leafText(only(info, NS.mdui, 'DisplayName'))).to.equal('Example & <Sons>');
    const organization = only(entity, NS.md, 'Organization');
    expect(childElements(organization).map((part) => [part.local, part.attributes.map(({ local, value }) => `${local}=${value}`).join()])).to.deep.equal([
      ['OrganizationName', 'lang=en'],
      ['OrganizationDisplayName', 'lang=en'],
      ['OrganizationURL', 'lang=en'],
    ]);
    expect(attribute(role, 'errorURL')).to.match(/^https:\/\/idp\.example\/support\?code=ERRORURL_CODE&/u);
  });

  describe('at its address (MET-13)', () => {
    it('is served as SAML metadata, and again as unchanged', async () => {
      const idp = await testIdp();
      const reply = await idp.get('/saml/metadata');
      if (reply.kind !== 'text') throw new Error(`expected text, got ${reply.kind}`);
      expect(reply).to.deep.include({ status: 200, type: 'application/samlmetadata+xml' });
      expect(schemaProblems(reply.body)).to.deep.equal([]);
      expect(attribute(verifyEnveloped(parseXml(reply.body), [idp.certificate]), 'entityID')).to.equal(IDP_ENTITY_ID);
      const again = await idp.get('/saml/metadata', '', { headers: { 'if-none-match': reply.headers?.['etag'] ?? '' } });
      expect(again).to.deep.include({ kind: 'text', status: 304, body: '' });
    });

    it('has a next key in the very next answer, and is written anew before it grows old (MET-15, MET-04)', async () => {
      const clock = fakeClock();
      let certificates = [{ keyId: signer.keyId, state: 'active' as const, certificate: signer.certificate }];
      let ids = 0;
      const describe = { entityId: IDP_ENTITY_ID, ssoUrl: SSO_URL, sloUrl: SSO_URL, supportUrl: BASE, organization: 'Example', baseUrl: BASE };
      const keyRing = { signerFor: () => Promise.resolve(signer), published: () => Promise.resolve(certificates) };
      const route = createMetadataRoute(
        { clock, keyRing, makeId: () => `_m${String((ids += 1))}` },
        { path: '/saml/metadata', write: (now, key) => writeIdpMetadata({ ...describe, ...now }, key) },
      );
      const get = async (): Promise<string> => {
        const reply = await route.handle({
          method: 'GET',
          path: '/saml/metadata',
          rawQuery: '',
          form: new Map(),
          headers: {},
          clientAddress: '192.0.2.1',
          browser: { cookie: false },
        });
        return reply.kind === 'text' ? reply.body : '';
      };
      const first = await get();
      expect(await get(), 'kept: asking costs no signature').to.equal(first);
      certificates = [...certificates, { keyId: asId('key-2'), state: 'active', certificate: otherCertificate }];
      const second = await get();
      expect(first).not.to.include(otherCertificate);
      expect(second).to.include(otherCertificate);
      clock.advance(3_600_000);
      const validUntil = attribute(parseXml(await get()), 'validUntil');
      expect(validUntil).to.equal(new Date(clock.now() + VALID_SECONDS * 1000).toISOString());
    });
  });
});
