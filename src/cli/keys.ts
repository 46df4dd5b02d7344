/** `signet keys`: signing keys and their rollover. */
import { X509Certificate } from 'node:crypto';
import type { Command } from 'commander';
import { readKeyMaterial } from '../admin/key-import.js';
import { createKeyAdmin, type Forcing, KEY_ALGORITHMS, type KeyAdmin, type ListedKey } from '../admin/keys.js';
import { findApplication } from '../admin/relying-party-names.js';
import { SignetError } from '../core/errors.js';
import type { SigningKey } from '../core/model/signing-key.js';
import { readCertificate } from '../crypto/certificate.js';
import { createSecretBox } from '../crypto/secret-box.js';
import { type Cli, doingOf, DRY_RUN, type DryRun, dryNote, type Opened, type Session, withExamples } from './context.js';
import { readBytes } from './files.js';
import { pairs, showTime, table, WrongUse } from './output.js';
import { type PasswordOptions, readPassword, withPasswordOptions } from './password-input.js';

interface Options extends DryRun {
  readonly force?: boolean;
}

interface ImportOptions extends Options, PasswordOptions {
  readonly key?: string;
  readonly thumbprint?: string;
  readonly promote?: boolean;
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

  const show = command.command('show').summary('show one key, its certificate and who issued it');
  withExamples(show, 'keys show', 'keys show --pem > signing.pem')
    .argument('[id]', 'the key; the one that signs unless given')
    .option('--pem', 'its certificate and those of its issuers, for a file')
    .action((id: string | undefined, options: { readonly pem?: boolean }) => cli.run((session) => showKey(session, id, options)));

  const load = command.command('import').summary('take a key over from another server, and publish it');
  withExamples(load, 'keys import adfs.pfx --password-file adfs.txt', 'keys import adfs.crt --key adfs.key --dry-run');
  withPasswordOptions(load)
    .argument('<file>', 'PKCS#12 (.pfx, .p12), or PEM with the certificate and its key')
    .option('--key <file>', 'the private key, where it has a file of its own')
    .option('--thumbprint <hex>', 'of the certificate, where the file holds several keys')
    .option('--promote', 'let it sign at once: for a key that all applications know already; needs --force while another key signs')
    .option('--force', 'with --promote; and give up a next key that exists already')
    .option(...DRY_RUN)
    .action((file: string, options: ImportOptions) => cli.run((session) => importKey(session, file, options)));

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

async function showKey(session: Session, id: string | undefined, { pem }: { readonly pem?: boolean }): Promise<undefined> {
  const listed = await openKeys(session, await session.open()).list();
  const found = listed.find(({ key }) => (id === undefined ? key.state === 'active' : key.id === id));
  if (found === undefined)
    throw new SignetError(
      'not_found',
      id === undefined ? 'No key signs yet; see: signet keys list' : `There is no key ${id.slice(0, 40)}; see: signet keys list`,
    );
  const { certificate, chain = [] } = found.key;
  if (pem === true) session.output.raw([certificate, ...chain].map(toPem).join(''));
  else session.output.result(toListedView(found), describeKey(found));
  return undefined;
}

async function importKey(session: Session, file: string, options: ImportOptions): Promise<undefined> {
  const paths = [file, ...(options.key === undefined ? [] : [options.key])];
  const files = await Promise.all(paths.map(async (name) => ({ name, bytes: await readBytes(name) })));
  const password = await readPassword(options, session.stdin);
  const material = await readKeyMaterial(files, { ...options, ...(password === undefined ? {} : { password }) });
  const doing = { ...forcing(options), promote: options.promote === true };
  const { key, replaced } = await openKeys(session, await session.open()).importKey(material, doing);
  material.privateKey.fill(0);
  const what = `${key.id} (${key.algorithm}, ${readCertificate(key.certificate).subject})`;
  const done = doing.promote ? `Imported the key ${what}, and it signs now` : `Imported the next key ${what}`;
  session.output.result({ ...toView(key), replaced: replaced?.id ?? null }, `${done}${dryNote(options)}`);
  const now = session.clock.now();
  if (key.expiresAt < now) session.output.hint(`note: its certificate ended ${showTime(key.expiresAt)}; applications that look at the date refuse it.`);
  if (doing.dryRun || doing.promote) return undefined;
  session.output.hint('next: it is published in our metadata now. When applications know it, let it sign with: signet keys promote');
  return undefined;
}

function toPem(certificate: string): string {
  return `-----BEGIN CERTIFICATE-----\n${certificate.replaceAll(/.{1,64}/gu, '$&\n')}-----END CERTIFICATE-----\n`;
}

function describeKey({ key, pinnedBy, sha256Thumbprint }: ListedKey): string {
  const [own, ...issuers] = [key.certificate, ...(key.chain ?? [])].map((certificate) => new X509Certificate(Buffer.from(certificate, 'base64')));
  return pairs([
    ['id', key.id],
    ['state', stateOf(key)],
    ['algorithm', key.algorithm],
    ['certificate', own?.subject],
    ['issued by', own?.issuer === own?.subject ? 'itself' : own?.issuer],
    ...issuers.map(({ subject }) => ['kept beside it', subject] as const),
    ['made', showTime(key.createdAt)],
    ['ends', showTime(key.expiresAt)],
    ['sha1', own?.fingerprint.replaceAll(':', '')],
    ['sha256', sha256Thumbprint.toUpperCase()],
    ['set for', pinnedBy.length === 0 ? undefined : pinnedBy.join(', ')],
  ]);
}

function stateOf({ state }: SigningKey): string {
  return state === 'retired' ? 'old' : state;
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
    stateOf(key),
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
