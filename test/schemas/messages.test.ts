import { expect } from 'chai';
import { NAME_ID } from '../../src/core/issuance/name-identifier.js';
import { draftToken, type ReleasedAttribute } from '../../src/core/issuance/token-draft.js';
import { ERROR_CODES, SignetError } from '../../src/core/errors.js';
import { CLAIM, LOCAL_AUTHORITY, makeClaim } from '../../src/core/model/claim.js';
import { asId } from '../../src/core/model/ids.js';
import type { EncryptionKey, RelyingParty } from '../../src/core/model/relying-party.js';
import type { KeyAlgorithm } from '../../src/core/model/signing-key.js';
import { randomId } from '../../src/crypto/random.js';
import { createSigner } from '../../src/crypto/signer.js';
import { answerFor } from '../../src/protocols/saml/idp/errors.js';
import { writeResponse } from '../../src/protocols/saml/messages/response.js';
import { createSaml20Builder } from '../../src/tokens/saml20.js';
import { canonicalize } from '../../src/xml/canonical.js';
import { ALG, NS } from '../../src/xml/names.js';
import { parseXml } from '../../src/xml/parse.js';
import { attribute, childElements, exactText, leafText } from '../../src/xml/read.js';
import { signEnveloped } from '../../src/xml/sign.js';
import { verifyEnveloped } from '../../src/xml/verify.js';
import { anIssuanceRequest, aPerson, aRelyingParty, issuers, NOW } from '../support/builders.js';
import { decryptFirst, findAnywhere } from '../support/decrypt.js';
import { authnRequest, isForm, isPage, keyPairOf, redirectQuery, testIdpWith, type TestIdpOptions } from '../support/saml-idp.js';
import { canonicalByLibxml2, schemaProblems, xmlCryptoAccepts } from '../support/xml-oracles.js';

/** Valid against the schemas, and canonical as it stands. */
function expectSound(xml: string): void {
  expect(schemaProblems(xml)).to.deep.equal([]);
  expect(canonicalize(parseXml(xml), { inclusivePrefixes: ['xs', 'xsi'] })).to.equal(xml);
  expect(canonicalByLibxml2(xml, ['xs', 'xsi'])).to.equal(xml);
}

/** The Response to a request, through the routes. */
async function responseFor(
  changes: Partial<RelyingParty> = {},
  asked: { children?: string; attributes?: Readonly<Record<string, string>> } = {},
  options: TestIdpOptions = {},
): Promise<{ readonly xml: string; readonly certificate: string }> {
  const idp = await testIdpWith(options, aRelyingParty(changes));
  const reply = await idp.get('/saml/sso', redirectQuery(authnRequest(idp.clock, asked)));
  return { xml: isForm(reply).xml, certificate: idp.certificate };
}

const policy = (format: string): string => `<samlp:NameIDPolicy AllowCreate="true" Format="${format}"/>`;

/** Every dateTime in a message. */
const times = (xml: string): readonly string[] => [...xml.matchAll(/(?:Instant|NotBefore|NotOnOrAfter|validUntil)="([^"]*)"/gu)].map(([, time = '']) => time);

