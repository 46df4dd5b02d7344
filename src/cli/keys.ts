/** `signet keys`: signing keys and their rollover. */
import type { Command } from 'commander';
import { createKeyAdmin, type Forcing, KEY_ALGORITHMS, type KeyAdmin, type ListedKey } from '../admin/keys.js';
import { findApplication } from '../admin/relying-party-names.js';
import type { SigningKey } from '../core/model/signing-key.js';
import { createSecretBox } from '../crypto/secret-box.js';
import { type Cli, doingOf, DRY_RUN, type DryRun, dryNote, type Opened, type Session, withExamples } from './context.js';
import { showTime, table, WrongUse } from './output.js';

interface Options extends DryRun {
  readonly force?: boolean;
}

export function registerKeys(command: Command, cli: Cli): void {
  withExamples(command, 'keys list', 'keys rotate --algorithm P-256');

  withExamples(command.command('list').summary('list the keys'), 'keys list', 'keys list --json').action(() =>
    cli.run(async (session) => {
      const listed = await openKeys(session, await session.open()).list();
      session.output.result(listed.map(toListedView), listed.length === 0 ? 'no keys yet: signet serve makes the first one' : showList(listed));
      return undefined;
    }),
  );

  withExamples(command.command('rotate').summary('make the next key, and publish it'), 'keys rotate', 'keys rotate --algorithm P-256 --dry-run')
    .option('--algorithm <algorithm>', `one of ${KEY_ALGORITHMS.join(', ')}`, 'RSA-2048')
    .option('--force', 'give up a next key that exists already')
    .option(...DRY_RUN)
    .action((options: Options & { readonly algorithm: string }) => cli.run((session) => rotate(session, options)));

  withExamples(command.command('promote').summary('let the next key sign'), 'keys promote', 'keys promote --rp https://app.example/metadata')
    .option('--rp <application>', 'for this application only')
    .option('--force', 'before everybody can have read our metadata')
    .option(...DRY_RUN)
    .action((options: Options & { readonly rp?: string }) => cli.run((session) => promote(session, options)));

  withExamples(command.command('retire').summary('stop publishing old keys, and remove them'), 'keys retire', 'keys retire --dry-run')
    .argument('[id]', 'one key; all old ones unless given')
    .option('--force', 'even when applications are set to it')
    .option(...DRY_RUN)
    .action((id: string | undefined, options: Options) => cli.run((session) => retire(session, id, options)));
}

function openKeys(session: Session, { storage, loaded, secretKey }: Opened): KeyAdmin {
  return createKeyAdmin({
    keys: storage.signingKeys,
    relyingParties: storage.relyingParties,
    box: createSecretBox(secretKey),
    clock: session.clock,
    commonName: new URL(loaded.settings.baseUrl).hostname,
  });
}

function forcing(options: Options): Forcing {
  return { ...doingOf(options), force: options.force === true };
}

async function rotate(session: Session, options: Options & { readonly algorithm: string }): Promise<undefined> {
  const algorithm = KEY_ALGORITHMS.find((known) => known.toLowerCase() === options.algorithm.toLowerCase());
  if (algorithm === undefined) throw new WrongUse(`--algorithm is "${options.algorithm.slice(0, 40)}"; use one of ${KEY_ALGORITHMS.join(', ')}.`);
  const key = await openKeys(session, await session.open()).rotate(algorithm, forcing(options));
  session.output.result(toView(key), `Made the next key ${key.id} (${key.algorithm})${dryNote(options)}`);
  if (options.dryRun !== true)
    session.output.hint('next: it is published in our metadata now. When applications have read it, let it sign with: signet keys promote');
  return undefined;
}

async function promote(session: Session, options: Options & { readonly rp?: string }): Promise<undefined> {
  const opened = await session.open();
  const only = options.rp === undefined ? undefined : await findApplication(opened.storage.relyingParties, options.rp);
  const { key, replaced } = await openKeys(session, opened).promote(only, forcing(options));
  const whom = only === undefined ? 'everybody' : only.metadata.entityId;
  session.output.result(
    { ...toView(key), for: only?.metadata.entityId ?? null, replaced: replaced?.id ?? null },
    `Key ${key.id} signs for ${whom} now${dryNote(options)}`,
  );
  if (replaced !== undefined && options.dryRun !== true)
    session.output.hint(`next: key ${replaced.id} is still published. When nobody needs it any more, remove it with: signet keys retire`);
  return undefined;
}

async function retire(session: Session, id: string | undefined, options: Options): Promise<undefined> {
  const keys = await openKeys(session, await session.open()).retire(id, forcing(options));
  session.output.result(keys.map(toView), `Removed ${keys.map((key) => key.id).join(', ')}${dryNote(options)}`);
  return undefined;
}

function showList(listed: readonly ListedKey[]): string {
  const rows = listed.map(({ key, pinnedBy, sha256Thumbprint }) => [
    key.id,
    key.state === 'retired' ? 'old' : key.state,
    key.algorithm,
    showTime(key.createdAt),
    showTime(key.expiresAt),
    sha256Thumbprint.slice(0, 16),
    pinnedBy.length === 0 ? undefined : pinnedBy.join(', '),
  ]);
  return table(['id', 'state', 'algorithm', 'made', 'ends', 'sha256', 'set for'], rows);
}

function toListedView({ key, pinnedBy, sha256Thumbprint }: ListedKey): Readonly<Record<string, unknown>> {
  return { ...toView(key), sha256Thumbprint, pinnedBy };
}

/** What may be shown of a key: everything but its private part. */
function toView(key: SigningKey): Readonly<Record<string, unknown>> {
  const { sealedPrivateKey: _sealed, createdAt, activatedAt, retiredAt, expiresAt, ...shown } = key;
  return {
    ...shown,
    createdAt: new Date(createdAt).toISOString(),
    activatedAt: activatedAt === undefined ? null : new Date(activatedAt).toISOString(),
    retiredAt: retiredAt === undefined ? null : new Date(retiredAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
  };
}
