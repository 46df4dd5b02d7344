/** The launcher: the applications a person may use, as links that start a sign-on (design 6.5). */
import type { Sessions } from '../../authn/sessions.js';
import { Trace } from '../../core/checks/trace.js';
import { SignetError } from '../../core/errors.js';
import { CLAIM, firstValue } from '../../core/model/claim.js';
import type { RelyingParty } from '../../core/model/relying-party.js';
import { startPath } from '../../core/model/start-path.js';
import type { SsoSession } from '../../core/model/sso-session.js';
import type { Subject } from '../../core/model/subject.js';
import type { Clock } from '../../core/ports.js';
import type { ApplicationParts } from '../parts.js';
import type { Texts } from '../texts.js';
import type { Page } from '../visit.js';

export interface HomeParts {
  readonly sessions: Sessions;
  readonly subjectOf: (session: SsoSession, trace: Trace) => Promise<Subject>;
  readonly applications: Pick<ApplicationParts, 'usableBy'>;
  readonly texts: Texts;
  readonly clock: Clock;
  readonly makeReference: () => string;
}

/** More tiles than anybody reads; the filter finds the others. */
const MOST_TILES = 200;
const LONGEST_FILTER = 100;

/** GET /. Who is not signed in goes to the form. */
export function createHomePage(parts: HomeParts): Page {
  const { texts } = parts;
  return {
    path: '/',
    get: async (visit) => {
      const session = await parts.sessions.find(visit.ssoSessionId);
      const trace = new Trace(parts.makeReference(), parts.clock.now());
      const subject = session === undefined ? undefined : await subjectOrNobody(parts, session, trace);
      if (subject === undefined) return { kind: 'redirect', status: 303, location: '/login' };
      const filter = (visit.query.get('q') ?? '').slice(0, LONGEST_FILTER).trim();
      const mine = await parts.applications.usableBy(subject, visit.clientAddress, trace);
      const found = filter === '' ? mine : mine.filter((application) => matches(application, filter));
      return {
        kind: 'page',
        status: 200,
        view: 'home/home',
        model: {
          title: texts.text('home.title'),
          signedInAs: firstValue(subject.claims, CLAIM.displayName) ?? subject.userName,
          csrf: visit.csrf(),
          filter,
          any: mine.length > 0,
          tiles: found.slice(0, MOST_TILES).map(tile),
          left: Math.max(0, found.length - MOST_TILES),
          scripts: ['ui.js'],
        },
      };
    },
  };
}

/** A person who was disabled is not signed in any more. */
async function subjectOrNobody(parts: HomeParts, session: SsoSession, trace: Trace): Promise<Subject | undefined> {
  try {
    return await parts.subjectOf(session, trace);
  } catch (error) {
    if (!(error instanceof SignetError) || error.check?.id !== 'user.enabled') throw error;
    await parts.sessions.end(session.id);
    return undefined;
  }
}

function matches(application: RelyingParty, filter: string): boolean {
  const wanted = filter.toLowerCase();
  return application.name.toLowerCase().includes(wanted) || (application.description ?? '').toLowerCase().includes(wanted);
}

function tile(application: RelyingParty): Readonly<Record<string, unknown>> {
  return {
    name: application.name,
    description: application.description ?? '',
    monogram: monogram(application.name),
    href: startPath(application),
  };
}

/** The first letters of the first two words. */
function monogram(name: string): string {
  const initials = name.match(/(?<![\p{L}\p{N}])[\p{L}\p{N}]/gu) ?? [];
  return initials.slice(0, 2).join('').toUpperCase();
}
