/** What the Wiki makes of tokens: accepted when everything holds, refused with the one thing that does not. */
import { expect } from 'chai';
import { SignedXml } from 'xml-crypto';
import { readIssuer } from '../../src/demo/wiki/issuer.js';
import { receiveResult, type Refused, type SignedIn } from '../../src/demo/wiki/receive.js';
import { type Asked, WIKI_REALM } from '../../src/demo/wiki/requests.js';
import { createFirstUse } from '../../src/demo/shared/newest.js';
import { NOW } from '../support/builders.js';
import { keyPairOf } from '../support/saml-idp.js';
import { anIssuer, federationMetadata, ISSUER_NAME, PASSIVE_URL, resultWith, tokenFor } from './fake-issuer.js';

const ASKED: Asked = { wctx: 'asked', browser: 'browser', wanted: '/', fresh: false, at: NOW - 1000 };

interface Circumstances {
  readonly at?: number;
  readonly asked?: Asked;
  readonly firstUse?: (id: string) => boolean;
}

async function receive(wresult: string, about: Circumstances = {}) {
  const parts = { issuer: await anIssuer('older', 'issuer'), realm: WIKI_REALM, now: () => about.at ?? NOW, firstUse: about.firstUse ?? createFirstUse() };
  return receiveResult(parts, about.asked ?? ASKED, wresult);
}

async function accepted(wresult: string, about?: Circumstances): Promise<SignedIn> {
  const received = await receive(wresult, about);
  if (received.kind === 'refused') throw new Error(`${received.refused.what}: ${received.refused.sentence}`);
  return received.who;
}

async function refused(wresult: string, about?: Circumstances): Promise<Refused> {
  const received = await receive(wresult, about);
  if (received.kind === 'signed-in') throw new Error(`accepted: ${received.who.displayName}`);
  return received.refused;
}