describe('what leaves is valid against the OASIS schemas', () => {
  it('the check can fail: another order is not valid', async () => {
    const { xml } = await responseFor();
    expect(schemaProblems(xml.replace(/(<samlp:Status>.*<\/samlp:Status>)(.*)(<\/samlp:Response>)/su, '$2$1$3'))).to.not.deep.equal([]);
    expect(schemaProblems(xml.replace('Version="2.0"', ''))).to.not.deep.equal([]);
  });

  for (const sign of ['assertion', 'response', 'both'] as const) {
    it(`a Response with ${sign} signed, by RSA and by EC keys (CORE-07, CORE-33, SSO-11, XML-14)`, async () => {
      for (const algorithm of ['RSA-2048', 'P-256', 'P-384'] satisfies KeyAlgorithm[]) {
        const { xml, certificate } = await responseFor({ sign }, {}, { algorithm });
        expectSound(xml);
        const response = parseXml(xml);
        const assertion = findAnywhere(response, NS.saml, 'Assertion');
        for (const [element, signed] of [
          [response, sign !== 'assertion'],
          [assertion, sign !== 'response'],
        ] as const) {
          const id = element === undefined ? '' : (attribute(element, 'ID') ?? '');
          if (signed && element !== undefined) expect(verifyEnveloped(element, [certificate]).local).to.equal(element.local);
          if (signed && !algorithm.startsWith('P-')) expect(xmlCryptoAccepts(xml, id, certificate)).to.equal(true);
        }
      }
    });
  }

  const digests: Readonly<Record<string, string>> = { '256': ALG.sha256, '384': ALG.sha384, '512': ALG.sha512 };
  for (const [signatureAlgorithm, algorithm] of [
    [ALG.rsaSha256, 'RSA-2048'],
    [ALG.rsaSha384, 'RSA-2048'],
    [ALG.rsaSha512, 'RSA-2048'],
    [ALG.ecdsaSha256, 'P-256'],
    [ALG.ecdsaSha384, 'P-384'],
    [ALG.ecdsaSha512, 'P-384'],
  ] as const) {
    it(`signed by ${signatureAlgorithm.split('#')[1] ?? ''} (XML-01, IIP-ALG03)`, async () => {
      const digestAlgorithm = digests[signatureAlgorithm.slice(-3)] ?? '';
      const { xml, certificate } = await responseFor({ signatureAlgorithm, digestAlgorithm }, {}, { algorithm });
      expectSound(xml);
      expect(xml).to.include(`SignatureMethod Algorithm="${signatureAlgorithm}"`).and.include(`DigestMethod Algorithm="${digestAlgorithm}"`);
      expect(verifyEnveloped(parseXml(xml), [certificate]).local).to.equal('Response');
    });
  }

  it('started here, without InResponseTo (CORE-08, SSO-14)', async () => {
    const idp = await testIdpWith({}, aRelyingParty());
    expectSound(isForm(await idp.get('/saml/sso/init', 'sp=https%3A%2F%2Fapp.example%2Fmetadata')).xml);
  });

  it('times are in UTC with Z and at most milliseconds (CORE-02)', async () => {
    const { xml } = await responseFor();
    expect(times(xml)).to.have.length.greaterThan(5);
    for (const time of times(xml)) expect(time).to.match(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/u);
  });

  it('ids are XML names of 160 random bits, never twice (CORE-03)', () => {
    const ids = Array.from({ length: 10_000 }, randomId);
    expect(new Set(ids).size).to.equal(10_000);
    for (const id of ids) expect(id).to.match(/^_[0-9a-f]{40}$/u);
  });

  it('the issuer has no format and no qualifier (CORE-05)', async () => {
    const { xml } = await responseFor();
    const issuers = xml.match(/<saml:Issuer[^>]*>/gu) ?? [];
    expect(issuers).to.deep.equal([`<saml:Issuer xmlns:saml="${NS.saml}">`, '<saml:Issuer>']);
  });
});

