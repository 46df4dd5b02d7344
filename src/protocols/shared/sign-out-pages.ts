/** The pages of a sign-out as plain values: what is known about each application, truthfully. */
import type { PlannedLogout } from '../../core/sessions/logout-plan.js';
import type { HttpReply, PageReply } from '../../http/reply.js';
import type { Initiator, PartyState, SignOutRun } from './sign-out-run.js';

export const RUN_PATH = '/logout/run';
export const PROGRESS_PATH = '/logout/progress';
export const DONE_PATH = '/logout/done';
export const FRAME_PATH = '/logout/frame';

/** Nothing is waited for from a clean-up address but that it was opened. */
const BEFORE: Readonly<Record<PlannedLogout['notice']['kind'], PartyState>> = { saml: 'waiting', wsfed: 'asked', cannot: 'cannot' };

/** The page that opens each application in a frame and waits. */
export function progressPage(run: SignOutRun): PageReply {
  const backTo = nameOf(run.initiator);
  const applications = run.parties.map(({ name, notice }, index) => {
    const frame = run.frames[index] ?? undefined;
    return { key: String(index), name, state: BEFORE[notice.kind], ...(frame === undefined ? {} : { frame }) };
  });
  return page('logout/progress', { id: run.id, applications, ...(backTo === undefined ? {} : { backTo }) });
}

/** What happened, and the way back where there is one. */
export function donePage(run: Pick<SignOutRun, 'parties' | 'initiator'>, states: readonly PartyState[], back?: HttpReply): PageReply {
  const applications = run.parties.map(({ name, openUrl }, index) => ({
    key: String(index),
    name,
    state: states[index] ?? 'silent',
    ...(openUrl === undefined ? {} : { openUrl }),
  }));
  const link = back === undefined ? undefined : wayBack(back, nameOf(run.initiator) ?? '');
  return page('logout/done', { applications, ...(link === undefined ? {} : { back: link }) });
}

/** Signed out, with nobody to tell: also for whoever was not signed in, and for an id that nobody knows. */
export function doneForNobody(): PageReply {
  return donePage({ parties: [] }, []);
}

/** What stands in a frame before the application is asked there, and after it has answered. */
export function framedPage(next?: string): PageReply {
  return page('logout/framed', next === undefined ? {} : { next });
}

function wayBack(back: HttpReply, name: string): Readonly<Record<string, unknown>> | undefined {
  if (back.kind === 'redirect') return { name, href: back.location };
  return back.kind === 'post-form' ? { name, action: back.action, fields: back.fields } : undefined;
}

function nameOf(initiator: Initiator | undefined): string | undefined {
  return initiator?.protocol === 'saml' ? initiator.name : initiator?.back?.name;
}

function page(view: string, model: PageReply['model']): PageReply {
  return { kind: 'page', status: 200, view, model };
}
