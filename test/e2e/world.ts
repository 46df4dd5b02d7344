/** One node with people and applications for all the tests that need no node of their own: started by the first, gone with the process. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Browser, send, type Shown } from '../support/browser.js';
import { startNode, type TestNode } from '../support/node.js';
import { until } from '../support/patience.js';
import { type Application, type Applications, type PartyPlan, startApplications } from '../support/service-provider.js';

export const MARIA = { name: 'maria', password: 'seven quiet herons wade' } as const;
export const TOM = { name: 'tom', password: 'nine loud magpies argue' } as const;

export interface World {
  readonly node: TestNode;
  readonly applications: Applications;
  readonly idpMetadata: string;
  readonly folder: string;
  /** Registers applications by the command line; settings as `rp set` takes them. Waits until the node knows the last one. */
  register(plans: readonly RegisterPlan[]): Promise<readonly Application[]>;
}

export interface RegisterPlan extends Omit<PartyPlan, 'idpMetadata'> {
  readonly settings?: readonly string[];
  /** What people call it; its name unless given. */
  readonly title?: string;
  /** Another copy than the one from the start. */
  readonly idpMetadata?: string;
}

let world: Promise<World> | undefined;
let applications: Promise<Applications> | undefined;

/** The shared process of applications, for nodes of their own as well: names there are used once. */
export function theApplications(): Promise<Applications> {
  applications ??= startApplications();
  return applications;
}

/** The shared node. */
export function theWorld(): Promise<World> {
  world ??= start();
  return world;
}

async function start(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'signet-world-'));
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const [node, shared] = await Promise.all([startNode({ data: join(folder, 'data') }), theApplications()]);
  const person = (name: string, password: string, ...more: readonly string[]): readonly string[] => ['user', 'add', name, '--password', password, ...more];
  await node.all([
    person(
      MARIA.name,
      MARIA.password,
      '--email',
      'maria@example.com',
      '--given-name',
      'Maria',
      '--surname',
      'Silva',
      '--display-name',
      'Maria Silva',
      '--group',
      'Sales',
      '--group',
      'Everyone',
    ),
    person(TOM.name, TOM.password, '--email', 'tom@example.com', '--group', 'Finance'),
  ]);
  const idpMetadata = (await send(`${node.origin}/saml/metadata`)).body;
  const made = { node, applications: shared, idpMetadata, folder };
  return { ...made, register: (plans) => register(made, plans) };
}

async function register(at: Omit<World, 'register'>, plans: readonly RegisterPlan[]): Promise<readonly Application[]> {
  const added: Application[] = [];
  const commands: (readonly string[])[] = [];
  for (const { settings = [], title, ...plan } of plans) {
    const application = await at.applications.add({ idpMetadata: at.idpMetadata, ...plan });
    const file = join(at.folder, `${plan.name}.xml`);
    writeFileSync(file, application.metadata);
    commands.push(['rp', 'add', file, '--name', title ?? plan.name]);
    if (settings.length > 0) commands.push(['rp', 'set', application.entityId, ...settings]);
    added.push(application);
  }
  await at.node.all(commands);
  const last = added.at(-1);
  if (last !== undefined) await untilKnown(at.node, last);
  return added;
}

/** Polls the way a person's link would until the node knows the application: within two seconds by contract. */
export async function untilKnown(node: TestNode, application: Pick<Application, 'name' | 'entityId'>): Promise<void> {
  const start = `${node.origin}/saml/sso/init?sp=${encodeURIComponent(application.entityId)}`;
  await until(`${application.name} is known`, async () => (await send(start)).status === 200, 2000);
}

/** A browser in which somebody is signed in. */
export async function signedIn(world: World, person: { readonly name: string; readonly password: string } = MARIA): Promise<Browser> {
  const browser = new Browser();
  const page = await browser.signIn(await browser.open(world.node.url('/login')), person);
  if (page.status !== 200 || page.url.pathname !== '/')
    throw new Error(`the sign-in did not end at the launcher: ${String(page.status)} ${page.url.href} ${page.text.slice(0, 200)}`);
  return browser;
}

/** The trace of a refusal, as the command line prints it. Refusals are written within a fifth of a second. */
export async function traceOf(node: TestNode, reference: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const [printed] = await node.all([['trace', reference, '--json']], { retryMs: 1000 });
  return JSON.parse(printed ?? '') as readonly Readonly<Record<string, unknown>>[];
}

/** The reference an error page shows. */
export function referenceOf(page: Pick<Shown, 'body'>): string {
  const reference = /SGN-[0-9A-Z]{4}-[0-9A-Z]{4}/u.exec(page.body)?.[0];
  if (reference === undefined) throw new Error(`no reference in: ${page.body.slice(0, 300)}`);
  return reference;
}
