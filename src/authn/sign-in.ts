/** The dispatcher: from what is stored, is this browser signed in well enough for the request, or which page comes next? */
import type { Trace } from '../core/checks/trace.js';
import { meetContext } from '../core/issuance/authn-policy.js';
import { NAME_ID } from '../core/issuance/name-identifier.js';
import type { SignInRequest } from '../core/issuance/sign-in-request.js';
import type { SsoSession } from '../core/model/sso-session.js';
import { normalizeUserName, type User } from '../core/model/user.js';
import type { UserLookup } from '../core/ports.js';
import type { HttpReply } from '../http/reply.js';
import type { BrowserState } from '../http/request.js';
import { findActive, printableName } from '../directory/local.js';
import type { Flows } from './flow-store.js';
import { type LoginModel, loginPage } from './login-page.js';
import type { Sessions } from './sessions.js';

export type SignInStep = { readonly kind: 'signed-in'; readonly session: SsoSession } | { readonly kind: 'show'; readonly reply: HttpReply };

export interface SignIn {
  /** Throws check request.passive when a page is needed and none is allowed (SAML Core 3.4.1, IsPassive). */
  next(request: SignInRequest, browser: BrowserState, trace: Trace): Promise<SignInStep>;
}

export interface SignInParts {
  readonly sessions: Pick<Sessions, 'find' | 'end'>;
  readonly users: UserLookup;
  readonly flows: Flows;
  /** The strongest context class a sign-in here amounts to. */
  readonly contextClass: string;
}

interface SignedIn {
  readonly session: SsoSession;
  readonly user: User;
}

/** Why somebody has to sign in, in words for the trace, and what the page says about it. */
interface Missing extends Pick<LoginModel, 'alert' | 'userName' | 'nameFixed'> {
  readonly why: string;
}

export function createSignIn(parts: SignInParts): SignIn {
  const signedIn = async (browser: BrowserState, trace: Trace): Promise<SignedIn | undefined> => {
    const session = await parts.sessions.find(browser.sessionId);
    if (session === undefined) return undefined;
    const user = await findActive(parts.users, session.userId);
    if (user !== undefined) return { session, user };
    // Disabled or removed: the session ends here rather than waiting for its time.
    await parts.sessions.end(session.id);
    trace.note('user.enabled', { observed: session.userName });
    return undefined;
  };

  return {
    next: async (request, browser, trace) => {
      const found = await signedIn(browser, trace);
      const missing = found === undefined ? nobody(request) : whatIsMissing(request, found, parts.contextClass);
      if (found !== undefined && missing === undefined) {
        const { methods, at } = found.session.authentication;
        trace.step('session', `${found.user.userName} signed in by ${methods.join(', ')} at ${new Date(at).toISOString()}`);
        return { kind: 'signed-in', session: found.session };
      }
      const { why = '', ...page } = missing ?? {};
      if (request.passive) throw trace.failure('request.passive', { observed: why });
      trace.step('sign-in page', why);
      const pending = await parts.flows.keep(request, trace);
      return { kind: 'show', reply: loginPage({ ...page, pending, applicationName: request.relyingPartyName }) };
    },
  };
}

function nobody(request: SignInRequest): Missing {
  return { why: 'nobody is signed in', alert: undefined, userName: typedName(request.subject) || printableName(request.userNameHint ?? ''), nameFixed: false };
}

/** The first thing that a new sign-in could mend; what it could not mend is for the issuance to refuse. */
function whatIsMissing(request: SignInRequest, { session, user }: SignedIn, contextClass: string): Missing | undefined {
  const { authentication } = session;
  const sinceRequest = authentication.at >= request.receivedAt;
  // Asked for once: whoever then signs in as somebody else again is refused with a word about it (SAML Core 3.4.1.4).
  if (!sinceRequest && isSomebodyElse(request.subject, user)) {
    return { why: `${user.userName} is signed in, not the one it names`, alert: undefined, userName: typedName(request.subject), nameFixed: false };
  }
  const again = { userName: user.userName, nameFixed: true };
  // SAML Core 3.4.1, ForceAuthn: an earlier sign-in is not enough, however short ago it was.
  if (request.fresh && !sinceRequest) return { why: 'a fresh sign-in is asked for', alert: 'fresh', ...again };
  // WS-Federation 13.2.2, wfresh: measured at the moment the request came, so that signing in again is always enough.
  const { maxAgeSeconds } = request;
  if (maxAgeSeconds !== undefined && authentication.at < request.receivedAt - maxAgeSeconds * 1000) {
    return { why: `a sign-in not older than ${String(maxAgeSeconds)} s is asked for`, alert: 'fresh', ...again };
  }
  const enough = meetContext(authentication.contextClass, request.context) !== undefined;
  if (!enough && meetContext(contextClass, request.context) !== undefined) {
    return { why: `a stronger sign-in than ${authentication.contextClass} is asked for`, alert: 'stronger', ...again };
  }
  return undefined;
}

const TYPED_FORMATS: readonly string[] = [NAME_ID.unspecified, NAME_ID.email];

/** The subject of a request where it is a name that people type, else ''. */
function typedName(subject: SignInRequest['subject']): string {
  if (subject === undefined) return '';
  return TYPED_FORMATS.includes(subject.format ?? NAME_ID.unspecified) ? printableName(subject.value) : '';
}

/** True only where the request names somebody in a form that shows it; other names are compared when the token is made. */
function isSomebodyElse(subject: SignInRequest['subject'], user: User): boolean {
  const wanted = typedName(subject);
  if (wanted === '') return false;
  const names = subject?.format === NAME_ID.email ? [user.email] : [user.userName, user.email];
  return !names.some((name) => name !== undefined && normalizeUserName(name) === normalizeUserName(wanted));
}
