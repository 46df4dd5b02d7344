/** Types of values, names of attributes and of people as rules give them: by the published schemas, in every kind of token. */
import { expect } from 'chai';
import fc from 'fast-check';
import { sharedValueType, VALUE_TYPES } from '../../src/core/claims/value-types.js';
import { LOCAL_AUTHORITY, makeClaim, XS_STRING } from '../../src/core/model/claim.js';
import { NS } from '../../src/xml/names.js';
import { parseXml } from '../../src/xml/parse.js';
import { attribute } from '../../src/xml/read.js';
import { escapeText } from '../../src/xml/write.js';
import { aRelyingParty } from '../support/builders.js';
import { findAnywhere } from '../support/decrypt.js';
import { authnRequest, isForm, redirectQuery, testIdpWith } from '../support/saml-idp.js';
import { canonicalByLibxml2, schemaProblems, xmlCryptoAccepts } from '../support/xml-oracles.js';
import { TYPED_RULES, TYPED_VALUES } from './typed-rules.js';
import { ANSWER_KINDS, answerOf } from './wsfed-answers.js';

const LIFTED = /<saml:Assertion.*<\/saml:Assertion>/su;

/** The types that a token names, with the value that each is of. */
function typesIn(xml: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...xml.matchAll(/xsi:type="xs:(\w+)">([^<]*)</gu)].filter(([, type]) => type !== 'string').map(([, type = '', value = '']) => [type, value]),
  );
}

/** Valid and canonical, where it stands and lifted out of it. */
function expectSound(xml: string, certificate: string): void {
  const assertion = LIFTED.exec(xml)?.[0] ?? '';
  for (const text of [xml, assertion]) {
    expect(schemaProblems(text)).to.deep.equal([]);
    expect(canonicalByLibxml2(text, ['xs', 'xsi'])).to.equal(text);
  }
  const root = parseXml(assertion);
  expect(xmlCryptoAccepts(assertion, attribute(root, root.ns === NS.saml ? 'ID' : 'AssertionID') ?? '', certificate)).to.equal(true);
  expect(assertion).to.include('PrefixList="xs xsi"');
  expect(typesIn(assertion)).to.deep.equal(TYPED_VALUES);
}

describe('what rules say about values and names', () => {
  it('is valid in a SAML 2.0 Response, with formats and both qualifiers (CORE-22, CORE-33, CORE-36, CORE-39, CONF-07)', async () => {
    const idp = await testIdpWith({}, aRelyingParty({ sign: 'assertion', rules: { transform: TYPED_RULES } }));
    const { xml } = isForm(await idp.get('/saml/sso', redirectQuery(authnRequest(idp.clock))));
    expectSound(xml, idp.certificate);
    const described = '<saml:Attribute FriendlyName="so &amp; so" Name="described" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic">';
    expect(xml).to.include(`${described}<saml:AttributeValue xsi:type="xs:string">a &amp; b</saml:AttributeValue>`);
    const name = findAnywhere(parseXml(xml), NS.saml, 'NameID');
    expect(name?.attributes.map(({ local, value }) => [local, value])).to.deep.equal([
      ['Format', 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'],
      ['NameQualifier', 'urn:us?a=1&b=2'],
      ['SPNameQualifier', 'urn:them'],
    ]);
  });

  for (const kind of ANSWER_KINDS.filter(({ encrypted }) => !encrypted)) {
    it(`is valid in ${kind.words} (S11-02, S11-09, S11-10, WSF-14)`, async () => {
      const { wresult, certificate } = await answerOf(kind, 'RSA-2048', { rules: { transform: TYPED_RULES } });
      expectSound(wresult, certificate);
    });
  }
});

describe('types of values', () => {
  const claimOf = (type: string, value: string): Parameters<typeof sharedValueType>[0] => [{ ...makeClaim('urn:x', value, LOCAL_AUTHORITY), valueType: type }];
  /** An assertion is made around it, so that the schemas say what they think of the value. */
  const problemsOf = (type: string, value: string): readonly string[] =>
    schemaProblems(
      `<saml:Attribute xmlns:saml="${NS.saml}" xmlns:xs="${NS.xs}" xmlns:xsi="${NS.xsi}" Name="x"><saml:AttributeValue xsi:type="xs:${type}">${escapeText(value)}</saml:AttributeValue></saml:Attribute>`,
    );

  const pad = (width: number, max: number): fc.Arbitrary<string> => fc.nat(max).map((number) => String(number).padStart(width, '0'));
  const date = fc.tuple(pad(4, 2100), pad(2, 13), pad(2, 32)).map((parts) => parts.join('-'));
  const time = fc.tuple(pad(2, 25), pad(2, 60), pad(2, 60)).map((parts) => parts.join(':'));
  const zone = fc.oneof(
    fc.constantFrom('', 'Z', '+14:00', '+14:01'),
    fc.tuple(fc.constantFrom('+', '-'), pad(2, 15), pad(2, 60)).map(([sign, hours, minutes]) => `${sign}${hours}:${minutes}`),
  );
  const value = fc.oneof(
    fc.tuple(date, time, zone).map(([day, moment, offset]) => `${day}T${moment}${offset}`),
    fc.tuple(date, zone).map((parts) => parts.join('')),
    fc.tuple(time, zone).map((parts) => parts.join('')),
    fc.string({ unit: fc.constantFrom('0', '1', '9', '+', '-', '.', 'e', 'E', 'I', 'N', 'F'), maxLength: 8 }),
    fc.string({ unit: fc.constantFrom('A', 'Q', 'a', '0', '+', '/', '='), maxLength: 8 }),
    fc.constantFrom(
      'true',
      'TRUE',
      '0',
      '',
      'INF',
      '-INF',
      '+INF',
      'NaN',
      '24:00:00',
      '24:00:01',
      '0000-01-01',
      '2024-02-29',
      '2023-02-29',
      'http://a/b',
      'AB==',
      'AQ==',
    ),
    fc.string({ maxLength: 6 }),
  );

  it('are named where every value is one, and not otherwise', () => {
    const values: Readonly<Record<string, readonly string[]>> = {
      boolean: ['true', '0'],
      integer: ['-42', '123456789012345678901234567890'],
      int: ['+7'],
      long: ['123456789012345678'],
      decimal: ['-1.50'],
      double: ['1.5e-3', '-INF', 'NaN'],
      date: ['2024-02-29', '2026-11-25+14:00'],
      dateTime: ['2026-11-25T24:00:00Z', '2026-11-25T08:00:00.123'],
      time: ['23:59:59Z'],
      anyURI: ['urn:example:a', 'https://example.com/?a=b'],
      base64Binary: ['', 'AQ==', 'AQI=', 'AQID'],
      hexBinary: ['0aFF'],
    };
    for (const type of VALUE_TYPES.filter((uri) => uri !== XS_STRING)) {
      const [, name = ''] = type.split('#');
      for (const text of values[name] ?? ['no values']) expect(sharedValueType(claimOf(type, text)), text).to.equal(name);
      expect(sharedValueType([...claimOf(type, values[name]?.[0] ?? ''), ...claimOf(type, 'none of it')]), name).to.equal(undefined);
    }
  });

  it('are named only where the value is one by XML Schema', () => {
    fc.assert(
      fc.property(fc.constantFrom(...VALUE_TYPES.filter((type) => type !== XS_STRING)), value, (type, text) => {
        const named = sharedValueType(claimOf(type, text));
        if (named !== undefined) expect(problemsOf(named, text), `${text} as ${named}`).to.deep.equal([]);
      }),
      { numRuns: 3000 },
    );
  });
});
