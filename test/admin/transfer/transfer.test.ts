import { expect } from 'chai';
import fc from 'fast-check';
import { applyConfiguration, type ApplyOptions, type ApplyParts } from '../../../src/admin/transfer/apply.js';
import { applicationDocument } from '../../../src/admin/transfer/application-document.js';
import { exportConfiguration, writeConfiguration } from '../../../src/admin/transfer/export.js';
import type { Plan } from '../../../src/admin/transfer/plan.js';
import { writeYaml } from '../../../src/admin/transfer/yaml-write.js';
import { FORMATS } from '../../../src/admin/relying-party-values.js';
import type { LocalDirectoryRecord } from '../../../src/core/model/directory.js';
import { asId } from '../../../src/core/model/ids.js';
import { type RelyingPartyOverrides, type RelyingPartyRecord, WSFED_BINDING } from '../../../src/core/model/relying-party.js';
import { STORES_SETTING } from '../../../src/core/model/store-registration.js';
import type { Change, ConfigurationChanges } from '../../../src/core/ports.js';
import { aMetadata, aRecord, fakeClock, NOW, POST_BINDING, thrownBy } from '../../support/builders.js';
import { someConditions, someText } from '../../support/claim-arbitraries.js';
import { memoryRelyingParties, type MemoryRelyingParties } from '../../support/memory-repositories.js';
import { memorySettings, type MemorySettings } from '../../support/memory-settings.js';
import { metadataPath, metadataText } from '../../support/metadata-files.js';

const ID = 'https://app.example/metadata';
const CERTIFICATE = /<ds:X509Certificate>([^<]+)</u.exec(metadataText('good/keys.xml'))?.[1]?.replaceAll(/\s/gu, '') ?? '';
const RULES = '@RuleName = "Mail"\r\nc:[Type == "http://x/mail"]  \r\n => issue(claim = c);\r\n';

/** An installation in memory. `writes` is what would go into one transaction. */
interface Installation extends ApplyParts {
  readonly relyingParties: MemoryRelyingParties;
  readonly storedSettings: MemorySettings;
  readonly writes: { readonly changes: ConfigurationChanges; readonly change: Change }[];
  directory: LocalDirectoryRecord;
}

function installation(...records: readonly RelyingPartyRecord[]): Installation {
  const relyingParties = memoryRelyingParties(...records);
  const storedSettings = memorySettings();
  let ids = 0;
  const made: Installation = {
    relyingParties,
    storedSettings,
    writes: [],
    directory: {},
    signingKeys: { list: () => Promise.resolve([]) },
    localDirectories: {
      read: () => Promise.resolve(made.directory),
      plan: (make) => Promise.resolve({ name: 'directory:local', before: undefined, after: JSON.stringify(make(made.directory)), shown: (text) => text }),
    },
    configuration: {
      apply: (changes, change) => {
        made.writes.push({ changes, change });
        for (const { id } of changes.remove ?? []) relyingParties.rows.delete(id);
        for (const record of [...(changes.insert ?? []), ...(changes.save ?? [])]) relyingParties.rows.set(record.id, record);
        for (const { name, after } of changes.settings ?? []) {
          if (name === STORES_SETTING) storedSettings.values.set(name, after);
          else made.directory = JSON.parse(after) as LocalDirectoryRecord;
        }
        return Promise.resolve();
      },
    },
    clock: fakeClock(),
    makeId: () => `new-${String((ids += 1))}`,
    ownNames: ['https://login.example/saml/metadata'],
    fetchAllow: [],
    catalogue: (coming) => Promise.resolve({ names: ['Active Directory', ...coming], check: () => undefined }),
  };
  return made;
}

const exported = async (parts: Installation): Promise<string> => writeConfiguration(await exportConfiguration(parts, {}), 'x');

async function apply(parts: Installation, text: string, options: Partial<ApplyOptions> = {}): Promise<Plan> {
  const files = text === '' ? [] : [{ name: 'a.yaml', bytes: Buffer.from(text), folder: '/' }];
  return applyConfiguration(parts, files, { allowHttp: false, allowPrivate: false, ...options }, { actor: 'cli' });
}

/** A document of one application that is there. */
const document = (changes: object, of: RelyingPartyRecord = aRecord()): string => writeYaml({ ...applicationDocument(of), ...changes });

