/** The pages of Acme Expenses. Everything shown is escaped by `html`; there is no script at all. */
import { BREAKAGES, type Breakage } from './acme-broken.js';
import type { AttributeRow, Refused, SignedIn } from './acme-receive.js';
import { html, type Html } from './html.js';
import { prettyXml } from './pretty-xml.js';

/** What stands on every page. */
export interface Frame {
  readonly signetUrl: string;
  readonly who: SignedIn | undefined;
  /** The command that shows the trace of a reference. */
  readonly traceCommand: (reference: string) => string;
}

export interface Expense {
  readonly id: string;
  readonly what: string;
  readonly day: string;
  readonly amount: string;
  readonly state: string;
}

export const EXPENSES: readonly Expense[] = [
  { id: '1041', what: 'Train to Lyon', day: '3 November', amount: '118.40 EUR', state: 'paid' },
  { id: '1042', what: 'Dinner with Northwind', day: '12 November', amount: '86.00 EUR', state: 'waits for approval' },
  { id: '1043', what: 'Keyboard', day: '19 November', amount: '139.00 EUR', state: 'sent back: receipt missing' },
];

function page(frame: Frame, title: string, content: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} - Acme Expenses (demo)</title>
        <link rel="stylesheet" href="/acme.css" />
      </head>
      <body>
        <header class="head">
          <p class="ribbon">This is a demo application. Its people, receipts and sums are made up.</p>
          <div class="bar">
            <a class="name" href="/">Acme Expenses</a>
            <span>${frame.who === undefined ? html`<a href="/sign-in">Sign in</a>` : html`Signed in as ${frame.who.displayName}`}</span>
          </div>
        </header>
        <main>${content}</main>
        <footer>
          <p>Acme Expenses is a SAML 2.0 service provider on node-saml. It trusts <a href="${frame.signetUrl}">Signet at ${frame.signetUrl}</a>.</p>
        </footer>
      </body>
    </html> `.text;
}

export function welcomePage(frame: Frame): string {
  return page(
    frame,
    'Welcome',
    html`<div class="lead">
        <h1>Receipts in, money out</h1>
        <p>Acme keeps no passwords. Signet signs you in, and tells Acme who you are.</p>
        <p><a class="go" href="/sign-in">Sign in with Signet</a></p>
        <p class="small">Or open a page directly: <a href="/expenses/1042">expense 1042</a> asks you to sign in first and brings you back to it.</p>
      </div>
      ${breakSection()}`,
  );
}

export function homePage(frame: Frame, who: SignedIn): string {
  return page(
    frame,
    'Your expenses',
    html`<div class="lead">
        <h1>Hello, ${who.displayName}</h1>
        <div class="wide">
          <table class="stack">
            <thead>
              <tr>
                <th scope="col">Expense</th>
                <th scope="col">Day</th>
                <th scope="col" class="num">Sum</th>
                <th scope="col">State</th>
              </tr>
            </thead>
            <tbody>
              ${EXPENSES.map(
                (entry) =>
                  html`<tr>
                    <td><a href="/expenses/${entry.id}">${entry.what}</a></td>
                    <td>${entry.day}</td>
                    <td class="num">${entry.amount}</td>
                    <td>${entry.state}</td>
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>
        ${signOutForm()}
      </div>
      ${whoSection(who)} ${attributeSection(who.attributes)}
      <section aria-labelledby="verified">
        <h2 id="verified">What Acme verified</h2>
        <ul class="ticks">
          ${who.verified.map((entry) => html`<li>${entry.what}<br /><code>${entry.seen}</code></li>`)}
        </ul>
      </section>
      <section aria-labelledby="raw">
        <h2 id="raw">The assertion</h2>
        <details>
          <summary>Show the XML as it was signed</summary>
          <pre tabindex="0" role="region" aria-labelledby="raw">${prettyXml(who.assertionXml)}</pre>
        </details>
      </section>
      ${breakSection()}`,
  );
}

