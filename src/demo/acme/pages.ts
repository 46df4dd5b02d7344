/** The pages of Acme Expenses. Everything shown is escaped by `html`; there is no script at all. */
import { html, type Html } from '../shared/html.js';
import { alarm, breakSection, button, facts, rawSection, section, table, ticks, wholePage } from '../shared/sections.js';
import { BREAKAGES, type Breakage } from './broken.js';
import type { Refused, SignedIn } from './receive.js';

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
  return wholePage(
    { title, site: 'Acme Expenses', stylesheet: '/acme.css' },
    html`<header class="head">
        <p class="ribbon">This is a demo application. Its people, receipts and sums are made up.</p>
        <div class="bar">
          <a class="name" href="/">Acme Expenses</a>
          <span>${frame.who === undefined ? html`<a href="/sign-in">Sign in</a>` : html`Signed in as ${frame.who.displayName}`}</span>
        </div>
      </header>
      <main>${content}</main>
      <footer>
        <p>Acme Expenses is a SAML 2.0 service provider on node-saml. It trusts <a href="${frame.signetUrl}">Signet at ${frame.signetUrl}</a>.</p>
      </footer>`,
  );
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
      ${breakSection('Acme', BREAKAGES)}`,
  );
}

export function homePage(frame: Frame, who: SignedIn): string {
  return page(
    frame,
    'Your expenses',
    html`<div class="lead">
        <h1>Hello, ${who.displayName}</h1>
        ${table(
          ['Expense', 'Day', 'Sum', 'State'],
          EXPENSES.map((entry) => [html`<a href="/expenses/${entry.id}">${entry.what}</a>`, entry.day, entry.amount, entry.state]),
        )}
        ${button('/sign-out', 'Sign out')}
        <p class="small">Ends your sign-in at Acme, at Signet, and at every application you opened with it (SAML single logout).</p>
      </div>
      ${section(
        'who',
        'Who you are',
        facts([
          ['Name identifier', html`<strong>${who.nameId}</strong>`],
          ['Its format', code(who.nameIdFormat)],
          ['Signed in by', code(who.authnContext)],
          ['Session index', code(who.sessionIndex)],
        ]),
      )}
      ${section(
        'attributes',
        'Attributes',
        table(
          ['Attribute', 'Value'],
          who.attributes.map((row) => [
            html`${row.friendlyName ?? row.name}<br /><code class="small">${row.name}</code>`,
            html`${row.values.map((value) => html`<div>${value}</div>`)}`,
          ]),
        ),
      )}
      ${section('verified', 'What Acme verified', ticks(who.verified))} ${rawSection('The assertion', [['The XML as it came', who.assertionXml]])}
      ${breakSection('Acme', BREAKAGES)}`,
  );
}

function code(text: string): Html {
  return html`<code>${text}</code>`;
}

export function expensePage(frame: Frame, expense: Expense): string {
  return page(
    frame,
    `Expense ${expense.id}`,
    html`<div class="lead">
      <h1>${expense.what}</h1>
      ${facts([
        ['Number', expense.id],
        ['Day', expense.day],
        ['Sum', expense.amount],
        ['State', expense.state],
      ])}
      <p><a href="/">All expenses</a></p>
    </div>`,
  );
}

/** `everywhere`: Signet reached every application that was open. */
export function signedOutPage(frame: Frame, everywhere: boolean): string {
  const others = everywhere
    ? 'Of Acme, of Signet, and of the applications you had opened with it.'
    : 'Of Acme and of Signet. Signet could not reach every application you had opened: close the browser if others use it.';
  return page(
    frame,
    'Signed out',
    html`<div class="lead">
      <h1>You are signed out</h1>
      <p>${others}</p>
      <p><a class="go" href="/sign-in">Sign in again</a></p>
    </div>`,
  );
}

/** Signet answered with an error status. */
export function refusedPage(frame: Frame, refused: Refused, breakage: Breakage | undefined): string {
  const { reference } = refused;
  const referenceFact: readonly (readonly [string, Html])[] = reference === undefined ? [] : [['Reference', html`<strong>${reference}</strong>`]];
  return page(
    frame,
    'Sign-in refused',
    html`${alarm(
        'Signet did not sign you in',
        html`${breakage === undefined ? undefined : html`<p><strong>${breakage.button}.</strong> ${breakage.sent}</p>`}
          ${facts([['Status', code(refused.codes.join(' / '))], ['Message', refused.message], ...referenceFact])}
          ${
            reference === undefined
              ? undefined
              : html`<p>What Signet saw:</p>
                  <pre tabindex="0" role="region" aria-label="Command">${frame.traceCommand(reference)}</pre>`
          }
          <p>The answer was signed by Signet, and the signature is good.</p>`,
      )}
      <p><a href="/">Back to Acme</a></p>`,
  );
}

/** What arrived is not acceptable, or a page is not there. */
export function messagePage(frame: Frame, title: string, sentence: string): string {
  return page(
    frame,
    title,
    html`${alarm(title, html`<p>${sentence}</p>`)}
      <p><a href="/">Back to Acme</a></p>`,
  );
}
