import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { promised } from '../support/patience.js';
import { createMetadataRefresh, type MetadataRefresh } from '../../src/admin/metadata-refresh.js';
import type { MetadataSource } from '../../src/admin/metadata-source.js';
import { createRelyingPartyAdmin, type RelyingPartyAdmin, whereToReadAgain } from '../../src/admin/relying-parties.js';
import type { AddOptions, HandMade } from '../../src/admin/relying-party-registration.js';
import { readAssignment } from '../../src/admin/setting-values.js';
import { SignetError } from '../../src/core/errors.js';
import { asId } from '../../src/core/model/ids.js';
import { resolveRelyingParty, type RelyingPartyRecord, WSFED_BINDING } from '../../src/core/model/relying-party.js';
import type { SigningKey } from '../../src/core/model/signing-key.js';
import { fakeClock, NOW, thrownBy } from '../support/builders.js';
import { memoryMetadataHistory } from '../support/memory-metadata-history.js';
import { memoryRelyingParties, memorySigningKeys, type MemoryRelyingParties } from '../support/memory-repositories.js';
import { idsOf } from '../support/findings.js';
import { BROKEN, brokenFiles, metadataBytes } from '../support/metadata-files.js';

const CLI = { actor: 'cli' };
const DRY = { actor: 'cli', dryRun: true };
const ENTITY = 'https://app.example/saml/metadata';

function aKey(changes: Partial<SigningKey> = {}): SigningKey {
  return {
    id: asId('key-1'),
    version: 1,
    state: 'active',
    algorithm: 'RSA-2048',
    certificate: '',
    sealedPrivateKey: '',
    createdAt: NOW,
    expiresAt: NOW + 1,
    ...changes,
  };
}

const file = (name: string): MetadataSource => ({ kind: 'file', location: `/srv/${name}.xml`, bytes: metadataBytes(`${name}.xml`) });

