/** Applications for tests of signing out: two that answer, two by SAML and two by WS-Federation that are lost, and what a person does with them. */
import { createServer } from 'node:net';
import type { Page } from 'playwright-core';
import { send } from '../support/browser.js';
import { until } from '../support/patience.js';
import type { Application } from '../support/service-provider.js';
import { freePort } from '../support/services/instance.js';
import { startWsfedApplication, type WsfedApplication } from '../support/wsfed-application.js';
import { signInQuery } from '../support/wsfed-party.js';
import { MARIA, theWorld, type World } from './world.js';

/** An application that gets a token and is never heard of again. */
export interface Lost {
  readonly what: string;
  readonly name: string;
  /** What is said of it at last; without script nobody can tell whether a clean-up address was reached. */
  readonly result: { readonly scripts: string; readonly plain: string };
  readonly address: string;
}

export interface SignOutWorld {
  readonly world: World;
  /** Acme Expenses: SAML, asked by Redirect. */
  readonly expenses: Application;
  /** Ledger: SAML, asked by POST only. */
  readonly ledger: Application;
  /** Northwind Wiki: WS-Federation. */
  readonly wiki: WsfedApplication;
  readonly lost: { readonly samlGone: Lost; readonly samlHangs: Lost; readonly wsfedGone: Lost; readonly wsfedHangs: Lost };
}

let made: Promise<SignOutWorld> | undefined;

/** Registered once for all tests. */
export function theSignOutWorld(): Promise<SignOutWorld> {
  made ??= make();
  return made;
}

async function make(): Promise<SignOutWorld> {
  const world = await theWorld();
  const hanging = await silence();
  const gone = `http://127.0.0.1:${String(await freePort())}/`;
  const wiki = await startWsfedApplication('urn:example:sign-out-wiki', world.node.url('/wsfed'));
  const plan = { toolkit: 'node-saml', binding: 'redirect', signsRequests: true, decrypts: false, wantsSigned: ['assertion', 'response'] } as const;
  const [expenses, ledger, samlGone, samlHangs] = await world.register([
    { ...plan, name: 'out-expenses', title: 'Acme Expenses', signsOut: { binding: 'redirect' } },
    { ...plan, name: 'out-ledger', title: 'Ledger', signsOut: { binding: 'post' } },
    { ...plan, name: 'out-gone', title: 'Gone', signsOut: { binding: 'redirect', at: gone } },
    { ...plan, name: 'out-hangs', title: 'Hanging', signsOut: { binding: 'redirect', at: hanging } },
  ]);
  if (expenses === undefined || ledger === undefined || samlGone === undefined || samlHangs === undefined) throw new Error('applications are missing');
  const realms = { gone: 'urn:example:sign-out-gone', hangs: 'urn:example:sign-out-hangs' };
  const add = (realm: string, reply: string, name: string): readonly string[] => ['rp', 'add-wsfed', realm, '--reply', reply, '--name', name];
  await world.node.all([add(wiki.realm, wiki.reply, 'Northwind Wiki'), add(realms.gone, gone, 'Gone'), add(realms.hangs, hanging, 'Hanging')]);
  const tokenFor = (realm: string): string => world.node.url(`/wsfed?${signInQuery({ wtrealm: realm })}`);
  await until('the realms are known', async () => (await send(tokenFor(realms.hangs))).status === 200, 3000);
  const silent = 'asked, no answer';
  return {
    world,
    expenses,
    ledger,
    wiki,
    lost: {
      samlGone: { what: 'a SAML application that is gone', name: 'Gone', result: { scripts: silent, plain: silent }, address: startAt(world, samlGone) },
      samlHangs: { what: 'a SAML application that hangs', name: 'Hanging', result: { scripts: silent, plain: silent }, address: startAt(world, samlHangs) },
      wsfedGone: {
        what: 'a WS-Federation application that is gone',
        name: 'Gone',
        result: { scripts: silent, plain: 'asked' },
        address: tokenFor(realms.gone),
      },
      wsfedHangs: {
        what: 'a WS-Federation application that hangs',
        name: 'Hanging',
        result: { scripts: silent, plain: 'asked' },
        address: tokenFor(realms.hangs),
      },
    },
  };
}

function startAt(world: World, { entityId }: Application): string {
  return world.node.url(`/saml/sso/init?sp=${encodeURIComponent(entityId)}`);
}

/** The address of a server that takes connections and never says a word. It does not keep the process. */
async function silence(): Promise<string> {
  const server = createServer().unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = server.address();
  return `http://127.0.0.1:${String(typeof at === 'object' && at !== null ? at.port : 0)}/`;
}

/** A person at a browser, who presses what a script would have pressed. */
export interface Person {
  signIn(): Promise<void>;
  /** Fills in the sign-in form that is shown. */
  fillIn(): Promise<void>;
  /** Opens an application, which asks us; nothing is typed. */
  open(application: Application | WsfedApplication): Promise<void>;
  /** Goes on from what we show to an application. */
  goOn(): Promise<void>;
  /** Has a token issued that nobody takes. */
  lose(application: Lost): Promise<void>;
  /** On /logout. */
  pressSignOut(): Promise<void>;
  /** Waits for the result page, or for where a sign-out goes on by itself. */
  untilOver(): Promise<void>;
  /** Rows of the result: application, what it says. */
  results(): Promise<Readonly<Record<string, string>>>;
}

export function personAt({ world: { node } }: SignOutWorld, page: Page, scripts: boolean): Person {
  const press = async (): Promise<void> => {
    const button = page.locator('form:has(input[type=hidden][name^=SAML]) button, form:has(input[type=hidden][name=wresult]) button');
    if (!scripts && new URL(page.url()).origin === node.baseUrl && (await button.count()) === 1) await button.click();
  };
  const fillIn = async (): Promise<void> => {
    await page.fill('input[name=username]', MARIA.name);
    await page.fill('input[type=password]', MARIA.password);
    await page.press('input[type=password]', 'Enter');
  };
  const goOn = async (): Promise<void> => {
    await press();
    await page.waitForURL((url) => url.origin !== node.baseUrl);
  };
  return {
    signIn: async () => {
      await page.goto(node.url('/login'));
      await fillIn();
      await page.waitForURL(node.url('/'));
    },
    fillIn,
    goOn,
    open: async ({ loginUrl }) => {
      await page.goto(typeof loginUrl === 'string' ? loginUrl : loginUrl());
      await goOn();
    },
    lose: async ({ address }) => {
      await page.context().request.get(address);
    },
    pressSignOut: async () => {
      await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click();
    },
    untilOver: async () => {
      await page.waitForURL((url) => url.origin !== node.baseUrl || url.pathname === '/logout/done');
      if ((await page.locator('#back').count()) === 0) await press();
    },
    results: async () => {
      await page.waitForURL((url) => url.origin === node.baseUrl && url.pathname === '/logout/done');
      const names = await page.locator('tbody th').allInnerTexts();
      const words = await page.locator('tbody .tag').allInnerTexts();
      return Object.fromEntries(names.map((name, index) => [name, words[index] ?? '']));
    },
  };
}
