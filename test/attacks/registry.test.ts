/** The registry attacked through what administrators are handed: exports of AD FS, files of configuration, recordings, feeds of metadata. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { convertPartner } from '../../src/admin/adfs/convert-partner.js';
import { convertTrust } from '../../src/admin/adfs/convert.js';
import type { Conversion } from '../../src/admin/adfs/conversion.js';
import type { AdfsObject, AdfsTrust } from '../../src/admin/adfs/export.js';
import { dangersOf, weighMetadata } from '../../src/admin/metadata-effects.js';
import { readYaml } from '../../src/admin/transfer/yaml-read.js';
import { writeYaml } from '../../src/admin/transfer/yaml-write.js';
import { type Installation, openInstallation, CHANGE } from '../admin/adfs/installation.js';
import { aContext, aTrust, endpoint } from '../admin/adfs/trusts.js';
import { aRecord } from '../support/builders.js';
import { command } from '../support/command-line.js';

/** Text that would colour a terminal, by ESC and by its one-byte form, and turn letters round. */
const ESCAPES = '\u001b[31m\u009b31m\u202e';
const UNSEEN = /[\p{Cc}\p{Cf}]/u;

const aPartner = (changes: AdfsObject = {}): AdfsTrust => ({
  kind: 'claims-provider',
  file: 'CPT - Partner.xml',
  properties: { Name: 'Partner', Identifier: ['https://partner.example/idp'], Enabled: true, AcceptanceTransformRules: '', SamlEndpoints: [], ...changes },
});
const signOn = (Location: string, changes: AdfsObject = {}): AdfsObject => endpoint({ Protocol: 'SAMLSingleSignOn', Location, ...changes });

/** A policy of AD FS with these conditions in its one rule. */
function withPolicy(conditions: string, except = ''): Conversion {
  const xml =
    '<PolicyMetadata xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://schemas.datacontract.org/2012/04/ADFS"><IssuanceAuthorizationRules>' +
    `<Rule><Conditions>${conditions}</Conditions><Exceptions>${except}</Exceptions></Rule></IssuanceAuthorizationRules></PolicyMetadata>`;
  const changes = { IssuanceAuthorizationRules: '', AccessControlPolicyName: 'Own', ResultantPolicy: { Serialized: xml } };
  return convertTrust(aTrust(changes), aContext());
}
const condition = (kind: string, inside: string): string => `<Condition i:type="${kind}Condition">${inside}</Condition>`;
const values = (...list: readonly string[]): string => `<Values>${list.map((value) => `<Value>${value}</Value>`).join('')}</Values>`;
const ALWAYS = condition('Always', '<Operator>IsPresent</Operator>');
const ids = ({ findings }: Conversion): readonly string[] => findings.map(({ id }) => id);