export function expensePage(frame: Frame, expense: Expense): string {
  return page(
    frame,
    `Expense ${expense.id}`,
    html`<div class="lead">
      <h1>${expense.what}</h1>
      <dl class="facts">
        <dt>Number</dt>
        <dd>${expense.id}</dd>
        <dt>Day</dt>
        <dd>${expense.day}</dd>
        <dt>Sum</dt>
        <dd>${expense.amount}</dd>
        <dt>State</dt>
        <dd>${expense.state}</dd>
      </dl>
      <p><a href="/">All expenses</a></p>
    </div>`,
  );
}

export function signedOutPage(frame: Frame): string {
  return page(
    frame,
    'Signed out',
    html`<div class="lead">
      <h1>You are signed out of Acme</h1>
      <p>
        Only of Acme: your sign-in at Signet goes on, and so do other applications. To end it, <a href="${frame.signetUrl}/logout">sign out at Signet</a> as
        well.
      </p>
      <p><a class="go" href="/sign-in">Sign in again</a></p>
    </div>`,
  );
}

/** Signet answered with an error status. */
export function refusedPage(frame: Frame, refused: Refused, breakage: Breakage | undefined): string {
  const { reference } = refused;
  return page(
    frame,
    'Sign-in refused',
    html`<section class="alert">
        <h1>Signet did not sign you in</h1>
        ${breakage === undefined ? undefined : html`<p><strong>${breakage.button}.</strong> ${breakage.sent}</p>`}
        <dl class="facts">
          <dt>Status</dt>
          <dd><code>${refused.codes.join(' / ')}</code></dd>
          <dt>Message</dt>
          <dd>${refused.message}</dd>
          ${
            reference === undefined
              ? undefined
              : html`<dt>Reference</dt>
                  <dd><strong>${reference}</strong></dd>`
          }
        </dl>
        ${
          reference === undefined
            ? undefined
            : html`<p>What Signet saw:</p>
                <pre tabindex="0" role="region" aria-label="Command">${frame.traceCommand(reference)}</pre>`
        }
        <p>The answer was signed by Signet, and the signature is good.</p>
      </section>
      <p><a href="/">Back to Acme</a></p>`,
  );
}

/** What arrived is not acceptable, or a page is not there. */
export function messagePage(frame: Frame, title: string, sentence: string): string {
  return page(
    frame,
    title,
    html`<section class="alert">
        <h1>${title}</h1>
        <p>${sentence}</p>
      </section>
      <p><a href="/">Back to Acme</a></p>`,
  );
}

function whoSection(who: SignedIn): Html {
  return html`<section aria-labelledby="who">
    <h2 id="who">Who you are</h2>
    <dl class="facts">
      <dt>Name identifier</dt>
      <dd><strong>${who.nameId}</strong></dd>
      <dt>Its format</dt>
      <dd><code>${who.nameIdFormat}</code></dd>
      <dt>Signed in by</dt>
      <dd><code>${who.authnContext}</code></dd>
      <dt>Session index</dt>
      <dd><code>${who.sessionIndex}</code></dd>
    </dl>
  </section>`;
}

function attributeSection(attributes: readonly AttributeRow[]): Html {
  return html`<section aria-labelledby="attributes">
    <h2 id="attributes">Attributes</h2>
    <div class="wide">
      <table class="stack">
        <thead>
          <tr>
            <th scope="col">Attribute</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          ${attributes.map(
            (row) =>
              html`<tr>
                <td>${row.friendlyName ?? row.name}<br /><code class="small">${row.name}</code></td>
                <td>${row.values.map((value) => html`<div>${value}</div>`)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function signOutForm(): Html {
  return html`<form method="post" action="/sign-out"><button>Sign out of Acme</button></form>
    <p class="small">Ends your session at Acme only. Signet keeps you signed in.</p>`;
}

function breakSection(): Html {
  return html`<section aria-labelledby="break">
    <h2 id="break">Break something</h2>
    <p>Each button sends Signet a message that really is broken. Copy the reference from where it ends and look it up.</p>
    <ul class="breaks">
      ${BREAKAGES.map(
        (entry) =>
          html`<li>
            <form method="post" action="/break/${entry.name}"><button class="bad">${entry.button}</button></form>
            <p class="small">${entry.sent} Ends ${entry.ends === 'at Signet' ? "on Signet's error page" : 'back at Acme, with an error status'}.</p>
          </li>`,
      )}
    </ul>
  </section>`;
}
