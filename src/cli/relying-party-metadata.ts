/** `signet rp refresh`, `diff`, `versions`, `restore`: the metadata of an application over time. */
import { everyApplication } from '../admin/every-application.js';
import type { Command } from 'commander';
import type { MetadataRefresh, Refreshed } from '../admin/metadata-refresh.js';
import { isRefreshed } from '../admin/metadata-schedule.js';
import type { SourceOptions } from '../admin/metadata-source.js';
import { whereToReadAgain } from '../admin/relying-parties.js';
import { SignetError } from '../core/errors.js';
import type { MetadataVersion } from '../core/model/metadata-history.js';
import type { RelyingPartyRecord } from '../core/model/relying-party.js';
import { shellWord } from '../core/shell-word.js';
import { compareMetadata } from '../admin/metadata-changes.js';
import { type Cli, doingOf, DRY_RUN, type DryRun, dryNote, type Session, withExamples } from './context.js';
import { hintFindings } from './findings.js';
import { changeLines, changesView } from './metadata-view.js';
import { EXIT, sentence, showTime, table, WrongUse } from './output.js';
import { openAdmin, openMetadata, readCertificates, readSource, sourceOptions, withCertificateOption, withSourceOptions } from './relying-party-admin.js';
import { title, toView } from './relying-party-view.js';

interface RefreshOptions extends SourceOptions, DryRun {
  readonly all?: boolean;
  readonly accept?: boolean;
  readonly certificate?: readonly string[];
}

interface DiffOptions extends DryRun {
  readonly accept?: boolean;
  readonly drop?: boolean;
}

/** Adds the commands below `signet rp`. */
export function registerMetadata(command: Command, cli: Cli): void {
  const refresh = command.command('refresh').summary('read the metadata of an application again').argument('[application]', 'identifier or name');
  withExamples(
    withCertificateOption(withSourceOptions(refresh)),
    'rp refresh https://app.example/metadata',
    'rp refresh "Acme Expenses" new-metadata.xml --dry-run',
  )
    .argument('[file-or-url]', 'where to read it from; from where it came unless given')
    .option('--accept', 'dangerous changes as well')
    .option('--all', 'every application whose source is read by itself')
    .option(...DRY_RUN)
    .action((application: string | undefined, source: string | undefined, options: RefreshOptions) =>
      cli.run((session) => (options.all === true ? refreshAll(session, application, options) : refreshOne(session, application, source, options))),
    );

  withExamples(
    command.command('diff').summary('what a held change would do, or what differs between versions'),
    'rp diff "Acme Expenses" --accept',
    'rp diff "Acme Expenses" 3 4',
  )
    .argument('<application>', 'identifier or name')
    .argument('[version]', 'from what is in force to this version; see: signet rp versions')
    .argument('[other]', 'from the version before it to this one')
    .option('--accept', 'put what is held in force')
    .option('--drop', 'leave what is in force, until the source says something else again')
    .option(...DRY_RUN)
    .action((application: string, version: string | undefined, other: string | undefined, options: DiffOptions) =>
      cli.run((session) => (version === undefined ? diffHeld(session, application, options) : diffVersions(session, application, [version, other], options))),
    );

  withExamples(
    command.command('versions').summary('list earlier versions of its metadata'),
    'rp versions https://app.example/metadata',
    'rp versions "Acme Expenses" --json',
  )
    .argument('<application>', 'identifier or name')
    .action((application: string) => cli.run((session) => listVersions(session, application)));

  withExamples(
    command.command('restore').summary('put an earlier version of its metadata in force'),
    'rp restore https://app.example/metadata 3',
    'rp restore "Acme Expenses" 3 --dry-run',
  )
    .argument('<application>', 'identifier or name')
    .argument('<version>', 'its number; see: signet rp versions')
    .option(...DRY_RUN)
    .action((application: string, version: string, options: DryRun) => cli.run((session) => restore(session, application, version, options)));
}

async function refreshOne(session: Session, application: string | undefined, source: string | undefined, options: RefreshOptions): Promise<number | undefined> {
  if (application === undefined) throw new WrongUse('Name the application, or all of them with --all.');
  const opened = await session.open();
  const before = await (await openAdmin(session, opened)).find(application);
  const read = await readSource(source ?? whereToReadAgain(before));
  const given = { ...sourceOptions(options), accept: options.accept === true, ...(await readCertificates(options.certificate)) };
  const refreshed = await openMetadata(session, opened).refresh.refresh(before.metadata.entityId, read, given, doingOf(options));
  const { record, outcome, changes, reasons, findings } = refreshed;
  const lines = [`${headOf(refreshed)}${dryNote(options)}`, ...changeLines(changes)];
  session.output.result({ ...toView(record), outcome, changes: changesView(changes), reasons, findings }, lines.join('\n'));
  hintFindings(session.output, findings);
  if (outcome !== 'held') return undefined;
  if (options.dryRun !== true) hintHeld(session, record);
  return EXIT.findings;
}

function headOf({ record, outcome, reasons }: Refreshed): string {
  if (outcome === 'unchanged') return `Nothing changed in ${title(record)}`;
  return outcome === 'applied' ? `Refreshed ${title(record)}` : `Nothing was applied to ${title(record)}: ${reasons.join('; ')}`;
}

function hintHeld({ output }: Session, { metadata }: RelyingPartyRecord): void {
  const word = shellWord(metadata.entityId);
  output.hint(`next: what was read waits. Put it in force with: signet rp diff ${word} --accept`);
  output.hint(`next: or leave what is in force, with: signet rp diff ${word} --drop`);
}

