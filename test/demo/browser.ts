/**
 * A browser as a script writes it: keeps cookies by host (ports share them), follows redirects, finds forms, and posts
 * hand-off forms on. It knows nothing about Signet's pages beyond HTML.
 */

export interface Form {
  readonly method: 'get' | 'post';
  /** Absolute. */
  readonly action: string;
  /** Fields with a name, as they stand. */
  readonly fields: Readonly<Record<string, string>>;
  readonly hasPassword: boolean;
}

export interface Page {
  readonly status: number;
  readonly url: string;
  readonly body: string;
  readonly forms: readonly Form[];
  /** Text of the first h1. */
  readonly heading: string;
}

export interface Browser {
  get(url: string): Promise<Page>;
  submit(form: Form, fields?: Readonly<Record<string, string>>): Promise<Page>;
  /** Posts hand-off forms (SAMLResponse, wresult) on until a page is left that has none. */
  handOff(page: Page): Promise<Page>;
  /** Fills in the form with the password field and goes on to the end. */
  signIn(page: Page, userName: string, password: string): Promise<Page>;
  /** The Cookie header for a host. */
  cookies(host: string): string;
}

const MOST_HOPS = 20;

export function createBrowser(): Browser {
  const jars = new Map<string, Map<string, string>>();
  const jar = (host: string): Map<string, string> => {
    const found = jars.get(host) ?? new Map<string, string>();
    jars.set(host, found);
    return found;
  };
  const cookies = (host: string): string => [...jar(host)].map(([name, value]) => `${name}=${value}`).join('; ');

  const send = async (address: string, init: { readonly method: string; readonly body?: string }): Promise<Page> => {
    let url = new URL(address);
    let { method, body } = init;
    for (let hop = 0; hop < MOST_HOPS; hop += 1) {
      const headers: Record<string, string> = { accept: 'text/html', cookie: cookies(url.hostname) };
      if (body !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
      const response = await fetch(url, { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) });
      for (const line of response.headers.getSetCookie()) keep(jar(url.hostname), line);
      const location = response.headers.get('location');
      if (location === null || response.status < 300 || response.status > 399) return readPage(response.status, url.href, await response.text());
      await response.arrayBuffer();
      url = new URL(location, url);
      method = 'GET';
      body = undefined;
    }
    throw new Error(`more than ${String(MOST_HOPS)} redirects, last to ${url.href}`);
  };

  const submit: Browser['submit'] = (form, fields = {}) => {
    const text = new URLSearchParams({ ...form.fields, ...fields }).toString();
    return form.method === 'get' ? send(`${form.action}?${text}`, { method: 'GET' }) : send(form.action, { method: 'POST', body: text });
  };

  const handOff: Browser['handOff'] = async (start) => {
    let page = start;
    for (let hop = 0; hop < MOST_HOPS; hop += 1) {
      const form = page.forms.find((entry) => 'SAMLResponse' in entry.fields || 'wresult' in entry.fields);
      if (form === undefined) return page;
      page = await submit(form);
    }
    throw new Error('hand-off forms without end');
  };

  return {
    get: (url) => send(url, { method: 'GET' }),
    submit,
    handOff,
    signIn: async (page, userName, password) => {
      const form = page.forms.find((entry) => entry.hasPassword);
      if (form === undefined) throw new Error(`no sign-in form at ${page.url} (${page.heading})`);
      return handOff(await submit(form, { username: userName, password }));
    },
    cookies,
  };
}

function keep(jar: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(/;\s*/u);
  const at = pair.indexOf('=');
  const name = pair.slice(0, at);
  if (attributes.some((entry) => /^max-age=0$/iu.test(entry)) || pair.length === at + 1) jar.delete(name);
  else jar.set(name, pair.slice(at + 1));
}

function readPage(status: number, url: string, body: string): Page {
  const heading = /<h1\b[^>]*>([\s\S]*?)<\/h1>/iu.exec(body)?.[1] ?? '';
  return { status, url, body, forms: readForms(url, body), heading: decodeHtml(heading.replaceAll(/<[^>]*>/gu, '')).trim() };
}

function readForms(url: string, body: string): readonly Form[] {
  return [...body.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/giu)].map(([, start = '', content = '']) => {
    const form = readAttributes(start);
    const inputs = [...content.matchAll(/<input\b([^>]*)>/giu)].map(([, text = '']) => readAttributes(text));
    const ticked = inputs.filter((input) => input['name'] !== undefined && (input['type'] !== 'checkbox' || 'checked' in input));
    return {
      method: form['method']?.toLowerCase() === 'post' ? 'post' : 'get',
      action: new URL(form['action'] ?? '', url).href,
      fields: Object.fromEntries(ticked.map((input) => [input['name'] ?? '', input['value'] ?? ''])),
      hasPassword: inputs.some((input) => input['type'] === 'password'),
    };
  });
}

function readAttributes(text: string): Readonly<Record<string, string>> {
  const found = [...text.matchAll(/([a-z][a-z-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/giu)];
  return Object.fromEntries(found.map(([, name = '', double, single, bare]) => [name.toLowerCase(), decodeHtml(double ?? single ?? bare ?? '')]));
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Text of HTML with its character references replaced. */
export function decodeHtml(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(amp|lt|gt|quot|apos));/giu, (_, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return decimal === undefined ? (NAMED[name ?? ''] ?? '') : String.fromCodePoint(Number(decimal));
  });
}
