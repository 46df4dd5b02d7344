import { expect } from 'chai';
import fc from 'fast-check';
import { createSessionIndex } from '../../src/authn/session-index.js';
import { asId } from '../../src/core/model/ids.js';
import { createSecretBox } from '../../src/crypto/secret-box.js';
import { aSession } from '../support/builders.js';

const sessionIndex = createSessionIndex(createSecretBox('a secret key of the test'));
const APP = 'https://app.example/metadata';

describe('SessionIndex (CORE-35, SAML Core 2.7.2, E38)', () => {
  it('is an NCName of 160 bits', () => {
    fc.assert(fc.property(fc.string(), (entityId) => /^_[0-9a-f]{40}$/u.test(sessionIndex(aSession(), entityId))));
  });

  it('stays the same for a session and a relying party, also in another process with the same key', () => {
    const elsewhere = createSessionIndex(createSecretBox('a secret key of the test'));
    expect(elsewhere(aSession(), APP)).to.equal(sessionIndex(aSession(), APP));
  });

  it('differs between relying parties, between sessions, and between deployments', () => {
    const foreign = createSessionIndex(createSecretBox('another secret key'));
    const all = [
      sessionIndex(aSession(), APP),
      sessionIndex(aSession(), 'https://other.example/metadata'),
      sessionIndex(aSession({ id: asId('session-2') }), APP),
      foreign(aSession(), APP),
    ];
    expect(new Set(all).size).to.equal(all.length);
  });

  it('is never shared by two pairs of session and relying party', () => {
    const pair = fc.tuple(fc.stringMatching(/^_[0-9a-f]{1,6}$/u), fc.string({ maxLength: 6 }));
    fc.assert(
      fc.property(pair, pair, ([idA, partyA], [idB, partyB]) => {
        const same = idA === idB && partyA === partyB;
        return (sessionIndex(aSession({ id: asId(idA) }), partyA) === sessionIndex(aSession({ id: asId(idB) }), partyB)) === same;
      }),
    );
  });
});