const texts = (from: fc.Arbitrary<string>): fc.Arbitrary<readonly string[]> => fc.uniqueArray(from, { minLength: 1, maxLength: 3 });
const uris = texts(fc.webUrl());
const policy = fc.record({ name: someText, rules: fc.array(fc.record({ when: someConditions }), { maxLength: 2 }) }, { requiredKeys: ['rules'] });
const ruleSets = fc.record(
  { transform: fc.constantFrom('', RULES), authorization: fc.constantFrom('', '=> issue(Type = "http://x/permit", Value = "true");'), additional: fc.constant(RULES) }, // prettier-ignore
  { requiredKeys: ['authorization'] },
);
const anyOverrides: fc.Arbitrary<RelyingPartyOverrides> = fc
  .record(
    {
      name: someText.map((text) => text.trim()),
      sign: fc.constantFrom('assertion', 'response', 'both'),
      encrypt: fc.constantFrom('auto', 'always', 'never'),
      nameIdFormat: fc.constantFrom(...Object.values(FORMATS)),
      digestAlgorithm: fc.constant('http://www.w3.org/2001/04/xmlenc#sha256'),
      signatureAlgorithm: fc.constant('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'),
      requireSignedRequests: fc.boolean(),
      lifetimeSeconds: fc.integer({ min: 10, max: 36_000 }),
      sessionLifetimeSeconds: fc.integer({ min: 60, max: 86_400 }),
      skewSeconds: fc.integer({ min: 0, max: 300 }),
      issuer: fc.webUrl(),
      audiences: uris,
      identifiers: uris,
      replyAddresses: texts(fc.webUrl({ validSchemes: ['https'] })),
      tokenType: fc.constantFrom('saml11', 'saml20'),
      trustVersion: fc.constantFrom('2005', '1.3'),
      forceAuthn: fc.boolean(),
      groups: texts(fc.constantFrom('Sales', 'A, B', 'C\\', 'a\\,b')),
      rules: ruleSets,
      claims: fc.array(fc.record({ claim: fc.constantFrom('mail', 'http://x/mail'), from: fc.constant([{ attribute: 'mail' }]), onlyWhen: someConditions }), { maxLength: 2 }), // prettier-ignore
      accessPolicy: policy,
      preset: fc.record({ name: fc.constant('ours'), values: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/u), texts(someText), { noNullPrototype: true }) }),
    },
    { requiredKeys: [] },
  )
  .map(({ claims, ...others }) => (claims === undefined || others.rules?.transform !== undefined ? others : { ...others, claims }));

/** Speaks both protocols and has keys of both uses, so that every setting fits. */
const FULL = aMetadata({
  description: 'Where expenses go',
  contacts: [{ type: 'technical', name: 'Ops', email: 'ops@app.example' }],
  replyAddresses: [
    { binding: POST_BINDING, url: 'https://app.example/acs', index: 0, isDefault: true },
    { binding: WSFED_BINDING, url: 'https://app.example/wsfed' },
  ],
  logoutEndpoints: [{ binding: POST_BINDING, url: 'https://app.example/slo', responseUrl: 'https://app.example/slo/done' }],
  attributeServices: [{ index: 1, requested: [{ name: 'mail', friendlyName: 'mail', required: true }] }],
  signingCertificates: [CERTIFICATE],
  encryptionKeys: [{ certificate: CERTIFICATE, methods: ['http://www.w3.org/2009/xmlenc11#aes256-gcm'], oaep: [{ transport: 'http://x/oaep', mask: 'http://x/mgf' }] }], // prettier-ignore
  wantAssertionsSigned: true,
  validUntil: NOW + 86_400_000,
});

