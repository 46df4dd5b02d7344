/** Acme Expenses: a small web application that signs people in with Signet. Its own server, port, pages and sessions. */
import type { CacheProvider } from '@node-saml/node-saml';
import { createFirstUse } from '../shared/newest.js';
import { createSessions } from '../shared/sessions.js';
import { type Answer, createSite, type Listener, pageAnswer, type Question, redirect } from '../shared/site.js';
import { BREAKAGES, findBreakage } from './broken.js';
import type { IdentityProvider } from './idp.js';
import { EXPENSES, type Frame, expensePage, homePage, messagePage, refusedPage, signedOutPage, welcomePage } from './pages.js';
import { receiveResponse, type SignedIn } from './receive.js';
import { type AcmeIdentity, acmeMetadata, createRequestStore, samlConfig, signInUrl } from './service-provider.js';
import { ACME_CSS } from './style.js';

export interface AcmeParts {
  readonly identity: AcmeIdentity;
  readonly signetUrl: string;
  readonly identityProvider: () => Promise<IdentityProvider>;
  readonly traceCommand: (reference: string) => string;
  readonly now: () => number;
}

export const ACME_COOKIE = 'acme_expenses';
const ACS_PATH = '/saml/acs';
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
    if (path === '/signed-out') return pageAnswer(200, signedOutPage(about));
    if (path === '/acme.css') return { status: 200, type: 'text/css; charset=utf-8', body: ACME_CSS };
    if (path === '/saml/metadata') return { status: 200, type: 'application/samlmetadata+xml', body: acmeMetadata(parts.identity) };
    const expense = EXPENSES.find((entry) => path === `/expenses/${entry.id}`);
    if (expense === undefined) return undefined;
    return about.who === undefined ? startSignIn(path) : pageAnswer(200, expensePage(about, expense));
  };

  const post = async (question: Question): Promise<Answer | undefined> => {
    const { path } = question;
    if (path === ACS_PATH) return receive(question);
    if (path === '/sign-out') return redirect('/signed-out', { 'set-cookie': sessions.end(question.cookies) });
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
