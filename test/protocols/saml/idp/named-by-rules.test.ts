/** What rules say about names and attributes against what a request and metadata ask for, through the routes. */
import { expect } from 'chai';
import { NAME_ID } from '../../../../src/core/issuance/name-identifier.js';
import { CLAIM, CLAIM_PROPERTY, LOCAL_AUTHORITY, makeClaim } from '../../../../src/core/model/claim.js';
import type { RelyingParty } from '../../../../src/core/model/relying-party.js';
import { NS } from '../../../../src/xml/names.js';
import { parseXml } from '../../../../src/xml/parse.js';
import { attribute, childElements, leafText } from '../../../../src/xml/read.js';
import { aRelyingParty } from '../../../support/builders.js';
import { decryptFirst, findAnywhere } from '../../../support/decrypt.js';
import { authnRequest, isForm, keyPairOf, redirectQuery, type TestIdp, testIdpWith } from '../../../support/saml-idp.js';

const MAIL = 'maria@example.com';

/** A rule that names the person, in a format where one is given. */
const naming = (value: string, format?: string): Pick<RelyingParty, 'rules'> => ({
  rules: {
    transform: `=> issue(Type = "${CLAIM.nameIdentifier}", Value = "${value}"${format === undefined ? '' : `, Properties["${CLAIM_PROPERTY.format}"] = "${format}"`});`,
  },
});

interface Answer {
  /** Format and value, or the second-level status. */
  readonly said: readonly [string, string] | string;
  readonly idp: TestIdp;
  readonly xml: string;
}

async function answerTo(policy: string | undefined, changes: Partial<RelyingParty>): Promise<Answer> {
  const idp = await testIdpWith({}, aRelyingParty(changes));
  const children = policy === undefined ? '' : `<samlp:NameIDPolicy Format="${policy}"/>`;
  const { xml } = isForm(await idp.get('/saml/sso', redirectQuery(authnRequest(idp.clock, { children }))));
  const name = findAnywhere(parseXml(xml), NS.saml, 'NameID');
  const status = /status:(InvalidNameIDPolicy|\w+)"\/?>(?!.*status:\w+")/su.exec(xml)?.[1] ?? '';
  return { said: name === undefined ? status : [attribute(name, 'Format') ?? '', leafText(name)], idp, xml };
}