describe('configuration that is exported and applied', () => {
  it('is the same in an empty installation, to the byte, and changes nothing where it came from', async () => {
    await fc.assert(
      fc.asyncProperty(anyOverrides, anyOverrides, fc.boolean(), async (one, { identifiers: _unique, ...other }, enabled) => {
        const first = aRecord({ overrides: one, metadata: FULL });
        const second = aRecord({ id: asId('rp-2'), enabled, overrides: other, metadata: { ...FULL, entityId: 'urn:other' }, source: { kind: 'url', location: 'https://app.example/m', readAt: NOW, allowPrivate: true } }); // prettier-ignore
        const [here, there] = [installation(first, second), installation()];
        here.directory = { domain: 'CORP', groupSids: { Sales: 'S-1-5-21-1-2-3-1105', Admin: 'S-1-5-21-1-2-3-1106' }, acceptance: RULES };
        here.storedSettings.values.set(STORES_SETTING, '[{"name":"HR","kind":"sql","url":"postgres://reader@db.example/hr"}]');
        const text = await exported(here);
        expect((await apply(here, text)).objects).to.deep.equal([]);
        expect((await apply(there, text)).objects.map(({ action }) => action)).to.deep.equal(['add', 'change', 'add', 'add']);
        expect(await exported(there)).to.equal(text);
        expect((await apply(there, text)).objects).to.deep.equal([]);
        expect(here.writes).to.deep.equal([]);
        expect(there.writes).to.have.length(1);
      }),
      { numRuns: 20 },
    );
  }).timeout(60_000);

  it('holds no password of a store, and keeps it as long as the address stays (M13)', async () => {
    const parts = installation();
    parts.storedSettings.values.set(STORES_SETTING, '[{"name":"HR","kind":"sql","url":"postgres://reader@db.example/hr","sealedPassword":"SEALED"}]');
    const text = await exported(parts);
    expect(text).to.not.include('SEALED');
    expect((await apply(parts, text)).objects).to.deep.equal([]);
    const { notes } = await apply(parts, text.replace('db.example', 'evil.example'));
    expect(notes.join()).to.match(/the store HR has no password now/u);
    expect(parts.storedSettings.values.get(STORES_SETTING)).to.not.include('SEALED');
  });

  it('is checked against what is there only where it differs: what was right when it was set stays', async () => {
    const parts = installation(
      aRecord({ overrides: { rules: { transform: 'c:[] => issue(store = "Gone", types = ("a"), query = "q");' }, signingKey: 'gone' } }),
    );
    expect((await apply(parts, await exported(parts))).objects).to.deep.equal([]);
  });
});

