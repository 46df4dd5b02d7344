import { createHash, createHmac, sign as rawSign, createPrivateKey } from 'node:crypto';
import { expect } from 'chai';
import { SignedXml } from 'xml-crypto';
import { SignetError } from '../../src/core/errors.js';
import { asId } from '../../src/core/model/ids.js';
import { makeKeyPair } from '../../src/crypto/certificate.js';
import { createSigner } from '../../src/crypto/signer.js';
import { canonicalize } from '../../src/xml/canonical.js';
import { ALG, NS } from '../../src/xml/names.js';
import { parseXml, type XmlElement } from '../../src/xml/parse.js';
import { childElements } from '../../src/xml/read.js';
import { signEnveloped } from '../../src/xml/sign.js';
import { verifyDetached, verifyEnveloped } from '../../src/xml/verify.js';
import { NOW } from '../support/builders.js';
import { canonicalByLibxml2, pem } from '../support/xml-oracles.js';

const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol';
describe('strict signature profile', () => {
  let certificate: string;
  let privateKey: Buffer;
  let signed: string;
  const head = `<p:Req xmlns:p="${PROTOCOL}" ID="_1"><p:Issuer>sp</p:Issuer>`;
  const tail = '<p:Name>maria</p:Name></p:Req>';

  before(async () => {
    ({ certificate, privateKey } = await makeKeyPair({ algorithm: 'RSA-2048', commonName: 'x', notBefore: NOW, notAfter: NOW + 86_400_000 }));
    const signer = createSigner({ keyId: asId('k'), certificate, privateKey });
    signed = await signEnveloped({ before: head, after: tail, id: '_1', signer });
  });

  const verify = (xml: string, keys: readonly string[] = [certificate]): XmlElement => verifyEnveloped(parseXml(xml, { comments: 'drop' }), keys);
  const refused = (xml: string, message: RegExp, keys?: readonly string[]): void => {
    try {
      verify(xml, keys);
    } catch (error) {
      expect(error).to.be.instanceOf(SignetError);
      expect(error).to.include({ code: 'invalid_signature' });
      expect((error as Error).message).to.match(message);
      return;
    }
    throw new Error('accepted');
  };

  it('gives what was signed, parsed again, without the signature (XML-07)', () => {
    const element = verify(signed);
    expect(canonicalize(element)).to.equal(head + tail);
    expect(element.parent).to.equal(undefined);
  });

  it('takes what xml-crypto signs (XML-13)', () => {
    const signer = new SignedXml({ privateKey: pem(privateKey.toString('base64'), 'PRIVATE KEY'), publicCert: pem(certificate) });
    signer.signatureAlgorithm = ALG.rsaSha256;
    signer.canonicalizationAlgorithm = ALG.exclusive;
    signer.addReference({ xpath: "//*[local-name(.)='Req']", transforms: [ALG.enveloped, ALG.exclusive], digestAlgorithm: ALG.sha256 });
    signer.computeSignature(`<p:Req xmlns:p="${PROTOCOL}" xmlns:xs="urn:xs" ID="_1"><p:Issuer>a &amp; b</p:Issuer><q xmlns="urn:q" z="1" a="2"/></p:Req>`);
    expect(childElements(verify(signer.getSignedXml())).map((child) => child.local)).to.deep.equal(['Issuer', 'q']);
  });

  it('takes prefix lists on both canonical forms, as libxml2 makes them (XML-13)', () => {
    const list = `<ec:InclusiveNamespaces xmlns:ec="${ALG.exclusive}" PrefixList="xs p"/>`;
    const start = `<p:Req xmlns:p="${PROTOCOL}" xmlns:xs="urn:xs" xmlns:unused="urn:u" ID="_1"><p:Issuer>a &amp; b</p:Issuer>`;
    const digest = createHash('sha256')
      .update(canonicalByLibxml2(`${start}</p:Req>`, ['xs', 'p']))
      .digest('base64');
    const info = `<ds:CanonicalizationMethod Algorithm="${ALG.exclusive}">${list}</ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="${ALG.rsaSha256}"/><ds:Reference URI="#_1"><ds:Transforms><ds:Transform Algorithm="${ALG.enveloped}"/><ds:Transform Algorithm="${ALG.exclusive}">${list}</ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="${ALG.sha256}"/><ds:DigestValue>${digest}</ds:DigestValue></ds:Reference>`;
    // SignedInfo sees the listed prefixes of the elements around it.
    const octets = canonicalByLibxml2(`<ds:SignedInfo xmlns:ds="${NS.ds}" xmlns:p="${PROTOCOL}" xmlns:xs="urn:xs">${info}</ds:SignedInfo>`, ['xs', 'p']);
    const value = rawSign('sha256', Buffer.from(octets), createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' })).toString('base64');
    const xml = `${start}<ds:Signature xmlns:ds="${NS.ds}"><ds:SignedInfo>${info}</ds:SignedInfo><ds:SignatureValue>${value}</ds:SignatureValue></ds:Signature></p:Req>`;
    expect(canonicalize(verify(xml))).to.equal(`<p:Req xmlns:p="${PROTOCOL}" ID="_1"><p:Issuer>a &amp; b</p:Issuer></p:Req>`);
    refused(xml.replace('PrefixList="xs p"', 'PrefixList="xs"'), /fits none|digest/u);
  });

  it('refuses a changed byte, a foreign key and no key (S04, S05)', async () => {
    refused(signed.replace('maria', 'marib'), /digest differs/u);
    const other = await makeKeyPair({ algorithm: 'RSA-2048', commonName: 'x', notBefore: NOW, notAfter: NOW + 1000 });
    refused(signed, /fits none of 1 known certificate$/u, [other.certificate]);
    refused(signed, /no certificate is known/u, []);
  });

  it('never takes the key from KeyInfo (S05, XML-10)', async () => {
    const own = await makeKeyPair({ algorithm: 'RSA-2048', commonName: 'evil', notBefore: NOW, notAfter: NOW + 1000 });
    const forged = await signEnveloped({ before: head, after: tail, id: '_1', signer: createSigner({ keyId: asId('e'), ...own }) });
    refused(forged, /fits none/u);
  });

  it('tries each key of the party (S14, IIP-MD07)', async () => {
    const other = await makeKeyPair({ algorithm: 'P-256', commonName: 'x', notBefore: NOW, notAfter: NOW + 1000 });
    expect(verify(signed, [other.certificate, certificate]).local).to.equal('Req');
  });

  const shape: readonly (readonly [string, (xml: string) => string, RegExp])[] = [
    ['no signature (S04)', (xml) => xml.replace(/<ds:Signature .*<\/ds:Signature>/su, ''), /0 elements Signature/u],
    ['two signatures (S10)', (xml) => xml.replace(/(<ds:Signature .*<\/ds:Signature>)/su, '$1$1'), /2 elements Signature/u],
    ['an empty reference (XML-03)', (xml) => xml.replace('URI="#_1"', 'URI=""'), /not to the signed element/u],
    ['a reference elsewhere (S04)', (xml) => xml.replace('URI="#_1"', 'URI="#_2"'), /not to the signed element/u],
    ['an XPointer (XML-05)', (xml) => xml.replace('URI="#_1"', 'URI="#xpointer(/)"'), /not to the signed element/u],
    ['an external reference (X12)', (xml) => xml.replace('URI="#_1"', 'URI="http://evil.example/"'), /not to the signed element/u],
    ['two references (S09)', (xml) => xml.replace(/(<ds:Reference .*<\/ds:Reference>)/su, '$1$1'), /SignedInfo does not hold/u],
    ['no reference (S04)', (xml) => xml.replace(/<ds:Reference .*<\/ds:Reference>/su, ''), /SignedInfo does not hold/u],
    ['two SignedInfo (S09)', (xml) => xml.replace(/(<ds:SignedInfo>.*<\/ds:SignedInfo>)/su, '$1$1'), /Signature does not hold/u],
    ['an Object (XML-05)', (xml) => xml.replace('</ds:Signature>', '<ds:Object/></ds:Signature>'), /Signature does not hold/u],
    [
      'an XSLT transform (S08)',
      (xml) => xml.replace(`<ds:Transform Algorithm="${ALG.enveloped}">`, '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116">'),
      /transforms/u,
    ],
    [
      'an XPath transform (XML-04)',
      (xml) => xml.replace('</ds:Transforms>', '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"/></ds:Transforms>'),
      /transforms/u,
    ],
    ['inclusive c14n (XML-04)', (xml) => xml.replaceAll(ALG.exclusive, 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'), /canonicalization|transforms/u],
    [
      'c14n with comments (S08)',
      (xml) => xml.replace(`CanonicalizationMethod Algorithm="${ALG.exclusive}"`, `CanonicalizationMethod Algorithm="${ALG.exclusive}WithComments"`),
      /canonicalization/u,
    ],
    ['SHA-1 digests (S07, XML-11)', (xml) => xml.replace(`DigestMethod Algorithm="${ALG.sha256}"`, `DigestMethod Algorithm="${ALG.sha1}"`), /not allowed/u],
    ['an element in DigestValue (S09)', (xml) => xml.replace('<ds:DigestValue>', '<ds:DigestValue><a/>'), /text only/u],
    ['an empty SignatureValue (S04)', (xml) => xml.replace(/<ds:SignatureValue>[^<]*/u, '<ds:SignatureValue>'), /not base64/u],
    ['an HMAC output length (S07)', (xml) => xml.replace(/(<ds:SignatureMethod [^>]*>)/u, '$1<ds:HMACOutputLength>1</ds:HMACOutputLength>'), /parameters/u],
    ['a duplicate ID (X08, XML-06)', (xml) => xml.replace('<p:Name>', '<p:Name ID="_1">'), /stands twice/u],
    ['a duplicate ID in other spelling (X08)', (xml) => xml.replace('<p:Name>', '<p:Name Id="_1">'), /stands twice/u],
    ['an ID with a prefix (X08)', (xml) => xml.replace('<p:Name>', '<p:Name p:ID="_9">'), /prefix/u],
  ];
  for (const [name, bend, message] of shape) {
    it(`refuses ${name}`, () => {
      const bent = bend(signed);
      expect(bent).to.not.equal(signed);
      refused(bent, message);
      verify(signed);
    });
  }

  it('refuses HMAC with the certificate as secret (S07, XML-05)', () => {
    const method = 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256';
    const data = 'SAMLRequest=x';
    expect(() => {
      verifyDetached(data, method, createHmac('sha256', certificate).update(data).digest(), [certificate]);
    }).to.throw('not allowed');
  });

  it('refuses rsa-sha1 on a query, takes rsa-sha256 and RSA-PSS (BND-06, XML-02)', () => {
    const key = createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' });
    const data = Buffer.from('SAMLRequest=x');
    expect(() => {
      verifyDetached(data, 'http://www.w3.org/2000/09/xmldsig#rsa-sha1', rawSign('sha1', data, key), [certificate]);
    }).to.throw('not allowed');
    verifyDetached(data, ALG.rsaSha256, rawSign('sha256', data, key), [certificate]);
    const pss = rawSign('sha256', data, { key, padding: 6, saltLength: 32 });
    verifyDetached(data, 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1', pss, [certificate]);
    expect(() => {
      verifyDetached(data, ALG.rsaSha256, pss, [certificate]);
    }).to.throw('fits none');
  });

  it('refuses ECDSA in DER (XML-12)', async () => {
    const pair = await makeKeyPair({ algorithm: 'P-256', commonName: 'x', notBefore: NOW, notAfter: NOW + 1000 });
    const key = createPrivateKey({ key: pair.privateKey, format: 'der', type: 'pkcs8' });
    verifyDetached('x', ALG.ecdsaSha256, rawSign('sha256', Buffer.from('x'), { key, dsaEncoding: 'ieee-p1363' }), [pair.certificate]);
    expect(() => {
      verifyDetached('x', ALG.ecdsaSha256, rawSign('sha256', Buffer.from('x'), key), [pair.certificate]);
    }).to.throw('fits none');
  });

  describe('signature wrapping (S01, S02, XML-07)', () => {
    const evil = (inner = '', id = '_evil'): string => `<p:Req xmlns:p="${PROTOCOL}" ID="${id}"><p:Issuer>sp</p:Issuer>${inner}<p:Name>admin</p:Name></p:Req>`;
    const signatureOf = (): string => /<ds:Signature .*<\/ds:Signature>/su.exec(signed)?.[0] ?? '';
    const withoutSignature = (): string => signed.replace(signatureOf(), '');
    const inSignature = (what: string): string => signatureOf().replace('</ds:Signature>', `<ds:Object>${what}</ds:Object></ds:Signature>`);
    const wrapped: readonly (readonly [string, () => string])[] = [
      ['1: original inside the signature, evil around', () => evil(inSignature(withoutSignature()))],
      ['2: signature and original beside one another in evil', () => evil(signatureOf() + withoutSignature())],
      ['3: evil first, signed original as its child', () => evil(signed)],
      ['4: original as last child', () => evil().replace('</p:Req>', `${signed}</p:Req>`)],
      ['5: evil with the original signature, original as its child', () => evil(signatureOf()).replace('</p:Req>', `${withoutSignature()}</p:Req>`)],
      ['6: the original in the Object of a copied signature', () => evil(inSignature(signed))],
      ['7: the original inside Extensions', () => evil(`<p:Extensions>${withoutSignature()}</p:Extensions>${signatureOf()}`)],
      ['8: the original in Object, evil under its ID', () => evil(inSignature(withoutSignature()), '_1')],
      ['evil under the same ID, the original kept deep', () => evil(`${signatureOf()}<p:Extensions>${withoutSignature()}</p:Extensions>`, '_1')],
    ];
    for (const [name, make] of wrapped) {
      it(name, () => {
        expect(() => verify(make())).to.throw(SignetError);
      });
    }
  });

  it('digests what is there, not what is claimed', () => {
    const digest = createHash('sha256').update('<a></a>').digest('base64');
    refused(signed.replace(/<ds:DigestValue>[^<]*/u, `<ds:DigestValue>${digest}`), /digest differs/u);
  });
});
