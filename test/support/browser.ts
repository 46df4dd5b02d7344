/**
 * A browser without a screen: keeps cookies by their rules, follows redirects, fills in the form that asks for a password,
 * and submits hand-off forms. It knows nothing of Signet but what every sign-in page has.
 */
import { Agent, type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type Cause, CookieJar } from './cookie-jar.js';
import { type Form, readForms, readText } from './html-forms.js';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request of a way that ended on a page. */
export interface Hop {
  readonly method: string;
  readonly url: URL;
  readonly status: number;
  /** Whether cookies went along. */
  readonly cookies: boolean;
}

export interface Shown extends Answer {
  readonly url: URL;
  readonly forms: readonly Form[];
  readonly text: string;
  /** From the first request to this page. */
  readonly hops: readonly Hop[];
}

export interface Sending {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

const MOST_HOPS = 20;
const TIMEOUT_MS = 30_000;

/** One request and its whole answer, nothing followed. Over TLS any certificate will do. */
export function send(url: URL | string, sending: Sending = {}, agent?: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = sending.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(sending.body)) };
    const options = {
      method: sending.method ?? 'GET',
      headers: { ...length, ...sending.headers },
      timeout: TIMEOUT_MS,
      ...(agent === undefined ? {} : { agent }),
    };
    const begin = new URL(url).protocol === 'https:' ? httpsRequest : httpRequest;
    const request = begin(url, { ...options, rejectUnauthorized: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
    request.on('timeout', () => request.destroy(new Error(`no answer from ${String(url)}`)));
    request.on('error', reject);
    request.end(sending.body);
  });
}

export class Browser {
  readonly jar = new CookieJar();
  readonly #agent = new Agent({ keepAlive: true });

  /** Opens an address; `from` is the page whose link it was, without it somebody typed it. */
  async open(address: URL | string, from?: URL): Promise<Shown> {
    return this.#go({ method: 'GET', url: new URL(address) }, from);
  }

  /** Submits a form of a page, as it stands or with changed fields. */
  async submit(page: Pick<Shown, 'url'>, form: Form, changes: Readonly<Record<string, string>> = {}): Promise<Shown> {
    const fields = new URLSearchParams([...new Map([...form.fields, ...Object.entries(changes)])]);
    if (form.method === 'POST') return this.#go({ method: 'POST', url: form.action, body: String(fields) }, page.url);
    const url = new URL(form.action);
    url.search = String(fields);
    return this.#go({ method: 'GET', url }, page.url);
  }

  /** Submits hand-off forms until a page has none. */
  async handOff(page: Shown): Promise<Shown> {
    let shown = page;
    for (let count = 0; count < MOST_HOPS; count += 1) {
      const form = shown.forms.find((candidate) => candidate.handsOff);
      if (form === undefined || shown.status !== 200) return shown;
      shown = await this.submit(shown, form);
    }
    throw new Error('hand-off forms without end');
  }

  /** Fills in the one form that asks for a password. */
  async signIn(page: Shown, person: { readonly name: string; readonly password: string }): Promise<Shown> {
    return this.submit(page, passwordForm(page), { username: person.name, password: person.password });
  }

  close(): void {
    this.#agent.destroy();
  }

  async #go(first: { readonly method: string; readonly url: URL; readonly body?: string }, from: URL | undefined): Promise<Shown> {
    const hops: Hop[] = [];
    const foreign = from !== undefined && !isSameSite(from, first.url);
    let { method, url, body } = { body: undefined, ...first };
    while (hops.length < MOST_HOPS) {
      const cookie = this.jar.header(url, causeOf(method, foreign));
      const headers = {
        accept: 'text/html',
        ...(cookie === undefined ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      };
      const answer = await send(url, { method, headers, ...(body === undefined ? {} : { body }) }, this.#agent);
      this.jar.keep(url, answer.headers['set-cookie'] ?? []);
      hops.push({ method, url, status: answer.status, cookies: cookie !== undefined });
      const { location } = answer.headers;
      if (location === undefined || answer.status < 300 || answer.status > 399) {
        return { ...answer, url, forms: readForms(answer.body, url), text: readText(answer.body), hops };
      }
      if (answer.status < 307) {
        method = 'GET';
        body = undefined;
      }
      url = new URL(location, url);
    }
    throw new Error(`redirects without end: ${hops.map((hop) => hop.url.href).join(' ')}`);
  }
}

/** The form that asks for a password: there must be exactly one. */
export function passwordForm(page: Shown): Form {
  const [form, second] = page.forms.filter((candidate) => candidate.asksPassword);
  if (form === undefined || second !== undefined)
    throw new Error(`${form === undefined ? 'no' : 'more than one'} form with a password: ${String(page.status)} ${page.text.slice(0, 300)}`);
  return form;
}

/** Ports do not make sites; for the names used here the host is the site. */
function isSameSite(a: URL, b: URL): boolean {
  return a.hostname === b.hostname && a.protocol === b.protocol;
}

function causeOf(method: string, foreign: boolean): Cause {
  if (!foreign) return 'same-site';
  return method === 'POST' ? 'cross-site-post' : 'cross-site-get';
}