describe('a name that a rule gives', () => {
  const persistent = naming('B-4711', NAME_ID.persistent);
  const bare = naming(MAIL);
  type Row = readonly [string, string | undefined, Partial<RelyingParty>, readonly [string, string] | undefined];
  const rows: readonly Row[] = [
    ['has its own format where nobody says otherwise', undefined, persistent, [NAME_ID.persistent, 'B-4711']],
    ['has its own format for a request that wants any', NAME_ID.unspecified, persistent, [NAME_ID.persistent, 'B-4711']],
    ['has its own format for a request that wants that, without leave to create (CORE-20)', NAME_ID.persistent, persistent, [NAME_ID.persistent, 'B-4711']],
    [
      'takes the format of the metadata before its own',
      undefined,
      { ...naming(MAIL, NAME_ID.persistent), nameIdFormats: [NAME_ID.email] },
      [NAME_ID.email, MAIL],
    ],
    [
      'takes the format of the request before that of the metadata',
      NAME_ID.persistent,
      { ...bare, nameIdFormats: [NAME_ID.email] },
      [NAME_ID.persistent, MAIL],
    ],
    [
      'takes the format of the request before that of the administrator',
      NAME_ID.persistent,
      { ...bare, nameIdFormat: NAME_ID.email },
      [NAME_ID.persistent, MAIL],
    ],
    ['is refused where the request wants another format than the rule gives', NAME_ID.email, persistent, undefined],
    ['is refused where the request wants a transient one, which no rule can give (CORE-23)', NAME_ID.transient, bare, undefined],
    ['is refused where its value is not legal in the format that is wanted (CORE-24)', NAME_ID.email, naming('B-4711'), undefined],
    ['is refused in a format that nobody knows', 'urn:unknown', persistent, undefined],
  ];
  for (const [title, policy, changes, expected] of rows) {
    it(`${title} (CORE-18, IIP-IDP10)`, async () => {
      const { said, idp } = await answerTo(policy, changes);
      expect(said).to.deep.equal(expected ?? 'InvalidNameIDPolicy');
      expect([idp.issued.length, idp.refused.length]).to.deep.equal(expected === undefined ? [0, 1] : [1, 0]);
    });
  }

  it('is refused for an SPNameQualifier that is not of this application (CORE-19, IIP-IDP10)', async () => {
    const idp = await testIdpWith({}, aRelyingParty(persistent));
    const children = '<samlp:NameIDPolicy SPNameQualifier="https://other.example"/>';
    const { xml } = isForm(await idp.get('/saml/sso', redirectQuery(authnRequest(idp.clock, { children }))));
    expect(xml).to.include('status:InvalidNameIDPolicy').and.not.include('NameID ');
    expect(idp.refused.at(-1)?.check).to.equal('request.nameid-qualifier');
  });

  it('is encrypted where that is asked for, in its own format inside (CORE-21, CONF-08)', async () => {
    const { certificate, privateKey } = await keyPairOf('sp.example');
    const { xml } = await answerTo(NAME_ID.encrypted, { ...persistent, encryptionKeys: [{ certificate, methods: [] }] });
    const assertion = decryptFirst(xml, privateKey).text;
    expect(assertion).to.include('<saml:EncryptedID>').and.not.include('B-4711');
    const name = parseXml(decryptFirst(assertion, privateKey).text);
    expect([attribute(name, 'Format'), leafText(name)]).to.deep.equal([NAME_ID.persistent, 'B-4711']);
  });

  it('by a mapping is one of Signet’s own: persistent and the same again, pairwise, transient and another each time (CORE-22, CORE-23, IIP-SSO05)', async () => {
    const valuesOf = async (identifier: 'persistent' | 'pairwise' | 'transient'): Promise<readonly string[]> => {
      const idp = await testIdpWith({}, aRelyingParty({ claims: [{ claim: CLAIM.nameIdentifier, from: [{ identifier }] }] }));
      const ask = async (): Promise<string> => {
        const { xml } = isForm(await idp.get('/saml/sso', redirectQuery(authnRequest(idp.clock))));
        const name = findAnywhere(parseXml(xml), NS.saml, 'NameID');
        return name === undefined ? '' : leafText(name);
      };
      return [await ask(), await ask()];
    };
    for (const kind of ['persistent', 'pairwise'] as const) {
      const [one, two] = await valuesOf(kind);
      expect(one).not.to.be.oneOf(['', 'maria', MAIL]);
      expect(two).to.equal(one);
    }
    const [one, two] = await valuesOf('transient');
    expect(one).to.match(/^_[0-9a-f]{40}$/u);
    expect(two)
      .to.match(/^_[0-9a-f]{40}$/u)
      .and.not.equal(one);
  });
});

describe('what rules release', () => {
  it('depends on the application, value by value, for one and the same person (IIP-IDP02)', async () => {
    const claims = ['Sales', 'Audit', 'Admins'].map((group) => makeClaim(CLAIM.group, group, LOCAL_AUTHORITY));
    const sent = async (transform: string): Promise<string> => {
      const idp = await testIdpWith({ claims: [makeClaim(CLAIM.name, 'maria', LOCAL_AUTHORITY), ...claims] }, aRelyingParty({ rules: { transform } }));
      return isForm(await idp.get('/saml/sso', redirectQuery(authnRequest(idp.clock)))).xml;
    };
    const values = (xml: string): readonly string[] => [...xml.matchAll(/<saml:AttributeValue[^>]*>([^<]*)/gu)].map(([, value = '']) => value);
    expect(values(await sent(`c:[Type == "${CLAIM.group}", Value =~ "^A"] => issue(claim = c);`))).to.deep.equal(['Audit', 'Admins']);
    expect(values(await sent(`c:[Type == "${CLAIM.group}", Value == "Sales"] => issue(claim = c);`))).to.deep.equal(['Sales']);
    expect(await sent('')).to.not.include('AttributeStatement');
  });

  it('can be a pairwise-id with a scope: one value, by URI (SID-01)', async () => {
    const uri = 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri';
    const claim = 'urn:oasis:names:tc:SAML:attribute:pairwise-id';
    const mapping = { claim, from: [{ identifier: 'pairwise' }], nameFormat: uri, template: '{value}@example.org' } as const;
    const idp = await testIdpWith({}, aRelyingParty({ claims: [mapping] }));
    const { xml } = isForm(await idp.get('/saml/sso', redirectQuery(authnRequest(idp.clock))));
    const found = findAnywhere(parseXml(xml), NS.saml, 'Attribute');
    expect(found === undefined ? [] : [attribute(found, 'Name'), attribute(found, 'NameFormat')]).to.deep.equal([claim, uri]);
    expect(found === undefined ? [] : childElements(found).map(leafText))
      .to.have.length(1)
      .and.to.match(/^[^@]+@example\.org$/u);
  });
});
