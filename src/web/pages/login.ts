/** The sign-in form: GET shows it, POST checks a name and password and goes back to what waits (design 6.1). */
import { SignetError } from '../../core/errors.js';
import type { Clock } from '../../core/ports.js';
import type { HttpReply, PageReply } from '../../http/reply.js';
import type { PasswordCheck } from '../passport.js';
import type { DeviceParts, FlowParts, PasswordOutcome, SessionParts } from '../parts.js';
import { RequestRefused } from '../refused.js';
import type { SignInBrowser } from '../sign-in-browser.js';
import type { Page, Visit } from '../visit.js';
import type { LoginModel } from './login-model.js';

export interface LoginParts {
  readonly checkPassword: PasswordCheck;
  readonly signInBrowser: SignInBrowser;
  readonly sessions: SessionParts;
  readonly devices: DeviceParts;
  readonly flows: FlowParts;
  readonly clock: Clock;
  readonly makeReference: () => string;
}

/** Longer ones belong to nobody, and cost a digest. */
const LONGEST_NAME = 256;
const LONGEST_PASSWORD = 4096;

type Kept = NonNullable<Awaited<ReturnType<FlowParts['recall']>>>;

/** What a posted sign-in form says. */
interface Posted {
  readonly name: string;
  readonly password: string;
  readonly nameFixed: boolean;
  readonly pending: string;
  readonly kept: Kept | undefined;
}

const BLANK: LoginModel = { pending: undefined, applicationName: undefined, alert: undefined, userName: '', nameFixed: false, retryAt: undefined };

/** GET and POST /login. */
export function createLoginPage(parts: LoginParts): Page {
  const attempt = async (visit: Visit, posted: Posted): Promise<HttpReply> => {
    const outcome = await check(parts, visit, posted);
    switch (outcome.kind) {
      case 'signed-in':
        await parts.signInBrowser(visit, outcome.user, outcome.authentication);
        return { kind: 'redirect', status: 303, location: posted.kept === undefined ? '/' : continueAddress(posted.pending) };
      case 'mismatch':
        return again(posted, 401, { alert: outcome.again ? 'mismatch-again' : 'mismatch' });
      case 'slowed': {
        const seconds = Math.max(1, Math.ceil((outcome.retryAt - parts.clock.now()) / 1000));
        return again(posted, 429, { alert: 'slowed', retryAt: outcome.retryAt }, { 'retry-after': String(seconds) });
      }
      case 'busy':
        return again(posted, 429, { alert: 'busy' }, { 'retry-after': String(outcome.seconds) });
    }
  };

  return {
    path: '/login',
    get: async (visit) => {
      if ((await parts.sessions.find(visit.ssoSessionId)) !== undefined) return { kind: 'redirect', status: 303, location: '/' };
      return login(BLANK, 200);
    },
    post: async (visit) => {
      const posted = await read(visit, parts.flows);
      switch (visit.checkToken('any')) {
        case 'foreign':
          throw new RequestRefused('foreign', 'a sign-in form from another site');
        case 'stale':
          return again(posted, 403, { alert: 'expired' });
        case 'ok':
          break;
      }
      if (visit.form.has('another')) return again({ ...posted, name: '', nameFixed: false }, 200, {});
      if (posted.pending !== '' && posted.kept === undefined) return again(posted, 401, { alert: 'expired' });
      return attempt(visit, posted);
    },
  };
}

/** Throws RequestRefused unreadable when the fields of the form are not there at all. */
async function read(visit: Visit, flows: FlowParts): Promise<Posted> {
  const { form } = visit;
  const name = form.get('username');
  const password = form.get('password');
  if (!form.has('another') && (name === undefined || password === undefined)) throw new RequestRefused('unreadable', 'no username or no password field');
  const pending = form.get('pending') ?? '';
  return {
    name: name ?? '',
    password: password ?? '',
    nameFixed: form.get('fixed') === '1',
    pending,
    kept: pending === '' ? undefined : await flows.recall(pending),
  };
}

type Checked = PasswordOutcome | { readonly kind: 'busy'; readonly seconds: number };

async function check(parts: LoginParts, visit: Visit, { name, password, kept }: Posted): Promise<Checked> {
  if (name.length > LONGEST_NAME || password.length > LONGEST_PASSWORD) return { kind: 'mismatch', again: false };
  try {
    return await parts.checkPassword({
      name,
      password,
      clientAddress: visit.clientAddress,
      familiar: parts.devices.isFamiliar(visit.deviceToken, name),
      reference: kept?.trace.reference ?? parts.makeReference(),
      ...(kept === undefined ? {} : { entityId: kept.request.entityId }),
    });
  } catch (error) {
    // Too many passwords are being checked at once: the form stays, with what was typed.
    if (error instanceof SignetError && error.code === 'too_many_requests') return { kind: 'busy', seconds: Math.ceil(error.retryAfterSeconds ?? 1) };
    throw error;
  }
}

/** The form once more, with what waits and the name as typed; never the password. */
function again(posted: Posted, status: number, changes: Partial<LoginModel>, headers: Readonly<Record<string, string>> = {}): PageReply {
  const { kept, name } = posted;
  return login(
    {
      ...BLANK,
      pending: kept === undefined ? undefined : posted.pending,
      applicationName: kept?.request.relyingPartyName,
      userName: name.slice(0, LONGEST_NAME),
      nameFixed: posted.nameFixed,
      ...changes,
    },
    status,
    headers,
  );
}

function login(model: LoginModel, status: number, headers: Readonly<Record<string, string>> = {}): PageReply {
  return { kind: 'page', status, view: 'login/login', model: { ...model }, headers };
}

function continueAddress(pending: string): string {
  return `/login/continue?id=${encodeURIComponent(pending)}`;
}
