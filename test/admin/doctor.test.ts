import { expect } from 'chai';
import { examine, type Finding } from '../../src/admin/doctor.js';
import { asId } from '../../src/core/model/ids.js';
import type { RelyingPartyRecord } from '../../src/core/model/relying-party.js';
import type { SigningKey } from '../../src/core/model/signing-key.js';
import type { User } from '../../src/core/model/user.js';
import type { MetadataHistory } from '../../src/core/ports.js';
import { makeSigningKey } from '../../src/crypto/key-ring.js';
import { createSecretBox } from '../../src/crypto/secret-box.js';
import { aMetadata, aRecord, aUser, fakeClock, NOW } from '../support/builders.js';
import { memoryMetadataHistory } from '../support/memory-metadata-history.js';
import { memoryRelyingParties, memorySigningKeys, memoryUsers } from '../support/memory-repositories.js';

const box = createSecretBox('a secret key for tests');
const DAY = 86_400_000;

describe('doctor', () => {
  let key: SigningKey;

  before(async () => {
    key = await makeSigningKey({ algorithm: 'P-256', commonName: 'idp.example', now: NOW, state: 'active', box });
  });

  async function found(
    wrong: {
      keys?: readonly SigningKey[];
      records?: readonly RelyingPartyRecord[];
      people?: readonly User[];
      at?: number;
      secret?: string;
      history?: MetadataHistory;
    } = {},
  ): Promise<readonly Finding[]> {
    return examine({
      users: memoryUsers(...(wrong.people ?? [aUser({ role: 'owner' })])),
      relyingParties: memoryRelyingParties(...(wrong.records ?? [aRecord()])),
      metadataHistory: wrong.history ?? memoryMetadataHistory(),
      signingKeys: memorySigningKeys(...(wrong.keys ?? [key])),
      box: wrong.secret === undefined ? box : createSecretBox(wrong.secret),
      clock: fakeClock(wrong.at ?? NOW),
    });
  }

  const ids = async (wrong: Parameters<typeof found>[0]): Promise<readonly string[]> => (await found(wrong)).map(({ id }) => id);

  it('finds nothing where nothing is wrong', async () => {
    expect(await found()).to.deep.equal([]);
  });

  it('finds that there is no administrator', async () => {
    expect(await ids({ people: [aUser()] })).to.deep.equal(['user.no-administrator']);
  });

  it('finds that no key is active', async () => {
    expect(await ids({ keys: [] })).to.deep.equal(['key.none-active']);
    expect((await found({ keys: [] }))[0]?.fix).to.match(/signet serve makes/u);
    expect((await found({ keys: [{ ...key, state: 'retired' }] }))[0]?.fix).to.match(/signet keys rotate/u);
  });

  it('finds that the secret key is another one, and that a key is not that of its certificate', async () => {
    const [finding] = await found({ secret: 'another secret key' });
    expect(finding).to.include({ id: 'key.not-usable', level: 'problem' });
    expect(finding?.sentence).to.match(/sealed under another secret key/u);
    const other = await makeSigningKey({ algorithm: 'P-256', commonName: 'idp.example', now: NOW, state: 'active', box });
    expect((await found({ keys: [{ ...key, certificate: other.certificate }] }))[0]?.sentence).to.match(/does not belong to its certificate/u);
  });

  it('finds certificates that ended or end within 60 days, of keys that sign or will', async () => {
    expect(await ids({ at: key.expiresAt - 61 * DAY })).to.deep.equal([]);
    expect(await ids({ at: key.expiresAt - 59 * DAY })).to.deep.equal(['key.certificate-ends']);
    expect(await ids({ at: key.expiresAt + 1 })).to.deep.equal(['key.certificate-ended']);
    const next = await makeSigningKey({ algorithm: 'P-256', commonName: 'idp.example', now: NOW + 100 * DAY, state: 'active', box });
    expect(await ids({ at: key.expiresAt + 1, keys: [next, { ...key, state: 'retired' }] })).to.deep.equal([]);
  });

  for (const [what, record, id] of [
    ['metadata that ended', aRecord({ metadata: aMetadata({ validUntil: NOW - 1 }) }), 'rp.metadata-ended'],
    ['metadata that ends within a week', aRecord({ metadata: aMetadata({ validUntil: NOW + 6 * DAY }) }), 'rp.metadata-ends'],
    ['a reply address with http', aRecord({ overrides: { replyAddresses: ['http://app.example/acs'] } }), 'rp.http-reply'],
    ['encryption without a key', aRecord({ overrides: { encrypt: 'always' } }), 'rp.no-encryption-key'],
    ['signed requests without a certificate', aRecord({ overrides: { requireSignedRequests: true } }), 'rp.no-signing-certificate'],
    ['a signing key that is gone', aRecord({ overrides: { signingKey: 'gone' } }), 'rp.signing-key-gone'],
  ] as const) {
    it(`finds ${what}, of applications that are switched on`, async () => {
      const [finding, ...others] = await found({ records: [record] });
      expect(finding?.id).to.equal(id);
      expect(finding?.sentence).to.include('Acme Expenses');
      expect(finding?.fix).not.to.equal('');
      expect(others).to.deep.equal([]);
      expect(await ids({ records: [{ ...record, enabled: false }] })).to.deep.equal([]);
    });
  }

  it('looks at all of many applications', async () => {
    const records = Array.from({ length: 401 }, (_, at) =>
      aRecord({
        id: asId(`rp-${String(at)}`),
        metadata: aMetadata({ entityId: `https://n${String(at).padStart(4, '0')}.example/`, ...(at === 400 ? { validUntil: NOW - 1 } : {}) }),
      }),
    );
    expect(await ids({ records })).to.deep.equal(['rp.metadata-ended']);
  });

  it('names changes that wait, without those that somebody dropped, and sources that cannot be read', async () => {
    const history = memoryMetadataHistory();
    const record = aRecord({ overrides: { name: 'Wiki' } });
    const held = { metadata: record.metadata, heldAt: NOW, source: record.source, reasons: ['a new host', 'a key is gone'] };
    await history.hold(record, held, { actor: 'system', action: 'hold metadata' });
    await history.note(record.id, { failures: 3, nextAt: NOW, succeededAt: NOW - 2 * DAY, lastError: 'https://wiki.example/ does not answer.' });
    const findings = await found({ records: [record], history });
    expect(findings.map(({ id }) => id)).to.deep.equal(['rp.metadata-held', 'rp.metadata-source']);
    expect(findings[0]?.sentence).to.equal('Changed metadata of Wiki waits since 2026-11-24: a new host; a key is gone.');
    expect(findings[0]?.fix).to.match(/: signet rp diff https:\/\/app\.example\/metadata$/u);
    expect(findings[1]?.sentence).to.equal(
      'The metadata of Wiki cannot be read again (3 in a row, last read 2026-11-22): https://wiki.example/ does not answer.',
    );
    await history.hold(record, { ...held, droppedAt: NOW }, { actor: 'cli', action: 'drop held metadata' });
    expect(await ids({ records: [record], history })).to.deep.equal(['rp.metadata-source']);
  });
});