describe('applications as administrators handle them', () => {
  let registry: MemoryRelyingParties;
  let clock: ReturnType<typeof fakeClock>;
  let admin: RelyingPartyAdmin;
  let refresh: MetadataRefresh;

  beforeEach(() => {
    registry = memoryRelyingParties();
    clock = fakeClock();
    let ids = 0;
    const parts = {
      relyingParties: registry,
      signingKeys: memorySigningKeys(aKey(), aKey({ id: asId('key-0'), state: 'retired' })),
      clock,
      makeId: () => `rp-${String((ids += 1))}`,
      ownNames: ['https://idp.example/saml/metadata', 'http://idp.example/adfs/services/trust'],
      fetchAllow: ['127.0.0.1'],
    };
    admin = createRelyingPartyAdmin(parts);
    refresh = createMetadataRefresh({ ...parts, metadataHistory: memoryMetadataHistory() });
  });

  const add = (name: string, options: AddOptions = {}): Promise<RelyingPartyRecord> => admin.add(file(name), options, CLI).then(({ record }) => record);

  async function refused(run: () => unknown, code = 'invalid_input'): Promise<string> {
    const error = await thrownBy(run);
    expect(error, error.message).to.be.instanceOf(SignetError).and.include({ code });
    return error.message;
  }

  describe('broken metadata (M01, M04, M06, X01, S18, I02)', () => {
    it('has a sentence for every file of the collection', () => {
      expect(brokenFiles().filter((name) => BROKEN[name] === undefined)).to.deep.equal([]);
      expect(brokenFiles()).to.have.length(Object.keys(BROKEN).length);
    });

    for (const [name, sentence] of Object.entries(BROKEN)) {
      it(`${name}: refused with a sentence, and nothing is written`, async () => {
        const message = await refused(() => admin.add(file(`broken/${name}`), {}, CLI));
        expect(message).to.match(sentence);
        expect(message, 'one line').not.to.match(/[\n\r]/u);
        expect(message.length, 'not the file itself').to.be.below(700);
        expect(registry.rows.size).to.equal(0);
        expect(registry.changes).to.deep.equal([]);
      });
    }

    it('refuses what is nested too deeply, has too many attributes, or is too large, in no time (X11)', async () => {
      const started = performance.now();
      const bytes = (text: string): MetadataSource => ({ kind: 'file', location: 'x.xml', bytes: Buffer.from(text) });
      expect(await refused(() => admin.add(bytes('<a>'.repeat(50_000)), {}, CLI))).to.match(/nested too deeply/u);
      const many = Array.from({ length: 20_000 }, (_, at) => `a${String(at)}="x"`).join(' ');
      expect(await refused(() => admin.add(bytes(`<a ${many}/>`), {}, CLI))).to.match(/too many attributes/u);
      expect(await refused(() => admin.add({ kind: 'file', location: 'x.xml', bytes: Buffer.alloc(10 * 1024 * 1024 + 1, 32) }, {}, CLI))).to.match(
        /larger than 10 MB/u,
      );
      expect(performance.now() - started).to.be.below(promised(2000));
    });

    it('takes an identifier that looks like a path for what it is: a text (M06)', async () => {
      const text = metadataBytes('good/minimal.xml').toString().replace(ENTITY, '../../../../etc/passwd');
      const { record } = await admin.add({ kind: 'file', location: 'x.xml', bytes: Buffer.from(text) }, {}, CLI);
      expect((await admin.find('../../../../etc/passwd')).id).to.equal(record.id);
    });
  });

  describe('add', () => {
    it('registers what the metadata says, switched on, with where it came from', async () => {
      const { record, findings } = await admin.add(file('good/full'), {}, CLI);
      expect(idsOf(findings)).to.deep.equal(['metadata.end-far', 'metadata.attribute-unknown']);
      expect(record).to.deep.include({ enabled: true, overrides: {}, source: { kind: 'file', location: '/srv/good/full.xml', readAt: NOW }, createdAt: NOW });
      expect(record.metadata.displayName).to.equal('Acme Expenses');
      expect(registry.changes).to.deep.equal([{ actor: 'cli', action: 'add application' }]);
      expect(await registry.findByEntityId(ENTITY)).to.deep.equal(record);
    });

    it('takes a name, and a draft', async () => {
      expect(await refused(() => add('good/full', { name: 'a\nb' }))).to.match(/name is "a\?b"; remove line breaks/u);
      const record = await add('good/minimal', { name: ' Expenses ', enabled: false });
      expect(record).to.deep.include({ enabled: false, overrides: { name: 'Expenses' } });
    });

    it('only says what it would do on a dry run', async () => {
      const { record } = await admin.add(file('good/minimal'), {}, DRY);
      expect(record.metadata.entityId).to.equal(ENTITY);
      expect(registry.rows.size + registry.changes.length).to.equal(0);
      await add('good/minimal');
      expect(await refused(() => admin.add(file('good/minimal'), {}, DRY), 'conflict')).to.match(/registered already/u);
    });

    it('refuses an identifier that is registered, and our own (M01)', async () => {
      await add('good/minimal');
      expect(await refused(() => add('good/keys'), 'conflict')).to.match(/registered already.*signet rp refresh https:\/\/app\.example/u);
      expect([...registry.rows.values()][0]?.metadata.signingCertificates).to.deep.equal([]);
      const own = metadataBytes('good/minimal.xml').toString().replace(ENTITY, 'https://idp.example/saml/metadata');
      expect(await refused(() => admin.add({ kind: 'file', location: 'x', bytes: Buffer.from(own) }, {}, CLI), 'conflict')).to.match(
        /is a name of this Signet; an application needs one of its own/u,
      );
    });

    it('takes one entity of an aggregate by its name (MET-14)', async () => {
      expect((await add('good/aggregate', { entityId: 'https://other.example/metadata' })).metadata.entityId).to.equal('https://other.example/metadata');
      expect(await refused(() => add('good/aggregate', { entityId: 'https://nobody.example/' }))).to.match(/No entity of the file has the identifier/u);
      expect(await refused(() => add('good/aggregate', { entityId: 'https://idp.partner.example/' }))).to.match(/IDPSSODescriptor/u);
    });

    it('takes plain http for reply addresses only when told (I02)', async () => {
      const record = await add('broken/reply-http', { allowHttp: true });
      expect(record.metadata.replyAddresses.map(({ url }) => url)).to.deep.equal(['http://app.example/saml/acs']);
    });
  });

  describe('from an address', () => {
    let body: Buffer;
    let type: string;
    let status: number;
    let url: string;
    let close: () => void;

    beforeEach(async () => {
      body = metadataBytes('good/minimal.xml');
      type = 'application/samlmetadata+xml';
      status = 200;
      const server = createServer((_request, response) => response.writeHead(status, { 'content-type': type }).end(body));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/metadata`;
      close = (): void => {
        server.close();
      };
    });

    afterEach(() => {
      close();
    });

    it('fetches it, and reads it again for a refresh', async () => {
      const source: MetadataSource = { kind: 'url', location: url };
      const { record } = await admin.add(source, {}, CLI);
      expect(record.source).to.deep.equal({ kind: 'url', location: url, readAt: NOW });
      expect((await refresh.refresh(ENTITY, source, {}, CLI)).changes).to.deep.equal([]);
      expect(registry.changes).to.have.length(1);
      body = metadataBytes('good/full.xml');
      const { changes } = await refresh.refresh(ENTITY, source, {}, CLI);
      expect(changes.find(({ what }) => what === 'name')).to.include({ before: undefined, after: 'Acme Expenses' });
      expect(registry.changes.at(-1)).to.deep.equal({ actor: 'cli', action: 'refresh application' });
    });

    it('says when a web page answers, and when nothing does', async () => {
      body = metadataBytes('broken/web-page.xml');
      type = 'text/html; charset=utf-8';
      expect(await refused(() => admin.add({ kind: 'url', location: url }, {}, CLI))).to.match(/answers with a web page\. .*not readable as metadata/u);
      status = 404;
      expect(await refused(() => admin.add({ kind: 'url', location: url }, {}, CLI))).to.match(/answers with status 404/u);
      expect(registry.rows.size).to.equal(0);
    });

    it('keeps the copy it holds when the source is gone or broken (MET-05, M04)', async () => {
      const source: MetadataSource = { kind: 'url', location: url };
      await admin.add(source, {}, CLI);
      const before = await admin.find(ENTITY);
      body = metadataBytes('broken/certificate-weak.xml');
      await refused(() => refresh.refresh(ENTITY, source, {}, CLI));
      status = 500;
      await refused(() => refresh.refresh(ENTITY, source, {}, CLI));
      expect(await admin.find(ENTITY)).to.deep.equal(before);
    });
  });

  describe('refresh', () => {
    it('shows what changed, certificates by name and thumbprint', async () => {
      await add('good/minimal');
      const { changes, record } = await refresh.refresh(ENTITY, file('good/keys'), {}, CLI);
      const lines = changes.map(({ what, before, after }) => `${what}: ${before ?? ''} > ${after ?? ''}`);
      expect(lines.filter((line) => line.startsWith('signing certificate'))).to.have.length(3);
      expect(lines.join('\n')).to.match(/signing certificate: {2}> CN=good\.app\.example, until \d{4}-\d\d-\d\d, sha256 [0-9a-f]{64}/u);
      expect(lines).to.include('signs its requests: no > yes');
      expect(record.version).to.equal(2);
      expect(record.source.location).to.equal('/srv/good/keys.xml');
    });

    it('shows realms and sign-out addresses, and refuses a realm that another application has (FMD-09, M01)', async () => {
      const realm = 'urn:acme:sharepoint';
      const bytes = (text: string): MetadataSource => ({ kind: 'file', location: 'x', bytes: Buffer.from(text) });
      const text = metadataBytes('good/federation-sharepoint.xml').toString();
      await add('good/federation-sharepoint');
      const out =
        '<fed:SingleSignOutNotificationEndpoint><a:EndpointReference xmlns:a="http://www.w3.org/2005/08/addressing"><a:Address>https://my.acme.example/out</a:Address></a:EndpointReference></fed:SingleSignOutNotificationEndpoint>';
      const changed = text
        .replace('urn:acme:sharepoint:my<', 'urn:acme:sharepoint:new<')
        .replace('<fed:PassiveRequestorEndpoint>', `${out}<fed:PassiveRequestorEndpoint>`);
      const { changes } = await refresh.refresh(realm, bytes(changed), { accept: true }, CLI);
      expect(changes.map(({ what, before, after }) => ({ what, before, after }))).to.deep.equal([
        { what: 'identifier', before: 'urn:acme:sharepoint:my', after: undefined },
        { what: 'identifier', before: undefined, after: 'urn:acme:sharepoint:new' },
        { what: 'sign-out address', before: undefined, after: 'https://my.acme.example/out (WS-Federation)' },
      ]);
      await add('good/minimal');
      expect(await refused(() => refresh.refresh(realm, bytes(text.replace('urn:acme:sharepoint:my<', `${ENTITY}<`)), {}, CLI), 'conflict')).to.match(
        /^The identifier https:\/\/app\.example\/saml\/metadata belongs to https:\/\/app\.example\/saml\/metadata already\.$/u,
      );
      expect((await admin.find('urn:acme:sharepoint:new')).version).to.equal(2);
    });

    it('refuses metadata of another application, and writes nothing (M01)', async () => {
      await add('good/minimal');
      const other = metadataBytes('good/minimal.xml').toString().replace(ENTITY, 'https://evil.example/');
      const message = await refused(() => refresh.refresh(ENTITY, { kind: 'file', location: 'x', bytes: Buffer.from(other) }, {}, CLI));
      expect(message).to.match(/is for https:\/\/evil\.example\/, not for https:\/\/app\.example/u);
      expect(registry.changes).to.have.length(1);
    });

    it('keeps overrides, and finds its entity in an aggregate again', async () => {
      await add('good/aggregate', { entityId: ENTITY });
      await admin.set(ENTITY, [readAssignment('sign=assertion')], {}, CLI);
      const { record } = await refresh.refresh(ENTITY, file('good/aggregate'), {}, CLI);
      expect(record.overrides).to.deep.equal({ sign: 'assertion' });
    });

    it('writes nothing on a dry run', async () => {
      await add('good/minimal');
      const { changes } = await refresh.refresh(ENTITY, file('good/full'), {}, DRY);
      expect(changes).not.to.deep.equal([]);
      expect((await admin.find(ENTITY)).version).to.equal(1);
    });
  });

  describe('set', () => {
    const set = (...texts: readonly string[]): Promise<RelyingPartyRecord> =>
      admin.set(ENTITY, texts.map(readAssignment), {}, CLI).then(({ record }) => record);

    for (const [text, field, value] of [
      ['name=Acme = Expenses', 'name', 'Acme = Expenses'],
      ['sign=Assertion', 'sign', 'assertion'],
      ['sign=response', 'sign', 'response'],
      ['encrypt=always', 'encrypt', 'always'],
      ['encrypt=never', 'encrypt', 'never'],
      ['nameid-format=email', 'nameIdFormat', 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'],
      ['nameid-format=urn:oasis:names:tc:SAML:2.0:nameid-format:persistent', 'nameIdFormat', 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'],
      ['signature-algorithm=rsa-sha512', 'signatureAlgorithm', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512'],
      ['signature-algorithm=http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'signatureAlgorithm', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'],
      ['digest-algorithm=sha512', 'digestAlgorithm', 'http://www.w3.org/2001/04/xmlenc#sha512'],
      ['require-signed-requests=true', 'requireSignedRequests', true],
      ['require-signed-requests=false', 'requireSignedRequests', false],
      ['lifetime=600', 'lifetimeSeconds', 600],
      ['lifetime=10m', 'lifetimeSeconds', 600],
      ['session-lifetime=8h', 'sessionLifetimeSeconds', 28_800],
      ['skew=0', 'skewSeconds', 0],
      ['issuer=http://adfs.example/adfs/services/trust', 'issuer', 'http://adfs.example/adfs/services/trust'],
      ['authn-context=password-protected', 'authnContext', 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'],
      ['encrypt-nameid=true', 'encryptNameId', true],
      ['allowed-authn-contexts=password', 'allowedAuthnContexts', ['urn:oasis:names:tc:SAML:2.0:ac:classes:Password']],
      [
        'allowed-authn-contexts=http://schemas.microsoft.com/claims/multipleauthn',
        'allowedAuthnContexts',
        ['http://schemas.microsoft.com/claims/multipleauthn'],
      ],
      ['sources=Active Directory', 'identitySources', ['Active Directory']],
      ['notes=Ask Ines: paid until 2028', 'notes', 'Ask Ines: paid until 2028'],
      ['notes=Ask Ines\r\nPaid until 2028', 'notes', 'Ask Ines\nPaid until 2028'],
      ['label=adfs', 'labels', ['adfs']],
      ['force-authn=true', 'forceAuthn', true],
      ['signing-key=key-1', 'signingKey', 'key-1'],
    ] as const) {
      it(`${text}, and clears it with an empty value`, async () => {
        await add('good/keys');
        expect((await set(text)).overrides).to.deep.equal({ [field]: value });
        expect((await set(`${text.slice(0, text.indexOf('='))}=`)).overrides).to.deep.equal({});
      });
    }

    it('takes several values where several make sense', async () => {
      await add('good/keys');
      const { overrides } = await set(
        'reply=https://app.example/b',
        'audience=urn:a',
        'reply=https://app.example/c',
        'groups=Sales, Finance',
        'groups=CN=Ops\\,DC=x',
        'audience=urn:b',
        'identifier=urn:one',
        'identifier=urn:two',
        'label=adfs',
        'label=finance',
        'sources=local',
        'sources=Contoso, Inc.',
        'allowed-authn-contexts=password',
        'allowed-authn-contexts=password-protected',
      );
      expect(overrides).to.deep.equal({
        replyAddresses: ['https://app.example/b', 'https://app.example/c'],
        audiences: ['urn:a', 'urn:b'],
        identifiers: ['urn:one', 'urn:two'],
        groups: ['Sales', 'Finance', 'CN=Ops,DC=x'],
        labels: ['adfs', 'finance'],
        identitySources: ['local', 'Contoso, Inc.'],
        allowedAuthnContexts: ['urn:oasis:names:tc:SAML:2.0:ac:classes:Password', 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'],
      });
      const resolved = resolveRelyingParty(await admin.find(ENTITY));
      expect(resolved.identifiers).to.deep.equal([ENTITY, 'urn:one', 'urn:two']);
      expect((await admin.find('urn:two')).metadata.entityId).to.equal(ENTITY);
      expect(resolved.replyAddresses.map(({ url }) => url)).to.deep.equal(['https://app.example/saml/acs', 'https://app.example/b', 'https://app.example/c']);
    });

    it('says what changed, and writes nothing when nothing did', async () => {
      await add('good/minimal');
      const { changes } = await admin.set(ENTITY, ['sign=both', 'enabled=false'].map(readAssignment), {}, CLI);
      expect(changes).to.deep.equal([
        { key: 'enabled', before: 'true', after: 'false' },
        { key: 'sign', before: undefined, after: 'both' },
      ]);
      expect((await admin.set(ENTITY, [readAssignment('sign=both')], {}, CLI)).changes).to.deep.equal([]);
      await admin.set(ENTITY, [readAssignment('sign=response')], {}, DRY);
      expect((await admin.find(ENTITY)).version).to.equal(2);
      expect((await admin.find(ENTITY)).overrides.sign).to.equal('both');
    });

    for (const [text, sentence] of [
      ['sign=none', /sign is "none"; use assertion, response or both\./u],
      ['encrypt=yes', /encrypt is "yes"; use auto, always or never/u],
      ['encrypt=always', /encrypt is "always"; the metadata has no key to encrypt with/u],
      ['encrypt-nameid=true', /encrypt-nameid is "true"; the metadata has no key to encrypt with/u],
      ['allowed-authn-contexts=mfa', /allowed-authn-contexts is "mfa"; use unspecified, password or password-protected/u],
      ['notes=a\u0007b', /notes is "a\?b"; remove invisible characters/u],
      ['require-signed-requests=true', /require-signed-requests is "true"; the metadata has no certificate/u],
      ['require-signed-requests=1', /use true or false/u],
      ['nameid-format=upn', /nameid-format is "upn"; use unspecified, email/u],
      ['signature-algorithm=rsa-sha1', /signature-algorithm is "rsa-sha1"; use rsa-sha256/u],
      ['signature-algorithm=ecdsa-sha256', /there is no EC key.*signet keys rotate --algorithm P-256$/u],
      ['digest-algorithm=sha1', /digest-algorithm is "sha1"; use sha256, sha384 or sha512/u],
      ['lifetime=5', /lifetime is "5"; give seconds \(300\) or a duration \(5m, 2h\), from 10s to 10h/u],
      ['lifetime=11h', /from 10s to 10h/u],
      ['lifetime=soon', /lifetime is "soon"/u],
      ['lifetime=-1', /lifetime is "-1"/u],
      ['lifetime=1e3', /lifetime is "1e3"/u],
      ['skew=301', /skew is "301".*from 0s to 5m/u],
      ['session-lifetime=1', /session-lifetime is "1"/u],
      ['issuer=two words', /issuer is "two words"/u],
      ['audience=a b', /audience is "a b"/u],
      ['reply=http://app.example/b', /reply: .*uses http/u],
      ['reply=javascript:alert(1)', /reply: .*not an absolute web address/u],
      ['authn-context=urn:x', /authn-context is "urn:x"; use unspecified, password or password-protected/u],
      ['force-authn=maybe', /force-authn is "maybe"; use true or false/u],
      ['signing-key=key-9', /signing-key is "key-9".*key-1/u],
      ['signing-key=key-0', /signing-key is "key-0"/u],
      ['enabled=', /enabled is ""; use true or false/u],
      ['enabled=on', /enabled is "on"; use true or false/u],
      ['name=a\u202Eb', /name is "a\?b"; remove line breaks and invisible/u],
      ['token-type=saml11', /^token-type is a setting of WS-Federation, and https:\/\/app\.example\/saml\/metadata speaks SAML 2\.0 only\.$/u],
      ['trust-version=1.3', /^trust-version is a setting of WS-Federation, and .* speaks SAML 2\.0 only\.$/u],
      ['identifier=two words', /identifier is "two words"; give an identifier/u],
      ['key=bearer', /^key belongs to WS-Trust, which this version does not have yet\.$/u],
      ['colour=red', /"colour" is not a setting of an application; use enabled, name, sign/u],
      ['__proto__=x', /"__proto__" is not a setting/u],
      ['constructor=x', /"constructor" is not a setting/u],
    ] as const) {
      it(`refuses ${text} with the key, the value and the fix`, async () => {
        await add('good/minimal');
        expect(await refused(() => set(text.startsWith('name') ? 'sign=both' : 'name=Other', text))).to.match(sentence);
        expect((await admin.find(ENTITY)).overrides, 'nothing of it counts').to.deep.equal({});
      });
    }

    it('refuses a key that is given twice and takes one value', async () => {
      await add('good/minimal');
      expect(await refused(() => set('sign=both', 'sign=assertion'))).to.match(/sign is given 2 times; give it once/u);
      expect(await refused(() => set('enabled=true', 'enabled=false'))).to.match(/enabled is given 2 times/u);
    });

    it('takes plain http when told', async () => {
      await add('good/minimal');
      const { record } = await admin.set(ENTITY, [readAssignment('reply=http://app.example/b')], { allowHttp: true }, CLI);
      expect(record.overrides.replyAddresses).to.deep.equal(['http://app.example/b']);
    });
  });

  describe('by hand (FMD-09)', () => {
    const REALM = 'urn:acme:wiki';
    const wiki = (changes: Partial<HandMade> = {}): HandMade => ({
      entityId: REALM,
      replyAddresses: [
        { binding: WSFED_BINDING, url: 'https://wiki.example/' },
        { binding: WSFED_BINDING, url: 'https://wiki.example/two' },
      ],
      ...changes,
    });
    const byHand = (changes: Partial<HandMade> = {}): Promise<RelyingPartyRecord> => admin.addByHand(wiki(changes), CLI).then(({ record }) => record);
    const set = (...texts: readonly string[]): Promise<RelyingPartyRecord> => admin.set(REALM, texts.map(readAssignment), {}, CLI).then(({ record }) => record);

    it('registers what was typed, with what is set beside it', async () => {
      const record = await byHand({
        identifiers: ['https://wiki.example/', REALM, 'https://wiki.example/'],
        logoutEndpoints: [{ binding: WSFED_BINDING, url: 'https://wiki.example/out' }],
        overrides: { claims: [{ claim: 'urn:mail', from: [{ attribute: 'mail' }] }] },
        settings: [readAssignment('token-type=saml20'), readAssignment('name=Wiki')],
      });
      expect(record).to.deep.include({ enabled: true, version: 1, source: { kind: 'hand', location: 'by hand', readAt: NOW } });
      expect(resolveRelyingParty(record)).to.deep.include({
        entityId: REALM,
        identifiers: [REALM, 'https://wiki.example/'],
        name: 'Wiki',
        protocols: ['wsfed'],
        replyAddresses: wiki().replyAddresses,
        logoutEndpoints: [{ binding: WSFED_BINDING, url: 'https://wiki.example/out' }],
        tokenType: 'saml20',
        claims: [{ claim: 'urn:mail', from: [{ attribute: 'mail' }] }],
      });
      expect(registry.changes).to.deep.equal([{ actor: 'cli', action: 'add application' }]);
      expect(await admin.find('https://wiki.example/')).to.deep.equal(record);
      expect(resolveRelyingParty(await byHand({ entityId: 'urn:other', enabled: false })).tokenType).to.equal('saml11');
    });

    it('only says what it would do on a dry run', async () => {
      await admin.addByHand(wiki(), DRY);
      expect(registry.rows.size + registry.changes.length).to.equal(0);
    });

    for (const [what, changes, sentence] of [
      ['a realm with white space', { entityId: 'two words' }, /the identifier is "two words"; give an identifier/u],
      ['no realm', { entityId: ' ' }, /the identifier is " "/u],
      ['no reply address', { replyAddresses: [] }, /urn:acme:wiki needs an address where its answers go/u],
      ['a reply address by http', { replyAddresses: [{ binding: WSFED_BINDING, url: 'http://wiki.example/' }] }, /^reply: .*uses http/u],
      ['a script as reply address', { replyAddresses: [{ binding: WSFED_BINDING, url: 'javascript:alert(1)' }] }, /^reply: .*not an absolute web address/u],
      ['a wildcard', { replyAddresses: [{ binding: WSFED_BINDING, url: 'https://*.example/' }] }, /^reply: .*wildcard/u],
      ['a sign-out address by http', { logoutEndpoints: [{ binding: WSFED_BINDING, url: 'http://wiki.example/' }] }, /^sign-out address: .*uses http/u],
      ['an unknown token type', { settings: [readAssignment('token-type=jwt')] }, /token-type is "jwt"; use saml11 or saml20/u],
    ] as const) {
      it(`refuses ${what} (I02)`, async () => {
        expect(await refused(() => byHand(changes))).to.match(sentence);
        expect(registry.rows.size).to.equal(0);
      });
    }

    it('takes plain http when told', async () => {
      await byHand({ allowHttp: true, replyAddresses: [{ binding: WSFED_BINDING, url: 'http://wiki.example/' }] });
    });

    it('refuses identifiers that are ours or another application has, whoever has them as what (M01)', async () => {
      await add('good/minimal');
      await byHand({ identifiers: ['urn:wiki:two'] });
      for (const [changes, sentence] of [
        [{ entityId: REALM }, /^urn:acme:wiki is registered already\. To change it, use: signet rp set urn:acme:wiki$/u],
        [{ entityId: 'urn:wiki:two' }, /^urn:wiki:two is registered already, as an identifier of urn:acme:wiki\.$/u],
        [{ entityId: 'urn:new', identifiers: [ENTITY] }, /^The identifier https:\/\/app\.example\/saml\/metadata belongs to https:\/\/app.* already\.$/u],
        [{ entityId: 'urn:new', identifiers: ['http://idp.example/adfs/services/trust'] }, /is a name of this Signet/u],
      ] as const) {
        expect(await refused(() => byHand(changes), 'conflict')).to.match(sentence);
      }
      expect(await refused(() => set(`identifier=${ENTITY}`), 'conflict')).to.match(/belongs to https:\/\/app\.example\/saml\/metadata already/u);
      expect((await set('identifier=urn:wiki:three', 'identifier=urn:wiki:two')).overrides.identifiers).to.deep.equal(['urn:wiki:three', 'urn:wiki:two']);
    });

    it('a command in a sentence takes an identifier as one word, whatever a shell would make of it (M08)', async () => {
      await byHand({ entityId: 'urn:$(id);x' });
      expect(await refused(() => byHand({ entityId: 'urn:$(id);x' }), 'conflict')).to.match(/use: signet rp set 'urn:\$\(id\);x'$/u);
    });

    it('takes the settings of its protocol, and names those that are of the other', async () => {
      await byHand();
      const { overrides } = await set('token-type=saml20', 'trust-version=1.3', 'reply=https://wiki.example/three');
      expect(overrides).to.deep.equal({ tokenType: 'saml20', trustVersion: '1.3', replyAddresses: ['https://wiki.example/three'] });
      expect(resolveRelyingParty(await admin.find(REALM)).replyAddresses.at(-1)).to.deep.equal({ binding: WSFED_BINDING, url: 'https://wiki.example/three' });
      for (const text of ['sign=assertion', 'require-signed-requests=true']) {
        expect(await refused(() => set(text))).to.match(/is a setting of SAML 2\.0, and urn:acme:wiki speaks WS-Federation only/u);
      }
      expect((await set('sign=', 'token-type=', 'trust-version=', 'reply=')).overrides).to.deep.equal({});
    });

    it('has no metadata to read again, unless it is given some', async () => {
      const record = await byHand({ entityId: ENTITY });
      expect(await refused(() => whereToReadAgain(record))).to.match(/was registered by hand: there is no metadata to read again/u);
      const { record: refreshed } = await refresh.refresh(ENTITY, file('good/minimal'), { accept: true }, CLI);
      expect(whereToReadAgain(refreshed)).to.equal('/srv/good/minimal.xml');
    });
  });

  it('finds by identifier, and by a name that one application has', async () => {
    await add('good/full');
    expect((await admin.find('acme expenses')).metadata.entityId).to.equal(ENTITY);
    expect(await refused(() => admin.find('Acme'), 'not_found')).to.match(/Acme is not an application here; there is https:\/\/app\.example/u);
    expect(await refused(() => admin.find('Payroll'), 'not_found')).to.equal('Payroll is not an application here.');
  });

  it('switches on and off, and removes; a dry run does not', async () => {
    await add('good/minimal');
    await admin.setEnabled(ENTITY, false, DRY);
    expect((await admin.find(ENTITY)).enabled).to.equal(true);
    await admin.setEnabled(ENTITY, false, CLI);
    await admin.setEnabled(ENTITY, false, CLI);
    expect((await admin.find(ENTITY)).enabled).to.equal(false);
    await admin.setEnabled(ENTITY, true, CLI);
    await admin.remove(ENTITY, DRY);
    await admin.remove(ENTITY, CLI);
    expect(registry.rows.size).to.equal(0);
    expect(registry.changes.map(({ action }) => action)).to.deep.equal(['add application', 'disable application', 'enable application', 'remove application']);
    for (const run of [() => admin.remove(ENTITY, CLI), () => admin.setEnabled(ENTITY, true, CLI), () => admin.set(ENTITY, [], {}, CLI)])
      await refused(run, 'not_found');
  });

  it('refuses to write over what somebody else changed meanwhile', async () => {
    await add('good/minimal');
    const stale: MemoryRelyingParties = {
      ...registry,
      findByEntityId: (entityId) => registry.findByEntityId(entityId).then((record) => (record === undefined ? record : { ...record, version: 0 })),
    };
    const other = createRelyingPartyAdmin({ relyingParties: stale, signingKeys: memorySigningKeys(), clock, makeId: () => 'x', ownNames: [], fetchAllow: [] });
    await refused(() => other.set(ENTITY, [readAssignment('sign=both')], {}, CLI), 'conflict');
  });
});
