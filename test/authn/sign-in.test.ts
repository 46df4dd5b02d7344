import { expect } from 'chai';
import { createFlowStore } from '../../src/authn/flow-store.js';
import { createSignIn, type SignIn, type SignInStep } from '../../src/authn/sign-in.js';
import { createSessions } from '../../src/authn/sessions.js';
import { CONTEXT_PASSWORD, CONTEXT_PASSWORD_PROTECTED } from '../../src/core/issuance/authn-policy.js';
import { NAME_ID } from '../../src/core/issuance/name-identifier.js';
import type { SignInRequest } from '../../src/core/issuance/sign-in-request.js';
import { asId } from '../../src/core/model/ids.js';
import type { SsoSession } from '../../src/core/model/sso-session.js';
import type { User } from '../../src/core/model/user.js';
import { createSecretBox } from '../../src/crypto/secret-box.js';
import type { PassiveParts } from '../../src/protocols/shared/passive.js';
import { aSession, aTrace, aUser, checkThrownBy, fakeClock, NOW, thrownBy } from '../support/builders.js';
import { isPage } from '../support/saml-idp.js';
import { aSignInRequest } from '../support/sign-in-request.js';

const clock = fakeClock();
const flows = createFlowStore({ box: createSecretBox('a secret key of the test'), clock });
const MFA = 'http://schemas.microsoft.com/claims/multipleauthn';
const BEFORE = NOW - 60_000;
const SINCE = NOW + 5_000;

interface Desk {
  readonly ended: string[];
  next(request?: Partial<SignInRequest>, sessionId?: string): Promise<SignInStep>;
}

/** A browser in which maria has the session given; undefined is nobody. */
function desk(session: SsoSession | undefined, user: User = aUser()): Desk {
  const ended: string[] = [];
  const sessions = createSessions({
    clock,
    makeId: () => '_unused',
    lifetimeSeconds: 60,
    ssoSessions: {
      find: (id) => Promise.resolve(id === session?.id ? session : undefined),
      save: () => Promise.resolve(),
      end: (id) => Promise.resolve(void ended.push(id)),
    },
  });
  // What the protocols ask for is what is built here.
  const signIn: PassiveParts['signIn'] & SignIn = createSignIn({
    sessions,
    users: { byId: (id) => Promise.resolve(id === user.id ? user : undefined) },
    flows,
    contextClass: CONTEXT_PASSWORD_PROTECTED,
  });
  return {
    ended,
    next: (request = {}, sessionId = 'session-1') => signIn.next(aSignInRequest(request), { cookie: true, sessionId }, aTrace()),
  };
}

function signedInAt(at: number, changes: Partial<SsoSession['authentication']> = {}): SsoSession {
  return aSession({ authentication: { methods: ['pwd'], contextClass: CONTEXT_PASSWORD_PROTECTED, at, ...changes } });
}

/** The model of the sign-in page that must be shown. */
function shown(step: SignInStep): Readonly<Record<string, unknown>> {
  if (step.kind !== 'show') throw new Error('expected the sign-in page, got a session');
  const page = isPage(step.reply);
  expect(page).to.include({ status: 200, view: 'login/login' });
  return page.model;
}

