import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { handMadeOf, overridesOf } from '../../src/admin/preset-build.js';
import type { Preset } from '../../src/admin/preset-format.js';
import { readPresetValues } from '../../src/admin/preset-values.js';
import { findPreset, loadPresets, readPreset } from '../../src/admin/presets.js';
import type { Assignment } from '../../src/admin/setting-values.js';
import { packageFolder } from '../../src/app/package.js';
import { checkClaimMappings } from '../../src/core/claims/mappings/check-mappings.js';
import { describeMapping } from '../../src/core/claims/mappings/describe.js';
import { SignetError } from '../../src/core/errors.js';
import { WSFED_BINDING } from '../../src/core/model/relying-party.js';
import { checkReplyAddress } from '../../src/core/model/reply-address.js';
import { thrownBy } from '../support/builders.js';

const FOLDER = join(packageFolder(), 'metadata', 'presets');
/** A file for every row of what is known about applications. */
const NAMES = [
  'adobe',
  'atlassian',
  'aws',
  'aws-identity-center',
  'blackboard',
  'box',
  'citrix-gateway',
  'citrix-storefront',
  'concur',
  'cornerstone',
  'dropbox',
  'dynamics-365',
  'entra-domain-saml',
  'entra-guests-saml',
  'entra-guests-wsfed',
  'github-enterprise',
  'google-workspace',
  'google-workspace-profile',
  'microsoft-365',
  'outlook-on-the-web',
  'salesforce',
  'sap-ias',
  'servicenow',
  'sharepoint-server',
  'skype-for-business',
  'slack',
  'successfactors',
  'templafy',
  'webex',
  'workday',
  'workplace',
  'zendesk',
  'zoom',
  'zscaler',
];

const assigned = (values: Readonly<Record<string, string | readonly string[]>>): readonly Assignment[] =>
  Object.entries(values).flatMap(([key, given]) => [given].flat().map((value) => ({ key, value })));

