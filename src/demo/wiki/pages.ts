/** The pages of Northwind Wiki. Everything shown is escaped by `html`; there is no script at all. */
import { html, type Html } from '../shared/html.js';
import { alarm, breakSection, button, facts, rawSection, section, table, ticks, wholePage } from '../shared/sections.js';
import { type Article, ARTICLES } from './articles.js';
import { BREAKAGES } from './broken.js';
import type { Refused, SignedIn } from './receive.js';
import { WIKI_NAME } from './requests.js';

/** What stands on every page. */
export interface Frame {
  readonly signetUrl: string;
  readonly who: SignedIn | undefined;
}

function page(frame: Frame, title: string, content: Html): string {
  return wholePage(
    { title, site: WIKI_NAME, stylesheet: '/wiki.css' },
    html`<aside class="note" aria-label="About this demo"><p>This is a demo application. What it tells about people and coffee is made up.</p></aside>
      <div class="sheet">
        <header class="side">
          <a class="name" href="/"><b>N</b>orthwind Wiki</a>
          <nav aria-label="Pages">
            <ul>
              ${ARTICLES.map((entry) => html`<li><a href="/wiki/${entry.name}">${entry.title}</a></li>`)}
            </ul>
          </nav>
          <p class="small">${frame.who === undefined ? html`<a href="/sign-in">Sign in</a>` : html`Signed in as ${frame.who.displayName}`}</p>
          <p class="small">
            A WS-Federation application. It trusts <a href="${frame.signetUrl}">Signet at ${frame.signetUrl}</a>, and checks its tokens with nothing of
            Signet's.
          </p>
        </header>
        <main>${content}</main>
      </div>`,
  );
}

export function welcomePage(frame: Frame): string {
  return page(
    frame,
    'Welcome',
    html`<div class="lead">
        <h1>What everybody here knows</h1>
        <p>The Wiki keeps no passwords. Signet signs you in and hands the Wiki a token; if you are signed in already, you are not asked again.</p>
        <p><a class="go" href="/sign-in">Sign in with Signet</a></p>
        <p class="small">Or open a page directly: <a href="/wiki/travel">Travelling for work</a> asks you to sign in first and brings you back to it.</p>
      </div>
      ${breakSection('the Wiki', BREAKAGES)}`,
  );
}

export function homePage(frame: Frame, who: SignedIn): string {
  const { token } = who;
  return page(
    frame,
    'You',
    html`<div class="lead">
        <h1>Hello, ${who.displayName}</h1>
        <div class="row">${button('/fresh', 'Ask for a fresh sign-in')} ${button('/sign-out', 'Sign out')}</div>
        <p class="small">
          A fresh sign-in (wfresh=0) asks for your password again. Signing out (wsignout1.0) ends your sign-in here, at Signet, and at every application you
          opened with it.
        </p>
      </div>
      ${section(
        'who',
        'Who you are',
        facts([
          ['Name identifier', html`<strong>${token.name}</strong>`],
          ['Its format', code(token.nameFormat)],
          ['Signed in by', code(token.method)],
          ['Signed in at', code(new Date(token.authenticatedAt).toISOString())],
          ['Token', `${token.version}, until ${new Date(token.notOnOrAfter).toISOString()}`],
        ]),
      )}
      ${section(
        'claims',
        'Claims',
        table(
          ['Claim', 'Value'],
          token.claims.map((claim) => [
            html`${claim.type.slice(claim.type.lastIndexOf('/') + 1)}<br /><code class="small">${claim.type}</code>`,
            html`${claim.values.map((value) => html`<div>${value}</div>`)}`,
          ]),
        ),
      )}
      ${section('verified', 'What the Wiki verified', ticks(who.verified))}
      ${rawSection('The token', [
        ['The assertion, as it was signed', who.xml],
        ['The whole answer (wresult), as it came', who.wresult],
      ])}
      ${breakSection('the Wiki', BREAKAGES)}`,
  );
}

function code(text: string): Html {
  return html`<code>${text}</code>`;
}

export function articlePage(frame: Frame, article: Article): string {
  return page(
    frame,
    article.title,
    html`<div class="lead">
      <h1>${article.title}</h1>
      ${article.paragraphs.map((text) => html`<p>${text}</p>`)}
      <p><a href="/">You, and how you got here</a></p>
    </div>`,
  );
}

export function signedOutPage(frame: Frame): string {
  return page(
    frame,
    'Signed out',
    html`<div class="lead">
      <h1>You are signed out</h1>
      <p>Of the Wiki and of Signet. Signet also told the applications that you had opened; open one of them, and it asks you to sign in.</p>
      <p><a class="go" href="/sign-in">Sign in again</a></p>
    </div>`,
  );
}

/** The answer was not accepted. */
export function refusedPage(frame: Frame, refused: Refused): string {
  return page(
    frame,
    'Not accepted',
    html`${alarm('The Wiki did not accept the answer', facts([[refused.what, refused.sentence]]))} ${section('verified', 'What held', ticks(refused.passed))}
      <p><a href="/">Back to the Wiki</a></p>`,
  );
}

/** What arrived is not acceptable, or a page is not there. */
export function messagePage(frame: Frame, title: string, sentence: string): string {
  return page(
    frame,
    title,
    html`${alarm(title, html`<p>${sentence}</p>`)}
      <p><a href="/">Back to the Wiki</a></p>`,
  );
}
