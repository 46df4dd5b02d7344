import { join } from 'node:path';
import { expect } from 'chai';
import { handMadeOf, overridesOf } from '../../src/admin/preset-build.js';
import type { Preset, PresetValues } from '../../src/admin/preset-format.js';
import { isAsked, readPresetValues } from '../../src/admin/preset-values.js';
import { findPreset, loadPresets } from '../../src/admin/presets.js';
import { describeByHand } from '../../src/admin/relying-party-registration.js';
import { packageFolder } from '../../src/app/package.js';
import { NAME_ID } from '../../src/core/issuance/name-identifier.js';
import { asId } from '../../src/core/model/ids.js';
import { resolveRelyingParty, WSFED_BINDING } from '../../src/core/model/relying-party.js';
import { claimsOf } from '../../src/directory/attributes.js';
import { personOf } from '../../src/directory/person.js';
import { aDirectory, aMetadata, aRecord, aUser } from '../support/builders.js';
import { isForm, testIdpWith, type TestIdp } from '../support/saml-idp.js';
import { delivered, readAssertion, readResponse, signInQuery } from '../support/wsfed-party.js';

type Given = Readonly<Record<string, string | readonly string[]>>;

interface Sent {
  readonly action: string;
  readonly audiences: readonly string[];
  readonly name: string;
  readonly format: string;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  readonly xml: string;
}

const IMMUTABLE_ID = 'wdGxmZ5FQ0qkSwEyAwQFBg==';
const ROLES = ['arn:aws:iam::123456789012:role/Admins,arn:aws:iam::123456789012:saml-provider/Signet', 'arn:aws:iam::123456789012:role/Readers,arn:aws:iam::123456789012:saml-provider/Signet'] as const; // prettier-ignore

/** Maria, of whom everything is known that any preset sends. */
function maria(changes: Given = {}): Pick<Parameters<typeof testIdpWith>[0], 'person' | 'claims'> {
  const attributes = {
    upn: ['maria@corp.contoso.com'],
    sAMAccountName: ['maria.s'],
    primarySid: ['S-1-5-21-1-2-3-1105'],
    windowsAccountName: ['CONTOSO\\maria'],
    immutableId: [IMMUTABLE_ID],
    objectGUID: ['guid-of-maria'],
    federationId: ['F-1105'],
    department: ['Research'],
    awsRole: [ROLES[0]],
    ...Object.fromEntries(Object.entries(changes).map(([key, value]) => [key, [value].flat()])),
  };
  const user = aUser({ email: 'Maria@contoso.com', groups: ['AWS-Admins', 'ZS-Sales', 'Sales'], attributes });
  const person = personOf(user, aDirectory());
  return { person, claims: claimsOf(person) };
}

/** What has to be given, by its examples, and what a row says. */
function valuesOf(preset: Preset, given: Given): PresetValues {
  const asked = preset.fields.filter((field) => isAsked(field, { metadata: false }));
  const all = { ...Object.fromEntries(asked.map(({ id, example }) => [id, example])), ...given };
  const assignments = Object.entries(all).flatMap(([key, values]) => [values].flat().map((value) => ({ key, value })));
  return readPresetValues(preset, assignments);
}

/** Issues what the application would be sent, signed and all. */
async function issued(preset: Preset, given: Given, known = maria()): Promise<Sent> {
  const values = valuesOf(preset, given);
  const binding = preset.protocol === 'wsfed' ? { binding: WSFED_BINDING, url: 'https://app.example/' } : undefined;
  const own = aMetadata({ entityId: 'https://app.example/own', ...(binding === undefined ? {} : { replyAddresses: [binding] }) });
  const metadata = preset.metadata === 'required' ? own : describeByHand(handMadeOf(preset, values));
  const party = resolveRelyingParty(aRecord({ id: asId('rp'), metadata, overrides: overridesOf(preset, values) }));
  const idp = await testIdpWith(known, party);
  return preset.protocol === 'saml' ? bySaml(idp, metadata.entityId) : byWsfed(idp, metadata.entityId);
}

async function bySaml(idp: TestIdp, entityId: string): Promise<Sent> {
  const reply = await idp.get('/saml/sso/init', `sp=${encodeURIComponent(entityId)}`);
  if (reply.kind !== 'post-form') throw new Error(String(idp.refused.at(-1)?.check));
  const { xml, action } = isForm(reply);
  const assertion = readAssertion(/<saml:Assertion[ >].*<\/saml:Assertion>/su.exec(xml)?.[0] ?? '');
  return { ...assertion, action, format: assertion.nameFormat, xml };
}

