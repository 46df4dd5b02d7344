/** HttpReply -> what goes over the wire: status, headers, text. The same for protocols in front of Express and for pages behind it. */
import type { ServerResponse } from 'node:http';
import { asciiAddress, isWebAddress } from '../core/model/reply-address.js';
import type { HttpReply, PageReply } from '../http/reply.js';
import type { Base } from './base.js';
import type { HandOff } from './hand-off.js';
import type { HeaderList, PagePolicy, SecurityHeaders } from './security-headers.js';
import type { Views } from './views.js';

export interface Answer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: string;
}

/** What a page may need to know about the browser it goes to. */
export interface PageContext {
  /** The token for the page's forms; makes a visitor's cookie when there is nothing to bind it to. */
  csrf(): string;
  /** Set-Cookie values that the answer must carry. */
  readonly setCookies: readonly string[];
}

/** What a presenter makes of a page's values: the text for its view, and where its forms may lead. */
export interface Presented {
  readonly model: Readonly<Record<string, unknown>> & { readonly title: string };
  readonly policy: PagePolicy;
  /** Beside those that the reply brings. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** From the plain values of a PageReply to what its view shows. */
export type Presenter = (model: Readonly<Record<string, unknown>>, context: PageContext) => Presented;

export interface ReplyParts {
  readonly base: Base;
  readonly headers: SecurityHeaders;
  readonly views: Views;
  readonly handOff: HandOff;
  /** By view. */
  readonly presenters: Readonly<Record<string, Presenter>>;
}

const HTML = 'text/html; charset=utf-8';
/** SAML Bindings 3.4.5.1, 3.5.5.1: nothing of a sign-on is kept by anybody on the way. */
const NOT_KEPT: HeaderList = ['cache-control', 'no-cache, no-store', 'pragma', 'no-cache'];

/** A function that turns a reply into an answer. */
export function createReplies(parts: ReplyParts): (reply: HttpReply, context: PageContext) => Answer {
  const html = (policy: PagePolicy): HeaderList => [...parts.headers[policy], ...NOT_KEPT, 'content-type', HTML];
  const pageHeaders: Readonly<Record<PagePolicy, HeaderList>> = {
    page: html('page'),
    'hand-off': html('hand-off'),
    'sign-out': html('sign-out'),
    framed: html('framed'),
    'framed-hand-off': html('framed-hand-off'),
  };
  const redirectHeaders: HeaderList = [...parts.headers.bare, ...NOT_KEPT];

  const page = (reply: PageReply, context: PageContext): Answer => {
    const presenter = parts.presenters[reply.view];
    if (presenter === undefined) throw new Error(`nothing presents ${reply.view}`);
    const { model, policy, headers } = presenter(reply.model, context);
    return { status: reply.status, headers: [...pageHeaders[policy], ...flat(headers), ...flat(reply.headers)], body: parts.views.render(reply.view, model) };
  };

  return (reply, context) => {
    switch (reply.kind) {
      case 'post-form':
        return { status: 200, headers: pageHeaders[reply.framed === true ? 'framed-hand-off' : 'hand-off'], body: parts.handOff(reply) };
      case 'redirect':
        return { status: reply.status ?? 302, headers: [...redirectHeaders, 'location', locate(parts.base, reply.location)], body: '' };
      case 'text':
        return {
          status: reply.status,
          headers: [
            ...parts.headers.bare,
            ...(reply.headers?.['cache-control'] === undefined ? NOT_KEPT : []),
            'content-type',
            reply.type,
            ...flat(reply.headers),
          ],
          body: reply.body,
        };
      case 'page':
        return page(reply, context);
    }
  };
}

function flat(headers: Readonly<Record<string, string>> | undefined): HeaderList {
  return Object.entries(headers ?? {}).flat();
}

/** One of our own paths gets the base's path in front; an absolute address stands as the protocol checked it (threats U08). */
function locate(base: Base, location: string): string {
  if (isWebAddress(location)) return asciiAddress(location);
  if (/^\/(?![/\\])[\x21-\x7e]*$/u.test(location)) return base.link(location);
  throw new Error('a redirect to neither a path of ours nor an absolute address');
}

/** Sends an answer in one write: headers and body together, with a content-length. */
export function send(response: ServerResponse, answer: Answer, setCookies: readonly string[]): void {
  const { status, headers, body } = answer;
  const list = [...headers];
  for (const cookie of setCookies) list.push('set-cookie', cookie);
  const length = Buffer.byteLength(body);
  // 304 has no body and says nothing about the length of one (RFC 9110 15.4.5).
  if (status !== 304) list.push('content-length', String(length));
  response.writeHead(status, list);
  // As many bytes as characters: plain ASCII, which this encoding copies as it is.
  response.end(body, length === body.length ? 'latin1' : 'utf8');
}
