import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExtendedKeyUsageExtension, KeyUsageFlags, KeyUsagesExtension, X509CertificateGenerator } from '@peculiar/x509';
import { expect } from 'chai';
import fc from 'fast-check';
import { lintApplicationMetadata, readApplicationMetadata } from '../../src/admin/application-metadata.js';
import { packageFolder } from '../../src/app/package.js';
import { asId } from '../../src/core/model/ids.js';
import { makeKeyPair } from '../../src/crypto/certificate.js';
import { createSigner } from '../../src/crypto/signer.js';
import { FINDINGS } from '../../src/protocols/shared/metadata/findings/catalogue.js';
import type { ReadOptions } from '../../src/protocols/shared/metadata/role.js';
import { signEnveloped } from '../../src/xml/sign.js';
import { NOW } from '../support/builders.js';
import { idsOf, sentencesOf } from '../support/findings.js';
import { metadataText } from '../support/metadata-files.js';
import { acsText, providerText, SP_ENTITY_ID } from '../support/service-provider-metadata.js';

const lint = (xml: string, options: Partial<ReadOptions> = {}) => lintApplicationMetadata(xml, { now: NOW, ...options });
const serious = (xml: string, options: Partial<ReadOptions> = {}): readonly string[] => idsOf(lint(xml, options).findings, 'stop', 'warn');

