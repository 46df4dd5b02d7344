/**
 * The page that carries an answer to an application (SAML Bindings 3.5.4). It is made with every sign-on, so its text is cut
 * up once and joined for each answer; values are escaped here, whatever they are (threats I03).
 */
import type { PostFormReply } from '../http/reply.js';
import type { Views } from './views.js';

/** Makes the page of one answer. */
export type HandOff = (reply: PostFormReply) => string;

const MARK = { open: '\uE000', close: '\uE001' } as const;
const mark = (name: string): string => `${MARK.open}${name}${MARK.close}`;

/** Renders views/handoff once with marks in the places of its values. */
export function createHandOff(views: Views, title: (applicationName: string) => string): HandOff {
  const page = views.render('handoff', {
    title: title(mark('name')),
    applicationName: mark('name'),
    action: mark('action'),
    fields: mark('fields'),
    scripts: ['post.js'],
  });
  const pieces = page.split(MARK.open).map((piece, index) => {
    if (index === 0) return { value: '', text: piece };
    const [value = '', text = ''] = piece.split(MARK.close);
    return { value, text };
  });
  return (reply) => {
    const values: Readonly<Record<string, string>> = {
      '': '',
      name: escapeHtml(reply.applicationName),
      action: escapeHtml(reply.action),
      fields: hiddenFields(reply.fields),
    };
    let html = '';
    for (const { value, text } of pieces) html += (values[value] ?? '') + text;
    return html;
  };
}

function hiddenFields(fields: Readonly<Record<string, string>>): string {
  let html = '';
  for (const name in fields) html += `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(fields[name] ?? '')}">`;
  return html;
}

// A browser would read CR as LF; what an application sent goes back as it came.
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '\r': '&#13;' };
const SPECIAL = Object.keys(ESCAPES);

/** Text for an attribute in quotes or between tags. Looks for single characters first: an answer is long, and base64 has none of them. */
export function escapeHtml(text: string): string {
  for (const character of SPECIAL) {
    if (text.includes(character)) return text.replace(/[&<>"'\r]/gu, (found) => ESCAPES[found] ?? '');
  }
  return text;
}
