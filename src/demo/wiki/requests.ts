/** What the Wiki asks of Signet (WS-Federation 1.2, 13.2), and which answers it waits for. */
import { createNewest } from '../shared/newest.js';
import { randomName } from '../shared/sessions.js';
import type { Issuer } from './issuer.js';

export const WIKI_NAME = 'Northwind Wiki';
/** The same whatever port is free, so that a kept data folder finds its application again. */
export const WIKI_REALM = 'https://wiki.northwind.example/';
/** Takes tokens, and is told of sign-outs. */
export const ANSWER_PATH = '/wsfed';
export const SIGNED_OUT_PATH = '/signed-out';
const WAITS_MS = 3_600_000;
const MOST = 1000;

/** A question that waits for its answer. */
export interface Asked {
  /** Comes back with the answer, as it was sent. */
  readonly wctx: string;
  /** The browser that was sent to ask: nobody can be signed in with somebody else's answer. */
  readonly browser: string;
  /** The page that was wanted. */
  readonly wanted: string;
  readonly fresh: boolean;
  readonly at: number;
}

export interface Requests {
  ask(about: Pick<Asked, 'browser' | 'wanted' | 'fresh'>): Asked;
  /** Gives a question once, to the browser that asked it. */
  answered(wctx: string, browser: string | undefined): Asked | undefined;
}

export function createRequests(now: () => number): Requests {
  const waiting = createNewest<Asked>(MOST);
  return {
    ask: (about) => {
      const asked = { ...about, wctx: randomName(), at: now() };
      waiting.set(asked.wctx, asked);
      return asked;
    },
    answered: (wctx, browser) => {
      const found = waiting.get(wctx);
      if (found === undefined || found.browser !== browser) return undefined;
      waiting.take(wctx);
      return found.at + WAITS_MS > now() ? found : undefined;
    },
  };
}

/** The address that asks for a token; `changes` are for what is asked beyond the usual. */
export function signInUrl(issuer: Issuer, origin: string, asked: Asked, changes: Readonly<Record<string, string>> = {}): string {
  return address(issuer, {
    wa: 'wsignin1.0',
    wtrealm: WIKI_REALM,
    wreply: `${origin}${ANSWER_PATH}`,
    wctx: asked.wctx,
    wct: new Date(asked.at).toISOString(),
    // Zero minutes: a sign-in that is older than the question will not do.
    ...(asked.fresh ? { wfresh: '0' } : {}),
    ...changes,
  });
}

/** The address that signs out everywhere and comes back. */
export function signOutUrl(issuer: Issuer, origin: string): string {
  return address(issuer, { wa: 'wsignout1.0', wreply: `${origin}${SIGNED_OUT_PATH}` });
}

function address(issuer: Issuer, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(issuer.passiveUrl);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