describe('findings about metadata', () => {
  it('are all in the documentation, word for word, under their level', () => {
    const page = readFileSync(join(packageFolder(), 'docs', 'metadata-lint.md'), 'utf8');
    const [, ...sections] = page.split(/^## /mu);
    const told = sections.flatMap((section) => {
      const level = /^\w+/u.exec(section)?.[0].toLowerCase();
      return [...section.matchAll(/^\| `(metadata\.[\w-]+)` \| [^|]+ \| ([^|]+) \| ([^|]+) \|$/gmu)].map(([, id, why, fix]) => ({ id, level, why, fix }));
    });
    expect(told).to.deep.equal(Object.entries(FINDINGS).map(([id, { level, why, fix }]) => ({ id, level, why, fix })));
  });

  it('speak as people do', () => {
    for (const [id, { why, fix, ask }] of Object.entries(FINDINGS)) {
      expect(`${why} ${fix} ${ask}`, id).not.to.match(/\b(?:invalid|illegal|failed to|please|oops|error)\b/iu);
    }
  });

  it('stop the reading by the first of them, and count the others', () => {
    const text = providerText({ attributes: ' AuthnRequestsSigned="true"', services: acsText(0, { location: 'http://app.example/acs' }) });
    expect(() => readApplicationMetadata(text, { now: NOW })).to.throw(
      / there is no KeyDescriptor .*\. Ask the application .* And 1 more; see all of them with: signet lint FILE$/u,
    );
  });

  it('never are an exception, whatever the file becomes (X04, X05)', () => {
    const files = ['full', 'keys', 'signed', 'aggregate', 'federation-adfs', 'federation-sharepoint'].map((name) => metadataText(`good/${name}.xml`));
    const piece = fc.oneof(
      fc.constantFrom('<', '>', '"', '&', '&amp;', '\u0000', '\u202e', '<md:Extensions/>', ' ', '-1', '<a>', '</md:SPSSODescriptor>'),
      fc.string(),
    );
    const change = fc.record({ file: fc.constantFrom(...files), at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(40), copy: fc.nat(200), piece });
    fc.assert(
      fc.property(change, ({ file, at, cut, copy, piece: put }) => {
        const place = Math.floor(at * file.length);
        const { metadata, findings } = lint(file.slice(0, place) + put + file.slice(place, place + copy) + file.slice(place + cut));
        expect(metadata === undefined).to.equal(findings.some(({ level }) => level === 'stop'));
        for (const finding of findings) {
          expect(Object.keys(FINDINGS)).to.include(finding.id);
          expect(Object.values(finding).join('')).not.to.match(/[\p{Cc}\p{Cf}]/u);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are none for elements and roles of others, wherever the schema lets them stand (IIP-MD05)', () => {
    const foreign = '<x:Thing xmlns:x="urn:example:other" x:a="1"><x:Inner/>text</x:Thing>';
    const role = `<md:RoleDescriptor xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:q="urn:example:other" xsi:type="q:Odd" protocolSupportEnumeration="urn:example:other">${foreign}</md:RoleDescriptor>`;
    const service = acsText(0).replace('/>', `>${foreign}</md:AssertionConsumerService>`);
    const text = providerText({ services: service }).replace('</mdui:UIInfo>', `</mdui:UIInfo>${foreign}`);
    const { metadata, findings } = lint(text.replace('<md:SPSSODescriptor', `<md:Extensions>${foreign}</md:Extensions>${role}<md:SPSSODescriptor`));
    expect(findings).to.deep.equal([]);
    expect(metadata?.replyAddresses).to.have.length(1);
  });

  it('are more for what comes from a public address: signature and end (M05, IIP-MD04)', () => {
    expect(serious(providerText(), { publicAddress: true })).to.deep.equal(['metadata.unsigned', 'metadata.end-missing']);
    expect(serious(providerText(), { publicAddress: false })).to.deep.equal([]);
  });

  it('stop what has no end, or one too far ahead, where the settings say so (M04, IIP-MD04)', () => {
    const ending = (days: number): string =>
      providerText().replace('<md:EntityDescriptor ', `<md:EntityDescriptor validUntil="${new Date(NOW + days * 86_400_000).toISOString()}" `);
    expect(serious(providerText(), { maxDays: 30 })).to.deep.equal(['metadata.end-required']);
    expect(serious(ending(31), { maxDays: 30 })).to.deep.equal(['metadata.end-too-far']);
    expect(serious(ending(29), { maxDays: 30 })).to.deep.equal([]);
    expect(serious(ending(-1), { maxDays: 30 })).to.deep.equal(['metadata.ended']);
    expect(() => readApplicationMetadata(providerText(), { now: NOW, maxDays: 30 })).to.throw(/SIGNET_METADATA_MAX_DAYS/u);
    expect(serious(ending(400))).to.deep.equal(['metadata.end-far']);
  });

  describe('where certificates are set for the source (M05, IIP-MD03)', () => {
    const START = NOW - 86_400_000;
    let expired: string;
    let other: string;
    let signed: string;

    before(async () => {
      const keys = await crypto.subtle.generateKey(
        { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 },
        true,
        ['sign', 'verify'],
      );
      const container = await X509CertificateGenerator.createSelfSigned({
        serialNumber: '01',
        name: 'CN=feed.example',
        notBefore: new Date(START - 1),
        notAfter: new Date(START),
        keys,
        extensions: [new KeyUsagesExtension(KeyUsageFlags.cRLSign, true), new ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.4'], true)],
      });
      expired = Buffer.from(container.rawData).toString('base64');
      other = (await makeKeyPair({ algorithm: 'P-256', commonName: 'other.example', notBefore: START, notAfter: NOW + START })).certificate;
      const privateKey = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
      const root = `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ID="_1" entityID="${SP_ENTITY_ID}" validUntil="2026-12-24T00:00:00Z">`;
      const role = `<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://app.example/acs" index="0"></md:AssertionConsumerService></md:SPSSODescriptor>`;
      const signer = createSigner({ keyId: asId('feed'), certificate: expired, privateKey });
      signed = await signEnveloped({ before: root, after: `${role}</md:EntityDescriptor>`, id: '_1', signer });
    });

    it('takes what one of their keys signed, also of a certificate that ended or is for other uses (IIP-MD12)', () => {
      expect(serious(signed, { certificates: [expired] })).to.deep.equal([]);
      expect(serious(signed, { certificates: [other, expired] })).to.deep.equal([]);
      expect(lint(signed, { certificates: [expired] }).metadata?.entityId).to.equal(SP_ENTITY_ID);
    });

    it('stops what is signed with another key, not at all, or was changed (M04)', () => {
      const { metadata, findings } = lint(signed, { certificates: [other] });
      expect(metadata).to.equal(undefined);
      expect(sentencesOf(findings, 'metadata.signature-untrusted').join()).to.match(/is signed by CN=feed\.example \([0-9a-f]{64}\)/u);
      expect(serious(signed.replace(/<ds:Signature .*<\/ds:Signature>/u, ''), { certificates: [expired] })).to.deep.equal(['metadata.signature-missing']);
      expect(serious(signed.replace('index="0"', 'index="1"'), { certificates: [expired] })).to.deep.equal(['metadata.signature-wrong']);
      expect(serious(providerText(), { certificates: [expired] })).to.deep.equal(['metadata.signature-missing', 'metadata.end-missing']);
    });

    it('does without the certificate in the signature', () => {
      const bare = signed.replace(/<ds:KeyInfo>.*?<\/ds:KeyInfo>/u, '');
      expect(bare).not.to.equal(signed);
      expect(serious(bare, { certificates: [expired] })).to.deep.equal([]);
      expect(serious(bare, { certificates: [other] })).to.deep.equal(['metadata.signature-wrong']);
    });
  });
});