describe('attacks on the registry: access that an import must not widen', () => {
  for (const [what, conditions] of [
    ['a part of a condition that is not known', condition('Group', `<Operator>Equals</Operator><Negate>true</Negate>${values('Finance')}`)],
    ['an operator under another name', condition('Group', `<operator>NotEquals</operator>${values('Finance')}`)],
    ['two operators', condition('Group', `<Operator>Equals</Operator><Operator>NotEquals</Operator>${values('Finance')}`)],
    ['a device by the name of what every object has', condition('Device', `<Operator>Equals</Operator>${values('constructor')}`)],
    ['its opposite', condition('Device', `<Operator>NotEquals</Operator>${values('constructor')}`)],
  ] as const) {
    it(`a rule with ${what} lets nobody in`, () => {
      const conversion = withPolicy(conditions);
      expect([conversion.grade, conversion.application]).to.deep.equal(['cannot', undefined]);
    });
  }

  it('a policy that can be met in millions of ways is refused at once (X11)', () => {
    const device = condition('Device', `<Operator>Equals</Operator>${values('registered', 'managed', 'compliant')}`);
    expect(withPolicy(device.repeat(40)).grade).to.equal('cannot');
  });

  it('an exception for a group holds in whatever letters its SID is written', () => {
    const except = condition('SpecificClaim', `<ClaimType>http://schemas.microsoft.com/ws/2008/06/identity/claims/groupsid</ClaimType><Operator>Equals</Operator>${values('s-1-5-21-1-2-3-1105')}`); // prettier-ignore
    const [rule] = withPolicy(ALWAYS, except).application?.overrides.accessPolicy?.rules ?? [];
    expect(rule?.except).to.deep.equal([{ claim: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/groupsid', is: ['S-1-5-21-1-2-3-1105'] }]);
  });

  it('a partner that is called as the built-in directory is here is not taken for it (A06)', () => {
    const conversion = convertTrust(aTrust({ ClaimsProviderName: ['local'] }), aContext());
    expect(conversion.application?.overrides.identitySources).to.not.include('local');
    expect([conversion.grade, ids(conversion)]).to.deep.equal(['look', ['adfs.source-name', 'adfs.partners-only']]);
  });

  for (const [property, value] of [
    ['ClaimsProviderName', [{}]],
    ['SignedSamlRequestsRequired', 'yes'],
    ['AlwaysRequireAuthentication', 2],
    ['Enabled', {}],
    ['EncryptedNameIdRequired', ['True']],
    ['AllowedAuthenticationClassReferences', [{ Cut: true }]],
    ['AccessControlPolicyName', ['Permit specific group']],
    ['IssuanceAuthorizationRules', {}],
  ] as const) {
    it(`${property} that cannot be read is not taken for one that nobody set`, () => {
      const conversion = convertTrust(aTrust({ [property]: value }), aContext());
      expect(conversion.grade).to.not.equal('ready');
      expect(ids(conversion)).to.include('adfs.property-unreadable');
    });
  }

  it('words of an export that every object has are words that nobody knows (M10)', () => {
    const named = convertTrust(
      aTrust({ SamlResponseSignature: 'constructor', SamlEndpoints: [endpoint({ BindingUri: null, Binding: 'constructor' }), endpoint({ Location: 'https://app.example/acs2' })] }), // prettier-ignore
      aContext(),
    );
    expect(named.application?.overrides.sign).to.equal('both');
    expect(named.application?.metadata.replyAddresses[0]?.binding).to.equal('constructor');
    const partner = convertPartner(aPartner({ SamlEndpoints: [signOn('https://partner.example/sso', { Protocol: 'constructor' })] }), aContext());
    expect(partner.partner?.endpoints).to.deep.equal([]);
  });

  it('metadata that would be read over http wants a look (M05)', () => {
    const conversion = convertTrust(aTrust({ MetadataUrl: 'http://app.example/metadata', MonitoringEnabled: true, AutoUpdateEnabled: true }), aContext());
    expect([conversion.grade, ids(conversion)]).to.deep.equal(['look', ['adfs.metadata-http']]);
  });

  it('an address of metadata with a password in it stays behind, and is not shown (M13)', () => {
    const conversion = convertTrust(aTrust({ MetadataUrl: 'https://bob:s3cret@app.example/metadata' }), aContext());
    expect(conversion.application?.source.kind).to.equal('hand');
    expect(JSON.stringify(conversion)).to.not.include('s3cret');
  });
});

describe('attacks on the registry: partners by import', () => {
  it('addresses that are no web addresses stay behind, metadata and answers too (I02, M02)', () => {
    const { partner, findings } = convertPartner(
      aPartner({
        SamlEndpoints: [
          signOn('javascript:alert(1)'),
          signOn('https://partner.example/sso'),
          signOn('https://partner.example/slo', { Protocol: 'SAMLLogout', ResponseLocation: 'javascript:alert(2)' }),
        ],
        WSFedEndpoint: 'data:text/html,x',
        MetadataUrl: 'file:///etc/passwd',
      }),
      aContext(),
    );
    expect(partner?.endpoints.map(({ url }) => url)).to.deep.equal(['https://partner.example/sso']);
    expect(partner).to.not.have.property('metadataUrl');
    expect(findings.map(({ id }) => id)).to.include('adfs.partner-address');
  });

  for (const [what, identifier, id] of [
    ['is ours', 'https://login.example.com/saml', 'adfs.identifier-ours'],
    ['holds what a terminal obeys', `urn:x${ESCAPES}`, 'adfs.identifier-missing'],
  ] as const) {
    it(`one whose identifier ${what} cannot come in (M01, M08)`, () => {
      const conversion = convertPartner(aPartner({ Identifier: [identifier], Name: '' }), aContext());
      expect([conversion.grade, conversion.partner, ids(conversion).includes(id)]).to.deep.equal(['cannot', undefined, true]);
      expect(conversion.name).to.not.match(UNSEEN);
    });
  }
});

describe('attacks on the registry: an import over what is there', () => {
  let here: Installation;
  beforeEach(async () => {
    here = await openInstallation();
  });
  afterEach(() => here.close());

  it('two partners are not known by one identifier, nor by one domain (M01)', async () => {
    const domain = (name: string, identifier: string): AdfsTrust =>
      aPartner({ Name: name, Identifier: [identifier], OrganizationalAccountSuffix: ['partner.example'] });
    const plan = await here.plan([domain('One', 'urn:one'), domain('Two', 'urn:one'), domain('Three', 'urn:three')], { includeLook: true });
    expect(plan.entries.map(({ action }) => action)).to.deep.equal(['add', 'leave', 'leave']);
    await here.admin.apply(plan, { actor: 'cli' });
    const later = await here.plan([domain('Four', 'urn:four')], { includeLook: true });
    expect(later.entries.map(({ action, why }) => [action, why])).to.deep.equal([['leave', 'its domain partner.example belongs to the partner One']]);
  });

  it('takes away neither a pinned certificate nor rules that were set here (M05)', async () => {
    const changes = { IssuanceAuthorizationRules: '', AccessControlPolicyName: 'Permit everyone' };
    const trust = aTrust({ MetadataUrl: 'https://app.example/metadata', MonitoringEnabled: true, AutoUpdateEnabled: true, ...changes });
    await here.run([trust]);
    const [imported] = await here.storage.relyingParties.list({}, { limit: 5 });
    if (imported === undefined) throw new Error('nothing was imported');
    const { overrides } = imported;
    const pinned = { ...overrides, refresh: { mode: 'apply' as const, certificates: ['MIIB'] }, rules: { ...overrides.rules, authorization: '' } };
    await here.storage.relyingParties.save({ ...imported, overrides: pinned }, CHANGE);
    await here.run([trust]);
    const again = await here.storage.relyingParties.findByEntityId(imported.metadata.entityId);
    expect(again?.overrides.refresh?.certificates).to.deep.equal(['MIIB']);
    expect(again?.overrides.rules?.authorization).to.equal('');
  });
});

describe('attacks on the registry: metadata that is read again', () => {
  it('an answer of sign-out to another host waits as any other address does (M05)', () => {
    const url = 'https://app.example/slo';
    const binding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';
    const before = aRecord({ metadata: { ...aRecord().metadata, logoutEndpoints: [{ url, binding }] } });
    const moved = (responseUrl: string): readonly string[] =>
      dangersOf(weighMetadata(before, { ...before.metadata, logoutEndpoints: [{ url, binding, responseUrl }] }, { keys: 'none' }));
    expect(moved('https://evil.example/done')).to.deep.equal(['the sign-out address https://evil.example/done is on a host that was not among its addresses']);
    expect(moved('http://app.example/done')[0]).to.include('uses http');
    expect(moved('https://app.example/done')).to.deep.equal([]);
  });
});

describe('attacks on the registry: what is printed (M08)', () => {
  let folder: string;
  const run = (...args: readonly string[]): ReturnType<typeof command> => command(args, { env: { SIGNET_DATA: join(folder, 'data') } });
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'signet-registry-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('JSON and YAML write what a terminal obeys as escapes, and read it back to the letter', async () => {
    const text = `a${ESCAPES}\u{e0041}\u2028b`;
    expect(writeYaml({ [text]: text }).replaceAll('\n', '')).to.not.match(UNSEEN);
    expect(readYaml('it', Buffer.from(writeYaml({ [text]: text })))[0]?.value).to.deep.equal({ [text]: text });
    const token = [{ alg: 'none' }, { sub: text }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    const { stdout } = await run('decode', file('token', `${token}.x`), '--json');
    expect(stdout.replaceAll('\n', '')).to.not.match(UNSEEN);
    expect(stdout).to.include(String.raw`a\u001b[31m\u009b31m\u202e\udb40\udc41`);
    expect(JSON.parse(stdout)).to.have.nested.property('messages[0].sections[1].fields[0].value', text);
  });

  it('an import shows no letter of a name, an identifier or a rule that a terminal obeys', async () => {
    const { properties } = aPartner({
      Name: ESCAPES,
      Identifier: [`urn:x${ESCAPES}`],
      AcceptanceTransformRules: `=> issue(Type = "${ESCAPES}", Value = "x");`,
    });
    const trust = { ...aTrust({ Name: `App${ESCAPES}`, Notes: ESCAPES, MetadataUrl: `https://app.example/${ESCAPES}` }).properties, [`Odd${ESCAPES}`]: 'x' };
    const { stdout, stderr } = await run(
      'import',
      'adfs',
      file('trusts.json', JSON.stringify([properties, trust]).replaceAll('\u009b', String.raw`\u009b`)),
      '--details',
    );
    expect(`${stdout}${stderr}`.replaceAll('\n', '')).to.not.match(UNSEEN);
    expect(stdout).to.include('App');
  });

  it('parameters named as what every object has are shown by their names (M10)', async () => {
    const { code, stdout } = await run('decode', file('form', 'SAMLRequest=PGE%2B&constructor=1&toString=2&__proto__=3'));
    expect(code).to.equal(6);
    expect(stdout).to.not.include('native code');
  });
});
