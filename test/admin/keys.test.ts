import { expect } from 'chai';
import { createKeyAdmin, type KeyAdmin, type KeyMaterial } from '../../src/admin/keys.js';
import { SignetError } from '../../src/core/errors.js';
import { asId } from '../../src/core/model/ids.js';
import type { SigningKey } from '../../src/core/model/signing-key.js';
import { readCertificate } from '../../src/crypto/certificate.js';
import { createKeyRing, makeSigningKey } from '../../src/crypto/key-ring.js';
import { createSecretBox } from '../../src/crypto/secret-box.js';
import { CACHE_SECONDS } from '../../src/protocols/shared/metadata/write.js';
import { ALG } from '../../src/xml/names.js';
import { verifyDetached } from '../../src/xml/verify.js';
import { aMetadata, aRecord, fakeClock, thrownBy } from '../support/builders.js';
import { memoryRelyingParties, memorySigningKeys, type MemoryRelyingParties, type MemorySigningKeys } from '../support/memory-repositories.js';
import { keyPairOf } from '../support/saml-idp.js';

const CLI = { actor: 'cli' };
const FORCE = { actor: 'cli', force: true };
const DRY = { actor: 'cli', dryRun: true };
const box = createSecretBox('a secret key for tests');

describe('signing keys and their rollover (MET-15)', () => {
  let keys: MemorySigningKeys;
  let registry: MemoryRelyingParties;
  let clock: ReturnType<typeof fakeClock>;
  let admin: KeyAdmin;
  let first: SigningKey;

  beforeEach(async () => {
    clock = fakeClock();
    first = await makeSigningKey({ algorithm: 'P-256', commonName: 'idp.example', now: clock.now(), state: 'active', box });
    keys = memorySigningKeys(first);
    registry = memoryRelyingParties(aRecord(), aRecord({ id: asId('rp-2'), metadata: aMetadata({ entityId: 'https://other.example/' }) }));
    admin = createKeyAdmin({ keys, relyingParties: registry, box, clock, commonName: 'idp.example' });
    clock.advance(1000);
  });

  const states = (): Record<string, string> => Object.fromEntries([...keys.rows.values()].map((key) => [key.id, key.state]));
  const pinOf = (id: string): string | undefined => registry.rows.get(id)?.overrides.signingKey;

  async function refused(run: () => unknown, code = 'invalid_input'): Promise<string> {
    const error = await thrownBy(run);
    expect(error, error.message).to.be.instanceOf(SignetError).and.include({ code });
    return error.message;
  }

  async function waited(): Promise<SigningKey> {
    const next = await admin.rotate('P-256', CLI);
    clock.advance(CACHE_SECONDS * 1000);
    return next;
  }

  it('rotate makes and publishes a next key that does not sign yet', async () => {
    const next = await admin.rotate('P-384', CLI);
    expect(states()).to.deep.equal({ [first.id]: 'active', [next.id]: 'next' });
    expect(readCertificate(next.certificate)).to.deep.include({ keyType: 'ec', bits: 384, subject: 'CN=idp.example' });
    const ring = createKeyRing({ keys, box, changes: { onChange: () => undefined, confirm: () => Promise.resolve() } });
    expect((await ring.published()).map(({ keyId }) => keyId)).to.deep.equal([first.id, next.id]);
    expect((await ring.signerFor(undefined)).keyId).to.equal(first.id);
    expect(keys.changes).to.deep.equal([{ actor: 'cli', action: 'rotate keys' }]);
  });

  it('rotate makes RSA keys of 2048 bits and more (SDP-MD06)', async () => {
    expect(readCertificate((await admin.rotate('RSA-2048', CLI)).certificate)).to.deep.include({ keyType: 'rsa', bits: 2048 });
  });

  it('rotate is refused while a next key exists, unless forced: then that one is given up', async () => {
    const given = await admin.rotate('P-256', CLI);
    expect(await refused(() => admin.rotate('P-256', CLI))).to.match(/There is a next key already.*signet keys promote.*--force/u);
    expect(keys.rows.size).to.equal(2);
    clock.advance(1000);
    const next = await admin.rotate('P-256', FORCE);
    expect(states()).to.deep.equal({ [first.id]: 'active', [given.id]: 'retired', [next.id]: 'next' });
  });

  describe('import', () => {
    let material: KeyMaterial;
    beforeEach(async () => {
      const { certificate, privateKey } = await keyPairOf('adfs', 'P-256');
      material = { algorithm: 'P-256', certificate, privateKey, chain: ['of its issuer'], expiresAt: Date.UTC(2120, 0) };
    });

    it('makes the key the next one, sealed, with the certificates of its issuers', async () => {
      const { key } = await admin.importKey(material, CLI);
      expect(states()).to.deep.equal({ [first.id]: 'active', [key.id]: 'next' });
      const stored = keys.rows.get(key.id);
      expect(stored).to.deep.include({ certificate: material.certificate, chain: ['of its issuer'], algorithm: 'P-256', expiresAt: material.expiresAt });
      expect(JSON.stringify(stored)).not.to.include(material.privateKey.toString('base64').slice(40, 60));
      expect(keys.changes).to.deep.equal([{ actor: 'cli', action: 'import key' }]);
    });

    it('signs at once when forced, and with the key of the certificate', async () => {
      expect(await refused(() => admin.importKey(material, { ...CLI, promote: true }))).to.match(/may not know this key yet.*--promote --force/u);
      expect(keys.rows.size).to.equal(1);
      const { key, replaced } = await admin.importKey(material, { ...FORCE, promote: true });
      expect(replaced?.id).to.equal(first.id);
      expect(states()).to.deep.equal({ [first.id]: 'retired', [key.id]: 'active' });
      const ring = createKeyRing({ keys, box, changes: { onChange: () => undefined, confirm: () => Promise.resolve() } });
      const signature = await (await ring.signerFor(undefined)).sign('octets', 'sha256');
      verifyDetached('octets', ALG.ecdsaSha256, signature, [material.certificate]);
    });

    it('signs at once without force where nothing signs yet', async () => {
      keys.rows.clear();
      const { key } = await admin.importKey(material, { ...CLI, promote: true });
      expect(states()).to.deep.equal({ [key.id]: 'active' });
    });

    it('is a conflict when the key is here already', async () => {
      const { key } = await admin.importKey(material, CLI);
      expect(await refused(() => admin.importKey(material, FORCE), 'conflict')).to.include(`This key is here already: ${key.id}`);
    });

    it('is refused while a next key exists, unless forced: then that one is given up', async () => {
      const next = await admin.rotate('P-256', CLI);
      expect(await refused(() => admin.importKey(material, CLI))).to.match(/There is a next key already/u);
      const { key } = await admin.importKey(material, FORCE);
      expect(states()).to.deep.equal({ [first.id]: 'active', [next.id]: 'retired', [key.id]: 'next' });
    });

    it('changes nothing on a dry run', async () => {
      const { key, replaced } = await admin.importKey(material, { ...FORCE, ...DRY, promote: true });
      expect([key.certificate, replaced?.id]).to.deep.equal([material.certificate, first.id]);
      expect(states()).to.deep.equal({ [first.id]: 'active' });
    });
  });

  it('promote is refused within the waiting time, to the millisecond, unless forced', async () => {
    const next = await admin.rotate('P-256', CLI);
    clock.advance(CACHE_SECONDS * 1000 - 1);
    expect(await refused(() => admin.promote(undefined, CLI))).to.match(
      /published on .*metadata that is 6h old\. Promote it in a minute, or now with --force/u,
    );
    expect(states()[first.id]).to.equal('active');
    clock.advance(1);
    const { key, replaced } = await admin.promote(undefined, CLI);
    expect([key.id, key.state, replaced?.id, replaced?.state]).to.deep.equal([next.id, 'active', first.id, 'retired']);
    expect(states()).to.deep.equal({ [first.id]: 'retired', [next.id]: 'active' });
    expect(keys.rows.get(next.id)).to.deep.include({ activatedAt: clock.now(), version: 2 });
  });

  it('promote goes at once when forced, and in one step', async () => {
    await admin.rotate('P-256', CLI);
    await admin.promote(undefined, FORCE);
    expect(keys.changes.map(({ action }) => action)).to.deep.equal(['rotate keys', 'promote key']);
  });

  it('promote has nothing to wait for where nothing signs yet', async () => {
    keys.rows.clear();
    const next = await admin.rotate('P-256', CLI);
    expect(await admin.promote(undefined, CLI)).to.deep.include({ replaced: undefined });
    expect(states()).to.deep.equal({ [next.id]: 'active' });
  });

  it('promote says when there is no next key', async () => {
    expect(await refused(() => admin.promote(undefined, FORCE), 'not_found')).to.match(/no next key.*signet keys rotate/u);
  });

  it('promote for one application switches that one ahead; the others follow with the key', async () => {
    const next = await waited();
    const { replaced } = await admin.promote(aRecord(), CLI);
    expect(replaced).to.equal(undefined);
    expect(states()[first.id]).to.equal('active');
    expect([pinOf('rp-1'), pinOf('rp-2')]).to.deep.equal([next.id, undefined]);
    expect(registry.changes).to.deep.equal([{ actor: 'cli', action: 'promote key' }]);
    await admin.promote(undefined, CLI);
    expect(states()[next.id]).to.equal('active');
    expect(pinOf('rp-1'), 'it follows the active key again').to.equal(undefined);
  });

  it('promote for one application waits as well', async () => {
    await admin.rotate('P-256', CLI);
    await refused(() => admin.promote(aRecord(), CLI));
    expect(pinOf('rp-1')).to.equal(undefined);
  });

  it('retire removes the old key, and never the active one', async () => {
    const next = await waited();
    await admin.promote(undefined, CLI);
    expect(await refused(() => admin.retire(next.id, FORCE))).to.match(/active key cannot be retired/u);
    const gone = await admin.retire(undefined, CLI);
    expect(gone.map(({ id }) => id)).to.deep.equal([first.id]);
    expect(states()).to.deep.equal({ [next.id]: 'active' });
    expect(keys.changes.at(-1)).to.deep.equal({ actor: 'cli', action: 'retire key' });
  });

  it('retire takes a next key that is not wanted, by its id', async () => {
    const next = await admin.rotate('P-256', CLI);
    await admin.retire(next.id, CLI);
    expect(states()).to.deep.equal({ [first.id]: 'active' });
  });

  it('retire says when there is none', async () => {
    expect(await refused(() => admin.retire(undefined, CLI), 'not_found')).to.match(/no old key to retire/u);
    expect(await refused(() => admin.retire('nothing', CLI), 'not_found')).to.match(/no key nothing; see: signet keys list/u);
  });

  it('retire is refused while an application is set to the key, unless forced: then the active key signs for it', async () => {
    const next = await waited();
    await admin.promote(aRecord(), CLI);
    const message = await refused(() => admin.retire(next.id, CLI));
    expect(message).to.match(/https:\/\/app\.example\/metadata is set to this key.*signing-key=.*--force/u);
    expect(keys.rows.has(next.id)).to.equal(true);
    await admin.retire(next.id, FORCE);
    expect(keys.rows.has(next.id)).to.equal(false);
    expect(pinOf('rp-1')).to.equal(undefined);
  });

  it('changes nothing on a dry run', async () => {
    await admin.rotate('P-256', DRY);
    expect(states()).to.deep.equal({ [first.id]: 'active' });
    await admin.rotate('P-256', CLI);
    const before = states();
    await admin.promote(undefined, { ...DRY, force: true });
    await admin.promote(aRecord(), { ...DRY, force: true });
    expect(states()).to.deep.equal(before);
    expect(pinOf('rp-1')).to.equal(undefined);
    await admin.promote(undefined, FORCE);
    expect((await admin.retire(undefined, DRY)).map(({ id }) => id)).to.deep.equal([first.id]);
    expect(keys.rows.has(first.id)).to.equal(true);
  });

  it('lists who is set to which key, over many pages', async () => {
    for (let at = 0; at < 450; at += 1) {
      const record = aRecord({
        id: asId(`rp-n${String(at)}`),
        metadata: aMetadata({ entityId: `https://n${String(at).padStart(4, '0')}.example/` }),
        overrides: at % 3 === 0 ? { signingKey: first.id } : {},
      });
      registry.rows.set(record.id, record);
    }
    const [listed] = await admin.list();
    expect(listed?.pinnedBy).to.have.length(150);
    expect(listed?.sha256Thumbprint).to.equal(readCertificate(first.certificate).sha256Thumbprint);
  });
});
