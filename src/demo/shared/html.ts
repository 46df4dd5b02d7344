/** HTML as values: whatever is put into a template is escaped, unless it is HTML already. */

export interface Html {
  readonly kind: 'html';
  readonly text: string;
}

type Part = Html | string | number | undefined | readonly Html[];

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text for element content and quoted attribute values. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (found) => ESCAPES[found] ?? found);
}

/** A template: strings and numbers are escaped, HTML stays, lists are joined, undefined is nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const text = strings.map((literal, at) => literal + write(parts[at])).join('');
  return { kind: 'html', text };
}

function write(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  if ('kind' in part) return part.text;
  return part.map((entry) => entry.text).join('');
}
