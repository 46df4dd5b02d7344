/** Acme Expenses: a small web application that signs people in with Signet. Its own server, port, pages and sessions. */
import type { CacheProvider } from '@node-saml/node-saml';
import { createFirstUse } from '../shared/newest.js';
import { createSessions } from '../shared/sessions.js';
import { type Answer, createSite, type Listener, pageAnswer, type Question, redirect } from '../shared/site.js';
import { BREAKAGES, findBreakage } from './broken.js';
import type { IdentityProvider } from './idp.js';
import { EXPENSES, type Frame, expensePage, homePage, messagePage, refusedPage, signedOutPage, welcomePage } from './pages.js';
import { receiveResponse, type SignedIn } from './receive.js';
import { ACS_PATH, type AcmeIdentity, acmeMetadata, createRequestStore, samlConfig, signInUrl, SLO_PATH } from './service-provider.js';
import { readSignOut, signOutUrl } from './sign-out.js';
import { ACME_CSS } from './style.js';

export interface AcmeParts {
  readonly identity: AcmeIdentity;
  readonly signetUrl: string;
  readonly identityProvider: () => Promise<IdentityProvider>;
  readonly traceCommand: (reference: string) => string;
  readonly now: () => number;
}

export const ACME_COOKIE = 'acme_expenses';
/** RelayState comes back from the outside: only pages of Acme are followed. */
const PAGES: ReadonlySet<string> = new Set(['/', ...EXPENSES.map((entry) => `/expenses/${entry.id}`)]);

/** Acme's answers to HTTP requests. */
export function createAcme(parts: AcmeParts): Listener {
  const sessions = createSessions<SignedIn>(ACME_COOKIE, parts.now);
  const requests: CacheProvider = createRequestStore(parts.now);
  const firstUse = createFirstUse();

  const frame = (question: Question): Frame => ({
    signetUrl: parts.signetUrl,
    who: sessions.find(question.cookies),
    traceCommand: parts.traceCommand,
  });
  const startSignIn = async (wanted: string): Promise<Answer> => {
    const idp = await parts.identityProvider();
    return redirect(await signInUrl(samlConfig(parts.identity, idp, requests), wanted));
  };

  const receive = async (question: Question): Promise<Answer> => {
    const idp = await parts.identityProvider();
    const config = samlConfig(parts.identity, idp, requests);
    const received = await receiveResponse({ idp, config, firstUse }, question.form.get('SAMLResponse') ?? '');
    const relayState = question.form.get('RelayState') ?? '';
    switch (received.kind) {
      case 'signed-in':
        sessions.end(question.cookies);
        return redirect(PAGES.has(relayState) ? relayState : '/', { 'set-cookie': sessions.start(received.who) });
      case 'refused':
        return pageAnswer(403, refusedPage(frame(question), received.refused, findBreakage(relayState.replace(/^\/break\//u, ''))));
      case 'invalid':
        return pageAnswer(400, messagePage(frame(question), 'Acme did not accept the answer', received.reason));
    }
  };

  /** Ends the session here, and asks Signet to end it everywhere. */
  const signOut = async (question: Question): Promise<Answer> => {
    const who = sessions.find(question.cookies);
    const forget = { 'set-cookie': sessions.end(question.cookies) };
    if (who === undefined) return redirect('/signed-out', forget);
    return redirect(await signOutUrl(samlConfig(parts.identity, await parts.identityProvider(), requests), who.profile), forget);
  };

  /** Signet tells of a sign-out, or answers Acme's. It may come in a frame without cookies: sessions are found by their name. */
  const hearOfSignOut = async (question: Question): Promise<Answer> => {
    const config = samlConfig(parts.identity, await parts.identityProvider(), requests);
    const message = await readSignOut(config, parts.identity.sloUrl, question.rawQuery);
    switch (message.kind) {
      case 'asked': {
        const { nameId, sessionIndexes } = message.name;
        sessions.endWhere((who) => who.nameId === nameId && (sessionIndexes.length === 0 || sessionIndexes.includes(who.sessionIndex)));
        return redirect(await message.answer());
      }
      case 'answered':
        return redirect(message.everywhere ? '/signed-out' : '/signed-out/partly');
      case 'invalid':
        return pageAnswer(400, messagePage(frame(question), 'Acme did not accept the message', message.reason));
    }
  };

  const breakSomething = async (name: string): Promise<Answer | undefined> => {
    const breakage = findBreakage(name);
    if (breakage === undefined) return undefined;
    const idp = await parts.identityProvider();
    return redirect(await breakage.url(samlConfig(parts.identity, idp, requests), `/break/${name}`));
  };

  const get = async (question: Question): Promise<Answer | undefined> => {
    const { path } = question;
    const about = frame(question);
    if (path === '/') return pageAnswer(200, about.who === undefined ? welcomePage(about) : homePage(about, about.who));
    if (path === '/sign-in') return startSignIn('/');
    if (path === SLO_PATH) return hearOfSignOut(question);
    if (path === '/signed-out') return pageAnswer(200, signedOutPage(about, true));
    if (path === '/signed-out/partly') return pageAnswer(200, signedOutPage(about, false));
    if (path === '/acme.css') return { status: 200, type: 'text/css; charset=utf-8', body: ACME_CSS };
    if (path === '/saml/metadata') return { status: 200, type: 'application/samlmetadata+xml', body: acmeMetadata(parts.identity) };
    const expense = EXPENSES.find((entry) => path === `/expenses/${entry.id}`);
    if (expense === undefined) return undefined;
    return about.who === undefined ? startSignIn(path) : pageAnswer(200, expensePage(about, expense));
  };

  const post = async (question: Question): Promise<Answer | undefined> => {
    const { path } = question;
    if (path === ACS_PATH) return receive(question);
    if (path === '/sign-out') return signOut(question);
    return BREAKAGES.some((entry) => path === `/break/${entry.name}`) ? breakSomething(path.slice('/break/'.length)) : undefined;
  };

  return createSite({
    origin: parts.identity.origin,
    signetUrl: parts.signetUrl,
    get,
    post,
    openTo: new Set([ACS_PATH]),
    message: (question, title, sentence) => messagePage(frame(question), title, sentence),
    unreachable: 'Acme cannot reach Signet at the moment.',
  });
}