async function byWsfed(idp: TestIdp, realm: string): Promise<Sent> {
  const reply = await idp.get('/wsfed', signInQuery({ wtrealm: realm }));
  if (reply.kind !== 'post-form') throw new Error(String(idp.refused.at(-1)?.check));
  const { action, wresult } = delivered(reply.action, reply.fields);
  const assertion = readAssertion(readResponse(wresult).token);
  return { ...assertion, action, format: assertion.nameFormat };
}

const I = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
const S = 'http://schemas.microsoft.com/ws/2008/06/identity/claims';
const AWS = 'https://aws.amazon.com/SAML/Attributes';
const IMMUTABLE = 'http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID';
const mail = ['Maria@contoso.com'];
const [given, surname, shown] = [['Maria'], ['Silva'], ['Maria Silva']];

/** By address, by user name, by UPN, by a lasting name that was made here. */
const NAMES: Readonly<Record<string, readonly [name: RegExp, format: string]>> = {
  mail: [/^Maria@contoso\.com$/u, NAME_ID.email],
  user: [/^maria$/u, NAME_ID.unspecified],
  upn: [/^maria@corp\.contoso\.com$/u, NAME_ID.unspecified],
  lasting: [/^[^@]{20,}$/u, NAME_ID.persistent],
};

const ROWS: readonly (readonly [preset: string, given: Given, name: keyof typeof NAMES, attributes: Sent['attributes']])[] = [
  ['adobe', {}, 'mail', { FirstName: given, LastName: surname, Email: mail }],
  ['atlassian', {}, 'mail', { [`${I}/givenname`]: given, [`${I}/surname`]: surname, [`${I}/name`]: ['(lasting)'] }],
  ['aws', {}, 'lasting', { [`${AWS}/Role`]: [ROLES[0]], [`${AWS}/RoleSessionName`]: mail }],
  ['aws-identity-center', {}, 'mail', {}],
  ['blackboard', {}, 'mail', { mail, givenName: given, sn: surname }],
  ['box', {}, 'mail', { email: mail, firstName: given, lastName: surname }],
  ['citrix-gateway', {}, 'upn', {}],
  ['citrix-storefront', {}, 'upn', {}],
  ['concur', {}, 'mail', {}],
  ['cornerstone', {}, 'user', {}],
  ['dropbox', {}, 'mail', {}],
  ['dynamics-365', {}, 'user', {
    [`${I}/upn`]: ['maria@corp.contoso.com'], [`${S}/primarysid`]: ['S-1-5-21-1-2-3-1105'], [`${I}/name`]: ['CONTOSO\\maria'],
  }],
  ['entra-domain-saml', {}, 'lasting', { IDPEmail: ['maria@corp.contoso.com'] }],
  ['entra-guests-saml', { domain: 'contoso.com' }, 'lasting', { [`${I}/emailaddress`]: mail }],
  ['entra-guests-wsfed', { domain: 'contoso.com' }, 'user', { [IMMUTABLE]: [IMMUTABLE_ID], [`${I}/emailaddress`]: mail }],
  ['github-enterprise', {}, 'user', { emails: mail, full_name: shown }],
  ['google-workspace', {}, 'mail', {}],
  ['google-workspace-profile', {}, 'mail', {}],
  ['microsoft-365', {}, 'user', { 'http://schemas.xmlsoap.org/claims/UPN': ['maria@corp.contoso.com'], [IMMUTABLE]: [IMMUTABLE_ID] }],
  ['outlook-on-the-web', {}, 'user', {
    [`${S}/primarysid`]: ['S-1-5-21-1-2-3-1105'], [`${I}/upn`]: ['maria@corp.contoso.com'], [`${S}/groupsid`]: ['(sids)'], [`${S}/windowsaccountname`]: ['CONTOSO\\maria'],
  }],
  ['salesforce', { subject: 'email' }, 'mail', {}],
  ['sap-ias', {}, 'mail', { firstName: given, lastName: surname, mail }],
  ['servicenow', {}, 'mail', {}],
  ['sharepoint-server', {}, 'user', { [`${I}/emailaddress`]: mail, [`${S}/role`]: ['AWS-Admins', 'ZS-Sales', 'Sales'] }],
  ['skype-for-business', {}, 'user', { [`${S}/primarysid`]: ['S-1-5-21-1-2-3-1105'] }],
  ['slack', {}, 'lasting', { 'User.Email': mail, 'User.Username': ['maria'], first_name: given, last_name: surname }],
  ['successfactors', {}, 'user', {}],
  ['templafy', {}, 'mail', { [`${I}/emailaddress`]: mail, [`${I}/upn`]: ['maria@corp.contoso.com'], [`${I}/givenname`]: given, [`${I}/surname`]: surname }],
  ['webex', {}, 'mail', { uid: mail, email: mail, firstname: given, lastname: surname }],
  ['workday', {}, 'user', {}],
  ['workplace', {}, 'mail', {}],
  ['zendesk', {}, 'mail', { [`${I}/givenname`]: given, [`${I}/surname`]: surname }],
  ['zoom', {}, 'mail', { email: mail, firstName: given, lastName: surname }],
  ['zscaler', { groups: 'ZS-*' }, 'mail', { displayName: shown, department: ['Research'], memberOf: ['ZS-Sales'] }],
]; // prettier-ignore

