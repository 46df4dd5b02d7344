/**
 * Northwind Wiki: a web application that signs people in by WS-Federation (1.2, 13). It runs in a process of its own and
 * imports nothing of Signet: what it makes of a token is a second opinion.
 */
import { createFirstUse } from '../shared/newest.js';
import { createSessions, randomName, readCookie } from '../shared/sessions.js';
import { type Answer, createSite, type Listener, pageAnswer, type Question, redirect } from '../shared/site.js';
import { ARTICLES } from './articles.js';
import { BREAKAGES } from './broken.js';
import type { Issuer } from './issuer.js';
import { articlePage, type Frame, homePage, messagePage, refusedPage, signedOutPage, welcomePage } from './pages.js';
import { receiveResult, type SignedIn } from './receive.js';
import { ANSWER_PATH, createRequests, SIGNED_OUT_PATH, signInUrl, signOutUrl, WIKI_REALM } from './requests.js';
import { WIKI_CSS } from './style.js';

export interface WikiParts {
  readonly origin: string;
  readonly signetUrl: string;
  readonly issuer: () => Promise<Issuer>;
  readonly now: () => number;
}

export const WIKI_COOKIE = 'northwind_wiki';
/** Names the browser, signed in or not, so that it can only be signed in with answers to its own questions. */
const BROWSER_COOKIE = 'northwind_wiki_browser';
/** One transparent pixel: what asks may be an image as well as a frame. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** The Wiki's answers to HTTP requests. */
export function createWiki(parts: WikiParts): Listener {
  const { origin, signetUrl } = parts;
  const sessions = createSessions<SignedIn>(WIKI_COOKIE, parts.now);
  const requests = createRequests(parts.now);
  const firstUse = createFirstUse();

  const frame = (question: Question): Frame => ({ signetUrl, who: sessions.find(question.cookies) });

  const ask = async (question: Question, wanted: string, how: { readonly fresh?: boolean; readonly changes?: Readonly<Record<string, string>> } = {}) => {
    const browser = readCookie(question.cookies, BROWSER_COOKIE) ?? randomName();
    const asked = requests.ask({ browser, wanted, fresh: how.fresh ?? false });
    return redirect(signInUrl(await parts.issuer(), origin, asked, how.changes), {
      'set-cookie': `${BROWSER_COOKIE}=${browser}; Path=/; HttpOnly; SameSite=Lax`,
    });
  };

  const receive = async (question: Question): Promise<Answer> => {
    const { form } = question;
    const wctx = form.get('wctx');
    // An answer that belongs to no question, as from Signet's launcher, is not looked at: the Wiki asks for one of its own.
    if (wctx === null) return ask(question, '/');
    const asked = requests.answered(wctx, readCookie(question.cookies, BROWSER_COOKIE));
    if (form.get('wa') !== 'wsignin1.0' || asked === undefined) {
      const sentence = 'This browser did not ask for it, or it was answered before (wctx).';
      return pageAnswer(400, messagePage(frame(question), 'The Wiki did not accept the answer', sentence));
    }
    const received = receiveResult({ issuer: await parts.issuer(), realm: WIKI_REALM, now: parts.now, firstUse }, asked, form.get('wresult') ?? '');
    if (received.kind === 'refused') return pageAnswer(400, refusedPage(frame(question), received.refused));
    sessions.end(question.cookies);
    return redirect(asked.wanted, { 'set-cookie': sessions.start(received.who) });
  };

  /** WS-Federation 1.2, 13.2.4: asked by Signet from inside its own page; the answer is the same whether or not there was a session. */
  const cleanUp = (question: Question): Answer => ({
    status: 200,
    type: 'image/gif',
    body: PIXEL,
    headers: { 'set-cookie': sessions.end(question.cookies), 'content-security-policy': `frame-ancestors ${new URL(signetUrl).origin}` },
  });

  const get = async (question: Question): Promise<Answer | undefined> => {
    const { path } = question;
    const about = frame(question);
    if (path === '/') return pageAnswer(200, about.who === undefined ? welcomePage(about) : homePage(about, about.who));
    if (path === '/sign-in') return ask(question, '/');
    if (path === ANSWER_PATH) return question.query.get('wa') === 'wsignoutcleanup1.0' ? cleanUp(question) : redirect('/');
    if (path === SIGNED_OUT_PATH) return pageAnswer(200, signedOutPage(about));
    if (path === '/wiki.css') return { status: 200, type: 'text/css; charset=utf-8', body: WIKI_CSS };
    const article = ARTICLES.find((entry) => path === `/wiki/${entry.name}`);
    if (article === undefined) return undefined;
    return about.who === undefined ? ask(question, path) : pageAnswer(200, articlePage(about, article));
  };

  const post = async (question: Question): Promise<Answer | undefined> => {
    const { path } = question;
    if (path === ANSWER_PATH) return receive(question);
    if (path === '/fresh') return ask(question, '/', { fresh: true });
    if (path === '/sign-out') return redirect(signOutUrl(await parts.issuer(), origin), { 'set-cookie': sessions.end(question.cookies) });
    const breakage = BREAKAGES.find((entry) => path === `/break/${entry.name}`);
    return breakage === undefined ? undefined : ask(question, '/', { changes: breakage.changes });
  };

  return createSite({
    origin,
    signetUrl,
    get,
    post,
    openTo: new Set([ANSWER_PATH]),
    message: (question, title, sentence) => messagePage(frame(question), title, sentence),
    unreachable: 'The Wiki cannot reach Signet at the moment.',
  });
}
