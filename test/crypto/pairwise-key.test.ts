import { expect } from 'chai';
import { SignetError } from '../../src/core/errors.js';
import { createPairwiseHmac } from '../../src/crypto/pairwise-key.js';
import { createSecretBox } from '../../src/crypto/secret-box.js';
import { memorySettings } from '../support/memory-settings.js';

const TEXT = Buffer.from('maria');

describe('the key of pairwise ids', () => {
  const box = createSecretBox('0123456789abcdef0123456789abcdef');

  it('is made once, whoever asks first, and the same for all nodes', async () => {
    const storedSettings = memorySettings();
    const nodes = [0, 1, 2, 3].map(() => createPairwiseHmac({ storedSettings, box }));
    const macs = await Promise.all(nodes.map((hmac) => hmac(TEXT)));
    expect(new Set(macs.map((mac) => mac.toString('hex')))).to.have.property('size', 1);
    expect(macs[0]).to.have.length(32);
    expect(storedSettings.audits).to.have.length(1);
    expect(await createPairwiseHmac({ storedSettings, box })(TEXT)).to.deep.equal(macs[0]);
  });

  it('differs between installations', async () => {
    const one = await createPairwiseHmac({ storedSettings: memorySettings(), box })(TEXT);
    expect(await createPairwiseHmac({ storedSettings: memorySettings(), box })(TEXT)).not.to.deep.equal(one);
  });

  it('is kept sealed, and its audit record holds nothing of it (M13)', async () => {
    const storedSettings = memorySettings();
    await createPairwiseHmac({ storedSettings, box })(TEXT);
    const stored = String(await storedSettings.get('pairwise-key'));
    expect(box.open(String(JSON.parse(stored)), 'pairwise-key')).to.have.length(32);
    expect(storedSettings.audits).to.deep.equal([{ before: undefined, after: '"sealed"' }]);
  });

  it('is never made anew where it cannot be opened', async () => {
    const storedSettings = memorySettings();
    await createPairwiseHmac({ storedSettings, box })(TEXT);
    const stored = await storedSettings.get('pairwise-key');
    const other = createPairwiseHmac({ storedSettings, box: createSecretBox('another secret key, of another node') });
    const error: unknown = await other(TEXT).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(SignetError).with.property('code', 'unavailable');
    expect(await storedSettings.get('pairwise-key')).to.equal(stored);
  });

  it('is asked for again after a failure', async () => {
    const storedSettings = memorySettings();
    let away = true;
    const hmac = createPairwiseHmac({
      storedSettings: { ...storedSettings, get: (name) => (away ? Promise.reject(new SignetError('unavailable', 'away')) : storedSettings.get(name)) },
      box,
    });
    const failed: unknown = await hmac(TEXT).catch((error: unknown) => error);
    expect(failed).to.have.property('message', 'away');
    away = false;
    expect(await hmac(TEXT)).to.have.length(32);
  });
});
