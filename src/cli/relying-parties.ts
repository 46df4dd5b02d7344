/** `signet rp`: applications. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { describeCertificate, describeReplyAddress } from '../admin/metadata-changes.js';
import type { MetadataSource, SourceOptions } from '../admin/metadata-source.js';
import { RELYING_PARTY_SETTINGS } from '../admin/relying-party-settings.js';
import { createRelyingPartyAdmin, nameOf, type RelyingPartyAdmin } from '../admin/relying-parties.js';
import type { RelyingPartyRecord } from '../core/model/relying-party.js';
import { randomToken } from '../crypto/random.js';
import { readAssignments } from './assignments.js';
import { type Cli, doingOf, DRY_RUN, type DryRun, dryNote, readCount, type Session, withExamples } from './context.js';
import { pairs, showTime, table, WrongUse } from './output.js';
import { unreadable } from './password-input.js';

interface AddOptions extends SourceOptions, DryRun {
  readonly name?: string;
  readonly enable?: boolean;
  readonly draft?: boolean;
  readonly entityId?: string;
}

interface ListOptions {
  readonly text?: string;
  readonly disabled?: boolean;
  readonly limit?: string;
}

const PAGE = 500;

export function registerRelyingParties(command: Command, cli: Cli): void {
  withExamples(command, 'rp add https://app.example/saml/metadata', 'rp set https://app.example/metadata sign=assertion groups=Sales');

  const add = command
    .command('add')
    .summary('register an application from its SAML metadata')
    .argument('<file-or-url>', 'SAML metadata of the service provider');
  withExamples(withSourceOptions(add), 'rp add metadata.xml --name "Acme Expenses"', 'rp add https://app.example/saml/metadata --draft --dry-run')
    .option('--name <name>', 'what people call it; from the metadata unless given')
    .option('--enable', 'open it for everyone (what happens without an option)')
    .option('--draft', 'register it switched off')
    .option('--entity-id <id>', 'which one, when the file holds several')
    .option(...DRY_RUN)
    .action((source: string, options: AddOptions) => cli.run((session) => addApplication(session, source, options)));

  const list = command.command('list').summary('list applications');
  withExamples(list, 'rp list', 'rp list --text expenses --json')
    .option('--text <text>', 'part of an identifier or name')
    .option('--disabled', 'only those that are switched off')
    .option('--limit <n>', 'at most so many')
    .action((options: ListOptions) => cli.run((session) => listApplications(session, options)));

  const show = command.command('show').summary('show an application: what its metadata says, and what is set beside it');
  withExamples(show, 'rp show https://app.example/metadata', 'rp show "Acme Expenses" --json')
    .argument('<application>', 'identifier or name')
    .action((application: string) =>
      cli.run(async (session) => {
        const record = await (await openAdmin(session)).find(application);
        session.output.result(toView(record), describe(record));
        return undefined;
      }),
    );

  const set = command.command('set').summary('set what the metadata does not say, or says otherwise');
  withExamples(set, 'rp set https://app.example/metadata sign=assertion lifetime=10m', 'rp set https://app.example/metadata groups= nameid-format=email')
    .argument('<application>', 'identifier or name')
    .argument('<assignment...>', 'KEY=VALUE; an empty value gives the word back to the metadata')
    .option('--allow-http', 'reply addresses with plain http')
    .option(...DRY_RUN)
    .addHelpText('after', `\nKeys: enabled, ${RELYING_PARTY_SETTINGS.map(({ key, repeatable }) => `${key}${repeatable ? ' (repeatable)' : ''}`).join(', ')}.`)
    .action((application: string, texts: readonly string[], options: SourceOptions & DryRun) =>
      cli.run((session) => setApplication(session, application, texts, options)),
    );

  verb(command, cli, 'enable', 'switch an application on', 'Enabled', (admin, name, doing) => admin.setEnabled(name, true, doing));
  verb(command, cli, 'disable', 'switch an application off', 'Disabled', (admin, name, doing) => admin.setEnabled(name, false, doing));
  verb(command, cli, 'remove', 'remove an application', 'Removed', (admin, name, doing) => admin.remove(name, doing));

  const refresh = command.command('refresh').summary('read the metadata of an application again').argument('<application>', 'identifier or name');
  withExamples(withSourceOptions(refresh), 'rp refresh https://app.example/metadata', 'rp refresh "Acme Expenses" new-metadata.xml --dry-run')
    .argument('[file-or-url]', 'where to read it from; from where it came unless given')
    .option(...DRY_RUN)
    .action((application: string, source: string | undefined, options: SourceOptions & DryRun) =>
      cli.run((session) => refreshApplication(session, application, source, options)),
    );
}

function withSourceOptions(command: Command): Command {
  return command
    .option('--allow-http', 'plain http, for the metadata and for reply addresses')
    .option('--allow-private', 'fetch from loopback and private addresses');
}

type Doing = Parameters<RelyingPartyAdmin['remove']>[1];

function verb(
  command: Command,
  cli: Cli,
  name: string,
  summary: string,
  done: string,
  work: (admin: RelyingPartyAdmin, application: string, doing: Doing) => Promise<RelyingPartyRecord>,
): void {
  withExamples(command.command(name).summary(summary), `rp ${name} https://app.example/metadata`, `rp ${name} "Acme Expenses" --dry-run`)
    .argument('<application>', 'identifier or name')
    .option(...DRY_RUN)
    .action((application: string, options: DryRun) =>
      cli.run(async (session) => {
        const record = await work(await openAdmin(session), application, doingOf(options));
        session.output.result(toView(record), `${done} ${title(record)}${dryNote(options)}`);
        return undefined;
      }),
    );
}

async function openAdmin(session: Session): Promise<RelyingPartyAdmin> {
  const { storage, loaded } = await session.open();
  return createRelyingPartyAdmin({
    relyingParties: storage.relyingParties,
    signingKeys: storage.signingKeys,
    clock: session.clock,
    makeId: randomToken,
    entityId: loaded.settings.entityId,
    fetchAllow: loaded.settings.fetchAllow,
  });
}

/** An address, or a file, whose full path is kept so that it can be read again from anywhere. */
async function readSource(text: string): Promise<MetadataSource> {
  if (/^[a-z][a-z0-9+.-]+:\/\//iu.test(text)) return { kind: 'url', location: text };
  const location = resolve(text);
  try {
    return { kind: 'file', location, bytes: await readFile(location) };
  } catch (error) {
    throw unreadable(location, error);
  }
}

async function addApplication(session: Session, source: string, options: AddOptions): Promise<undefined> {
  if (options.enable === true && options.draft === true) throw new WrongUse('--enable and --draft exclude each other; give one.');
  const read = await readSource(source);
  const admin = await openAdmin(session);
  const { record, findings } = await admin.add(
    read,
    {
      ...sourceOptions(options),
      enabled: options.draft !== true,
      ...(options.name === undefined ? {} : { name: options.name }),
      ...(options.entityId === undefined ? {} : { entityId: options.entityId }),
    },
    doingOf(options),
  );
  const { baseUrl } = (await session.settings()).settings;
  const { output } = session;
  output.result({ ...toView(record), findings }, `Added ${title(record)}${record.enabled ? '' : ', switched off'}${dryNote(options)}`);
  for (const finding of findings) output.hint(`note: ${finding}`);
  if (options.dryRun === true) return undefined;
  output.hint(`next: give the application our metadata: ${baseUrl}/saml/metadata`);
  output.hint(`next: people open it at ${baseUrl}/saml/sso/init?sp=${encodeURIComponent(record.metadata.entityId)}`);
  if (!record.enabled) output.hint(`next: switch it on with: signet rp enable ${record.metadata.entityId}`);
  return undefined;
}

function sourceOptions({ allowHttp, allowPrivate }: SourceOptions): SourceOptions {
  return { allowHttp: allowHttp === true, allowPrivate: allowPrivate === true };
}

async function listApplications(session: Session, options: ListOptions): Promise<undefined> {
  const limit = options.limit === undefined ? Number.POSITIVE_INFINITY : readCount('--limit', options.limit);
  const admin = await openAdmin(session);
  const filter = { ...(options.text === undefined ? {} : { text: options.text }), ...(options.disabled === true ? { enabled: false } : {}) };
  const found: RelyingPartyRecord[] = [];
  for (let after: string | undefined; found.length < limit;) {
    const page = await admin.list(filter, { limit: Math.min(PAGE, limit - found.length), ...(after === undefined ? {} : { after }) });
    found.push(...page);
    after = page.at(-1)?.metadata.entityId;
    if (page.length < PAGE || after === undefined) break;
  }
  const rows = found.map((record) => [nameOf(record), stateOf(record), record.metadata.entityId]);
  session.output.result(found.map(toView), found.length === 0 ? 'no applications' : table(['name', 'state', 'identifier'], rows));
  return undefined;
}

async function setApplication(session: Session, application: string, texts: readonly string[], options: SourceOptions & DryRun): Promise<undefined> {
  const assignments = readAssignments(texts);
  const { record, changes } = await (await openAdmin(session)).set(application, assignments, sourceOptions(options), doingOf(options));
  const lines = changes.map(({ key, before, after }) => `${key}: ${before ?? 'as the metadata says'} -> ${after ?? 'as the metadata says'}`);
  session.output.result({ ...toView(record), changes }, lines.length === 0 ? 'Nothing changed' : `${title(record)}${dryNote(options)}\n${lines.join('\n')}`);
  if (record.metadata.wantAssertionsSigned && record.overrides.sign === 'response') {
    session.output.hint('note: the metadata wants assertions signed, which is obeyed: both are signed.');
  }
  return undefined;
}

async function refreshApplication(session: Session, application: string, source: string | undefined, options: SourceOptions & DryRun): Promise<undefined> {
  const admin = await openAdmin(session);
  const before = await admin.find(application);
  const read = await readSource(source ?? before.source.location);
  const { record, findings, changes } = await admin.refresh(before.metadata.entityId, read, sourceOptions(options), doingOf(options));
  const lines = changes.flatMap((change) => [
    ...(change.before === undefined ? [] : [`- ${change.what}: ${change.before}`]),
    ...(change.after === undefined ? [] : [`+ ${change.what}: ${change.after}`]),
  ]);
  session.output.result(
    { ...toView(record), changes, findings },
    changes.length === 0 ? `Nothing changed in ${title(record)}` : `Refreshed ${title(record)}${dryNote(options)}\n${lines.join('\n')}`,
  );
  for (const finding of findings) session.output.hint(`note: ${finding}`);
  return undefined;
}

function title(record: RelyingPartyRecord): string {
  const { entityId } = record.metadata;
  const name = nameOf(record);
  return name === entityId ? entityId : `${name} (${entityId})`;
}

function stateOf(record: RelyingPartyRecord): string {
  return record.enabled ? 'enabled' : 'disabled';
}

/** The settings of a record: what was set, beside what the metadata says. */
function settingsOf({
  metadata,
  overrides,
}: RelyingPartyRecord): readonly { readonly key: string; readonly metadata: string | null; readonly override: string | null; readonly otherwise: string }[] {
  return RELYING_PARTY_SETTINGS.map((setting) => ({
    key: setting.key,
    metadata: setting.fromMetadata(metadata) ?? null,
    override: setting.override(overrides) ?? null,
    otherwise: setting.fallback,
  }));
}

function toView(record: RelyingPartyRecord): Readonly<Record<string, unknown>> {
  const { metadata, source, enabled, id, version, createdAt, updatedAt } = record;
  return {
    entityId: metadata.entityId,
    name: nameOf(record),
    enabled,
    settings: settingsOf(record),
    metadata: { ...metadata, ...(metadata.validUntil === undefined ? {} : { validUntil: new Date(metadata.validUntil).toISOString() }) },
    source: { ...source, readAt: new Date(source.readAt).toISOString() },
    id,
    version,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
  };
}

function describe(record: RelyingPartyRecord): string {
  const { metadata, source } = record;
  const facts = pairs([
    ['identifier', metadata.entityId],
    ['name', nameOf(record)],
    ['state', stateOf(record)],
    ['description', metadata.description],
    ['organization', metadata.organization],
    ...metadata.replyAddresses.map((address): readonly [string, string] => ['reply address', describeReplyAddress(address)]),
    ...metadata.signingCertificates.map((certificate): readonly [string, string] => ['signing certificate', describeCertificate(certificate)]),
    ...metadata.encryptionKeys.map((key): readonly [string, string] => ['encryption certificate', describeCertificate(key.certificate)]),
    ['metadata ends', metadata.validUntil === undefined ? undefined : showTime(metadata.validUntil)],
    ['read from', `${source.location}, ${showTime(source.readAt)}`],
  ]);
  const rows = settingsOf(record).map(({ key, override, metadata: said, otherwise }) => [key, override ?? undefined, said ?? undefined, otherwise]);
  return `${facts}\n\n${table(['setting', 'set here', 'metadata', 'otherwise'], rows)}`;
}
