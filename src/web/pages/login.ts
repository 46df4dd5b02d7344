/** The sign-in form: GET shows it, POST checks a name and password and goes back to what waits (design 6.1). */
import type { Devices } from '../../authn/device.js';
import type { Flows } from '../../authn/flow-store.js';
import { type LoginModel, loginPage } from '../../authn/login-page.js';
import type { PasswordOutcome } from '../../authn/password.js';
import type { Sessions } from '../../authn/sessions.js';
import { SignetError } from '../../core/errors.js';
import type { Clock } from '../../core/ports.js';
import type { HttpReply, PageReply } from '../../http/reply.js';
import type { PasswordCheck } from '../passport.js';
import { RequestRefused } from '../refused.js';
import type { SignInBrowser } from '../sign-in-browser.js';
import type { Page, Visit } from '../visit.js';

export interface LoginParts {
  readonly checkPassword: PasswordCheck;
  readonly signInBrowser: SignInBrowser;
  readonly sessions: Sessions;
  readonly devices: Devices;
  readonly flows: Pick<Flows, 'recall'>;
  readonly clock: Clock;
  readonly makeReference: () => string;
}

/** Longer ones belong to nobody. */
const LONGEST_NAME = 256;

type Kept = NonNullable<Awaited<ReturnType<Flows['recall']>>>;

/** What a posted sign-in form says. */
interface Posted {
  readonly name: string;
  readonly password: string;
  readonly nameFixed: boolean;
  readonly pending: string;
  readonly kept: Kept | undefined;
}

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
      return loginPage({});
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
async function read(visit: Visit, flows: Pick<Flows, 'recall'>): Promise<Posted> {
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
  if (name.length > LONGEST_NAME) return { kind: 'mismatch', again: false };
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
  const { kept, name, nameFixed } = posted;
  const page = loginPage(
    {
      pending: kept === undefined ? undefined : posted.pending,
      applicationName: kept?.request.relyingPartyName,
      userName: name.slice(0, LONGEST_NAME),
      nameFixed,
      ...changes,
    },
    status,
  );
  return { ...page, headers };
}

function continueAddress(pending: string): string {
  return `/login/continue?id=${encodeURIComponent(pending)}`;
}
