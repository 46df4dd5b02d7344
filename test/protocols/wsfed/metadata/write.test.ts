import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { OFFERED_CLAIM_TYPES, type OfferedClaimType } from '../../../../src/core/claims/standard-claims.js';
import { asId } from '../../../../src/core/model/ids.js';
import type { Signer } from '../../../../src/core/ports.js';
import { createSigner } from '../../../../src/crypto/signer.js';
import { describeIdp } from '../../../../src/protocols/saml/metadata/write.js';
import { createFederationMetadataRoute } from '../../../../src/protocols/wsfed/index.js';
import { FEDERATION_METADATA_PATH } from '../../../../src/protocols/wsfed/metadata/route.js';
import { type FederationDescription, writeFederationMetadata } from '../../../../src/protocols/wsfed/metadata/write.js';
import { NS } from '../../../../src/xml/names.js';
import { parseXml, type XmlElement } from '../../../../src/xml/parse.js';
import { attribute, childElements, children, isOfType, leafText } from '../../../../src/xml/read.js';
import { verifyEnveloped } from '../../../../src/xml/verify.js';
import { fakeClock, NOW } from '../../../support/builders.js';
import { METADATA } from '../../../support/metadata-files.js';
import { BASE, keyPairOf, toRequest } from '../../../support/saml-idp.js';
import { canonicalByLibxml2, schemaProblems, xmlCryptoAccepts } from '../../../support/xml-oracles.js';

