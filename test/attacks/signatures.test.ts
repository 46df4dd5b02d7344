/** Threats, section 2: signed requests that were not signed by whom they name, or not as they stand. */
import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import type { RelyingParty } from '../../src/core/model/relying-party.js';
import { ALG, NS } from '../../src/xml/names.js';
import { aRelyingParty, POST_BINDING } from '../support/builders.js';
import { authnRequest, isForm, isPage, keyPairOf, testIdp, type TestIdp } from '../support/saml-idp.js';
import { signQuery, signXml, type SigningPair } from '../support/signed-requests.js';
import { pem, xmlCryptoAccepts } from '../support/xml-oracles.js';
import { byPost, byRedirect, expectRefused, statusOf } from './attempt.js';

const CHECK = 'request.signature-valid';
const ISSUER = 'https://app.example/metadata';
const OTHER_ACS = 'https://app.example/other';
const replyAddresses = [
  { binding: POST_BINDING, url: 'https://app.example/acs', index: 0, isDefault: true },
  { binding: POST_BINDING, url: OTHER_ACS, index: 1 },
];

describe('attacks on signatures', () => {
  let idp: TestIdp;
  let pair: SigningPair;
  let stranger: SigningPair;
  let signed: string;

  before(async () => {
    pair = await keyPairOf('sp.example');
    stranger = await keyPairOf('stranger');
  });
  beforeEach(async () => {
    idp = await testIdp(party());
    signed = signXml(authnRequest(idp.clock), pair);
  });

  const party = (changes: Partial<RelyingParty> = {}): RelyingParty =>
    aRelyingParty({ replyAddresses, signingCertificates: [pair.certificate], requireSignedRequests: true, ...changes });

  /** Refused where signing is required and where it is not: a signature that is there must be right (CORE-11). */
  const refused = async (octets: string | Buffer, check: 'request.signature-valid' | 'request.schema' | 'request.decodable' = CHECK): Promise<void> => {
    const expected = { answer: 'page' as const, check, control: () => byPost(idp, signed) };
    await expectRefused(idp, () => byPost(idp, octets), expected);
    idp.parties.set(ISSUER, party({ requireSignedRequests: false }));
    await expectRefused(idp, () => byPost(idp, octets), expected);
    idp.parties.set(ISSUER, party());
  };

  const signatureOf = (xml: string): string => /<ds:Signature .*<\/ds:Signature>/su.exec(xml)?.[0] ?? '';

  it('the control: what was signed is taken, by POST and by Redirect (SSO-13)', async () => {
    expect(statusOf(isForm(await byPost(idp, signed)).xml)).to.deep.equal(['Success']);
    expect(statusOf(isForm(await idp.get('/saml/sso', signQuery(authnRequest(idp.clock), pair).query)).xml)).to.deep.equal(['Success']);
    expect(xmlCryptoAccepts(signed, '_request1', pair.certificate)).to.equal(true);
  });

  describe('S02: the eight shapes of signature wrapping, and more of the kind (XML-07)', () => {
    /** Asks for the other reply address: visible at once if it were acted on. */
    const evil = (inner: string, id = '_evil'): string =>
      authnRequest(idp.clock, { attributes: { ID: id, AssertionConsumerServiceURL: OTHER_ACS } }).replace('</saml:Issuer>', `</saml:Issuer>${inner}`);
    const bare = (): string => signed.replace(signatureOf(signed), '');
    const holding = (what: string): string => signatureOf(signed).replace('</ds:Signature>', `<ds:Object>${what}</ds:Object></ds:Signature>`);
    const extension = (what: string): string => `<samlp:Extensions>${what}</samlp:Extensions>`;
    const shapes: readonly (readonly [string, () => string])[] = [
      ['1: the original inside the signature of the evil one', () => evil(holding(bare()))],
      ['2: signature and original side by side in the evil one', () => evil(signatureOf(signed) + bare())],
      ['3: the signed original as a child, evil around it', () => evil(signed)],
      ['4: evil as a child of the signed original', () => signed.replace('</samlp:AuthnRequest>', `${evil('')}</samlp:AuthnRequest>`)],
      [
        '5: the signature moved to the evil one, the original at its end',
        () => evil(signatureOf(signed)).replace('</samlp:AuthnRequest>', `${bare()}</samlp:AuthnRequest>`),
      ],
      ['6: the original inside a copied signature', () => evil(holding(signed))],
      ['7: the original inside Extensions, the signature on the evil one', () => evil(signatureOf(signed) + extension(bare()))],
      ['8: the original inside an Object, evil under its ID', () => evil(holding(bare()), '_request1')],
      ['the signed original inside Extensions', () => evil(extension(signed))],
      ['only its signature inside Extensions (S10)', () => evil(extension(signatureOf(signed)))],
      ['evil under the same ID, the original in Extensions', () => evil(signatureOf(signed) + extension(bare()), '_request1')],
      ['evil under the same ID in another spelling', () => evil(signatureOf(signed) + extension(bare())).replace('ID="_evil"', 'Id="_request1" ID="_evil"')],
      ['the signature inside the Issuer', () => evil('').replace('</saml:Issuer>', `${signatureOf(signed)}</saml:Issuer>`)],
      ['the evil one with the signature, nothing else', () => evil(signatureOf(signed))],
      ['the evil one with the signature, under its ID', () => evil(signatureOf(signed), '_request1')],
    ];
    for (const [name, make] of shapes) {
      it(name, async () => {
        await refused(make(), name.includes('inside the Issuer') ? 'request.schema' : CHECK);
      });
    }
  });

  describe('bent signatures', () => {
    const replaced = (pattern: string | RegExp, by: string) => (xml: string) => xml.replace(pattern, by);
    const xslt = 'http://www.w3.org/TR/1999/REC-xslt-19991116';
    const xpath = 'http://www.w3.org/TR/1999/REC-xpath-19991116';
    const base64 = 'http://www.w3.org/2000/09/xmldsig#base64';
    const transform = (algorithm: string): string => `<ds:Transform Algorithm="${algorithm}"/>`;
    const cases: readonly (readonly [string, (xml: string) => string])[] = [
      ['S04: an empty value', replaced(/<ds:SignatureValue>[^<]*/u, '<ds:SignatureValue>')],
      ['S04: a value of zeros', replaced(/<ds:SignatureValue>[^<]*/u, `<ds:SignatureValue>${Buffer.alloc(256).toString('base64')}`)],
      ['S04: an empty digest', replaced(/<ds:DigestValue>[^<]*/u, '<ds:DigestValue>')],
      ['S04: no reference', replaced(/<ds:Reference .*<\/ds:Reference>/su, '')],
      ['S04: no SignedInfo', replaced(/<ds:SignedInfo>.*<\/ds:SignedInfo>/su, '')],
      ['S04: a signature with nothing in it', replaced(/<ds:Signature .*<\/ds:Signature>/su, `<ds:Signature xmlns:ds="${NS.ds}"/>`)],
      ['S04: a reference to something else', replaced('URI="#_request1"', 'URI="#_other"')],
      ['XML-03: an empty reference', replaced('URI="#_request1"', 'URI=""')],
      ['XML-03: a reference without URI', replaced(' URI="#_request1"', '')],
      ['XML-05: an XPointer', replaced('URI="#_request1"', 'URI="#xpointer(id(\'_request1\'))"')],
      ['X12: a reference to the outside', replaced('URI="#_request1"', 'URI="http://evil.example/"')],
      ['S09: two references', replaced(/(<ds:Reference .*<\/ds:Reference>)/su, '$1$1')],
      ['S09: two SignedInfo', replaced(/(<ds:SignedInfo>.*<\/ds:SignedInfo>)/su, '$1$1')],
      [
        'S09: SignedInfo in an Object',
        (xml) => xml.replace(/(<ds:SignedInfo>.*<\/ds:SignedInfo>)(.*)<\/ds:Signature>/su, '$2<ds:Object>$1</ds:Object></ds:Signature>'),
      ],
      ['S09: an element in DigestValue', replaced('<ds:DigestValue>', '<ds:DigestValue><a/>')],
      ['S09: an element in SignatureValue', replaced('<ds:SignatureValue>', '<ds:SignatureValue><a/>')],
      ['S10: two signatures', (xml) => xml.replace(signatureOf(xml), (found) => found + found)],
      ['S10: a decoy before it', (xml) => xml.replace(signatureOf(xml), (found) => `<ds:Signature xmlns:ds="${NS.ds}"/>${found}`)],
      ['S08: an XSLT transform', replaced(transform(ALG.enveloped), transform(xslt))],
      ['S08, XML-04: an XPath transform more', replaced('</ds:Transforms>', `${transform(xpath)}</ds:Transforms>`)],
      ['S08: a base64 transform', replaced(transform(ALG.enveloped), transform(base64))],
      ['S08: a thousand transforms', replaced('</ds:Transforms>', `${transform(ALG.exclusive).repeat(1000)}</ds:Transforms>`)],
      ['S08: no transform', replaced(/<ds:Transform .*<\/ds:Transforms>/su, '</ds:Transforms>')],
      ['S08, XML-04: inclusive canonical form', (xml) => xml.replaceAll(ALG.exclusive, 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315')],
      ['S08: canonical form with comments', (xml) => xml.replaceAll(ALG.exclusive, `${ALG.exclusive}WithComments`)],
      ['S07: an algorithm called constructor', replaced(`SignatureMethod Algorithm="${ALG.rsaSha256}"`, 'SignatureMethod Algorithm="constructor"')],
      ['S07: a digest called constructor', replaced(`DigestMethod Algorithm="${ALG.sha256}"`, 'DigestMethod Algorithm="constructor"')],
      ['S07: an algorithm called none', replaced(`SignatureMethod Algorithm="${ALG.rsaSha256}"`, 'SignatureMethod Algorithm="none"')],
      ['S07: no algorithm', replaced(`SignatureMethod Algorithm="${ALG.rsaSha256}"`, 'SignatureMethod')],
      ['S07: another algorithm than was used', replaced(ALG.rsaSha256, ALG.rsaSha512)],
      ['S07: an EC algorithm for an RSA key', replaced(ALG.rsaSha256, ALG.ecdsaSha256)],
      ['CORE-11, S11: one changed character', replaced('Version="2.0"', 'Version="2.0" ForceAuthn="true"')],
      [
        'CORE-11: one changed octet of the digest',
        (xml) => xml.replace(/<ds:DigestValue>(.)/u, (_, first: string) => `<ds:DigestValue>${first === 'A' ? 'B' : 'A'}`),
      ],
    ];
    for (const [name, bend] of cases) {
      it(name, async () => {
        const bent = bend(signed);
        expect(bent).to.not.equal(signed);
        await refused(bent);
      });
    }
  });

  describe('other keys and algorithms', () => {
    it('S04: no signature where one is required, by both bindings', async () => {
      for (const send of [byPost, byRedirect]) {
        await expectRefused(idp, () => send(idp, authnRequest(idp.clock)), {
          answer: 'page',
          check: 'request.signature-present',
          control: () => byPost(idp, signed),
        });
      }
    });

    it('S05, XML-10: a good signature by a key of its own in KeyInfo, even under the same name', async () => {
      await refused(signXml(authnRequest(idp.clock), stranger));
      await refused(signXml(authnRequest(idp.clock), { privateKey: stranger.privateKey, certificate: pair.certificate }));
      await refused(signed.replaceAll(pair.certificate, stranger.certificate).replace(/<ds:SignatureValue>[^<]*/u, '<ds:SignatureValue>QUJD'));
    });

    it('S05: KeyInfo neither adds nor takes away: another certificate in it changes nothing', async () => {
      const other = signed.replaceAll(/<ds:X509Certificate>[^<]*|<X509Certificate>[^<]*/gu, (found) => found.replace(/>.*/su, `>${stranger.certificate}`));
      expect(statusOf(isForm(await byPost(idp, other)).xml)).to.deep.equal(['Success']);
      const none = signed.replace(/<ds:KeyInfo>.*<\/ds:KeyInfo>/su, '');
      expect(none).to.not.equal(signed);
      expect(statusOf(isForm(await byPost(idp, none)).xml)).to.deep.equal(['Success']);
    });

    it('S06: the key of another application, and our own', async () => {
      idp.parties.set('https://other.example', aRelyingParty({ entityId: 'https://other.example', signingCertificates: [stranger.certificate] }));
      await refused(signXml(authnRequest(idp.clock), stranger));
      await refused(signXml(authnRequest(idp.clock), await keyPairOf('idp.example')));
    });

    it('S06: a key for encryption verifies nothing', async () => {
      idp.parties.set(ISSUER, party({ signingCertificates: [], encryptionKeys: [{ certificate: pair.certificate, methods: [] }] }));
      isPage(await byPost(idp, signed));
      expect([idp.refused.at(-1)?.check, idp.issued.length]).to.deep.equal([CHECK, 0]);
    });

    it('S07, XML-11: SHA-1 for the signature or for the digest, on POST and on Redirect', async () => {
      const sha1 = 'http://www.w3.org/2000/09/xmldsig#rsa-sha1';
      await refused(signXml(authnRequest(idp.clock), pair, { signature: sha1 }));
      await refused(signXml(authnRequest(idp.clock), pair, { digest: ALG.sha1 }));
      const query = signQuery(authnRequest(idp.clock), pair, { algorithm: sha1, hash: 'sha1' }).query;
      await expectRefused(idp, () => idp.get('/saml/sso', query), { answer: 'page', check: CHECK, control: () => byPost(idp, signed) });
    });

    it('S07, XML-05: HMAC with the public key, as text or as octets', async () => {
      const hmac = 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256';
      const { request, query } = signQuery(authnRequest(idp.clock), pair, { algorithm: hmac });
      const octets = `${request}&SigAlg=${encodeURIComponent(hmac)}`;
      for (const secret of [pem(pair.certificate), pair.certificate, Buffer.from(pair.certificate, 'base64')]) {
        const value = encodeURIComponent(createHmac('sha256', secret).update(octets).digest('base64'));
        await expectRefused(idp, () => idp.get('/saml/sso', `${octets}&Signature=${value}`), {
          answer: 'page',
          check: CHECK,
          control: () => byPost(idp, signed),
        });
      }
      expect(query).to.include('hmac');
      await refused(signed.replace(ALG.rsaSha256, hmac));
    });

    it('S07: every algorithm name that is none of ours, on Redirect', async () => {
      for (const algorithm of [
        'constructor',
        '__proto__',
        'toString',
        '',
        'none',
        'rsa-sha256',
        'http://www.w3.org/2000/09/xmldsig#dsa-sha1',
        'http://www.w3.org/2001/04/xmldsig-more#rsa-md5',
      ]) {
        const { query } = signQuery(authnRequest(idp.clock), pair, { algorithm });
        await expectRefused(idp, () => idp.get('/saml/sso', query), { answer: 'page', check: CHECK, control: () => byPost(idp, signed) });
      }
    });

    it('XML-12: ECDSA in DER, cut, doubled or empty never verifies and never breaks anything', async () => {
      const curve = await keyPairOf('sp.example', 'P-256');
      idp.parties.set(ISSUER, party({ signingCertificates: [curve.certificate] }));
      const fine = signQuery(authnRequest(idp.clock), curve, { algorithm: ALG.ecdsaSha256 });
      const value = Buffer.from(decodeURIComponent(fine.signature.slice('Signature='.length)), 'base64');
      const control = (): ReturnType<TestIdp['get']> => idp.get('/saml/sso', fine.query);
      for (const bytes of [
        value.subarray(0, 63),
        Buffer.concat([value, Buffer.of(0)]),
        Buffer.concat([value, value]),
        Buffer.alloc(64),
        Buffer.alloc(1),
        Buffer.alloc(4096, 1),
      ]) {
        const query = `${fine.request}&${fine.algorithm}&Signature=${encodeURIComponent(bytes.toString('base64'))}`;
        await expectRefused(idp, () => idp.get('/saml/sso', query), { answer: 'page', check: CHECK, control });
      }
    });

    it('S14, IIP-MD07: every key of the application is tried, whatever its place and kind', async () => {
      const curve = await keyPairOf('sp.example', 'P-256');
      for (const signingCertificates of [
        [stranger.certificate, curve.certificate, pair.certificate],
        [pair.certificate, stranger.certificate],
      ]) {
        idp.parties.set(ISSUER, party({ signingCertificates }));
        expect(statusOf(isForm(await byPost(idp, signed)).xml)).to.deep.equal(['Success']);
      }
      idp.parties.set(ISSUER, party({ signingCertificates: [stranger.certificate, curve.certificate] }));
      isPage(await byPost(idp, signed));
      expect(idp.refused.at(-1)?.check).to.equal(CHECK);
    });
  });
});