describe('a document of an application', () => {
  const stored = aRecord({ overrides: { name: 'Expenses', groups: ['Sales'], rules: { authorization: '', transform: RULES }, labels: ['prod'] } });

  it('says everything about it: what is not named is not set', async () => {
    const parts = installation(stored);
    const { objects } = await apply(parts, writeYaml({ signet: 1, application: ID, settings: { name: 'Costs' } }));
    expect(objects[0]).to.deep.include({ action: 'change', kind: 'application', id: ID, name: 'Costs', reason: 'not as in the files' });
    expect(objects[0]?.changes.map(({ key, after }) => [key, after])).to.deep.equal([
      ['settings.name', 'Costs'],
      ['settings.groups', undefined],
      ['settings.label', undefined],
      ['rules.transform', undefined],
      ['rules.authorization', undefined],
    ]);
    expect(parts.relyingParties.rows.get('rp-1')).to.deep.include({
      enabled: true,
      overrides: { name: 'Costs' },
      metadata: stored.metadata,
      source: stored.source,
    });
    expect(parts.writes[0]?.change).to.deep.equal({ actor: 'cli', action: 'apply configuration' });
  });

  it('says a part of it when it says so', async () => {
    const parts = installation(stored);
    await apply(parts, writeYaml({ signet: 1, application: ID, partial: true, settings: { lifetime: 300 }, rules: { additional: RULES } }));
    const { overrides } = stored;
    expect(parts.relyingParties.rows.get('rp-1')?.overrides).to.deep.equal({
      ...overrides,
      lifetimeSeconds: 300,
      rules: { ...overrides.rules, additional: RULES },
    });
    await apply(parts, writeYaml({ signet: 1, application: ID, partial: true, claims: [{ claim: 'mail', from: [{ attribute: 'mail' }] }] }));
    expect(parts.relyingParties.rows.get('rp-1')?.overrides.rules).to.deep.equal({ authorization: '', additional: RULES });
  });

  it('reads its metadata from a file beside it, and again only what changed there', async () => {
    const parts = installation();
    const text = writeYaml({ signet: 1, application: 'https://app.example/saml/metadata', metadata: metadataPath('good/minimal.xml') });
    expect((await apply(parts, text)).objects[0]?.action).to.equal('add');
    expect([...parts.relyingParties.rows.values()][0]?.source).to.include({ kind: 'file', location: metadataPath('good/minimal.xml') });
    expect((await apply(parts, text)).objects).to.deep.equal([]);
    const elsewhere = text.replace('good/minimal.xml', '../metadata/good/minimal.xml');
    expect((await apply(parts, elsewhere)).objects, 'the same file elsewhere').to.deep.equal([]);
  });

  it('leaves an address that the application has to the refresh', async () => {
    const parts = installation(aRecord({ source: { kind: 'url', location: 'https://app.example/m', readAt: NOW } }));
    expect((await apply(parts, writeYaml({ signet: 1, application: ID, metadata: 'https://app.example/m' }))).objects).to.deep.equal([]);
  });

  it('gives up a name that another takes in the same files', async () => {
    const other = aRecord({ id: asId('rp-2'), metadata: aMetadata({ entityId: 'urn:two' }), overrides: { identifiers: ['urn:shared'] } });
    const parts = installation(stored, other);
    await apply(parts, `${document({ settings: { identifier: 'urn:shared' } }, stored)}---\n${document({ settings: {} }, other)}`);
    expect(parts.relyingParties.rows.get('rp-1')?.overrides.identifiers).to.deep.equal(['urn:shared']);
  });

  const refused: readonly (readonly [string, string, RegExp])[] = [
    [
      'a key that is misspelt',
      document({ setings: {} }),
      /^a\.yaml, line 1\d, column 1: there is no key setings, did you mean settings\? There is signet, application, /u,
    ],
    [
      'a setting that is misspelt',
      document({ settings: { lifetme: '5m' } }),
      /^a\.yaml, line \d+, column 3: settings: there is no key lifetme, did you mean lifetime\?/u,
    ],
    ['constructor as a key (M10)', document({ constructor: {} }), /there is no key constructor/u],
    ['a value that cannot be', document({ settings: { lifetime: '9x' } }), /^a\.yaml, line \d+, column 3: lifetime is "9x"; give seconds/u],
    [
      'a value that is missing',
      `${document({})}settings:\n  groups:\n`,
      /settings\.groups: give a text, or a list of at least one; without any leave the key out/u,
    ],
    ['an empty list, which would mean everybody', document({ settings: { groups: [] } }), /settings\.groups: .*leave the key out/u],
    ['an empty value', document({ settings: { name: '' } }), /settings\.name: give a value, or leave the key out/u],
    ['a number where a text stands', document({ rules: { transform: 1 } }), /rules\.transform: give a text/u],
    [
      'rules with a mistake',
      document({ rules: { transform: 'c:[]\n=> isue(claim = c);' } }),
      /^a\.yaml, line \d+, column 3: rules\.transform: line 2, column 4: .*issue/u,
    ],
    [
      'rules that ask a store there is none of',
      document({ rules: { transform: 'c:[] => issue(store = "HR", types = ("a"), query = "q");' } }),
      /unknown store "HR"/u,
    ],
    ['mappings beside transform rules', document({ claims: [], rules: { transform: '' } }), /by one of the two/u],
    ['a mapping with a mistake', document({ claims: [{ claim: 'a b', from: [{ attribute: 'x' }] }] }), /Mapping 1, to a b, cannot be used: key claim/u],
    ['a policy with a mistake', document({ policy: { rules: [{ when: [] }] } }), /Rule 1 of the access policy cannot be used: key when/u],
    ['a setting of another protocol', document({ settings: { 'token-type': 'saml11' } }), /token-type is a setting of WS-Federation/u],
    ['an address in the clear', document({ metadata: { replyAddresses: [{ url: 'http://app.example/acs', binding: POST_BINDING }] } }), /uses http/u],
    ['a certificate that is none', document({ metadata: { ...applicationDocument(aRecord()).metadata, signingCertificates: ['AAAA'] } }), /metadata\.signingCertificates\[0\]: the certificate is not readable/u], // prettier-ignore
    ['facts without addresses', document({ metadata: { displayName: 'x' } }), /give replyAddresses as well, or only `from`/u],
    ['metadata that is not there', document({ metadata: 'gone.xml' }), /the metadata gone\.xml cannot be read from \/gone\.xml/u],
    [
      'metadata of another entity',
      document({ metadata: metadataPath('good/minimal.xml') }),
      /^a\.yaml, line \d+, column 1: .*https:\/\/app\.example\/metadata/u,
    ],
    ['metadata that cannot be used', document({ metadata: metadataPath('broken/no-reply-address.xml') }), /^a\.yaml, line \d+, column 1: .*\S/u],
    ['an application that is not there, without metadata', writeYaml({ signet: 1, application: 'urn:new' }), /line 2, column 1: there is no application urn:new here yet; give its metadata/u], // prettier-ignore
    ['a part of an application that is not there', writeYaml({ signet: 1, application: 'urn:new', partial: true }), /of which a part could be changed/u],
    ['our own name (M01)', document({ application: 'https://login.example/saml/metadata' }), /line 2, column 1: .*is a name of this Signet/u],
    [
      'a name that somebody has (M01)',
      document({ application: 'urn:new', settings: { identifier: ID } }),
      /The identifier https:\/\/app\.example\/metadata belongs to/u,
    ],
    ['two documents about one application', `${document({})}---\n${document({ enabled: false })}`, /described in a\.yaml, line 2, column 1 already/u],
    ['no kind', 'signet: 1\nname: x\n', /exactly one of the keys application, directory or store/u],
    ['two kinds', 'signet: 1\napplication: x\nstore: y\n', /exactly one of the keys/u],
    ['another form', document({ signet: 2 }), /line 1, column 1: signet: give 1, the form that this version knows/u],
    ['a list', '- a\n', /exactly one of the keys/u],
    ['nothing at all', '# nothing\n', /^a\.yaml: there is nothing in this file/u],
    [
      'a store with a password in its address',
      'signet: 1\nstore: HR\nkind: sql\nurl: postgres://u:secret@h/d\n',
      /^a\.yaml, line 2, column 1: the address holds a password, (?!.*secret)/u,
    ],
    ['a directory with a mistake', 'signet: 1\ndirectory: local\nsettings:\n  domain: a b\n', /domain is "a b"/u],
    ['another directory', 'signet: 1\ndirectory: corp\n', /give local, the name of the built-in directory/u],
  ];
  for (const [title, text, sentence] of refused) {
    it(`is refused with ${title}; nothing is written`, async () => {
      const parts = installation(aRecord());
      const good = document({ application: 'urn:good' });
      const error = await thrownBy(() => apply(parts, text.startsWith('#') ? text : `${text}---\n${good}`));
      expect(error.message).to.match(sentence).and.not.include('\n');
      expect(parts.writes).to.deep.equal([]);
    });
  }
});

