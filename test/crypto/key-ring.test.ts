import { expect } from 'chai';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { SignetError } from '../../src/core/errors.js';
import type { KeyState, SigningKey } from '../../src/core/model/signing-key.js';
import type { KeyRing, SigningKeys } from '../../src/core/ports.js';
import { createKeyRing, makeSigningKey } from '../../src/crypto/key-ring.js';
import { createSecretBox } from '../../src/crypto/secret-box.js';
import { NOW, thrownBy } from '../support/builders.js';

const box = createSecretBox('a secret key of the test');

function aKey(state: KeyState): Promise<SigningKey> {
  return makeSigningKey({ algorithm: 'P-256', commonName: 'idp.example', now: NOW, state, box });
}

interface Desk {
  readonly ring: KeyRing;
  keys: readonly SigningKey[];
  /** How often the table was read. */
  reads: number;
  /** Tells the ring that the configuration changed. */
  changed(): void;
  /** What the next reading, or the next confirmation, fails with. */
  failing: { list?: Error; confirm?: Error };
}

function desk(keys: readonly SigningKey[]): Desk {
  const listeners: (() => void)[] = [];
  const refused = (): Promise<never> => Promise.reject(new Error('the ring changes no key'));
  const table: SigningKeys = {
    list: () => {
      one.reads += 1;
      return one.failing.list === undefined ? Promise.resolve(one.keys) : Promise.reject(one.failing.list);
    },
    insert: refused,
    insertFirst: refused,
    transition: refused,
    remove: refused,
  };
  const one: Desk = {
    ring: createKeyRing({
      keys: table,
      box,
      changes: {
        onChange: (listener) => listeners.push(listener),
        confirm: () => (one.failing.confirm === undefined ? Promise.resolve() : Promise.reject(one.failing.confirm)),
      },
    }),
    keys,
    reads: 0,
    changed: () => {
      for (const listener of listeners) listener();
    },
    failing: {},
  };
  return one;
}

describe('a new signing key', () => {
  it('has a certificate of ten years, made out an hour back for clocks that are behind', async () => {
    const key = await aKey('active');
    const certificate = new X509Certificate(Buffer.from(key.certificate, 'base64'));
    expect(Date.parse(certificate.validFrom)).to.equal(NOW - 3_600_000);
    expect(Date.parse(certificate.validTo)).to.equal(key.expiresAt);
    expect(key.expiresAt - NOW).to.be.closeTo(10 * 365.25 * 86_400_000, 1000);
    expect(key).to.include({ state: 'active', version: 1, createdAt: NOW, activatedAt: NOW });
    expect(await aKey('next')).not.to.have.property('activatedAt');
  });

  it('is stored sealed: no private key in the row, and none without the secret key (S19)', async () => {
    const key = await aKey('active');
    const opened = box.open(key.sealedPrivateKey, `signing-key:${key.id}`);
    const privateKey = createPrivateKey({ key: opened, format: 'der', type: 'pkcs8' });
    expect(new X509Certificate(Buffer.from(key.certificate, 'base64')).checkPrivateKey(privateKey)).to.equal(true);
    const row = Buffer.from(key.sealedPrivateKey.split('.')[2] ?? '', 'base64url');
    expect(row.includes(opened.subarray(40, 60))).to.equal(false);
    await thrownBy(() => createSecretBox('another secret key').open(key.sealedPrivateKey, `signing-key:${key.id}`));
  });
});

describe('the key ring', () => {
  let active: SigningKey;
  let next: SigningKey;
  let retired: SigningKey;
  before(async () => {
    [active, next, retired] = await Promise.all([aKey('active'), aKey('next'), aKey('retired')]);
  });

  it('signs with the active key', async () => {
    expect(await desk([retired, next, active]).ring.signerFor(undefined)).to.include({ keyId: active.id, certificate: active.certificate, type: 'ec' });
  });

  it('signs with a pinned key while it is active or next, else with the active one (S14)', async () => {
    const { ring } = desk([retired, next, active]);
    expect((await ring.signerFor(next.id)).keyId).to.equal(next.id);
    expect((await ring.signerFor(retired.id)).keyId, 'a retired key signs for nobody').to.equal(active.id);
    expect((await ring.signerFor('gone')).keyId).to.equal(active.id);
  });

  it('publishes active, next, retired, in this order, and no private key (S14, S19)', async () => {
    const published = await desk([retired, next, active]).ring.published();
    expect(published).to.deep.equal([active, next, retired].map((key) => ({ keyId: key.id, state: key.state, certificate: key.certificate })));
  });

  it('signs with nothing when there is no active key', async () => {
    for (const keys of [[], [next, retired]]) expect(await thrownBy(() => desk(keys).ring.signerFor(undefined))).to.include({ code: 'unavailable' });
  });

  it('signs with nothing when what it knows cannot be confirmed (zombie-key)', async () => {
    const one = desk([active]);
    await one.ring.signerFor(undefined);
    one.failing = { confirm: new SignetError('unavailable', 'the store is away') };
    expect(await thrownBy(() => one.ring.signerFor(undefined))).to.include({ code: 'unavailable' });
    expect(await thrownBy(() => one.ring.published())).to.include({ code: 'unavailable' });
  });

  it('reads the keys once, and again after a change: a retired key signs no more', async () => {
    const one = desk([active, next]);
    for (let index = 0; index < 5; index += 1) await one.ring.signerFor(undefined);
    expect(one.reads).to.equal(1);
    one.keys = [
      { ...active, state: 'retired' },
      { ...next, state: 'active' },
    ];
    one.changed();
    expect((await one.ring.signerFor(undefined)).keyId).to.equal(next.id);
    expect((await one.ring.signerFor(active.id)).keyId).to.equal(next.id);
    expect(one.reads).to.equal(2);
  });

  it('opens a key once', async () => {
    const one = desk([active]);
    const first = await one.ring.signerFor(undefined);
    one.changed();
    expect(await one.ring.signerFor(undefined)).to.equal(first);
  });

  it('reads again after a reading failed', async () => {
    const one = desk([active]);
    one.failing = { list: new SignetError('unavailable', 'the store is away') };
    expect(await thrownBy(() => one.ring.signerFor(undefined))).to.include({ code: 'unavailable' });
    one.failing = {};
    expect((await one.ring.signerFor(undefined)).keyId).to.equal(active.id);
  });

  it('opens no key whose sealed text was moved from another row (S19)', async () => {
    const swapped = { ...active, sealedPrivateKey: next.sealedPrivateKey };
    expect(await thrownBy(() => desk([swapped]).ring.signerFor(undefined))).to.include({ code: 'invalid_input' });
  });

  it('opens no key that was sealed under another secret key', async () => {
    const foreign = await makeSigningKey({ algorithm: 'P-256', commonName: 'x', now: NOW, state: 'active', box: createSecretBox('another secret key') });
    expect(await thrownBy(() => desk([foreign]).ring.signerFor(undefined))).to.include({ code: 'invalid_input' });
  });
});