const ISSUER = 'http://idp.example/adfs/services/trust';
const PASSIVE = `${BASE}/wsfed`;
const CLAIM_TYPES: readonly OfferedClaimType[] = [
  { uri: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress', displayName: 'E-Mail Address', description: 'Where mail goes & comes from' },
  { uri: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role', displayName: 'Role', description: 'A group' },
];

/** Signs nothing: for what is compared with a file. */
const paperSigner: Signer = { keyId: asId('key-1'), type: 'rsa', certificate: 'MIIB1', sign: () => Promise.resolve(Buffer.from('signature')) };

describe('our federation metadata', () => {
  let signer: Signer;
  let next: string;

  before(async () => {
    signer = createSigner({ keyId: asId('key-1'), ...(await keyPairOf('idp.example')) });
    next = (await keyPairOf('next.example')).certificate;
  });

  const aDescription = (changes: Partial<FederationDescription> = {}): FederationDescription => ({
    id: '_federation1',
    entityId: ISSUER,
    organization: 'Example & <Sons>',
    baseUrl: BASE,
    passiveUrl: PASSIVE,
    claimTypes: CLAIM_TYPES,
    certificates: [signer.certificate, next],
    now: NOW,
    saml: undefined,
    ...changes,
  });

  const samlRoles = (certificates: readonly string[]): ReturnType<typeof describeIdp> =>
    describeIdp({
      entityId: ISSUER,
      ssoUrl: `${BASE}/saml/sso`,
      sloUrl: `${BASE}/saml/slo`,
      supportUrl: `${BASE}/support`,
      organization: 'Example & <Sons>',
      baseUrl: BASE,
      certificates,
    });

  const write = (changes: Partial<FederationDescription> = {}): Promise<string> => writeFederationMetadata(aDescription(changes), signer);

  /** The first role, which is what readers of WS-Federation look at. */
  function tokenService(root: XmlElement): XmlElement {
    const role = childElements(root).find((child) => child.ns === NS.md && child.local === 'RoleDescriptor');
    if (role === undefined || !isOfType(role, NS.fed, 'SecurityTokenServiceType')) throw new Error('there is no SecurityTokenServiceType');
    return role;
  }

  it('is what it was: the whole text, letter by letter (FMD-04)', async () => {
    const certificates = ['MIIB1', 'MIIB2'];
    const xml = await writeFederationMetadata(aDescription({ certificates, saml: samlRoles(certificates) }), paperSigner);
    const lines = `${xml.replaceAll('><', '>\n<')}\n`;
    expect(lines).to.equal(readFileSync(new URL('ours/federation-metadata.txt', METADATA), 'utf8'));
  });

  it('is valid against the schemas of WS-Federation and SAML, with and without the roles of SAML (FMD-01, FMD-03, FMD-04, MET-02)', async () => {
    expect(schemaProblems(await write())).to.deep.equal([]);
    expect(schemaProblems(await write({ saml: samlRoles([signer.certificate]), claimTypes: OFFERED_CLAIM_TYPES }))).to.deep.equal([]);
    expect(schemaProblems(await write({ organization: 'Zürich "AG" \u{1F3E6}', entityId: 'urn:x:&"<>' }))).to.deep.equal([]);
    const misplaced = (await write()).replace(
      /(<fed:TokenTypesOffered>.*<\/fed:TokenTypesOffered>)(<fed:ClaimTypesOffered>.*<\/fed:ClaimTypesOffered>)/u,
      '$2$1',
    );
    expect(schemaProblems(misplaced), 'the schemas do look').not.to.deep.equal([]);
  });

  it('is one entity, whose first role is that of WS-Federation (FMD-01, FMD-03)', async () => {
    const root = parseXml(await write({ saml: samlRoles([signer.certificate]) }));
    expect([root.ns, root.local, attribute(root, 'entityID')]).to.deep.equal([NS.md, 'EntityDescriptor', ISSUER]);
    expect(childElements(root).map(({ local }) => local)).to.deep.equal(['Signature', 'Extensions', 'RoleDescriptor', 'IDPSSODescriptor', 'Organization']);
    const spoken = attribute(tokenService(root), 'protocolSupportEnumeration')?.split(' ');
    expect(spoken).to.have.members([NS.fed, NS.wst13, NS.wst2005]);
    expect(attribute(tokenService(root), 'ServiceDisplayName')).to.equal('Example & <Sons>');
  });

  it('is signed on the root by its ID, with a key that is listed, for us and for xml-crypto (FMD-02)', async () => {
    const xml = await write({ saml: samlRoles([signer.certificate, next]) });
    expect(xml).to.include('<ds:Reference URI="#_federation1">');
    expect(xmlCryptoAccepts(xml, '_federation1', signer.certificate)).to.equal(true);
    const signed = verifyEnveloped(parseXml(xml), [signer.certificate]);
    const listed = children(tokenService(signed), NS.md, 'KeyDescriptor').map((key) => deepText(key, 'X509Certificate'));
    expect(listed).to.deep.equal([signer.certificate, next]);
    const changed = xml.replace(PASSIVE, 'https://evil.example/');
    expect(xmlCryptoAccepts(changed, '_federation1', signer.certificate)).to.equal(false);
  });

  it('covers the prefix of its type by the signature, which exclusive canonical form alone would lose (FMD-03)', async () => {
    const xml = await write();
    const signed = verifyEnveloped(parseXml(xml), [signer.certificate]);
    expect(tokenService(signed).declarations).to.deep.include({ prefix: 'fed', uri: NS.fed });
    for (const changed of [
      xml.replace(`xmlns:fed="${NS.fed}"`, 'xmlns:fed="urn:other"'),
      xml.replace('fed:SecurityTokenServiceType', 'fed:ApplicationServiceType'),
    ]) {
      expect(changed).not.to.equal(xml);
      expect(xmlCryptoAccepts(changed, '_federation1', signer.certificate)).to.equal(false);
      expect(() => verifyEnveloped(parseXml(changed), [signer.certificate])).to.throw(/digest/u);
    }
  });

  it('lists each key to sign with one certificate and nothing else (FMD-05, MET-15)', async () => {
    for (const key of children(tokenService(parseXml(await write())), NS.md, 'KeyDescriptor')) {
      expect(attribute(key, 'use')).to.equal('signing');
      expect(names(key)).to.deep.equal(['KeyInfo', 'X509Data', 'X509Certificate']);
    }
  });

  it('has its parts in the order of the schema, and endpoints with an address only (FMD-04, FMD-06)', async () => {
    const role = tokenService(parseXml(await write()));
    expect([...new Set(childElements(role).map(({ local }) => local))]).to.deep.equal([
      'KeyDescriptor',
      'TokenTypesOffered',
      'ClaimTypesOffered',
      'SecurityTokenServiceEndpoint',
      'PassiveRequestorEndpoint',
    ]);
    for (const name of ['SecurityTokenServiceEndpoint', 'PassiveRequestorEndpoint']) {
      const [endpoint, ...more] = children(role, NS.fed, name);
      if (endpoint === undefined) throw new Error(`${name} is missing`);
      expect(more).to.deep.equal([]);
      expect(names(endpoint)).to.deep.equal(['EndpointReference', 'Address']);
      expect(deepText(endpoint, 'Address')).to.equal(PASSIVE);
    }
  });

  it('offers the claim types it is given, each with a name and a description (FMD-07)', async () => {
    const offered = async (claimTypes: readonly OfferedClaimType[]): Promise<unknown> => {
      const types = children(tokenService(parseXml(await write({ claimTypes }))), NS.fed, 'ClaimTypesOffered').flatMap(childElements);
      return types.map((type) => [type.ns, attribute(type, 'Optional'), attribute(type, 'Uri'), ...childElements(type).map(leafText)]);
    };
    expect(await offered(CLAIM_TYPES)).to.deep.equal(CLAIM_TYPES.map(({ uri, displayName, description }) => [NS.auth, 'true', uri, displayName, description]));
    const added = { uri: 'urn:department', displayName: 'Department', description: 'Where they work' };
    expect(await offered([...CLAIM_TYPES, added])).to.have.length(3);
  });

  it('names both types of token', async () => {
    const types = children(tokenService(parseXml(await write())), NS.fed, 'TokenTypesOffered').flatMap(childElements);
    expect(types.map((type) => attribute(type, 'Uri'))).to.deep.equal(['urn:oasis:names:tc:SAML:1.0:assertion', 'urn:oasis:names:tc:SAML:2.0:assertion']);
  });

  it('is canonical as it stands, but for its declared prefixes', async () => {
    const xml = await write();
    expect(canonicalByLibxml2(xml, ['fed'])).to.equal(xml);
  });

  it('is served without a sign-in, in any letter case, with the next key in the very next answer (FMD-01, MET-15)', async () => {
    const clock = fakeClock();
    let published = [{ keyId: signer.keyId, state: 'active' as const, certificate: signer.certificate }];
    const { id: _id, certificates: _certificates, now: _now, saml: _saml, ...rest } = aDescription();
    let ids = 0;
    const route = createFederationMetadataRoute({
      clock,
      keyRing: { signerFor: () => Promise.resolve(signer), published: () => Promise.resolve(published) },
      makeId: () => `_f${String((ids += 1))}`,
      describe: rest,
      describeSaml: samlRoles,
    });
    expect(route).to.deep.include({ path: FEDERATION_METADATA_PATH, anyCase: true, methods: ['GET'] });
    const get = async (headers: Readonly<Record<string, string>> = {}): Promise<{ status: number; body: string; etag: string }> => {
      const reply = await route.handle(toRequest({ path: FEDERATION_METADATA_PATH, headers }));
      if (reply.kind !== 'text') throw new Error(`expected text, got ${reply.kind}`);
      expect(reply.type).to.equal('application/samlmetadata+xml');
      return { status: reply.status, body: reply.body, etag: reply.headers?.['etag'] ?? '' };
    };
    const first = await get();
    expect(schemaProblems(first.body)).to.deep.equal([]);
    expect(await get({ 'if-none-match': first.etag })).to.include({ status: 304, body: '' });
    published = [...published, { keyId: asId('key-2'), state: 'active', certificate: next }];
    const { body } = await get();
    expect(body.split(next), 'in both roles').to.have.length(3);
    expect(first.body).not.to.include(next);
  });
});

/** Every element below, by local name, in document order. */
function names(element: XmlElement): readonly string[] {
  return childElements(element).flatMap((child) => [child.local, ...names(child)]);
}

function deepText(element: XmlElement, local: string): string {
  const found = [...walk(element)].find((inner) => inner.local === local);
  return found === undefined ? '' : leafText(found);
}

function* walk(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const child of childElements(element)) yield* walk(child);
}