async function refreshAll(session: Session, application: string | undefined, options: RefreshOptions): Promise<number | undefined> {
  if (application !== undefined || options.accept === true || options.certificate !== undefined) {
    throw new WrongUse('--all takes no application, no --accept and no --certificate: what is dangerous is looked at one by one.');
  }
  const opened = await session.open();
  const { refresh } = openMetadata(session, opened);
  const results: { readonly record: RelyingPartyRecord; readonly outcome: string; readonly reason: string | undefined }[] = [];
  for await (const record of everyApplication(opened.storage.relyingParties)) {
    if (isRefreshed(record)) results.push(await refreshQuietly(refresh, record, options));
  }
  const rows = results.map(({ record, outcome, reason }) => [outcome, title(record), reason]);
  session.output.result(
    results.map(({ record, outcome, reason = null }) => ({ entityId: record.metadata.entityId, outcome, reason })),
    rows.length === 0 ? 'no application has a source that is read by itself' : table(['outcome', 'application', 'reason'], rows),
  );
  return results.some(({ outcome }) => outcome === 'held' || outcome === 'failed') ? EXIT.findings : undefined;
}

/** One that cannot be read holds nobody up. */
async function refreshQuietly(
  refresh: MetadataRefresh,
  record: RelyingPartyRecord,
  options: RefreshOptions,
): Promise<{ record: RelyingPartyRecord; outcome: string; reason: string | undefined }> {
  const { entityId } = record.metadata;
  try {
    const { outcome, reasons } = await refresh.refresh(entityId, { kind: 'url', location: record.source.location }, sourceOptions(options), doingOf(options));
    return { record, outcome, reason: reasons.length === 0 ? undefined : reasons.join('; ') };
  } catch (error) {
    if (!(error instanceof SignetError) || error.code === 'unavailable') throw error;
    return { record, outcome: 'failed', reason: sentence(error.message) };
  }
}

async function diffHeld(session: Session, application: string, options: DiffOptions): Promise<undefined> {
  if (options.accept === true && options.drop === true) throw new WrongUse('--accept and --drop exclude each other; give one.');
  const { refresh } = openMetadata(session, await session.open());
  const doing = doingOf(options);
  const work =
    options.accept === true ? refresh.accept(application, doing) : options.drop === true ? refresh.drop(application, doing) : refresh.held(application);
  const { record, held, changes } = await work;
  const done = options.accept === true ? 'Put in force' : options.drop === true ? 'Dropped' : `Held since ${showTime(held.heldAt)}`;
  const lines = [`${done}: ${title(record)}${dryNote(options)}`, `Why it waits: ${held.reasons.join('; ')}.`, ...changeLines(changes)];
  session.output.result(
    {
      entityId: record.metadata.entityId,
      heldAt: new Date(held.heldAt).toISOString(),
      source: held.source.location,
      reasons: held.reasons,
      changes: changesView(changes),
    },
    lines.join('\n'),
  );
  if (options.accept !== true && options.drop !== true) hintHeld(session, record);
  return undefined;
}

async function diffVersions(
  session: Session,
  application: string,
  [one, other]: readonly [string, string | undefined],
  options: DiffOptions,
): Promise<undefined> {
  if (options.accept === true || options.drop === true)
    throw new WrongUse('--accept and --drop are about what is held; leave out the version. An earlier version is put in force with: signet rp restore');
  const { versions } = openMetadata(session, await session.open());
  const { record, changes } = await versions.compare(application, readNumber(one), other === undefined ? undefined : readNumber(other));
  const what = other === undefined ? `from what is in force to version ${one}` : `from version ${one} to version ${other}`;
  session.output.result(
    { entityId: record.metadata.entityId, changes: changesView(changes) },
    changes.length === 0 ? `Nothing differs in ${title(record)}, ${what}` : [`${title(record)}, ${what}`, ...changeLines(changes)].join('\n'),
  );
  return undefined;
}

async function listVersions(session: Session, application: string): Promise<undefined> {
  const { versions: admin } = openMetadata(session, await session.open());
  const { record, versions } = await admin.list(application);
  const rows = versions.map((version, at) => [
    String(version.number),
    showTime(version.at),
    version.actor,
    version.why,
    whatChanged(version, versions[at + 1]),
  ]);
  session.output.result(
    versions.map(({ at, ...version }) => ({ ...version, at: new Date(at).toISOString() })),
    rows.length === 0 ? `no versions of ${title(record)} are kept yet` : table(['version', 'since', 'by', 'why', 'changed'], rows),
  );
  return undefined;
}

/** 'reply address, signing certificate' */
function whatChanged({ metadata }: MetadataVersion, before: MetadataVersion | undefined): string | undefined {
  return before === undefined ? undefined : [...new Set(compareMetadata(before.metadata, metadata).map(({ what }) => what))].join(', ');
}

async function restore(session: Session, application: string, version: string, options: DryRun): Promise<undefined> {
  const { versions } = openMetadata(session, await session.open());
  const { record, changes, isHolding } = await versions.restore(application, readNumber(version), doingOf(options));
  const head = changes.length === 0 ? `Nothing differs in ${title(record)}` : `Restored version ${version} of ${title(record)}${dryNote(options)}`;
  session.output.result({ ...toView(record), changes: changesView(changes) }, [head, ...changeLines(changes)].join('\n'));
  if (isHolding) {
    session.output.hint('note: from now on every change that its source says waits (refresh=hold); else the next reading would undo this.');
    session.output.hint(`next: when the source is right again: signet rp set ${shellWord(record.metadata.entityId)} refresh=`);
  }
  return undefined;
}

function readNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/u.test(text)) throw new WrongUse(`"${text.slice(0, 40)}" is not the number of a version; see: signet rp versions`);
  return Number(text);
}
