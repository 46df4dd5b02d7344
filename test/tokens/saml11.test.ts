import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { CONTEXT_PASSWORD, CONTEXT_PASSWORD_PROTECTED } from '../../src/core/issuance/authn-policy.js';
import { NAME_ID } from '../../src/core/issuance/name-identifier.js';
import { draftToken, type ReleasedAttribute, type ReleasedClaims } from '../../src/core/issuance/token-draft.js';
import { asId } from '../../src/core/model/ids.js';
import type { NameIdentifier } from '../../src/core/model/security-token.js';
import type { KeyAlgorithm } from '../../src/core/model/signing-key.js';
import type { RelyingParty } from '../../src/core/model/relying-party.js';
import { randomId } from '../../src/crypto/random.js';
import { createSigner } from '../../src/crypto/signer.js';
import { authenticationMethod, createSaml11Builder, splitClaimType } from '../../src/tokens/saml11.js';
import { ALG, NS } from '../../src/xml/names.js';
import { parseXml, type XmlElement } from '../../src/xml/parse.js';
import { attribute, childElements, children, exactText } from '../../src/xml/read.js';
import { aSession, anIssuanceRequest, aRelyingParty, checkThrownBy, issuers, NOW } from '../support/builders.js';
import { findAnywhere } from '../support/decrypt.js';
import { keyPairOf } from '../support/saml-idp.js';
import { readAssertion, signatureHolds } from '../support/wsfed-party.js';
import { canonicalByLibxml2, schemaProblems } from '../support/xml-oracles.js';
import { anyText } from '../properties/texts.js';

const GOLDEN = new URL('../../../test/fixtures/tokens/saml11.xml', import.meta.url);
const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
const ROLE = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role';

const released = (name: string, ...values: readonly string[]): ReleasedAttribute => ({ name, nameFormat: 'urn:ignored', values });

interface Plan {
  readonly attributes?: readonly ReleasedAttribute[];
  readonly name?: NameIdentifier;
  readonly issuer?: string;
  readonly relyingParty?: Partial<RelyingParty>;
  readonly audience?: string;
  readonly contextClass?: string;
  readonly algorithm?: KeyAlgorithm;
  readonly id?: string;
}

interface Built {
  readonly xml: string;
  readonly id: string;
  readonly certificate: string;
  readonly root: XmlElement;
}

async function build(plan: Plan = {}): Promise<Built> {
  const pair = await keyPairOf('idp.example', plan.algorithm);
  const signer = createSigner({ keyId: asId('k'), ...pair });
  const request = anIssuanceRequest({
    protocol: 'wsfed',
    tokenType: 'saml11',
    confirmation: { method: 'bearer', recipient: 'https://wiki.example/signin-wsfed' },
    relyingParty: aRelyingParty(plan.relyingParty),
    contextClass: plan.contextClass ?? CONTEXT_PASSWORD_PROTECTED,
    audience: plan.audience ?? 'urn:example:wiki',
  });
  const content: { released: ReleasedClaims; name: NameIdentifier; sessionIndex: string } = {
    released: {
      attributes: plan.attributes ?? [released(`${CLAIMS}/emailaddress`, 'maria@example.com')],
      ...(plan.issuer === undefined ? {} : { issuer: plan.issuer }),
    },
    name: plan.name ?? { value: 'maria', format: NAME_ID.unspecified },
    sessionIndex: '_s',
  };
  const draft = draftToken({ issuers: issuers('https://idp.example'), makeId: () => plan.id ?? randomId(), now: () => NOW }, request, content);
  const keyRing = { signerFor: () => Promise.resolve(signer), published: () => Promise.resolve([]) };
  const { serialized, id } = await createSaml11Builder({ keyRing })(draft);
  return { xml: serialized, id, certificate: pair.certificate, root: parseXml(serialized) };
}

const names = (element: XmlElement): readonly string[] => childElements(element).map((child) => child.local);

function expectSound({ xml, id, certificate }: Built): void {
  expect(schemaProblems(xml)).to.deep.equal([]);
  expect(canonicalByLibxml2(xml)).to.equal(xml);
  expect(signatureHolds(xml, { id, version: '1.1' }, certificate), 'signature').to.equal(true);
}

