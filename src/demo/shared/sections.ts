/** What the pages of the sample applications have in common. Everything shown is escaped by `html`; there is no script at all. */
import { html, type Html } from './html.js';
import { prettyXml } from './pretty-xml.js';

/** One thing that was verified, with what was seen. */
export interface Verified {
  readonly what: string;
  readonly seen: string;
}

/** A button that sends something broken. */
export interface BreakButton {
  /** In addresses: /break/NAME. */
  readonly name: string;
  readonly button: string;
  /** What is wrong with the message, in the past tense. */
  readonly sent: string;
  readonly ends: 'at Signet' | 'at the application';
}

/** The whole document around what an application puts into its body. */
export function wholePage(about: { readonly title: string; readonly site: string; readonly stylesheet: string }, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${about.title} - ${about.site} (demo)</title>
        <link rel="stylesheet" href="${about.stylesheet}" />
      </head>
      <body>
        ${body}
      </body>
    </html> `.text;
}

/** A part of the page with its heading. */
export function section(id: string, heading: string, content: Html): Html {
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${heading}</h2>
    ${content}
  </section>`;
}

/** Names and what stands for them. */
export function facts(entries: readonly (readonly [string, Html | string])[]): Html {
  return html`<dl class="facts">
    ${entries.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

/** A table that becomes a list on narrow screens. */
export function table(head: readonly string[], rows: readonly (readonly (Html | string)[])[]): Html {
  return html`<div class="wide">
    <table class="stack">
      <thead>
        <tr>
          ${head.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** What was verified, each with what was compared. */
export function ticks(verified: readonly Verified[]): Html {
  return html`<ul class="ticks">
    ${verified.map((entry) => html`<li>${entry.what}<br /><code>${entry.seen}</code></li>`)}
  </ul>`;
}

/** Messages laid out for reading, each behind what it is. */
export function rawSection(heading: string, texts: readonly (readonly [string, string])[]): Html {
  return section(
    'raw',
    heading,
    html`${texts.map(
      ([summary, xml]) =>
        html`<details>
          <summary>${summary}</summary>
          <pre tabindex="0" role="region" aria-label="${summary}">${prettyXml(xml)}</pre>
        </details>`,
    )}`,
  );
}

/** The buttons under "Break something". `site` is the application's short name. */
export function breakSection(site: string, buttons: readonly BreakButton[]): Html {
  return section(
    'break',
    'Break something',
    html`<p>Each button sends Signet a message that really is broken. Copy the reference from where it ends and look it up.</p>
      <ul class="breaks">
        ${buttons.map(
          (entry) =>
            html`<li>
              ${button(`/break/${entry.name}`, entry.button, 'bad')}
              <p class="small">${entry.sent} Ends ${entry.ends === 'at Signet' ? "on Signet's error page" : `back at ${site}, with an error status`}.</p>
            </li>`,
        )}
      </ul>`,
  );
}

/** A button that posts to an address of the application. */
export function button(action: string, text: string, className = 'plain'): Html {
  return html`<form method="post" action="${action}"><button class="${className}">${text}</button></form>`;
}

/** What arrived is not acceptable, or a page is not there. */
export function alarm(title: string, content: Html): Html {
  return html`<section class="alert">
    <h1>${title}</h1>
    ${content}
  </section>`;
}
