/** The page of a sign-out as a browser without a screen goes through it: its frames are loaded one by one. */
import type { Browser, Shown } from './browser.js';
import { decodeEntities } from './html-forms.js';
import type { TestNode } from './node.js';
import { send } from './browser.js';

export interface SignOutSeen {
  readonly page: Shown;
  /** What was in each frame at the end. */
  readonly frames: readonly Shown[];
  /** By the name of the application. */
  readonly states: Readonly<Record<string, string>>;
  /** Where the page goes then. */
  readonly done: URL;
}

/** Signs out at our own page. */
export async function signOutAtOurs(browser: Browser, node: TestNode): Promise<SignOutSeen> {
  const ask = await browser.open(node.url('/logout'));
  const form = ask.forms.find((candidate) => candidate.method === 'POST' && candidate.action.pathname === '/logout');
  if (form === undefined) throw new Error(`no form: ${ask.text}`);
  return throughFrames(browser, await browser.submit(ask, form));
}

/** Loads the frames of a page that tells the applications, and asks it how things stand. */
export async function throughFrames(browser: Browser, page: Shown): Promise<SignOutSeen> {
  const [, tag = ''] = /<table([^>]*id="sign-out"[^>]*)>/u.exec(page.body) ?? [];
  const address = (name: string): URL => new URL(decodeEntities(new RegExp(`${name}="([^"]*)"`, 'u').exec(tag)?.[1] ?? ''), page.url);
  const frames: Shown[] = [];
  for (const [, source = '', direct] of page.body.matchAll(/<iframe src="([^"]*)"(?: data-direct="([^"]*)")?/gu)) {
    frames.push(await browser.handOff(await browser.open(new URL(decodeEntities(direct ?? source), page.url), page.url)));
  }
  const names = new Map(
    [...page.body.matchAll(/<tr [^>]*data-key="([^"]*)"[^>]*><th[^>]*>([^<]*)</gu)].map(([, key = '', name = '']) => [key, decodeEntities(name)]),
  );
  const { applications } = JSON.parse((await send(address('data-progress'))).body) as { applications: readonly { key: string; state: string }[] };
  const states = Object.fromEntries(applications.map(({ key, state }) => [names.get(key) ?? key, state]));
  return { page, frames, states, done: address('data-done') };
}