/** Where a name is fixed by other means than the four. */
const OTHER_NAMES: Readonly<Record<string, readonly [RegExp, string]>> = {
  'dynamics-365': [/^CONTOSO\\maria$/u, NAME_ID.unspecified],
  'entra-domain-saml': [/^wdGxmZ5FQ0qkSwEyAwQFBg==$/u, NAME_ID.persistent],
  'entra-guests-wsfed': [/^wdGxmZ5FQ0qkSwEyAwQFBg==$/u, NAME_ID.unspecified],
  'microsoft-365': [/^wdGxmZ5FQ0qkSwEyAwQFBg==$/u, NAME_ID.unspecified],
  'github-enterprise': [/^maria$/u, NAME_ID.persistent],
  salesforce: [/^Maria@contoso\.com$/u, NAME_ID.unspecified],
};

/** Values that are made anew in each run, under a word for them. */
const plain = (attributes: Sent['attributes']): Sent['attributes'] =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, values]) => [
      name,
      name.endsWith('/groupsid') ? ['(sids)'] : values.map((value) => (/^[A-Za-z0-9_-]{20,}$/u.test(value) && value !== IMMUTABLE_ID ? '(lasting)' : value)),
    ]),
  );

describe('the token of each preset', () => {
  let presets: readonly Preset[];
  const preset = (name: string): Preset => findPreset(presets, name);
  before(async () => {
    presets = await loadPresets([join(packageFolder(), 'metadata', 'presets')]);
  });

  it('is looked at for every preset there is', () => {
    expect([...new Set(ROWS.map(([name]) => name))].sort()).to.deep.equal(presets.map(({ name }) => name));
  });

  for (const [name, values, kind, attributes] of ROWS) {
    it(`carries subject and attributes for ${name}`, async () => {
      const extra: Given = name === 'microsoft-365' || name === 'entra-domain-saml' ? { domain: 'contoso.com' } : {};
      const sent = await issued(preset(name), { ...extra, ...values });
      const [subject, format] = OTHER_NAMES[name] ?? NAMES[kind] ?? [/^$/u, ''];
      expect(sent.name).to.match(subject);
      expect(sent.format).to.equal(format);
      expect(plain(sent.attributes)).to.deep.equal(attributes);
    });
  }

  describe('for AWS', () => {
    const pair = (group: string, at: number): string => `${group}=${ROLES[at] ?? ''}`;

    it('has the roles of the groups that somebody is in, several of one group too', async () => {
      const role = [pair('AWS-Admins', 0), pair('AWS-Admins', 1), pair('AWS-Strangers', 1)];
      const { attributes } = await issued(preset('aws'), { role });
      expect(attributes[`${AWS}/Role`]).to.deep.equal(ROLES);
    });

    it('is refused to whoever has no role, by group or by attribute', async () => {
      const refusal = (given: Given, known = maria()): Promise<string> => issued(preset('aws'), given, known).then(() => 'issued', (error: unknown) => (error as Error).message); // prettier-ignore
      expect(await refusal({ role: pair('AWS-Strangers', 0) })).to.equal('claims.required');
      expect(await refusal({}, maria({ awsRole: [] }))).to.equal('claims.required');
    });

    it('has session, source identity and tags where they are wished, and goes where the region says', async () => {
      const { action, attributes, xml, audiences } = await issued(preset('aws'), {
        region: 'eu-central-1', 'idp-id': 'SAMLSP1EXAMPLE2ID', 'session-name': 'user-name', 'session-duration': '28800', 'source-identity': 'yes',
        tag: ['CostCenter=department', 'Login=sAMAccountName'], 'transitive-tag': ['CostCenter', 'Login'],
      }); // prettier-ignore
      expect(attributes).to.deep.equal({
        [`${AWS}/Role`]: [ROLES[0]],
        [`${AWS}/RoleSessionName`]: ['maria'],
        [`${AWS}/SessionDuration`]: ['28800'],
        [`${AWS}/SourceIdentity`]: ['maria'],
        [`${AWS}/PrincipalTag:CostCenter`]: ['Research'],
        [`${AWS}/PrincipalTag:Login`]: ['maria.s'],
        [`${AWS}/TransitiveTagKeys`]: ['CostCenter', 'Login'],
      });
      expect(action).to.equal('https://eu-central-1.signin.aws.amazon.com/saml/acs/SAMLSP1EXAMPLE2ID');
      expect(xml).to.include(`Recipient="${action}"`);
      expect(audiences).to.deep.equal(['urn:amazon:webservices']);
    });
  });

  it('for Slack has both qualifiers, and is signed with its response', async () => {
    const { xml, action } = await issued(preset('slack'), { team: 'contoso' });
    expect(xml).to.match(/<saml:NameID Format="[^"]*persistent" NameQualifier="contoso\.slack\.com" SPNameQualifier="https:\/\/slack\.com">/u);
    expect(xml.match(/<ds:Signature[ >]/gu)).to.have.length(2);
    expect(xml).to.match(/<saml:Attribute Name="User\.Email" NameFormat="urn:oasis:names:tc:SAML:2\.0:attrname-format:unspecified">/u);
    expect(action).to.equal('https://contoso.slack.com/sso/saml');
    const own = await issued(preset('slack'), { team: 'contoso.enterprise', 'service-provider': 'team', 'id-attribute': 'objectGUID' });
    expect(own.name).to.equal('guid-of-maria');
    expect(own.xml).to.include('NameQualifier="contoso.enterprise.slack.com" SPNameQualifier="https://contoso.enterprise.slack.com"');
  });

  it('for Google is for the name it asked by, and can be in lower case', async () => {
    const values = valuesOf(preset('google-workspace'), { domain: 'contoso.com' });
    const { entityId, identifiers, replyAddresses } = handMadeOf(preset('google-workspace'), values);
    expect([entityId, ...(identifiers ?? [])]).to.deep.equal(['google.com/a/contoso.com', 'https://google.com/a/contoso.com', 'google.com']);
    expect(replyAddresses.map(({ url }) => url)).to.deep.equal(['https://www.google.com/a/contoso.com/acs']);
    const alone = handMadeOf(preset('google-workspace'), valuesOf(preset('google-workspace'), { 'shared-issuer': 'no' }));
    expect(alone.identifiers).not.to.include('google.com');
    expect((await issued(preset('google-workspace'), { 'lower-case': 'yes' })).name).to.equal('maria@contoso.com');
  });

  it('for Salesforce has what people are made of, where that is wished', async () => {
    const sent = await issued(preset('salesforce'), { subject: 'federation-id', jit: 'yes', profile: 'Standard User' });
    expect(sent).to.deep.include({ name: 'F-1105', action: 'https://contoso.my.salesforce.com?so=00D000000000062' });
    expect(sent.attributes).to.deep.equal({
      'User.Username': mail, 'User.Email': mail, 'User.LastName': surname, 'User.FirstName': given, 'User.ProfileId': ['Standard User'],
    }); // prettier-ignore
  });

  it('for Microsoft 365 says whether somebody is inside, where that is wished', async () => {
    const { attributes } = await issued(preset('microsoft-365'), { domain: 'contoso.com', 'inside-network': 'yes' });
    expect(attributes['http://schemas.microsoft.com/ws/2012/01/insidecorporatenetwork']).to.deep.equal(['false']);
  });

  it('for domains of Entra by SAML has the issuer of the domain where there are several', async () => {
    const { xml } = await issued(preset('entra-domain-saml'), { domain: ['contoso.com', 'fabrikam.com'] });
    expect(xml).to.include('<saml:Issuer>http://contoso.com/adfs/services/trust/</saml:Issuer>');
  });
});
