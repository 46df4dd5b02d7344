import { expect } from 'chai';
import { BINDING, NS } from '../../src/xml/names.js';
import { parseXml, type XmlElement } from '../../src/xml/parse.js';
import { attribute, childElements, children, leafText, readDateTime } from '../../src/xml/read.js';
import { verifyEnveloped } from '../../src/xml/verify.js';
import { asId } from '../../src/core/model/ids.js';
import type { KeyAlgorithm } from '../../src/core/model/signing-key.js';
import { aRelyingParty, NOW } from '../support/builders.js';
import { BASE, IDP_ENTITY_ID, keyPairOf, SLO_URL, SSO_URL, testIdpWith } from '../support/saml-idp.js';
import { canonicalByLibxml2, schemaProblems, xmlCryptoAccepts } from '../support/xml-oracles.js';

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

async function metadata(
  algorithm: KeyAlgorithm = 'RSA-2048',
  otherKeys: Parameters<typeof testIdpWith>[0]['otherKeys'] = [],
): Promise<{ readonly xml: string; readonly certificate: string; readonly type: string }> {
  const idp = await testIdpWith({ algorithm, otherKeys }, aRelyingParty());
  const reply = await idp.get('/saml/metadata');
  if (reply.kind !== 'text') throw new Error(`got ${reply.kind}`);
  expect(reply.body.startsWith(DECLARATION)).to.equal(true);
  return { xml: reply.body.slice(DECLARATION.length), certificate: idp.certificate, type: reply.type };
}

const names = (element: XmlElement): readonly string[] => childElements(element).map((child) => child.local);

function roleOf(root: XmlElement): XmlElement {
  const [role] = children(root, NS.md, 'IDPSSODescriptor');
  if (role === undefined) throw new Error('no role');
  return role;
}

describe('our metadata', () => {
  for (const algorithm of ['RSA-2048', 'P-256'] satisfies KeyAlgorithm[]) {
    it(`is valid, canonical and signed on its root with ${algorithm} (MET-01, MET-02, MET-07, MET-11, MET-12)`, async () => {
      const { xml, certificate } = await metadata(algorithm);
      expect(schemaProblems(xml)).to.deep.equal([]);
      expect(canonicalByLibxml2(xml)).to.equal(xml);
      const root = parseXml(xml);
      const id = attribute(root, 'ID') ?? '';
      expect(verifyEnveloped(root, [certificate]).local).to.equal('EntityDescriptor');
      expect(xml).to.include(`<ds:Reference URI="#${id}">`);
      if (algorithm === 'RSA-2048') expect(xmlCryptoAccepts(xml, id, certificate)).to.equal(true);
    });
  }

  it('publishes every key, each in a KeyDescriptor of its own, and stays valid (MET-07, MET-15, MDX-01)', async () => {
    const others = await Promise.all(
      (['next', 'retired'] as const).map(async (state) => ({ keyId: asId<'SigningKey'>(state), state, certificate: (await keyPairOf(state)).certificate })),
    );
    const { xml, certificate } = await metadata('RSA-2048', others);
    expect(schemaProblems(xml)).to.deep.equal([]);
    const keys = children(roleOf(parseXml(xml)), NS.md, 'KeyDescriptor');
    expect(keys.map((key) => attribute(key, 'use'))).to.deep.equal(['signing', 'signing', 'signing']);
    const found = [...xml.matchAll(/<ds:X509Certificate>([^<]*)</gu)].map(([, text]) => text);
    expect(found).to.deep.equal([certificate, certificate, ...others.map((other) => other.certificate)]);
  });

  it('has its parts in the order of the schema, addresses of the public base, and an end (MET-01, MET-02, MET-04, MET-10)', async () => {
    const { xml, type } = await metadata();
    const root = parseXml(xml);
    expect(type).to.equal('application/samlmetadata+xml');
    expect(attribute(root, 'entityID')).to.equal(IDP_ENTITY_ID);
    expect((attribute(root, 'entityID') ?? '').length).to.be.at.most(256);
    expect(readDateTime(attribute(root, 'validUntil') ?? '')).to.equal(NOW + 14 * 86_400_000);
    expect(attribute(root, 'cacheDuration')).to.equal('PT6H');
    expect(names(root)).to.deep.equal(['Signature', 'Extensions', 'IDPSSODescriptor', 'Organization']);
    const role = roleOf(root);
    expect(names(role)).to.deep.equal([
      'Extensions',
      'KeyDescriptor',
      'SingleLogoutService',
      'SingleLogoutService',
      'NameIDFormat',
      'NameIDFormat',
      'NameIDFormat',
      'NameIDFormat',
      'SingleSignOnService',
      'SingleSignOnService',
    ]);
    const services = children(role, NS.md, 'SingleSignOnService');
    expect(services.map((service) => attribute(service, 'Location'))).to.deep.equal([SSO_URL, SSO_URL]);
    expect(services.map((service) => attribute(service, 'ResponseLocation'))).to.deep.equal([undefined, undefined]);
    expect(SSO_URL.startsWith(BASE)).to.equal(true);
    const logout = children(role, NS.md, 'SingleLogoutService').map((service) => [attribute(service, 'Binding'), attribute(service, 'Location')]);
    expect(logout).to.deep.equal([BINDING.redirect, BINDING.post].map((binding) => [binding, SLO_URL]));
  });

  it('names the organization in a language, with a web address (MET-12, MDX-06)', async () => {
    const root = parseXml((await metadata()).xml);
    const [organization] = children(root, NS.md, 'Organization');
    if (organization === undefined) throw new Error('no Organization');
    expect(childElements(organization).map((part) => [part.local, part.attributes[0]?.local, part.attributes[0]?.ns, leafText(part)])).to.deep.equal([
      ['OrganizationName', 'lang', NS.xml, 'Example Corp'],
      ['OrganizationDisplayName', 'lang', NS.xml, 'Example Corp'],
      ['OrganizationURL', 'lang', NS.xml, BASE],
    ]);
    const [extensions] = children(roleOf(root), NS.md, 'Extensions');
    expect(extensions === undefined ? [] : names(extensions)).to.deep.equal(['UIInfo']);
  });

  it('lists what we sign and digest with (MDX-04)', async () => {
    const root = parseXml((await metadata()).xml);
    const [extensions] = children(root, NS.md, 'Extensions');
    expect(extensions === undefined ? [] : names(extensions)).to.deep.equal([
      ...Array<string>(3).fill('DigestMethod'),
      ...Array<string>(6).fill('SigningMethod'),
    ]);
  });
});
