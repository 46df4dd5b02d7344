import { expect } from 'chai';
import fc from 'fast-check';
import { createFlowStore, type Flows } from '../../src/authn/flow-store.js';
import { Trace } from '../../src/core/checks/trace.js';
import type { SignInRequest } from '../../src/core/issuance/sign-in-request.js';
import { createSecretBox } from '../../src/crypto/secret-box.js';
import type { PassiveParts } from '../../src/protocols/shared/passive.js';
import { aTrace, checkThrownBy, fakeClock, NOW } from '../support/builders.js';
import { aSignInRequest } from '../support/sign-in-request.js';
import { anyCharacter } from '../support/any-character.js';

const box = createSecretBox('a secret key of the test');
const HOUR_MS = 3_600_000;

function desk(): { readonly flows: Flows; readonly clock: ReturnType<typeof fakeClock> } {
  const clock = fakeClock();
  // What the protocols ask for is what is built here.
  const flows: PassiveParts['flows'] & Flows = createFlowStore({ box, clock });
  return { flows, clock };
}

describe('a sign-in that waits', () => {
  it('comes back whole, with its trace (SSO-16)', async () => {
    const { flows } = desk();
    const trace = aTrace();
    trace.step('binding', 'HTTP-Redirect');
    trace.note('request.replay', { observed: '09:00' });
    const kept = await flows.recall(await flows.keep(aSignInRequest(), trace));
    expect(kept?.request).to.deep.equal(aSignInRequest());
    expect(kept?.trace.reference).to.equal(trace.reference);
    expect(kept?.trace.toRecord()).to.deep.equal(trace.toRecord());
  });

  it('comes back whole whatever the application said', async () => {
    const { flows } = desk();
    const text = fc.string({ unit: 'grapheme', maxLength: 200 });
    const names = fc.stringMatching(/^[a-zA-Z]{1,10}$/u);
    await fc.assert(
      fc.asyncProperty(text, text, fc.dictionary(names, text, { maxKeys: 4, noNullPrototype: true }), async (replyTo, value, echo) => {
        const request = aSignInRequest({ replyTo, subject: { value }, echo });
        const kept = await flows.recall(await flows.keep(request, aTrace()));
        expect(kept?.request).to.deep.equal(request);
      }),
    );
  });

  it('goes on at any node with the same key, from any browser: a request grants nothing', async () => {
    const { flows } = desk();
    const other = createFlowStore({ box: createSecretBox('a secret key of the test'), clock: fakeClock() });
    expect((await other.recall(await flows.keep(aSignInRequest(), aTrace())))?.request.entityId).to.equal('https://app.example/metadata');
  });

  it('waits 60 minutes and no longer', async () => {
    const { flows, clock } = desk();
    const id = await flows.keep(aSignInRequest(), aTrace());
    clock.advance(HOUR_MS);
    expect(await flows.recall(id)).not.to.equal(undefined);
    clock.advance(1);
    expect(await flows.recall(id)).to.equal(undefined);
  });

  it('is nothing when it is not ours: empty, foreign, changed, meant for something else', async () => {
    const { flows, clock } = desk();
    const id = await flows.keep(aSignInRequest(), aTrace());
    const foreign = await createFlowStore({ box: createSecretBox('another secret key'), clock }).keep(aSignInRequest(), aTrace());
    const otherPurpose = box.seal(box.open(id, 'pending-sign-in/1'), 'familiar-device');
    const changed = `${id.slice(0, 40)}${id.charAt(40) === 'A' ? 'B' : 'A'}${id.slice(41)}`;
    for (const text of ['', 'v1', 'null', '{}', foreign, otherPurpose, changed, id.slice(0, -4), `${id}AAAA`, 'x'.repeat(1_000_000)]) {
      expect(await flows.recall(text), text.slice(0, 30)).to.equal(undefined);
    }
  });

  it('reads any text without an error', async () => {
    const { flows } = desk();
    await fc.assert(fc.asyncProperty(fc.string({ unit: anyCharacter }), async (text) => (await flows.recall(text)) === undefined));
    const [version, keyId] = (await flows.keep(aSignInRequest(), aTrace())).split('.');
    const body = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('base64url'));
    await fc.assert(fc.asyncProperty(body, async (text) => (await flows.recall([version, keyId, text].join('.'))) === undefined));
  });

  it('fits into an address with a RelayState of 2 KiB that does not compress', async () => {
    const { flows } = desk();
    const relayState = Buffer.from(Array.from({ length: 1536 }, (_, index) => (index * 7919 + (index >> 3) * 104729) % 256)).toString('base64');
    const id = await flows.keep(aSignInRequest({ echo: { inResponseTo: '_request', relayState } }), aTrace());
    expect(id.length).to.be.lessThan(6000);
    expect(id).to.match(/^[\w.-]+$/u);
  });

  it('gives up the trace, not the request, when both together are too much to carry', async () => {
    const { flows } = desk();
    const trace = aTrace();
    for (let index = 0; index < 2000; index += 1) trace.step('claims', `a long explanation of claim ${String(index)}`);
    const kept = await flows.recall(await flows.keep(aSignInRequest(), trace));
    expect(kept?.request).to.deep.equal(aSignInRequest());
    expect(kept?.trace.toRecord()).to.deep.equal({ startedAt: NOW, checks: [], steps: [] });
  });

  it('refuses a request that is too large to carry, packed or unpacked', async () => {
    const { flows } = desk();
    const repeated: SignInRequest = aSignInRequest({ context: { classes: Array.from({ length: 20_000 }, () => 'urn:class'), comparison: 'exact' } });
    const varied = aSignInRequest({
      context: { classes: Array.from({ length: 4000 }, (_, index) => String((index * 2_654_435_761) % 4_294_967_296)), comparison: 'exact' },
    });
    for (const request of [repeated, varied]) expect(await checkThrownBy(() => flows.keep(request, aTrace()))).to.equal('request.size');
  });

  it('keeps the reference of the request on a trace that lost everything else', async () => {
    const { flows } = desk();
    const kept = await flows.recall(await flows.keep(aSignInRequest({ reference: 'SGN-ABCD-2345' }), new Trace('SGN-ABCD-2345', NOW)));
    expect(kept?.trace.reference).to.equal('SGN-ABCD-2345');
  });
});
