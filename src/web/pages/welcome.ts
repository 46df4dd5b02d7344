/** The one-time link with which the first administrator makes an account (design 7.3). A link that is used or unknown does not exist. */
import type { FirstAdmin, FirstAdminForm } from '../../admin/first-admin.js';
import { SignetError } from '../../core/errors.js';
import type { HttpReply, PageReply } from '../../http/reply.js';
import type { PasswordCheck } from '../passport.js';
import { RequestRefused } from '../refused.js';
import type { SignInBrowser } from '../sign-in-browser.js';
import type { Texts } from '../texts.js';
import type { Page, Visit } from '../visit.js';

export interface WelcomeParts {
  readonly firstAdmin: Pick<FirstAdmin, 'isOpen' | 'accept'>;
  readonly checkPassword: PasswordCheck;
  readonly signInBrowser: SignInBrowser;
  readonly texts: Texts;
  readonly makeReference: () => string;
}

/** GET and POST /welcome/TOKEN. */
export function createWelcomePage(parts: WelcomeParts): Page {
  const { texts, firstAdmin } = parts;

  const form = (visit: Visit, status: number, problem: string | undefined): PageReply => {
    const heading = texts.text('welcome.heading');
    const typed = (name: string): string => visit.form.get(name) ?? '';
    return {
      kind: 'page',
      status,
      view: 'welcome/welcome',
      model: {
        title: problem === undefined ? heading : texts.text('error.title', { title: heading }),
        csrf: visit.csrf(),
        problem,
        values: { userName: typed('username'), displayName: typed('displayName'), email: typed('email') },
        scripts: ['login.js'],
      },
    };
  };

  const openToken = async (visit: Visit): Promise<string> => {
    const token = visit.parameters['token'] ?? '';
    if (!(await firstAdmin.isOpen(token))) throw new RequestRefused('absent', 'a set-up link that is not open');
    return token;
  };

  return {
    path: '/welcome/:token',
    get: async (visit) => {
      await openToken(visit);
      return form(visit, 200, undefined);
    },
    post: async (visit): Promise<HttpReply> => {
      const token = await openToken(visit);
      const sent = visit.checkToken('any');
      if (sent === 'foreign') throw new RequestRefused('foreign', 'a set-up form from another site');
      if (sent === 'stale') return form(visit, 403, texts.text('welcome.stale'));
      const filled = readForm(visit);
      try {
        const user = await firstAdmin.accept(token, filled);
        return await signIn(parts, visit, user.userName, filled.password);
      } catch (error) {
        if (error instanceof SignetError && (error.code === 'invalid_input' || error.code === 'conflict')) return form(visit, 422, error.message);
        if (error instanceof SignetError && error.code === 'not_found') throw new RequestRefused('absent', 'a set-up link that has just been used');
        throw error;
      }
    },
  };
}

function readForm({ form }: Visit): FirstAdminForm {
  const displayName = form.get('displayName') ?? '';
  return {
    userName: form.get('username') ?? '',
    ...(displayName === '' ? {} : { displayName }),
    email: form.get('email') ?? '',
    password: form.get('password') ?? '',
  };
}

/** The new account signs in by the same way as any other. */
async function signIn(parts: WelcomeParts, visit: Visit, name: string, password: string): Promise<HttpReply> {
  const outcome = await parts.checkPassword({ name, password, clientAddress: visit.clientAddress, familiar: false, reference: parts.makeReference() });
  if (outcome.kind !== 'signed-in') return { kind: 'redirect', status: 303, location: '/login' };
  await parts.signInBrowser(visit, outcome.user, outcome.authentication);
  return { kind: 'redirect', status: 303, location: '/' };
}
