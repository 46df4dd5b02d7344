import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { promised } from '../../support/patience.js';
import { asId } from '../../../src/core/model/ids.js';
import type { SessionParticipant, SsoSession } from '../../../src/core/model/sso-session.js';
import type { Storage } from '../../../src/storage/open.js';
import { aSession } from '../../support/builders.js';
import { type Home, targets, targetsWithRedis } from '../../support/storage-targets.js';

const lasting = (changes: Partial<SsoSession> = {}): SsoSession => aSession({ startedAt: Date.now(), expiresAt: Date.now() + 60_000, ...changes });
const participant = (changes: Partial<SessionParticipant> = {}): SessionParticipant => ({
  protocol: 'saml',
  relyingParty: 'https://app.example/metadata',
  sessionIndex: '_index',
  name: { value: 'maria', format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified' },
  ...changes,
});

for (const target of [...targets, ...targetsWithRedis]) {
  describe(`SsoSessions on ${target.name}`, () => {
    let home: Home;
    let one: Storage;
    let other: Storage;

    beforeEach(async () => {
      home = await target.makeHome();
      one = await home.open();
      other = await home.open();
    });
    afterEach(async () => home.remove());

    it('finds a session on every node until it is over', async () => {
      const session = lasting();
      await one.ssoSessions.save(session);
      expect(await one.ssoSessions.find(session.id)).to.deep.equal(session);
      expect(await other.ssoSessions.find(session.id)).to.deep.equal(session);
      expect(await other.ssoSessions.find(asId('nobody'))).to.equal(undefined);
      const over = lasting({ id: asId('session-over'), expiresAt: Date.now() + 300 });
      await one.ssoSessions.save(over);
      await sleep(400);
      expect(await one.ssoSessions.find(over.id)).to.equal(undefined);
      expect(await other.ssoSessions.find(over.id)).to.equal(undefined);
    });

    it('ends a session here at once and on every node within a second, with its participants', async () => {
      const session = lasting();
      await one.ssoSessions.save(session);
      await one.ssoSessions.addParticipant(session, participant());
      expect(await other.ssoSessions.find(session.id)).to.deep.equal(session);
      await one.ssoSessions.end(session.id);
      const ended = performance.now();
      expect(await one.ssoSessions.find(session.id)).to.equal(undefined);
      while ((await other.ssoSessions.find(session.id)) !== undefined) {
        expect(performance.now() - ended).to.be.lessThan(promised(1000));
        await sleep(20);
      }
      expect(await other.ssoSessions.participants(session.id)).to.deep.equal([]);
      await one.ssoSessions.end(session.id);
    });

    it('gives who took part to one of all who end a session at once', async () => {
      for (let round = 0; round < 5; round += 1) {
        const session = lasting({ id: asId(`ended-${String(round)}`) });
        await one.ssoSessions.save(session);
        await other.ssoSessions.addParticipant(session, participant());
        const answers = await Promise.all([one, other, one, other].map(async (node) => node.ssoSessions.end(session.id)));
        expect(answers.filter((answer) => answer !== undefined)).to.deep.equal([[participant()]]);
      }
    });

    it('lets nobody into a session that a sign-out has ended, on whatever node; who is let in is known to it', async () => {
      for (let round = 0; round < 5; round += 1) {
        const session = lasting({ id: asId(`race-${String(round)}`) });
        await one.ssoSessions.save(session);
        const [entered, told] = await Promise.all([other.ssoSessions.addParticipant(session, participant()), one.ssoSessions.end(session.id)]);
        if (entered) expect(told).to.deep.equal([participant()]);
        expect(await other.ssoSessions.addParticipant(session, participant({ relyingParty: 'https://late.example' }))).to.equal(false);
        expect(await one.ssoSessions.participants(session.id)).to.deep.equal([]);
      }
    });

    it('finds sessions by the name a relying party was given last, on every node, until they end (L02, SLO-03)', async () => {
      const [first, second] = [lasting({ id: asId('first') }), lasting({ id: asId('second') })];
      const { relyingParty, name } = participant();
      for (const session of [first, second]) {
        await one.ssoSessions.save(session);
        await one.ssoSessions.addParticipant(session, participant({ sessionIndex: `_${session.id}` }));
        await one.ssoSessions.addParticipant(session, participant({ relyingParty: 'https://other.example', sessionIndex: '_elsewhere' }));
      }
      const found = async (node: Storage): Promise<readonly string[]> =>
        (await node.ssoSessions.findByName(relyingParty, name)).map((entry) => `${entry.session.id} ${entry.participant.sessionIndex}`).sort();
      expect(await found(one)).to.deep.equal(['first _first', 'second _second']);
      expect(await found(other)).to.deep.equal(['first _first', 'second _second']);
      const others = [
        { ...name, value: 'Maria' },
        { ...name, format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' },
      ];
      for (const asked of others) expect(await one.ssoSessions.findByName(relyingParty, asked)).to.deep.equal([]);
      expect(await one.ssoSessions.findByName('https://third.example', name)).to.deep.equal([]);

      await one.ssoSessions.addParticipant(second, participant({ name: { ...name, value: 'newer' } }));
      expect(await found(other)).to.deep.equal(['first _first']);
      await other.ssoSessions.find(first.id);
      await one.ssoSessions.end(first.id);
      expect(await found(other)).to.deep.equal([]);
      expect(await one.ssoSessions.findByName(relyingParty, { ...name, value: 'newer' })).to.have.length(1);
      await one.ssoSessions.endAllOf(second.userId);
      expect(await one.ssoSessions.findByName(relyingParty, { ...name, value: 'newer' })).to.deep.equal([]);
    });

    it('keeps every address of a WS-Federation party, and a SAML party of the same name beside them', async () => {
      const session = lasting();
      await one.ssoSessions.save(session);
      const entries = [
        participant(),
        participant({ protocol: 'wsfed', replyTo: 'https://app.example/one' }),
        participant({ protocol: 'wsfed', replyTo: 'https://app.example/two' }),
      ];
      for (const entry of [...entries, ...entries]) await other.ssoSessions.addParticipant(session, entry);
      expect(await one.ssoSessions.participants(session.id)).to.have.deep.members(entries);
    });

    it('ends all sessions of a person, and nobody else’s', async () => {
      const [first, second] = [lasting({ id: asId('first') }), lasting({ id: asId('second') })];
      const foreign = lasting({ id: asId('foreign'), userId: asId('user-2') });
      for (const session of [first, second, foreign]) {
        await one.ssoSessions.save(session);
        await other.ssoSessions.addParticipant(session, participant());
        await one.ssoSessions.find(session.id);
      }
      await one.ssoSessions.endAllOf(first.userId);
      expect(await one.ssoSessions.find(first.id)).to.equal(undefined);
      expect(await one.ssoSessions.find(second.id)).to.equal(undefined);
      expect(await one.ssoSessions.participants(first.id)).to.deep.equal([]);
      expect(await one.ssoSessions.find(foreign.id)).to.deep.equal(foreign);
      expect(await one.ssoSessions.participants(foreign.id)).to.deep.equal([participant()]);
    });

    it('keeps one entry for each relying party, also when two tabs add theirs at once', async () => {
      const session = lasting();
      await one.ssoSessions.save(session);
      const parties = Array.from({ length: 20 }, (_, index) => participant({ relyingParty: `https://app-${String(index).padStart(2, '0')}.example` }));
      await Promise.all(parties.map(async (entry, index) => (index % 2 === 0 ? one : other).ssoSessions.addParticipant(session, entry)));
      await other.ssoSessions.addParticipant(session, participant({ relyingParty: parties[0]?.relyingParty ?? '', sessionIndex: '_newer' }));
      const found = [...(await one.ssoSessions.participants(session.id))].sort((left, right) => left.relyingParty.localeCompare(right.relyingParty));
      expect(found).to.deep.equal([{ ...parties[0], sessionIndex: '_newer' }, ...parties.slice(1)]);
    });
  });
}
