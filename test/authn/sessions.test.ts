import { expect } from 'chai';
import { createSessions, type Sessions } from '../../src/authn/sessions.js';
import { SignetError } from '../../src/core/errors.js';
import type { SsoSession } from '../../src/core/model/sso-session.js';
import { randomId } from '../../src/crypto/random.js';
import { aSession, aUser, fakeClock, thrownBy } from '../support/builders.js';

const { authentication } = aSession();

function desk(): { readonly sessions: Sessions; readonly stored: Map<string, SsoSession>; readonly clock: ReturnType<typeof fakeClock> } {
  const clock = fakeClock();
  const stored = new Map<string, SsoSession>();
  const sessions = createSessions({
    clock,
    makeId: randomId,
    lifetimeSeconds: 3600,
    ssoSessions: {
      find: (id) => Promise.resolve(stored.get(id)),
      save: (session) => Promise.resolve(void stored.set(session.id, session)),
      end: (id) => Promise.resolve(void stored.delete(id)),
    },
  });
  return { sessions, stored, clock };
}

describe('SSO sessions', () => {
  it('start stored, with the person, the authentication and an absolute end (U05)', async () => {
    const { sessions, stored, clock } = desk();
    const session = await sessions.start(aUser(), authentication);
    expect(session).to.deep.include({ userId: 'user-1', userName: 'maria', authentication, startedAt: clock.now(), expiresAt: clock.now() + 3_600_000 });
    expect(stored.get(session.id)).to.deep.equal(session);
  });

  it('have a new id of 160 bits each time (U04)', async () => {
    const { sessions } = desk();
    const ids = await Promise.all(Array.from({ length: 50 }, async () => (await sessions.start(aUser(), authentication)).id));
    expect(new Set(ids).size).to.equal(50);
    for (const id of ids) expect(id).to.match(/^_[0-9a-f]{40}$/u);
  });

  it('are found until the last millisecond of their time, and not after it (U05)', async () => {
    const { sessions, clock } = desk();
    const { id } = await sessions.start(aUser(), authentication);
    clock.advance(3_599_999);
    expect(await sessions.find(id)).to.have.property('id', id);
    clock.advance(1);
    expect(await sessions.find(id)).to.equal(undefined);
  });

  it('are never made from an id that a client brings (U04)', async () => {
    const { sessions, stored } = desk();
    expect(await sessions.find('_chosen-by-somebody')).to.equal(undefined);
    expect(await sessions.find(undefined)).to.equal(undefined);
    expect(stored.size).to.equal(0);
  });

  it('end once', async () => {
    const { sessions } = desk();
    const { id } = await sessions.start(aUser(), authentication);
    await sessions.end(id);
    expect(await sessions.find(id)).to.equal(undefined);
  });

  it('do not start when they cannot be stored', async () => {
    const { clock } = desk();
    const away = (): Promise<never> => Promise.reject(new SignetError('unavailable', 'the store is away'));
    const sessions = createSessions({
      clock,
      makeId: randomId,
      lifetimeSeconds: 60,
      ssoSessions: { find: away, save: away, end: away },
    });
    expect(await thrownBy(() => sessions.start(aUser(), authentication))).to.include({ code: 'unavailable' });
  });
});