describe('encrypted answers', () => {
  const contents = [ALG.aes128Gcm, ALG.aes192Gcm, ALG.aes256Gcm, ALG.aes128Cbc, ALG.aes192Cbc, ALG.aes256Cbc];
  const transports = [ALG.rsaOaepMgf1p, ALG.rsaOaep];
  for (const content of contents) {
    for (const transport of transports) {
      it(`${content.split('#')[1] ?? ''} under ${transport.split('#')[1] ?? ''} (XML-15, XML-16, CORE-37, CORE-38)`, async () => {
        const pair = await keyPairOf('sp.example');
        const key: EncryptionKey = { certificate: pair.certificate, methods: [content, transport] };
        const { xml, certificate } = await responseFor({ encryptionKeys: [key], sign: 'assertion' });
        expectSound(xml);
        const inner = decryptFirst(xml, pair.privateKey);
        expect([inner.content, inner.transport]).to.deep.equal([content, transport]);
        expectSound(inner.text);
        expect(verifyEnveloped(parseXml(inner.text), [certificate]).local).to.equal('Assertion');
        expect(xmlCryptoAccepts(inner.text, attribute(parseXml(inner.text), 'ID') ?? '', certificate)).to.equal(true);
      });
    }
  }

  const key = async (changes: Partial<EncryptionKey> = {}): Promise<EncryptionKey> => ({
    certificate: (await keyPairOf('sp.example')).certificate,
    methods: [],
    ...changes,
  });

  it('by default AES-256-GCM under rsa-oaep-mgf1p with SHA-1, named in full (XML-16, SDP-ALG01)', async () => {
    const { xml } = await responseFor({ encryptionKeys: [await key()] });
    const inner = decryptFirst(xml, (await keyPairOf('sp.example')).privateKey);
    expect(inner).to.include({ content: ALG.aes256Gcm, transport: ALG.rsaOaepMgf1p, digest: ALG.sha1, mask: undefined });
    expect(xml).to.include(`Type="${NS.xenc}Element"`).and.include('Recipient="https://app.example/metadata"');
  });

  it('takes the first of what the key lists, CBC only where nothing better is listed (MDX-05, IIP-ALG05)', async () => {
    const { privateKey } = await keyPairOf('sp.example');
    const listed = [ALG.aes256Cbc, 'http://www.w3.org/2001/04/xmlenc#tripledes-cbc', ALG.aes128Gcm, ALG.aes256Gcm, ALG.rsaOaep, ALG.rsaOaepMgf1p];
    const { xml } = await responseFor({ encryptionKeys: [await key({ methods: listed })] });
    expect(decryptFirst(xml, privateKey)).to.include({ content: ALG.aes128Gcm, transport: ALG.rsaOaep, mask: ALG.mgf1Sha256, digest: ALG.sha256 });
  });

  it('keeps digest and mask function apart, as the metadata names them (XML-17, IIP-ALG06)', async () => {
    const { privateKey } = await keyPairOf('sp.example');
    for (const [transport, digest, mask] of [
      [ALG.rsaOaepMgf1p, ALG.sha256, undefined],
      [ALG.rsaOaepMgf1p, ALG.sha512, undefined],
      [ALG.rsaOaep, ALG.sha256, ALG.mgf1Sha1],
      [ALG.rsaOaep, ALG.sha1, ALG.mgf1Sha512],
      [ALG.rsaOaep, ALG.sha384, ALG.mgf1Sha384],
    ] as const) {
      const oaep = [{ transport, digest, ...(mask === undefined ? {} : { mask }) }];
      const { xml } = await responseFor({ encryptionKeys: [await key({ methods: [transport], oaep })] });
      expectSound(xml);
      expect(decryptFirst(xml, privateKey)).to.include({ transport, digest, mask });
    }
  });

  it('each time with a fresh key and fresh octets (CORE-37)', async () => {
    const encryptionKeys = [await key()];
    const [one, two] = [await responseFor({ encryptionKeys }), await responseFor({ encryptionKeys })];
    const values = (xml: string): readonly string[] => xml.match(/<xenc:CipherValue>[^<]*/gu) ?? [];
    expect(new Set([...values(one.xml), ...values(two.xml)]).size).to.equal(4);
  });

  it('with CBC the Response is signed whatever the setting says, with GCM as it says (CORE-38, E93)', async () => {
    const signed = (xml: string): boolean => childElements(parseXml(xml)).some((child) => child.local === 'Signature');
    const cbc = await responseFor({ encryptionKeys: [await key({ methods: [ALG.aes128Cbc] })], sign: 'assertion' });
    const gcm = await responseFor({ encryptionKeys: [await key({ methods: [ALG.aes128Gcm] })], sign: 'assertion' });
    expect([signed(cbc.xml), signed(gcm.xml)]).to.deep.equal([true, false]);
    expect(verifyEnveloped(parseXml(cbc.xml), [cbc.certificate]).local).to.equal('Response');
  });

  it('a name asked for encrypted is an EncryptedID of our own format, and refused without a key (CORE-21, CONF-08)', async () => {
    const { privateKey } = await keyPairOf('sp.example');
    const { xml } = await responseFor({ encryptionKeys: [await key()] }, { children: policy(NAME_ID.encrypted) });
    const assertion = decryptFirst(xml, privateKey).text;
    expectSound(assertion);
    expect(assertion).to.include('<saml:EncryptedID>').and.not.include('<saml:NameID');
    const name = parseXml(decryptFirst(assertion, privateKey).text);
    expect([name.local, leafText(name), attribute(name, 'Format')]).to.deep.equal(['NameID', 'maria', NAME_ID.unspecified]);
    expectSound(decryptFirst(assertion, privateKey).text);
    for (const changes of [{}, { encrypt: 'never' as const, encryptionKeys: [await key()] }]) {
      const refused = await responseFor(changes, { children: policy(NAME_ID.encrypted) });
      expect(refused.xml).to.include('status:InvalidNameIDPolicy').and.not.include('Assertion ');
    }
  });

  it('a key that lists only what is not written here fails before anything is issued (IIP-MD10, IIP-ALG08, XML-19)', async () => {
    for (const methods of [
      ['http://www.w3.org/2001/04/xmlenc#tripledes-cbc'],
      ['http://www.w3.org/2001/04/xmlenc#rsa-1_5'],
      [ALG.aes256Gcm, 'http://www.w3.org/2001/04/xmlenc#rsa-1_5'],
    ]) {
      const idp = await testIdpWith({}, aRelyingParty({ encryptionKeys: [await key({ methods })] }));
      const { xml } = isForm(await idp.get('/saml/sso', redirectQuery(authnRequest(idp.clock))));
      expect(xml).to.include('status:RequestUnsupported').and.not.include('Assertion ');
      expect([idp.refused.at(-1)?.check, idp.issued.length]).to.deep.equal(['encryption.possible', 0]);
    }
  });

  it('takes the first key that can be used (MET-06)', async () => {
    const usable = await key({ methods: [ALG.aes128Gcm] });
    const { xml } = await responseFor({ encryptionKeys: [await key({ methods: ['urn:unknown'] }), usable] });
    expect(decryptFirst(xml, (await keyPairOf('sp.example')).privateKey).content).to.equal(ALG.aes128Gcm);
  });
});

