import { expect } from 'chai';
import { type RelyingParty, WSFED_BINDING } from '../../../src/core/model/relying-party.js';
import type { SessionParticipant } from '../../../src/core/model/sso-session.js';
import { type LogoutPlanWish, planLogout } from '../../../src/core/sessions/logout-plan.js';
import { aRelyingParty, POST_BINDING } from '../../support/builders.js';

const name = { value: 'maria', format: 'urn:f' };
const saml = (relyingParty: string, changes: Partial<SessionParticipant> = {}): SessionParticipant => ({
  protocol: 'saml',
  relyingParty,
  sessionIndex: `_${relyingParty}`,
  name,
  ...changes,
});
const wsfed = (relyingParty: string, replyTo: string): SessionParticipant => saml(relyingParty, { protocol: 'wsfed', replyTo });
const party = (entityId: string, changes: Partial<RelyingParty> = {}): RelyingParty => aRelyingParty({ entityId, name: entityId, ...changes });

const plan = (
  participants: readonly SessionParticipant[],
  parties: readonly RelyingParty[],
  more: Partial<LogoutPlanWish> = {},
): ReturnType<typeof planLogout> =>
  planLogout({ participants, relyingParties: new Map(parties.map((entry) => [entry.entityId, entry])), bindings: ['urn:redirect', POST_BINDING], ...more });

describe('whom a sign-out tells', () => {
  it('by the first binding that is listed, whatever the order of the metadata (SLO-09)', () => {
    const both = [
      { binding: POST_BINDING, url: 'https://a.example/post' },
      { binding: 'urn:redirect', url: 'https://a.example/redirect' },
    ];
    for (const [logoutEndpoints, url] of [
      [both, 'https://a.example/redirect'],
      [both.slice(0, 1), 'https://a.example/post'],
    ] as const) {
      expect(plan([saml('a')], [party('a', { logoutEndpoints })])[0]?.notice).to.include({ kind: 'saml', url });
    }
  });

  it('nobody at an address that is no web address, or by a binding that is not spoken (I02)', () => {
    for (const logoutEndpoints of [[], [{ binding: 'urn:soap', url: 'https://a.example/' }], [{ binding: 'urn:redirect', url: 'javascript:alert(1)' }]]) {
      expect(plan([saml('a')], [party('a', { logoutEndpoints })])[0]?.notice).to.deep.equal({ kind: 'cannot' });
    }
    const half = [{ binding: 'urn:redirect', url: 'https://a.example/', responseUrl: 'javascript:alert(1)' }];
    expect(plan([saml('a')], [party('a', { logoutEndpoints: half })])[0]?.notice.kind).to.equal('cannot');
    expect(plan([wsfed('w', 'javascript:alert(1)')], [party('w')])[0]).to.deep.equal({ relyingParty: 'w', name: 'w', notice: { kind: 'cannot' } });
  });

  it('not the one that asked, but its WS-Federation side (SLO-08)', () => {
    const told = plan([saml('a'), wsfed('a', 'https://a.example/'), saml('b')], [party('a'), party('b')], { initiator: 'a' });
    expect(told.map(({ relyingParty, notice }) => [relyingParty, notice.kind])).to.deep.equal([
      ['a', 'wsfed'],
      ['b', 'cannot'],
    ]);
  });

  it('each address of a WS-Federation party, and one they have in common once (WSF-19)', () => {
    const participants = [wsfed('w', 'https://w.example/one'), wsfed('w', 'https://w.example/two')];
    expect(plan(participants, [party('w')])).to.have.length(2);
    const common = party('w', { logoutEndpoints: [{ binding: WSFED_BINDING, url: 'https://w.example/out?x=1' }] });
    expect(plan(participants, [common]).map(({ notice }) => notice)).to.deep.equal([{ kind: 'wsfed', url: 'https://w.example/out?x=1&wa=wsignoutcleanup1.0' }]);
  });

  it('different names of one application apart, the same one with all its indexes', () => {
    const participants = [saml('a', { sessionIndex: '_1' }), saml('a', { sessionIndex: '_2' }), saml('a', { name: { ...name, value: 'other' } })];
    const logoutEndpoints = [{ binding: POST_BINDING, url: 'https://a.example/' }];
    const told = plan(participants, [party('a', { logoutEndpoints })]);
    expect(told.map(({ notice }) => (notice.kind === 'saml' ? [notice.name.value, notice.sessionIndexes] : []))).to.deep.equal([
      ['maria', ['_1', '_2']],
      ['other', ['_a']],
    ]);
  });

  it('by the names people know; one that was removed by its identifier, without an address', () => {
    const told = plan([saml('z'), saml('gone'), saml('a')], [party('z', { name: 'Alpha' }), party('a', { name: 'Beta' })]);
    expect(told.map((entry) => [entry.name, entry.openUrl])).to.deep.equal([
      ['Alpha', 'https://app.example/'],
      ['Beta', 'https://app.example/'],
      ['gone', undefined],
    ]);
  });
});
