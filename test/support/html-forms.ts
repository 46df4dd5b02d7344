/** The forms of a page, read as a script of somebody else's would: no knowledge of our pages. */

export interface Form {
  readonly method: 'GET' | 'POST';
  readonly action: URL;
  readonly fields: ReadonlyMap<string, string>;
  readonly asksPassword: boolean;
  /** Carries a message of a sign-on protocol. */
  readonly handsOff: boolean;
}

const MESSAGES = ['SAMLResponse', 'SAMLRequest', 'wresult'];

/** All forms of a page, in their order. Buttons are no fields: nobody presses them. */
export function readForms(html: string, page: URL): readonly Form[] {
  return [...html.matchAll(/<form\b((?:[^>"']|"[^"]*"|'[^']*')*)>(.*?)<\/form>/gisu)].map(([, tag = '', content = '']) => {
    const form = attributesOf(tag);
    const inputs = [...content.matchAll(/<input\b((?:[^>"']|"[^"]*"|'[^']*')*)>/gisu)].map(([, input = '']) => attributesOf(input));
    const fields = new Map(inputs.flatMap((input) => (input.has('name') ? [[input.get('name') ?? '', input.get('value') ?? '']] : [])));
    return {
      method: (form.get('method') ?? 'get').toUpperCase() === 'POST' ? 'POST' : 'GET',
      action: new URL(form.get('action') ?? '', page),
      fields,
      asksPassword: inputs.some((input) => input.get('type') === 'password'),
      handsOff: MESSAGES.some((name) => fields.has(name)),
    };
  });
}

/** What a page shows as text. */
export function readText(html: string): string {
  const body = html.replaceAll(/<(?:head|script|style)\b.*?<\/(?:head|script|style)>/gisu, ' ').replaceAll(/<[^>]*>/gu, ' ');
  return decodeEntities(body).replaceAll(/\s+/gu, ' ').trim();
}

function attributesOf(tag: string): ReadonlyMap<string, string> {
  const found = tag.matchAll(/([a-z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/giu);
  return new Map([...found].map(([, name = '', a, b, c]) => [name.toLowerCase(), decodeEntities(a ?? b ?? c ?? '')]));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export function decodeEntities(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/giu, (whole, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return ENTITIES[name ?? ''] ?? whole;
  });
}