/** Signs the assertion in `xml` again, as one who has a key would. */
async function signAgain(xml: string, change: (signer: SignedXml) => void, key = 'issuer'): Promise<string> {
  const { privateKey } = await keyPairOf(key);
  const pem = `-----BEGIN PRIVATE KEY-----\n${privateKey.toString('base64')}\n-----END PRIVATE KEY-----\n`;
  const signer = new SignedXml({ privateKey: pem, idAttribute: 'AssertionID', signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256' });
  signer.canonicalizationAlgorithm = 'http://www.w3.org/2001/10/xml-exc-c14n#';
  change(signer);
  signer.computeSignature(xml.replace(/<ds:Signature .*<\/ds:Signature>/su, ''));
  return signer.getSignedXml();
}

const TRANSFORMS = ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/2001/10/xml-exc-c14n#'] as const;
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const ASSERTION = "//*[local-name(.)='Assertion']";

describe('Northwind Wiki, what it makes of tokens', () => {
  for (const type of ['saml11', 'saml20'] as const) {
    it(`accepts ${type}, says who it is, and lists what it compared (S11-03, S11-09, WSF-14, WSF-15)`, async () => {
      const who = await accepted(resultWith(await tokenFor({ type })));
      expect(who.displayName).to.equal('Maria <Silva>');
      expect(who.token).to.include({ name: 'maria@example.com', issuer: ISSUER_NAME, version: type === 'saml11' ? 'SAML 1.1' : 'SAML 2.0' });
      expect(who.token.claims).to.deep.include({ type: 'http://schemas.xmlsoap.org/claims/Group', values: ['Sales', 'Staff'] });
      const list = who.verified.map((entry) => `${entry.what}: ${entry.seen}`).join('\n');
      for (const seen of ['rsa-sha256', `Issuer ${ISSUER_NAME}`, `Audience ${WIKI_REALM}`, '2026-11-24T', 'bearer', 'wctx asked', who.token.id]) {
        expect(list).to.include(seen);
      }
      expect(who.xml).not.to.include('Signature', 'the signature is not part of what was signed');
    });
  }

  it('refuses what was changed after signing, by one letter', async () => {
    const token = await tokenFor();
    for (const [from, to] of [
      ['maria@example.com', 'maria@example.org'],
      ['>Sales<', '>Owner<'],
      [WIKI_REALM, `${WIKI_REALM}x`],
    ] as const) {
      const { what, sentence } = await refused(resultWith(token.replace(from, to)));
      expect(what).to.equal('A key of Signet signed it');
      expect(sentence).to.include('what it covers was changed');
    }
  });

  it('refuses a key that is not in the metadata, also when the token brings its certificate (XML-10)', async () => {
    expect((await refused(resultWith(await tokenFor({ key: 'foreign' })))).what).to.equal('A key of Signet signed it');
  });

  it('refuses another issuer, another audience and another time', async () => {
    expect((await refused(resultWith(await tokenFor({ issuer: 'https://other.example/' })))).what).to.equal('Signet issued it');
    expect((await refused(resultWith(await tokenFor({ audience: `${WIKI_REALM}other` })))).what).to.equal('It is for the Wiki');
    const token = resultWith(await tokenFor());
    expect((await refused(token, { at: NOW + 3_600_000 + 6000 })).what).to.equal('The time is right');
    expect((await refused(token, { at: NOW - 3_600_000 })).what).to.equal('The time is right');
    await accepted(token, { at: NOW + 3_500_000 });
  });

  it('accepts a token once', async () => {
    const token = resultWith(await tokenFor());
    const firstUse = createFirstUse();
    await accepted(token, { firstUse });
    expect((await refused(token, { firstUse })).what).to.equal('It was not used before');
  });

  it('wants a sign-in after its question when it asked for a fresh one (WSF-06)', async () => {
    const asked = { ...ASKED, fresh: true };
    expect((await refused(resultWith(await tokenFor({ signedInAt: asked.at - 1 })), { asked })).what).to.equal('The sign-in is fresh');
    await accepted(resultWith(await tokenFor({ signedInAt: asked.at + 500 })), { asked });
  });

  it('refuses a token that is not signed, or holds two signatures', async () => {
    const token = await tokenFor();
    const signature = /<ds:Signature .*<\/ds:Signature>/su.exec(token)?.[0] ?? '';
    expect((await refused(resultWith(token.replace(signature, '')))).sentence).to.equal('Nothing is signed.');
    expect((await refused(resultWith(token.replace(signature, signature + signature)))).sentence).to.equal('There is more than one signature.');
  });

  it('is not misled by wrapping: the signed token moved aside, and another one in its place (XML-07)', async () => {
    const token = await tokenFor();
    const id = /AssertionID="([^"]*)"/u.exec(token)?.[1] ?? '';
    const signature = /<ds:Signature .*<\/ds:Signature>/su.exec(token)?.[0] ?? '';
    const evil = token.replace(signature, '').replace('maria@example.com', 'dana@example.com').replaceAll(id, '_evil');
    const bare = token.replace(signature, '');
    const wrapped = [
      // Both side by side, in either order; one inside the other; the original inside the signature of the evil one.
      resultWith(evil, token),
      resultWith(token, evil),
      resultWith(evil.replace('</saml:Assertion>', `${token}</saml:Assertion>`)),
      resultWith(
        evil.replace('</saml:Assertion>', `${signature.replace('</ds:Signature>', `<ds:Object>${bare}</ds:Object></ds:Signature>`)}</saml:Assertion>`),
      ),
      // The same ID twice.
      resultWith(evil.replaceAll('_evil', id).replace('</saml:Assertion>', `${signature}</saml:Assertion>`)),
    ];
    for (const wresult of wrapped) {
      const received = await receive(wresult);
      expect(received.kind, wresult.slice(0, 300)).to.equal('refused');
    }
    expect((await refused(`<x>${token}</x>`)).sentence).to.include('not where a token stands');
    const aside = resultWith(evil.replace('</saml:Assertion>', `${signature}</saml:Assertion>`));
    expect((await refused(aside)).sentence).to.include('not over the assertion');
  });

  it('accepts no algorithm, transform or reference beyond the usual ones (XML-04, XML-11)', async () => {
    const token = await tokenFor();
    const rsaSha1 = await signAgain(token, (signer) => {
      signer.signatureAlgorithm = 'http://www.w3.org/2000/09/xmldsig#rsa-sha1';
      signer.addReference({ xpath: ASSERTION, transforms: TRANSFORMS, digestAlgorithm: SHA256 });
    });
    const sha1 = await signAgain(token, (signer) => {
      signer.addReference({ xpath: ASSERTION, transforms: TRANSFORMS, digestAlgorithm: 'http://www.w3.org/2000/09/xmldsig#sha1' });
    });
    const inclusive = await signAgain(token, (signer) => {
      signer.addReference({ xpath: ASSERTION, transforms: [TRANSFORMS[0], 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'], digestAlgorithm: SHA256 });
    });
    const part = await signAgain(token, (signer) => {
      signer.addReference({ xpath: "//*[local-name(.)='Conditions']", transforms: TRANSFORMS, digestAlgorithm: SHA256 });
    });
    expect((await refused(resultWith(rsaSha1))).sentence).to.include('rsa-sha1" is not accepted');
    expect((await refused(resultWith(sha1))).sentence).to.include('sha1" is not accepted');
    expect((await refused(resultWith(inclusive))).sentence).to.include('transforms');
    expect((await refused(resultWith(part))).sentence).to.include('not over the assertion');
    // The same way of signing without the fault is accepted: the refusals above are for their faults.
    const good = await signAgain(token, (signer) => {
      signer.addReference({ xpath: ASSERTION, transforms: TRANSFORMS, digestAlgorithm: SHA256 });
    });
    expect((await accepted(resultWith(good))).token.name).to.equal('maria@example.com');
  });

  it('refuses an encrypted or missing token, a DTD, and what is no XML', async () => {
    expect((await refused(resultWith('<xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"/>'))).sentence).to.include('there are 0');
    const token = resultWith(await tokenFor());
    expect((await refused(`<!DOCTYPE x [<!ENTITY e "x">]>${token}`)).sentence).to.include('DTD');
    expect((await refused(`<!doctype x>${token}`)).sentence).to.include('DTD');
    for (const nonsense of ['', 'no xml', token.slice(0, -5), token.replace('</t:RequestedSecurityToken>', '')]) {
      expect((await refused(nonsense)).what, nonsense.slice(-80)).to.equal('There is one token');
    }
  });

  it('refuses statements about two people, a condition it does not know, and a token that is bound to something', async () => {
    const change = async (from: string | RegExp, to: string): Promise<Refused> => {
      const token = (await tokenFor()).replace(from, to);
      expect(token).to.include(to);
      const signed = await signAgain(token, (signer) => {
        signer.addReference({ xpath: ASSERTION, transforms: TRANSFORMS, digestAlgorithm: SHA256 });
      });
      return refused(resultWith(signed));
    };
    expect((await change('>maria@example.com<', '>dana@example.com<')).sentence).to.include('one subject');
    expect((await change('</saml:Conditions>', '<saml:Condition></saml:Condition></saml:Conditions>')).sentence).to.include('not understood');
    expect((await change(/<saml:Conditions .*<\/saml:Conditions>/u, '')).sentence).to.include('for whom');
    const bound = /<saml:ConfirmationMethod>[^<]*/gu;
    expect((await change(bound, '<saml:ConfirmationMethod>urn:oasis:names:tc:SAML:1.0:cm:holder-of-key')).sentence).to.include('bound');
  });

  it('reads the token service out of federation metadata, and nothing else (FMD-03, FMD-05, FMD-06)', async () => {
    const { certificates } = await anIssuer('older', 'issuer');
    expect(readIssuer(federationMetadata(certificates))).to.deep.equal({ name: ISSUER_NAME, passiveUrl: PASSIVE_URL, certificates });
    expect(() => readIssuer(federationMetadata([]))).to.throw('no security token service');
    const elsewhere = federationMetadata(certificates).replaceAll('xmlns:f="http://docs.oasis-open.org', 'xmlns:f="http://elsewhere.example');
    expect(() => readIssuer(elsewhere)).to.throw('no security token service');
  });
});