describe('SAML 1.1 assertion', () => {
  it('is, octet by octet, the golden file (S11-01, S11-02, S11-04, S11-05, S11-06, S11-07, S11-10)', async () => {
    const { xml, certificate } = await build({
      id: '_6d1e2c4a9b3f40718e5d0c7b2a1f3e4d5c6b7a80',
      attributes: [
        released(`${CLAIMS}/emailaddress`, 'maria@example.com'),
        released(`${CLAIMS}/givenname`, 'Mária & Söhne <"\'>'),
        released(ROLE, 'Sales', 'Everyone'),
      ],
      name: { value: 'maria', format: NAME_ID.unspecified, nameQualifier: 'https://idp.example' },
    });
    // The key is a new one each time: what depends on it is not in the file. That the value holds is shown below.
    const value = /<ds:SignatureValue>([^<]*)</u.exec(xml)?.[1] ?? '';
    expect(value).to.not.equal('');
    const keyless = xml.replace(value, '[signature]').replace(certificate, '[certificate]');
    expect(`${keyless}\n`).to.equal(readFileSync(GOLDEN, 'utf8'));
  });

  for (const algorithm of ['RSA-2048', 'P-256', 'P-384'] satisfies KeyAlgorithm[]) {
    it(`with ${algorithm}: valid, canonical, signed last over #AssertionID, certificate in KeyInfo (S11-02, S11-03, WSF-15)`, async () => {
      const built = await build({ algorithm });
      expect(schemaProblems(built.xml)).to.deep.equal([]);
      expect(names(built.root)).to.deep.equal(['Conditions', 'AttributeStatement', 'AuthenticationStatement', 'Signature']);
      expect(built.xml).to.include(`<ds:Reference URI="#${built.id}">`);
      expect(attribute(built.root, 'AssertionID')).to.equal(built.id);
      expect(readAssertion(built.xml).certificate).to.equal(built.certificate);
      // xml-crypto knows no ECDSA; xmlsec1 does, in the tests with real services.
      if (algorithm === 'RSA-2048') expectSound(built);
    });
  }

  it('signs by what the application can read, SHA-1 never (S11-03)', async () => {
    for (const [changes, expected] of [
      [{ signatureAlgorithm: ALG.rsaSha512, digestAlgorithm: ALG.sha512 }, [ALG.rsaSha512, ALG.sha512]],
      [{ signingMethods: ['http://www.w3.org/2000/09/xmldsig#rsa-sha1', ALG.rsaSha512], digestMethods: [ALG.sha1, ALG.sha256] }, [ALG.rsaSha512, ALG.sha256]],
    ] as const) {
      const built = await build({ relyingParty: changes });
      expectSound(built);
      expect([...built.xml.matchAll(/<ds:(?:Signature|Digest)Method Algorithm="([^"]*)"/gu)].map(([, uri]) => uri)).to.deep.equal(expected);
    }
  });

  it('a changed token, one by another key, and a copy around the signed one are refused (S11-03)', async () => {
    const { xml, id, certificate } = await build();
    const holds = (text: string, by = certificate, as = id): boolean => signatureHolds(text, { id: as, version: '1.1' }, by);
    expect(holds(xml)).to.equal(true);
    const bent = xml.replace('>maria<', '>admin<');
    expect(bent).to.not.equal(xml);
    expect(holds(bent)).to.equal(false);
    expect(holds(xml, (await keyPairOf('somebody else')).certificate)).to.equal(false);
    const signature = /<ds:Signature .*<\/ds:Signature>/su.exec(xml)?.[0] ?? '';
    const unsigned = bent.replace(signature, '');
    const around = (text: string, inner: string): string => text.replace('</saml:Conditions>', `</saml:Conditions><saml:Advice>${inner}</saml:Advice>`);
    // The signature of the copy covers the original inside: its reference names another element, or an identifier that is there twice.
    expect(holds(around(bent, xml.replace(signature, '')))).to.equal(false);
    expect(holds(around(unsigned, xml))).to.equal(false);
    const renamed = around(unsigned.replace(`AssertionID="${id}"`, 'AssertionID="_evil"'), xml);
    expect(holds(renamed, certificate, '_evil')).to.equal(false);
  });

  it('says one and the same subject in every statement, with name, format and qualifier (S11-04, S11-05)', async () => {
    const { xml } = await build({ name: { value: 'a&b', format: NAME_ID.persistent, nameQualifier: 'https://idp.example' } });
    const subjects = xml.match(/<saml:Subject>.*?<\/saml:Subject>/gsu) ?? [];
    expect(subjects).to.have.length(2);
    expect(subjects[0]).to.equal(subjects[1]);
    expect(subjects[0]).to.include(`<saml:NameIdentifier Format="${NAME_ID.persistent}" NameQualifier="https://idp.example">a&amp;b</saml:NameIdentifier>`);
    expect(subjects[0]).to.include('<saml:ConfirmationMethod>urn:oasis:names:tc:SAML:1.0:cm:bearer</saml:ConfirmationMethod>');
  });

  it('holds for an hour from a minute before now, for the realm that was asked for or the audiences that are set (S11-06)', async () => {
    const { notBefore, notOnOrAfter, audiences } = readAssertion((await build({ audience: 'urn:asked' })).xml);
    expect([notBefore, notOnOrAfter, audiences]).to.deep.equal([NOW - 60_000, NOW + 3_600_000, ['urn:asked']]);
    const set = await build({ relyingParty: { audiences: ['urn:a', 'urn:b&c'], lifetimeSeconds: 600 } });
    expectSound(set);
    expect([readAssertion(set.xml).audiences, readAssertion(set.xml).notOnOrAfter]).to.deep.equal([['urn:a', 'urn:b&c'], NOW + 600_000]);
    expect(set.xml.match(/<saml:AudienceRestrictionCondition>/gu)).to.have.length(1);
  });

  it('is issued under the name that the application or a claim gives us (WSF-22)', async () => {
    const issuerOf = async (plan: Plan): Promise<string> => readAssertion((await build(plan)).xml).issuer;
    expect(await issuerOf({})).to.equal('https://idp.example');
    expect(await issuerOf({ relyingParty: { issuer: 'http://example.com/adfs/services/trust/' } })).to.equal('http://example.com/adfs/services/trust/');
    expect(await issuerOf({ relyingParty: { issuer: 'urn:party' }, issuer: 'urn:claim' })).to.equal('urn:claim');
  });

  describe('AuthenticationMethod', () => {
    const AC = 'urn:oasis:names:tc:SAML:2.0:ac:classes:';
    const AM = 'urn:oasis:names:tc:SAML:1.0:am:';
    for (const [contextClass, method] of [
      [CONTEXT_PASSWORD, `${AM}password`],
      [CONTEXT_PASSWORD_PROTECTED, `${AM}password`],
      [`${AC}Kerberos`, 'urn:ietf:rfc:1510'],
      [`${AC}TLSClient`, 'urn:ietf:rfc:2246'],
      [`${AC}X509`, `${AM}X509-PKI`],
      [`${AC}Smartcard`, `${AM}HardwareToken`],
      [`${AC}SmartcardPKI`, `${AM}HardwareToken`],
      [`${AC}unspecified`, `${AM}unspecified`],
      [`${AC}TimeSyncToken`, `${AM}unspecified`],
      ['urn:federation:authentication:windows', 'urn:federation:authentication:windows'],
      ['http://schemas.microsoft.com/claims/multipleauthn', 'http://schemas.microsoft.com/claims/multipleauthn'],
    ] as const) {
      it(`${method} for ${contextClass} (S11-08)`, async () => {
        expect(authenticationMethod(contextClass)).to.equal(method);
        const built = await build({ contextClass });
        expectSound(built);
        expect([readAssertion(built.xml).method, readAssertion(built.xml).authenticatedAt]).to.deep.equal([method, aSession().authentication.at]);
      });
    }
  });

  describe('attributes', () => {
    for (const [type, namespace, name] of [
      [`${CLAIMS}/upn`, CLAIMS, 'upn'],
      ['http://schemas.xmlsoap.org/claims/UPN', 'http://schemas.xmlsoap.org/claims', 'UPN'],
      ['http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID', 'http://schemas.microsoft.com/LiveID/Federation/2008/05', 'ImmutableID'],
    ] as const) {
      it(`${type} is cut at its last slash, and a reader joins it again (S11-09)`, async () => {
        expect(splitClaimType(type)).to.deep.equal({ namespace, name });
        const { xml } = await build({ attributes: [released(type, 'v')] });
        expect(xml).to.include(`<saml:Attribute AttributeName="${name}" AttributeNamespace="${namespace}">`);
        expect(readAssertion(xml).attributes).to.deep.equal({ [type]: ['v'] });
      });
    }

    for (const type of ['urn:oid:2.5.4.42', 'mail', 'http://schemas.xmlsoap.org/claims/', '/mail']) {
      it(`${type} has no two parts: it is the name, in the namespace for whole URIs (S11-09)`, async () => {
        expect(splitClaimType(type)).to.deep.equal({ namespace: 'urn:mace:shibboleth:1.0:attributeNamespace:uri', name: type });
        expectSound(await build({ attributes: [released(type, 'v')] }));
      });
    }

    it('one element for each value, as plain text without a type (S11-10)', async () => {
      const built = await build({ attributes: [released(ROLE, 'Sales', 'Everyone', 'R & D')] });
      expectSound(built);
      expect(readAssertion(built.xml).attributes).to.deep.equal({ [ROLE]: ['Sales', 'Everyone', 'R & D'] });
      expect(built.xml).to.not.include('xsi:type');
    });

    it('one without values is left out, and with none the statement, which may not be empty (S11-09)', async () => {
      const some = await build({ attributes: [released(`${CLAIMS}/upn`), released(ROLE, 'Sales'), released(`${CLAIMS}/name`, '')] });
      expectSound(some);
      expect(readAssertion(some.xml).attributes).to.deep.equal({ [ROLE]: ['Sales'], [`${CLAIMS}/name`]: [''] });
      for (const attributes of [[], [released(ROLE)]]) {
        const none = await build({ attributes });
        expectSound(none);
        expect(names(none.root)).to.deep.equal(['Conditions', 'AuthenticationStatement', 'Signature']);
      }
    });

    it('what XML cannot carry is refused by name (X14)', async () => {
      for (const value of ['a\0b', '\uD800', '\uFFFE'])
        expect(await checkThrownBy(() => build({ attributes: [released(ROLE, value)] }))).to.equal('claims.text');
    });
  });

  it('whatever XML can carry comes back as it was, valid, canonical and verified (X14, S11-09, S11-10)', async () => {
    // The namespace is a URI by the schema; the name after it may be any text.
    const plain = anyText.map((text) => text.replaceAll('/', '')).filter((text) => text !== '');
    const type = fc.oneof(
      plain,
      plain.map((name) => `${CLAIMS}/${name}`),
    );
    const attributes = fc.uniqueArray(fc.record({ name: type, nameFormat: fc.constant(''), values: fc.array(anyText, { minLength: 1, maxLength: 3 }) }), {
      maxLength: 3,
      selector: ({ name }) => name,
    });
    await fc.assert(
      fc.asyncProperty(attributes, anyText, anyText, async (planned, value, issuer) => {
        const audience = 'https://app.example/?a&b';
        const { xml, root, id, certificate } = await build({ attributes: planned, name: { value, format: NAME_ID.unspecified }, issuer, audience });
        expect(schemaProblems(xml)).to.deep.equal([]);
        expect(canonicalByLibxml2(xml)).to.equal(xml);
        // The parser behind xml-crypto turns these two into line feeds, which is XML 1.1.
        if (!/[\u0085\u2028]/u.test(xml)) expect(signatureHolds(xml, { id, version: '1.1' }, certificate)).to.equal(true);
        expect(attribute(root, 'Issuer')).to.equal(issuer);
        const text = (local: string): string => {
          const found = findAnywhere(root, NS.saml11, local);
          return found === undefined ? '' : exactText(found);
        };
        expect([text('NameIdentifier'), text('Audience')]).to.deep.equal([value, audience]);
        const statement = findAnywhere(root, NS.saml11, 'AttributeStatement');
        const read = (statement === undefined ? [] : children(statement, NS.saml11, 'Attribute')).map((one) => {
          const [namespace = '', name = ''] = [attribute(one, 'AttributeNamespace'), attribute(one, 'AttributeName')];
          return { joined: splitClaimType(name).namespace === namespace ? name : `${namespace}/${name}`, values: childElements(one).map(exactText) };
        });
        expect(read).to.deep.equal(planned.map(({ name, values }) => ({ joined: name, values })));
      }),
      { numRuns: 150 },
    );
  });
});