describe('error answers', () => {
  const TOP = ['Success', 'Requester', 'Responder', 'VersionMismatch'].map((name) => `urn:oasis:names:tc:SAML:2.0:status:${name}`);

  for (const code of ERROR_CODES) {
    const answer = answerFor(new SignetError(code, 'whatever'), 'SGN-TEST-2345');
    if (answer.kind === 'page') continue;
    it(`${code} (CORE-09, CORE-10)`, async () => {
      const signer = createSigner({ keyId: asId('k'), ...(await keyPairOf('idp.example')) });
      const written = writeResponse({
        id: '_response',
        issuer: 'https://idp.example/saml/metadata',
        destination: 'https://app.example/acs?a=1&b=2',
        inResponseTo: '_request',
        issuedAt: NOW,
        status: answer.status,
        assertion: '',
      });
      const xml = await signEnveloped({ ...written, id: '_response', signer });
      expectSound(xml);
      const status = findAnywhere(parseXml(xml), NS.samlp, 'Status');
      const outer = status === undefined ? undefined : childElements(status)[0];
      expect(outer === undefined ? '' : attribute(outer, 'Value')).to.be.oneOf(TOP.slice(1));
      expect(xml).to.include('<samlp:StatusMessage>Reference SGN-TEST-2345</samlp:StatusMessage>').and.not.include('whatever');
    });
  }

  it('through the routes: no application gets an answer it cannot verify, and no request ends in nothing (SSO-06)', async () => {
    // Signatures it cannot be given, an error it cannot be told: the person still gets a page.
    const idp = await testIdpWith({}, aRelyingParty({ signingMethods: [ALG.ecdsaSha256] }));
    isPage(await idp.get('/saml/sso', redirectQuery(authnRequest(idp.clock))));
    expect([idp.refused.at(-1)?.check, idp.issued.length]).to.deep.equal(['signing.possible', 0]);
    isPage(await idp.get('/saml/sso', redirectQuery(authnRequest(idp.clock, { attributes: { Version: '2.1' } }))));
    expect(idp.refused.at(-1)?.check).to.equal('request.version');
  });

  it('a value that XML cannot carry is refused by name, before anything is issued (X14)', async () => {
    const claims = [makeClaim(CLAIM.name, 'maria', LOCAL_AUTHORITY), makeClaim(CLAIM.displayName, 'a\u0001b', LOCAL_AUTHORITY)];
    const idp = await testIdpWith({ claims }, aRelyingParty());
    const page = isPage(await idp.get('/saml/sso', redirectQuery(authnRequest(idp.clock))));
    expect(page.model['code']).to.equal('access_denied');
    expect([idp.refused.at(-1)?.check, idp.issued.length]).to.deep.equal(['claims.text', 0]);
  });
});

