import { expect } from 'chai';
import fc from 'fast-check';
import { SignetError } from '../../src/core/errors.js';
import { createSecretBox } from '../../src/crypto/secret-box.js';
import { thrownBy } from '../support/builders.js';
import { anyCharacter } from '../support/any-character.js';

const box = createSecretBox('a secret key of the test');

/** The message with which a sealed text is refused. */
async function refusal(text: string, context = 'purpose'): Promise<string> {
  const error = await thrownBy(() => box.open(text, context));
  expect(error).to.be.instanceOf(SignetError).and.include({ code: 'invalid_input' });
  return error.message;
}

describe('what is sealed', () => {
  it('comes back as it was, for its purpose', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.string(), (bytes, context) =>
        box.open(box.seal(Buffer.from(bytes), context), context).equals(Buffer.from(bytes)),
      ),
    );
    expect(box.open(box.seal('José', 'purpose'), 'purpose').toString()).to.equal('José');
  });

  it('opens in another process with the same key', () => {
    expect(createSecretBox('a secret key of the test').open(box.seal('text', 'purpose'), 'purpose').toString()).to.equal('text');
  });

  it('shows nothing of itself: no two seals are alike, and none has the text in it (S19)', () => {
    const seals = Array.from({ length: 100 }, () => box.seal('the private key', 'purpose'));
    expect(new Set(seals).size).to.equal(100);
    for (const sealed of seals) {
      expect(sealed).to.match(/^v1\.[\w-]{8}\.[\w-]+$/u);
      expect(Buffer.from(sealed.split('.')[2] ?? '', 'base64url').toString('latin1')).not.to.contain('private');
    }
  });

  it('does not open for another purpose', async () => {
    expect(await refusal(box.seal('text', 'another purpose'))).to.contain('purpose');
  });

  it('does not open under another key, and says that it is the key (S19)', async () => {
    expect(await refusal(createSecretBox('another secret key').seal('text', 'purpose'))).to.contain('another secret key');
  });

  it('does not open with any bit changed, or cut', async () => {
    const sealed = box.seal('a text of some length', 'purpose');
    const [version = '', keyId = '', body = ''] = sealed.split('.');
    const bytes = Buffer.from(body, 'base64url');
    const wrap = (changed: Buffer): string => [version, keyId, changed.toString('base64url')].join('.');
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), async (at, bit) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        await refusal(wrap(changed));
      }),
    );
    for (let length = 0; length < bytes.length; length += 1) await refusal(wrap(bytes.subarray(0, length)));
    await refusal(wrap(Buffer.concat([bytes, Buffer.alloc(1)])));
  });

  it('is refused as text of any kind without another error', async () => {
    for (const text of ['', '.', '..', 'v1', 'v1..', 'v2.x.y', sealedAs('v0')]) await refusal(text);
    await fc.assert(fc.asyncProperty(fc.string({ unit: anyCharacter }), async (text) => (await refusal(text)) !== ''));
  });
});

function sealedAs(version: string): string {
  return box.seal('text', 'purpose').replace('v1', version);
}

describe('codes under the secret key', () => {
  it('are the same for the same text and purpose', () => {
    expect(box.mac('purpose', 'text'))
      .to.equal(createSecretBox('a secret key of the test').mac('purpose', 'text'))
      .and.match(/^[\w-]{43}$/u);
  });

  it('differ by text, purpose and key', () => {
    const codes = [
      box.mac('purpose', 'text'),
      box.mac('purpose', 'another'),
      box.mac('another', 'text'),
      createSecretBox('another secret key').mac('purpose', 'text'),
    ];
    expect(new Set(codes).size).to.equal(4);
  });
});

describe('derived keys', () => {
  it('are as long as asked for, and one for each purpose and length', () => {
    expect(box.derive('cookies')).to.have.length(32);
    expect(box.derive('cookies', 64)).to.have.length(64);
    expect(box.derive('cookies').equals(box.derive('other'))).to.equal(false);
    expect(box.derive('cookies').equals(createSecretBox('another secret key').derive('cookies'))).to.equal(false);
    expect(box.derive('cookies').equals(createSecretBox('a secret key of the test').derive('cookies'))).to.equal(true);
  });

  it('are not the key that seals, whatever they are asked for', () => {
    expect(box.derive('mac:cookies').equals(box.derive('cookies'))).to.equal(false);
  });
});
