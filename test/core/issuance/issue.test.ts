import { expect } from 'chai';
import { authorize } from '../../../src/core/issuance/access-policy.js';
import { SignetError } from '../../../src/core/errors.js';
import { createIssuer, type IssuerParts } from '../../../src/core/issuance/issue.js';
import { draftToken } from '../../../src/core/issuance/token-draft.js';
import { anInput, anIssuanceRequest, aRelyingParty, aSession, checkThrownBy, issuers, NOW, thrownBy } from '../../support/builders.js';

function parts(log: string[], changes: Partial<IssuerParts> = {}): IssuerParts {
  const name = { value: 'maria', format: 'f' };
  return {
    confirm: () => Promise.resolve(void log.push('confirm')),
    makeInput: anInput,
    authorize: (request, input) => {
      log.push('authorize');
      return authorize(request, input);
    },
    collectClaims: () => Promise.resolve((log.push('claims'), { attributes: [] })),
    chooseName: () => Promise.resolve((log.push('name'), name)),
    sessionIndex: (session, entityId) => `${session.id}|${entityId}`,
    draft: (request, content) => (
      log.push('draft'),
      draftToken({ issuers: issuers('https://idp.example'), makeId: () => '_t', now: () => NOW }, request, content)
    ),
    builders: {
      saml11: () => Promise.reject(new Error('not asked for')),
      saml20: (draft) => {
        log.push('build');
        const { id, issuedAt, expiresAt, sessionIndex } = draft;
        return Promise.resolve({
          id,
          type: 'saml20',
          issuer: draft.issuer,
          audience: draft.request.relyingParty.entityId,
          name,
          issuedAt,
          expiresAt,
          sessionIndex,
          serialized: '<a/>',
        });
      },
    },
    addParticipant: () => Promise.resolve(log.push('participant') > 0),
    record: () => Promise.resolve(void log.push('record')),
    ...changes,
  };
}

describe('issue', () => {
  it('goes through every step in order, the record last', async () => {
    const log: string[] = [];
    await createIssuer(parts(log))(anIssuanceRequest());
    expect(log).to.deep.equal(['confirm', 'authorize', 'claims', 'name', 'draft', 'build', 'participant', 'record']);
  });

  it('gives no token whose record is not durable', async () => {
    const failing = parts([], { record: () => Promise.reject(new SignetError('unavailable', 'the store is away')) });
    expect(await thrownBy(() => createIssuer(failing)(anIssuanceRequest()))).to.include({ code: 'unavailable' });
  });

  it('gives no token, and has none on record, when the session ended before the application was known in it (L02, SLO-08)', async () => {
    const log: string[] = [];
    const over = parts(log, { addParticipant: () => Promise.resolve(false) });
    expect(await checkThrownBy(() => createIssuer(over)(anIssuanceRequest()))).to.equal('user.session');
    expect(log).to.not.include('record');
  });

  it('stops before anything is read when the configuration cannot be confirmed', async () => {
    const log: string[] = [];
    const failing = parts(log, { confirm: () => Promise.reject(new SignetError('unavailable', 'frozen')) });
    await thrownBy(() => createIssuer(failing)(anIssuanceRequest()));
    expect(log).to.deep.equal([]);
  });

  it('refuses who is in none of the groups, and a relying party switched off meanwhile (A08)', async () => {
    for (const [relyingParty, check] of [
      [aRelyingParty({ groups: ['Finance'] }), 'user.allowed'],
      [aRelyingParty({ enabled: false }), 'request.enabled'],
    ] as const) {
      const log: string[] = [];
      expect(await checkThrownBy(() => createIssuer(parts(log))(anIssuanceRequest({ relyingParty })))).to.equal(check);
      expect(log).to.not.include('build');
    }
    await createIssuer(parts([]))(anIssuanceRequest({ relyingParty: aRelyingParty({ groups: ['Sales'] }) }));
  });
});

describe('token draft', () => {
  const settings = { issuers: issuers('https://idp.example'), makeId: () => '_t', now: () => NOW };
  const content = { released: { attributes: [] }, name: { value: 'm', format: 'f' }, sessionIndex: '_s' };

  it('holds for five minutes from a minute ago, the session to its own end (CORE-31, CORE-34)', () => {
    const draft = draftToken(settings, anIssuanceRequest(), content);
    expect(draft).to.include({ issuer: 'https://idp.example', notBefore: NOW - 60_000, expiresAt: NOW + 300_000, sessionExpiresAt: aSession().expiresAt });
  });

  it("obeys the relying party's lifetimes and issuer, never beyond our own session", () => {
    const relyingParty = aRelyingParty({ lifetimeSeconds: 600, sessionLifetimeSeconds: 900, issuer: 'urn:old' });
    expect(draftToken(settings, anIssuanceRequest({ relyingParty }), content)).to.include({
      issuer: 'urn:old',
      expiresAt: NOW + 600_000,
      sessionExpiresAt: NOW + 900_000,
    });
    const long = aRelyingParty({ sessionLifetimeSeconds: 100_000 });
    expect(draftToken(settings, anIssuanceRequest({ relyingParty: long }), content).sessionExpiresAt).to.equal(aSession().expiresAt);
  });
});