describe('names and attributes', () => {
  const person = aPerson({
    x509SubjectName: ['CN=Maria Silva,O=Example,C=PT'],
    windowsAccountName: ['EXAMPLE\\maria'],
    kerberosPrincipal: ['maria/admin@EXAMPLE.COM'],
  });
  const formats: readonly (readonly [string, RegExp])[] = [
    [NAME_ID.unspecified, /^maria$/u],
    [NAME_ID.email, /^maria@example\.com$/u],
    [NAME_ID.persistent, /^_[0-9a-f]{40}$/u],
    [NAME_ID.transient, /^_[0-9a-f]{40}$/u],
    [NAME_ID.x509Subject, /^CN=Maria Silva,O=Example,C=PT$/u],
    [NAME_ID.windows, /^EXAMPLE\\maria$/u],
    [NAME_ID.kerberos, /^maria\/admin@EXAMPLE\.COM$/u],
  ];
  for (const [format, value] of formats) {
    it(`a name of format ${format} (CONF-07, CORE-18, CORE-24)`, async () => {
      const { xml } = await responseFor({}, { children: policy(format) }, { person });
      expectSound(xml);
      const name = findAnywhere(parseXml(xml), NS.saml, 'NameID');
      expect(name === undefined ? '' : leafText(name)).to.match(value);
      expect(name === undefined ? '' : attribute(name, 'Format')).to.equal(format);
    });
  }

  it('pairwise names carry both qualifiers, ours as this application knows us, and never differ by case alone (CORE-22, IIP-IDP21)', async () => {
    const { xml } = await responseFor({ issuer: 'https://old.example/adfs' }, { children: policy(NAME_ID.persistent) });
    const name = findAnywhere(parseXml(xml), NS.saml, 'NameID');
    if (name === undefined) throw new Error('no NameID');
    expect([attribute(name, 'NameQualifier'), attribute(name, 'SPNameQualifier')]).to.deep.equal(['https://old.example/adfs', 'https://app.example/metadata']);
    expect(leafText(name)).to.match(/^_[0-9a-f]{40}$/u);
  });

  const build = async (attributes: readonly ReleasedAttribute[]): Promise<string> => {
    const signer = createSigner({ keyId: asId('k'), ...(await keyPairOf('idp.example')) });
    const keyRing = { signerFor: () => Promise.resolve(signer), published: () => Promise.resolve([]) };
    const content = { released: { attributes }, name: { value: 'maria', format: NAME_ID.unspecified }, sessionIndex: '_s' };
    const draft = draftToken({ issuers: issuers('https://idp.example'), makeId: randomId, now: () => NOW }, anIssuanceRequest(), content);
    return (await createSaml20Builder({ keyRing })(draft)).serialized;
  };

  it('attributes with no, one and three values, an empty one, any name and any format (CORE-36, CORE-39, IIP-IDP01)', async () => {
    const uri = 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri';
    const xml = await build([
      { name: 'urn:oid:2.5.4.4', nameFormat: uri, friendlyName: 'sn', values: [] },
      { name: 'mail', nameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic', values: ['a@example.com'] },
      { name: 'groups & "more"', nameFormat: 'urn:example:format', values: ['one', 'two', 'three'] },
      { name: 'plain words', nameFormat: uri, values: [''] },
    ]);
    expectSound(xml);
    const statement = findAnywhere(parseXml(xml), NS.saml, 'AttributeStatement');
    const values = statement === undefined ? [] : childElements(statement).map((one) => childElements(one).map(leafText));
    expect(values).to.deep.equal([[], ['a@example.com'], ['one', 'two', 'three'], ['']]);
    expect(new Set(xml.match(/xsi:type="[^"]*"/gu))).to.deep.equal(new Set(['xsi:type="xs:string"']));
  });

  it('no attributes: no AttributeStatement, which may not be empty (CORE-33)', async () => {
    const xml = await build([]);
    expectSound(xml);
    expect(xml).to.not.include('AttributeStatement');
  });

  it('values of 256 characters, beyond the basic plane, with tab and line feed, come back whole (IIP-G02)', async () => {
    const values = ['\u{1F600}'.repeat(256), 'é'.repeat(255), 'e\u0301'.repeat(128), 'a\tb\nc'];
    const xml = await build([{ name: 'n', nameFormat: 'urn:x', values }]);
    expectSound(xml);
    const attributeElement = findAnywhere(parseXml(xml), NS.saml, 'Attribute');
    expect(attributeElement === undefined ? [] : childElements(attributeElement).map(exactText)).to.deep.equal(values);
  });
});