describe('what files do not describe', () => {
  const labelled = (id: string, label: string): RelyingPartyRecord =>
    aRecord({ id: asId(id), metadata: aMetadata({ entityId: `urn:${id}` }), overrides: { labels: [label] } });

  it('goes when it has the label, and stays otherwise', async () => {
    const parts = installation(aRecord(), labelled('a', 'prod'), labelled('b', 'test'), labelled('c', 'prod'));
    const text = writeYaml({ signet: 1, application: 'urn:c', partial: true });
    expect((await apply(parts, text)).objects).to.deep.equal([]);
    const { objects } = await apply(parts, text, { prune: 'prod' });
    expect(objects).to.deep.equal([
      { action: 'remove', kind: 'application', id: 'urn:a', name: 'Acme Expenses', reason: 'not in the files, and has the label prod', changes: [] },
    ]);
    expect([...parts.relyingParties.rows.keys()]).to.have.members(['rp-1', 'b', 'c']);
  });

  it('does not go by files without any application, unless that is meant', async () => {
    const parts = installation(labelled('a', 'prod'));
    expect((await thrownBy(() => apply(parts, '', { prune: 'prod' }))).message).to.match(/every one with the label prod would be removed.*--yes/u);
    expect((await apply(parts, '', { prune: 'prod', pruneAll: true })).objects).to.have.length(1);
    expect([...parts.relyingParties.rows.keys()]).to.deep.equal([]);
  });
});
