import { expect } from 'chai';
import { asId } from '../../src/core/model/ids.js';
import type { SessionParticipant } from '../../src/core/model/sso-session.js';
import type { EphemeralStore, SsoSessions } from '../../src/core/ports.js';
import { createSsoSessions } from '../../src/storage/sso-sessions.js';
import { aSession, fakeClock, NOW } from '../support/builders.js';
import { atOnce } from '../support/records.js';

const PARTICIPANT: SessionParticipant = {
  protocol: 'saml',
  relyingParty: 'https://app.example/metadata',
  sessionIndex: '_index',
  name: { value: 'maria', format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified' },
};

interface Bench {
  readonly clock: ReturnType<typeof fakeClock>;
  readonly sessions: SsoSessions;
  readonly stored: Map<string, string>;
  readonly asked: string[];
  /** Reading waits until it is called. */
  hold(): () => void;
}

/** A store that says what it was asked for. */
function bench(): Bench {
  const stored = new Map<string, string>();
  const asked: string[] = [];
  let held: Promise<void> = Promise.resolve();
  const unused = (): Promise<never> => Promise.reject(new Error('not for sessions'));
  const ephemeral: EphemeralStore = {
    put: (kind, key, value, ttlSeconds, index) => {
      asked.push(`put ${kind} ${key} for ${String(ttlSeconds)} s under ${index ?? 'nothing'}`);
      stored.set(`${kind} ${key}`, value);
      return Promise.resolve();
    },
    get: async (kind, key) => {
      asked.push(`get ${kind} ${key}`);
      const value = stored.get(`${kind} ${key}`);
      await held;
      return value;
    },
    take: (kind, key) => {
      const value = stored.get(`${kind} ${key}`);
      stored.delete(`${kind} ${key}`);
      return Promise.resolve(value);
    },
    remove: unused,
    findByIndex: () => Promise.resolve([]),
    removeByIndex: () => Promise.resolve(),
    putIfAbsent: unused,
    count: unused,
  };
  const clock = fakeClock();
  return {
    clock,
    sessions: createSsoSessions({ ephemeral, clock }),
    stored,
    asked,
    hold: () => {
      let release: () => void = () => undefined;
      held = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
  };
}

describe('SSO sessions in memory', () => {
  it('reads a session once a second at most, however many ask', async () => {
    const { sessions, clock, asked } = bench();
    await sessions.save(aSession());
    asked.length = 0;
    await atOnce(20, async () => sessions.find(aSession().id));
    clock.advance(999);
    await sessions.find(aSession().id);
    expect(asked).to.deep.equal(['get sso-session session-1']);
    clock.advance(1);
    await sessions.find(aSession().id);
    expect(asked).to.have.length(2);
  });

  it('counts the second from before the store was asked', async () => {
    const { sessions, clock, asked, hold } = bench();
    await sessions.save(aSession());
    asked.length = 0;
    const release = hold();
    const finding = sessions.find(aSession().id);
    clock.advance(900);
    release();
    await finding;
    clock.advance(150);
    await sessions.find(aSession().id);
    expect(asked).to.have.length(2);
  });

  it('does not keep a session that was ended while it was being read', async () => {
    const { sessions, hold } = bench();
    await sessions.save(aSession());
    const release = hold();
    const finding = sessions.find(aSession().id);
    await sessions.end(aSession().id);
    release();
    await finding;
    expect(await sessions.find(aSession().id)).to.equal(undefined);
  });

  it('gives no session past its end, also within its second', async () => {
    const { sessions, clock } = bench();
    await sessions.save(aSession({ expiresAt: clock.now() + 500 }));
    expect(await sessions.find(aSession().id)).to.not.equal(undefined);
    clock.advance(500);
    expect(await sessions.find(aSession().id)).to.equal(undefined);
  });

  it('stores a session for as long as it lasts, under its owner, and one that is over not at all', async () => {
    const { sessions, clock, asked } = bench();
    await sessions.save(aSession({ expiresAt: clock.now() + 90_500 }));
    await sessions.save(aSession({ id: asId('over'), expiresAt: clock.now() }));
    expect(asked).to.deep.equal(['put sso-session session-1 for 91 s under user-1']);
  });

  it('stores a participant and its name once, and again when it is another entry', async () => {
    const { sessions, clock, asked } = bench();
    const session = aSession({ expiresAt: clock.now() + 60_000 });
    await sessions.save(session);
    asked.length = 0;
    for (let round = 0; round < 3; round += 1) expect(await sessions.addParticipant(session, { ...PARTICIPANT })).to.equal(true);
    expect(asked).to.deep.equal([
      'put participant session-1 https://app.example/metadata for 60 s under session-1',
      `put session-name session-1 https://app.example/metadata for 60 s under ${JSON.stringify([PARTICIPANT.relyingParty, PARTICIPANT.name.format, 'maria'])}`,
      'get sso-session session-1',
    ]);
    await sessions.addParticipant(session, { ...PARTICIPANT, sessionIndex: '_other' });
    expect(asked).to.have.length(6);
  });

  it('stores no name for WS-Federation, whose requests carry none', async () => {
    const { sessions, asked } = bench();
    await sessions.addParticipant(aSession({ expiresAt: NOW + 60_000 }), { ...PARTICIPANT, protocol: 'wsfed', replyTo: 'https://wiki.example/' });
    expect(asked.filter((what) => what.startsWith('put'))).to.deep.equal([
      'put participant session-1 wsfed https://wiki.example/ https://app.example/metadata for 60 s under session-1',
    ]);
  });
});