describe('presets', () => {
  let presets: readonly Preset[];
  before(async () => {
    presets = await loadPresets([FOLDER]);
  });

  it('are those of the package, by name', () => {
    expect(presets.map(({ name }) => name)).to.deep.equal(NAMES);
    expect(findPreset(presets, 'microsoft-365').identifiers).to.deep.equal(['urn:federation:MicrosoftOnline']);
  });

  it('are not found under another name, and those that are there are said', async () => {
    const error = await thrownBy(() => findPreset(presets, 'office\u001b'));
    expect(error).to.be.instanceOf(SignetError).and.include({ code: 'not_found' });
    expect(error.message).to.equal(`There is no preset "office?"; there is ${NAMES.slice(0, -1).join(', ')} or zscaler.`);
  });

  it('never name what Signet cannot do, and say how far they can be trusted', () => {
    for (const preset of presets) {
      expect(JSON.stringify(preset), preset.name).not.to.match(/-ActiveSignInUri|-MetadataExchangeUri|activeSignInUri"|\/trust\/mex|usernamemixed/u);
      expect(['documented', 'partly', 'unchecked']).to.include(preset.confidence);
      expect(preset.notes.length * preset.asks.length * preset.tell.length * preset.test.length, preset.name).to.be.above(0);
    }
  });

  it('stand in the manual, with how far they are known', () => {
    const manual = readFileSync(join('docs', 'presets.md'), 'utf8');
    const words = { documented: 'documented', partly: 'in part', unchecked: 'unchecked' };
    const metadata = { none: 'no', optional: 'or fields', required: 'yes' };
    for (const { name, title, ...known } of presets)
      expect(manual).to.include(`| \`${name}\` | ${title} | ${metadata[known.metadata]} | ${words[known.confidence]} |`);
  });

  it('may be written as the manual does', () => {
    const [, text = ''] = /```json\n(\{\n {2}"name".*?)```/su.exec(readFileSync(join('docs', 'presets.md'), 'utf8')) ?? [];
    const filled = { site: ['hamburg'], role: ['Leads=approver', 'Leads=reader'] };
    expect(overridesOf(readPreset(text, 'timesheets.json'), filled).claims?.at(-1)).to.deep.equal({
      claim: 'role',
      from: [{ group: '*' }],
      change: [{ map: { Leads: 'approver\nreader' } }, { split: '\n' }],
    });
  });

  it('make an application with their examples that may be stored', () => {
    for (const preset of presets) {
      const filled = readPresetValues(preset, assigned(Object.fromEntries(preset.fields.map(({ id, example }) => [id, example]))));
      expect(checkClaimMappings(overridesOf(preset, filled).claims ?? []), preset.name).to.equal(undefined);
      if (preset.metadata === 'required') continue;
      const { entityId, replyAddresses } = handMadeOf(preset, filled);
      expect(entityId, preset.name).to.match(/^[^{}\s]+$/u);
      for (const { url } of replyAddresses) expect(checkReplyAddress(url), url).to.equal(undefined);
    }
  });

  describe('fill in', () => {
    const made = (name: string, values: Readonly<Record<string, string | readonly string[]>>): ReturnType<typeof handMadeOf> => {
      const preset = findPreset(presets, name);
      return handMadeOf(preset, readPresetValues(preset, assigned(values)));
    };
    const claims = (application: ReturnType<typeof handMadeOf>): readonly string[] => (application.overrides?.claims ?? []).map(describeMapping);

    it('Microsoft 365 with one domain, whose token has our own issuer (WSF-22)', () => {
      const application = made('microsoft-365', { domain: 'Contoso.com' });
      expect(application).to.deep.include({
        entityId: 'urn:federation:MicrosoftOnline',
        identifiers: [],
        replyAddresses: [{ binding: WSFED_BINDING, url: 'https://login.microsoftonline.com/login.srf' }],
      });
      expect(application.overrides).to.deep.include({ name: 'Microsoft 365', tokenType: 'saml11', trustVersion: '2005', lifetimeSeconds: 3600 });
      expect(application.overrides?.preset).to.deep.equal({
        name: 'microsoft-365',
        values: {
          domain: ['contoso.com'],
          cloud: ['worldwide'],
          'issuer-per-domain': ['no'],
          mfa: ['rejectMfaByFederatedIdp'],
          'display-name': ['Signet'],
          'inside-network': ['no'],
        },
      });
      expect(claims(application)).to.deep.equal([
        'http://schemas.xmlsoap.org/claims/UPN from attribute upn, else email, in contoso.com; required',
        'http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID from immutableId; required',
        'the name identifier from immutableId; format urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified; required',
      ]);
    });

    it('Microsoft 365 with an issuer for each domain, where there are several or it is wished (WSF-22)', () => {
      const issuer = (domains: string): string =>
        `the issuer of the token from attribute upn, else email, in ${domains}; as http://{domain}/adfs/services/trust/; required`;
      expect(claims(made('microsoft-365', { domain: ['contoso.com', 'fabrikam.com'] })).at(-1)).to.equal(issuer('contoso.com or fabrikam.com'));
      expect(claims(made('microsoft-365', { domain: 'contoso.com', 'issuer-per-domain': 'yes' })).at(-1)).to.equal(issuer('contoso.com'));
    });

    it('Microsoft 365 in a national cloud', () => {
      const url = (cloud: string): string | undefined => made('microsoft-365', { domain: 'contoso.com', cloud }).replyAddresses[0]?.url;
      expect(['us-government', 'china'].map(url)).to.deep.equal([
        'https://login.microsoftonline.us/login.srf',
        'https://login.partner.microsoftonline.cn/login.srf',
      ]);
    });

    it('SharePoint with an address for each site, and the claim that says who somebody is', () => {
      const application = made('sharepoint-server', {
        realm: 'urn:contoso:sp',
        site: ['https://portal.contoso.com', 'https://my.contoso.com:8443'],
        identity: 'upn',
      });
      expect(application.entityId).to.equal('urn:contoso:sp');
      expect(application.replyAddresses.map(({ url }) => url)).to.deep.equal([
        'https://portal.contoso.com/_trust/default.aspx',
        'https://my.contoso.com:8443/_trust/default.aspx',
        'https://portal.contoso.com/_trust/',
        'https://my.contoso.com:8443/_trust/',
      ]);
      expect(claims(application)).to.deep.equal([
        'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn from attribute upn; required',
        'http://schemas.microsoft.com/ws/2008/06/identity/claims/role from group',
      ]);
    });

    it('Exchange with SIDs that the directory holds, one part at a time', () => {
      const application = made('outlook-on-the-web', { host: 'mail.contoso.com', part: 'ecp' });
      expect([application.entityId, application.replyAddresses[0]?.url, application.overrides?.name]).to.deep.equal([
        'https://mail.contoso.com/ecp/',
        'https://mail.contoso.com/ecp/',
        'Exchange ecp on mail.contoso.com',
      ]);
      expect(claims(application).filter((claim) => claim.endsWith('required'))).to.have.length(2);
    });

    it('what is signed and what is never encrypted, where the vendor says so', () => {
      const overrides = (name: string): ReturnType<typeof overridesOf> => overridesOf(findPreset(presets, name), {});
      expect([overrides('slack').sign, overrides('workday').sign, overrides('zoom').sign]).to.deep.equal(['both', 'both', undefined]);
      expect([overrides('adobe').encrypt, overrides('aws-identity-center').encrypt, overrides('aws').encrypt]).to.deep.equal(['never', 'never', undefined]);
    });

    it('Dynamics beside its own metadata', () => {
      const preset = findPreset(presets, 'dynamics-365');
      const overrides = overridesOf(preset, readPresetValues(preset, []));
      expect(overrides.claims?.map(describeMapping)).to.include(
        'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name from attribute windowsAccountName; required',
      );
      expect(overrides).not.to.have.property('name');
    });
  });

  describe('ask', () => {
    const refusals: readonly (readonly [string, string, Readonly<Record<string, string | readonly string[]>>, RegExp])[] = [
      ['for what must be given', 'microsoft-365', {}, /^domain is missing: .*--value domain=contoso\.com/u],
      ['for known fields only', 'microsoft-365', { domain: 'contoso.com', tenant: 'x' }, /^microsoft-365 has no field "tenant"; it asks for domain, /u],
      ['for no field of the language', 'microsoft-365', { domain: 'contoso.com', constructor: 'x' }, /no field "constructor"/u],
      ['for a domain', 'microsoft-365', { domain: "contoso.com'; calc; '" }, /^domain is ".*"; give something like contoso\.com/u],
      ['for no domain of Microsoft', 'microsoft-365', { domain: 'contoso.onmicrosoft.com' }, /^domain is "contoso\.onmicrosoft\.com"/u],
      ['for a domain of ASCII', 'microsoft-365', { domain: 'соntoso.com' }, /^domain is /u],
      ['for one of the choices', 'microsoft-365', { domain: 'contoso.com', cloud: 'mars' }, /^cloud is "mars"; use worldwide, us-government or china/u],
      ['once', 'microsoft-365', { domain: 'contoso.com', cloud: ['china', 'china'] }, /^cloud is given 2 times; give it once/u],
      ['not for thousands of values', 'microsoft-365', { domain: Array.from({ length: 201 }, (_, at) => `d${String(at)}.example`) }, /at most 200/u],
      ['for one line', 'microsoft-365', { domain: 'contoso.com', 'display-name': 'a\ncalc' }, /^display-name is "a\?calc"; remove line breaks/u],
      ['for something', 'microsoft-365', { domain: '' }, /^domain is ""; give some text/u],
      ['for https', 'sharepoint-server', { realm: 'urn:x', site: 'http://portal.contoso.com' }, /^site is /u],
      ['for no path', 'sharepoint-server', { realm: 'urn:x', site: 'https://portal.contoso.com/x' }, /^site is /u],
      ['for a host', 'outlook-on-the-web', { host: 'mail.contoso.com/owa' }, /^host is /u],
      [
        'for all that is missing at once',
        'sharepoint-server',
        {},
        /^realm is missing: .* --value realm=urn:contoso:sharepoint\. site is missing: .* --value site=https/u,
      ],
      [
        'for a role with its provider',
        'aws',
        { role: 'AWS-Admins=arn:aws:iam::123456789012:role/Admins' },
        /^role is ".*"; give something like AWS-Admins=arn:/u,
      ],
      ['for a role of a group', 'aws', { role: 'arn:aws:iam::123456789012:role/A,arn:aws:iam::123456789012:saml-provider/S' }, /^role is /u],
      ['for 15 minutes at least', 'aws', { 'session-duration': '899' }, /^session-duration is "899"; .*from 900 to 43200/u],
      ['for 12 hours at most', 'aws', { 'session-duration': '43201' }, /^session-duration is "43201"/u],
      ['for a region', 'aws', { region: 'evil.example/' }, /^region is /u],
      ['for a tag and an attribute', 'aws', { tag: 'CostCenter' }, /^tag is /u],
      ['for a workspace, not its address', 'slack', { team: 'https://contoso.slack.com' }, /^team is /u],
      [
        'for an address of Google',
        'google-workspace-profile',
        { 'entity-id': 'https://accounts.google.com.evil.example/samlrp/1', acs: 'https://accounts.google.com/samlrp/1/acs' },
        /^entity-id is /u,
      ],
      ['for an organization ID', 'salesforce', { 'my-domain': 'contoso', 'org-id': '005000000000062' }, /^org-id is /u],
      ['for a tenant', 'entra-guests-saml', { tenant: 'contoso.com', domain: 'fabrikam.com' }, /^tenant is /u],
      ['for a host of Workday', 'workday', { host: 'workday.evil.example', tenant: 'contoso' }, /^host is /u],
      ['for an address without a path of its own', 'github-enterprise', { address: 'https://github.com/orgs/contoso/saml' }, /^address is /u],
      ['for a realm without quotes', 'sharepoint-server', { realm: "urn:x'y", site: 'https://a.example' }, /^realm is /u],
    ];
    for (const [title, name, values, sentence] of refusals) {
      it(`${title} (M08)`, async () => {
        const error = await thrownBy(() => readPresetValues(findPreset(presets, name), assigned(values)));
        expect(error).to.be.instanceOf(SignetError).and.include({ code: 'invalid_input' });
        expect(error.message).to.match(sentence);
        expect(error.message).not.to.match(/[\n\u001b]/u);
      });
    }
  });
});

describe('a preset of a file', () => {
  const text = (): string => readFileSync(join(FOLDER, 'outlook-on-the-web.json'), 'utf8');
  const changed = (change: (preset: Record<string, unknown>) => unknown): string => {
    const preset = JSON.parse(text()) as Record<string, unknown>;
    return JSON.stringify({ ...preset, ...(change(preset) as object) });
  };
  const field = { id: 'x', label: 'X', hint: 'x', example: 'a' };

  const rows: readonly (readonly [string, string, RegExp])[] = [
    ['that is no JSON', '{', /own\.json is not JSON/u],
    ['with an unknown key', changed(() => ({ extra: 1 })), /extra/u],
    ['without a title', changed(() => ({ title: undefined })), /title/u],
    ['of an unknown confidence', changed(() => ({ confidence: 'sure' })), /confidence/u],
    ['with a lifetime of days', changed(() => ({ lifetimeSeconds: 86_400 })), /lifetimeSeconds/u],
    ['with an unknown shell', changed(() => ({ commands: [{ title: 'x', shell: 'bash', lines: [] }] })), /commands\.0/u],
    ['with two fields of one name', changed(({ fields }) => ({ fields: [fields, field, field].flat() })), /field name x is taken/u],
    ['with a field named like a value of ours', changed(() => ({ fields: [{ ...field, id: 'issuer' }] })), /field name issuer is taken/u],
    ['whose pattern is none', changed(({ fields }) => ({ fields: [fields, { ...field, pattern: '(' }].flat() })), /no regular expression/u],
    ['whose example does not fit', changed(({ fields }) => ({ fields: [fields, { ...field, pattern: 'b' }].flat() })), /a is no value of the field x/u],
    ['whose default is no choice', changed(({ fields }) => ({ fields: [fields, { ...field, choices: ['a'], default: 'b' }].flat() })), /b is no value/u],
    ['with an unknown placeholder', changed(() => ({ notes: ['{nothing}'] })), /nothing fills the placeholder \{nothing\}/u],
    ['with a placeholder of the language', changed(() => ({ notes: ['{constructor}'] })), /\{constructor\}/u],
    ['with an unknown placeholder in a command', changed(() => ({ commands: [{ title: 'x', shell: 'powershell', lines: ['{nothing}'] }] })), /\{nothing\}/u],
    [
      'with values that need each other',
      changed(() => ({
        values: [
          { id: 'owa', text: '{ecp}' },
          { id: 'ecp', text: '{owa}' },
        ],
      })),
      /\{ecp\}/u,
    ],
    ['whose pairs are none', changed(({ fields }) => ({ fields: [fields, { ...field, pairs: true }].flat() })), /a is no value of the field x/u],
    ['with a map of no pairs', changed(() => ({ claims: [{ claim: 'a', from: [{ group: '*' }], mapOf: 'host' }] })), /no field host with pairs/u],
    ['with a half of no pair', changed(() => ({ notes: ['{host.key}'] })), /\{host\.key\}/u],
    ['with a mapping for each of nothing', changed(() => ({ claims: [{ claim: 'a', from: [{ group: '*' }], each: 'x' }] })), /no field x/u],
    ['known as everything', changed(() => ({ knownAs: ['.*'] })), /knownAs: \.\* is no regular expression, or fits everything/u],
    ['that sends tokens in the clear', changed(() => ({ replyAddresses: ['http://{host}/'] })), /http:\/\/mail\.contoso\.com\/ uses http/u],
    [
      'that breaks with one of its choices',
      changed(({ claims }) => ({ claims: [claims, { claim: 'a', from: [], when: [{ field: 'part', is: 'ecp' }] }].flat() })),
      /sources/u,
    ],
    ['with a condition on nothing', changed(() => ({ notes: [{ text: 'x', when: [{ field: 'y' }] }] })), /no field y/u],
    ['without an identifier', changed(() => ({ identifiers: [] })), /no identifier or no reply address/u],
    ['with a mapping that cannot be used', changed(() => ({ claims: [{ claim: 'urn:x', from: [] }] })), /Mapping 1, to urn:x, .*sources$/u],
  ];
  for (const [title, content, sentence] of rows) {
    it(`${title} is refused, and the file is named`, async () => {
      const error = await thrownBy(() => readPreset(content, 'own.json'));
      expect(error).to.be.instanceOf(SignetError).and.include({ code: 'invalid_input' });
      expect(error.message).to.match(/^The preset own\.json /u);
      expect(error.message.replace(/\.$/u, '')).to.match(sentence);
    });
  }

  it('may use every key of a mapping, with placeholders in sources', () => {
    const claims = [
      {
        name: 'Groups',
        claim: 'groups',
        from: [{ group: '{x}-*' }, { fact: 'network' }, { identifier: 'pairwise' }],
        onlyWhen: [{ network: 'intranet' }],
        change: [{ after: '-' }, 'lowercase'],
        friendlyName: 'groups',
        when: [{ field: 'x', is: 'APP' }],
      },
    ];
    const preset = readPreset(
      changed(({ fields }) => ({ claims, fields: [fields, field].flat() })),
      'own.json',
    );
    const [{ when: _when, ...mapping } = {}] = claims;
    expect(overridesOf(preset, { x: ['APP'] }).claims).to.deep.equal([
      { ...mapping, from: [{ group: 'APP-*' }, { fact: 'network' }, { identifier: 'pairwise' }] },
    ]);
    expect(overridesOf(preset, { x: ['B'] }).claims).to.deep.equal([]);
    const bent = changed(() => ({ claims: [{ claim: 'a', from: [{ group: '*', constant: 'x' }] }] }));
    expect(() => readPreset(bent, 'own.json')).to.throw(SignetError, /claims\.0\.from\.0: give an object with exactly one of the keys claim, /u);
  });

  it("of a folder of one's own counts before one of the package", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'signet-presets-'));
    try {
      writeFileSync(
        join(folder, 'own.json'),
        changed(() => ({ title: 'Our mail' })),
      );
      writeFileSync(join(folder, 'notes.txt'), 'no preset');
      const presets = await loadPresets([FOLDER, folder]);
      expect(presets.map(({ name }) => name)).to.deep.equal(NAMES);
      expect(findPreset(presets, 'outlook-on-the-web').title).to.equal('Our mail');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
