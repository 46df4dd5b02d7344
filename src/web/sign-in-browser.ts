/** A proven person becomes a signed-in browser: one SSO session, under a session id that nobody has seen before. */
import type { Devices } from '../authn/device.js';
import type { Sessions } from '../authn/sessions.js';
import type { Authentication } from '../core/model/subject.js';
import type { User } from '../core/model/user.js';
import type { ParticipantParts } from './parts.js';
import type { Visit } from './visit.js';

export interface SignInBrowserParts {
  readonly sessions: Sessions;
  readonly ssoSessions: ParticipantParts;
  readonly devices: Devices;
}

export type SignInBrowser = (visit: Visit, user: User, authentication: Authentication) => Promise<void>;

/**
 * Starts the SSO session and renews the browser's. Another person's session ends first; the same person's goes on with
 * its applications, so that signing out still knows them.
 */
export function createSignInBrowser(parts: SignInBrowserParts): SignInBrowser {
  const { sessions, ssoSessions, devices } = parts;
  return async (visit, user, authentication) => {
    const before = await sessions.find(visit.ssoSessionId);
    if (before !== undefined && before.userId !== user.id) await sessions.end(before.id);
    const session = await sessions.start(user, authentication);
    if (before?.userId === user.id) {
      for (const participant of await ssoSessions.participants(before.id)) await ssoSessions.addParticipant(session, participant);
    }
    await visit.renew(session.id);
    if (before?.userId === user.id) await sessions.end(before.id);
    visit.rememberDevice(devices.tokenFor(user));
  };
}