describe('what is still missing', () => {
  it('is nothing for a session that is good enough', async () => {
    const session = signedInAt(BEFORE);
    expect(await desk(session).next()).to.deep.equal({ kind: 'signed-in', session });
  });

  it('is the sign-in where nobody is signed in, with the request sealed into the page', async () => {
    const model = shown(await desk(undefined).next());
    expect(model).to.include({ applicationName: 'Acme Expenses', userName: '', nameFixed: false });
    expect([model['alert'], model['retryAt']]).to.deep.equal([undefined, undefined]);
    const kept = await flows.recall(String(model['pending']));
    expect(kept?.request).to.deep.equal(aSignInRequest());
    expect(kept?.trace.toRecord().steps.map((step) => step.detail)).to.deep.equal(['nobody is signed in']);
  });

  it('is the sign-in where the session is unknown, or its time is over (U04, U05)', async () => {
    shown(await desk(signedInAt(BEFORE)).next({}, '_chosen-by-somebody'));
    shown(await desk({ ...signedInAt(BEFORE), expiresAt: NOW }).next());
  });

  it('is the sign-in where the person was disabled or removed since, and their session ends there', async () => {
    for (const user of [aUser({ enabled: false }), aUser({ id: asId('somebody-else') })]) {
      const { next, ended } = desk(signedInAt(BEFORE), user);
      expect(shown(await next())).to.include({ userName: '', nameFixed: false });
      expect(ended).to.deep.equal(['session-1']);
    }
  });

  describe('a fresh sign-in (CORE-14, I11)', () => {
    it('is asked of the person whose session it is, whatever the age of the session', async () => {
      for (const at of [BEFORE, NOW - 1]) {
        const model = shown(await desk(signedInAt(at)).next({ fresh: true }));
        expect(model).to.include({ alert: 'fresh', userName: 'maria', nameFixed: true });
      }
    });

    it('is done by a sign-in since the request arrived', async () => {
      for (const at of [NOW, SINCE]) expect(await desk(signedInAt(at)).next({ fresh: true })).to.include({ kind: 'signed-in' });
    });
  });

  describe('a stronger sign-in (CORE-25, CORE-27)', () => {
    const weak = (at: number): SsoSession => signedInAt(at, { contextClass: CONTEXT_PASSWORD });

    it('is asked for where a new one would reach what is wanted', async () => {
      const model = shown(await desk(weak(BEFORE)).next({ context: { classes: [CONTEXT_PASSWORD_PROTECTED], comparison: 'exact' } }));
      expect(model).to.include({ alert: 'stronger', userName: 'maria', nameFixed: true });
    });

    it('is not asked for where the session reaches it', async () => {
      const context = { classes: [CONTEXT_PASSWORD], comparison: 'exact' } as const;
      for (const session of [weak(BEFORE), signedInAt(BEFORE)]) expect(await desk(session).next({ context })).to.include({ kind: 'signed-in' });
    });

    it('is not asked for where nothing here reaches it: the application is told so', async () => {
      const context = { classes: [MFA], comparison: 'exact' } as const;
      for (const session of [weak(BEFORE), signedInAt(BEFORE)]) expect(await desk(session).next({ context })).to.include({ kind: 'signed-in' });
    });
  });

  describe('the person whom the request names (CORE-17)', () => {
    const same: readonly (readonly [string, SignInRequest['subject']])[] = [
      ['by user name', { value: 'maria' }],
      ['by user name in another case', { value: 'MARIA', format: NAME_ID.unspecified }],
      ['by e-mail without a format', { value: 'maria@example.com' }],
      ['by e-mail', { value: 'Maria@Example.com', format: NAME_ID.email }],
      ['by a persistent name, which is compared later', { value: '_opaque', format: NAME_ID.persistent }],
      ['by a transient name, which is compared later', { value: '_opaque', format: NAME_ID.transient }],
    ];
    for (const [title, subject] of same) {
      it(`may be the one who is signed in: ${title}`, async () => {
        expect(await desk(signedInAt(BEFORE)).next({ ...(subject === undefined ? {} : { subject }) })).to.include({ kind: 'signed-in' });
      });
    }

    const other: readonly (readonly [string, NonNullable<SignInRequest['subject']>])[] = [
      ['by user name', { value: 'paulo' }],
      ['by e-mail', { value: 'paulo@example.com', format: NAME_ID.email }],
      ['by a user name where an e-mail is due', { value: 'maria', format: NAME_ID.email }],
    ];
    for (const [title, subject] of other) {
      it(`is asked to sign in when somebody else is: ${title}`, async () => {
        expect(shown(await desk(signedInAt(BEFORE)).next({ subject }))).to.include({ userName: subject.value, nameFixed: false });
      });
    }

    it('is asked for once: whoever signs in as somebody else then is left to the issuance to refuse', async () => {
      expect(await desk(signedInAt(SINCE)).next({ subject: { value: 'paulo' } })).to.include({ kind: 'signed-in' });
    });

    it('is filled in for nobody yet, without what cannot be seen, and only where people type such names', async () => {
      expect(shown(await desk(undefined).next({ subject: { value: 'pau\u200blo\n' } }))).to.include({ userName: 'paulo' });
      expect(shown(await desk(undefined).next({ subject: { value: '_opaque', format: NAME_ID.persistent } }))).to.include({ userName: '' });
    });
  });

  describe('where no page is allowed (CORE-15, CORE-16, I11)', () => {
    const cases: readonly (readonly [string, Partial<SignInRequest>, SsoSession | undefined])[] = [
      ['nobody is signed in', {}, undefined],
      ['the session is over', {}, { ...signedInAt(BEFORE), expiresAt: NOW }],
      ['a fresh sign-in is wanted too', { fresh: true }, signedInAt(BEFORE)],
      [
        'a stronger sign-in is wanted',
        { context: { classes: [CONTEXT_PASSWORD_PROTECTED], comparison: 'exact' } },
        signedInAt(BEFORE, { contextClass: CONTEXT_PASSWORD }),
      ],
      ['somebody else is named', { subject: { value: 'paulo' } }, signedInAt(BEFORE)],
    ];
    for (const [title, request, session] of cases) {
      it(`none is shown: ${title}`, async () => {
        expect(await checkThrownBy(() => desk(session).next({ ...request, passive: true }))).to.equal('request.passive');
      });
    }

    it('none is shown to a person who was disabled', async () => {
      expect(await thrownBy(() => desk(signedInAt(BEFORE), aUser({ enabled: false })).next({ passive: true }))).to.include({ code: 'interaction_required' });
    });

    it('a good session is enough', async () => {
      expect(await desk(signedInAt(BEFORE)).next({ passive: true })).to.include({ kind: 'signed-in' });
    });
  });
});
