/** `signet export` and `signet apply`: the configuration as files. */
import type { Command } from 'commander';
import { applyConfiguration } from '../admin/transfer/apply.js';
import { compareLines, type KeyChange, nearChanges } from '../admin/transfer/differences.js';
import { exportConfiguration, writeConfiguration } from '../admin/transfer/export.js';
import type { PlannedObject } from '../admin/transfer/plan.js';
import { packageVersion } from '../app/package.js';
import { randomToken } from '../crypto/random.js';
import { readConfigurationFiles, writeConfigurationFiles } from './configuration-files.js';
import { type Cli, collect, doingOf, DRY_RUN, type DryRun, dryNote, type Session, withExamples } from './context.js';
import { EXIT, oneLine, WrongUse } from './output.js';
import { storeCatalogue } from './store-catalogue.js';
import { sourceOptions, withSourceOptions } from './relying-party-admin.js';

interface ExportChoice {
  readonly application?: readonly string[];
  readonly label?: readonly string[];
  readonly metadata?: string;
  readonly out?: string;
}

interface ApplyChoice extends DryRun {
  readonly check?: boolean;
  readonly prune?: string;
  readonly yes?: boolean;
  readonly allowHttp?: boolean;
  readonly allowPrivate?: boolean;
}

export function registerExport(command: Command, cli: Cli): void {
  withExamples(command, 'export --out signet.yaml', 'export --label prod --metadata source --out config/')
    .option('--application <name>', 'this application, by identifier or name (repeatable)', collect)
    .option('--label <label>', 'applications with this label (repeatable)', collect)
    .option('--metadata <what>', 'facts, or source: of metadata from an address only the address', 'facts')
    .option('--out <path>', 'a file; or a folder, with a file for each object')
    .action((choice: ExportChoice) => cli.run((session) => exportAll(session, choice)));
}

export function registerApply(command: Command, cli: Cli): void {
  withExamples(withSourceOptions(command), 'apply signet.yaml --dry-run', 'apply config/ --prune prod', 'apply config/ --check')
    .argument('<files...>', 'files, folders of .yaml files, or - for standard input')
    .option('--check', 'write nothing; exit 6 when something is not as in the files')
    .option('--prune <label>', 'remove applications with this label that the files do not describe')
    .option('--yes', 'prune although the files describe no application')
    .option(...DRY_RUN)
    .action((files: readonly string[], choice: ApplyChoice) => cli.run((session) => applyFiles(session, files, choice)));
}

async function exportAll(session: Session, { application = [], label = [], metadata, out }: ExportChoice): Promise<undefined> {
  if (metadata !== 'facts' && metadata !== 'source') throw new WrongUse(`--metadata is "${String(metadata).slice(0, 40)}"; use facts or source.`);
  const { storage } = await session.open();
  const { output } = session;
  const objects = await exportConfiguration(storage, { applications: application, labels: label, metadata });
  const heading = `Configuration of Signet ${packageVersion()}, by signet export: no secrets, no people. To put it in force: signet apply`;
  if (out === undefined) {
    if (output.json)
      output.result(objects.map(({ document }) => document), ''); // prettier-ignore
    else output.raw(writeConfiguration(objects, heading));
    return undefined;
  }
  const { files, others } = await writeConfigurationFiles(out, objects, heading);
  output.result({ objects: objects.length, files, others }, `Exported ${counted(objects.length, 'object')} to ${oneLine(out)}`);
  if (others.length > 0) output.hint(`note: ${out} has other files of configuration, which apply would read as well: ${others.join(', ')}`);
  return undefined;
}

async function applyFiles(session: Session, paths: readonly string[], choice: ApplyChoice): Promise<number> {
  if (choice.yes === true && choice.prune === undefined) throw new WrongUse('--yes belongs to --prune; name the label as well.');
  const files = await readConfigurationFiles(paths, session.stdin);
  if (files.length === 0 && choice.prune === undefined) throw new WrongUse(`There is no .yaml file in ${paths.join(', ')}.`);
  const opened = await session.open();
  const { storage, loaded } = opened;
  const { clock, output } = session;
  const { settings } = loaded;
  const parts = {
    ...storage,
    clock,
    makeId: randomToken,
    ownNames: [settings.entityId, settings.wsfedIssuer],
    fetchAllow: settings.fetchAllow,
    maxDays: settings.metadataMaxDays,
    catalogue: storeCatalogue(opened, clock, () => undefined),
  };
  const onlyLook = choice.check === true || choice.dryRun === true;
  const allow = { allowHttp: false, allowPrivate: false, ...sourceOptions(choice) };
  const options = { ...allow, pruneAll: choice.yes === true, ...(choice.prune === undefined ? {} : { prune: choice.prune }) };
  const { objects, notes } = await applyConfiguration(parts, files, options, doingOf({ dryRun: onlyLook }));
  output.result({ objects, notes, written: !onlyLook && objects.length > 0 }, [...objects.flatMap(describe), summary(objects, choice)].join('\n'));
  for (const note of notes) output.hint(`note: ${note}`);
  return choice.check === true && objects.length > 0 ? EXIT.findings : EXIT.done;
}

/** Lines of a long text that are shown beside those that differ. */
const AROUND = 2;
const SIGNS: Readonly<Record<PlannedObject['action'], string>> = { add: '+', change: '~', remove: '-' };

/** '~ application urn:wiki (Wiki): not as in the files', and what differs below it. */
function describe({ action, kind, id, name, reason, changes }: PlannedObject): readonly string[] {
  const title = `${SIGNS[action]} ${kind} ${id}${name === id ? '' : ` (${name})`}: ${reason}`;
  return [title, ...changes.flatMap((change) => describeChange(change, action))].map(visible);
}

function describeChange({ key, before, after }: KeyChange, action: PlannedObject['action']): readonly string[] {
  const long = [before, after].some((text) => text?.includes('\n') === true);
  if (!long) return [`    ${key}: ${action === 'add' ? '' : `${before ?? 'not set'} -> `}${after ?? 'not set'}`];
  return [
    `    ${key}:`,
    ...nearChanges(compareLines(before, after), AROUND).map((line) => (line === undefined ? '        …' : `      ${line.sign} ${line.line}`)),
  ];
}

/** A line of a text from outside: it stays one line, and line ends of Windows can be seen. */
function visible(line: string): string {
  return oneLine(line.replace(/\r$/u, String.raw`\r`));
}

function summary(objects: readonly PlannedObject[], choice: ApplyChoice): string {
  if (objects.length === 0) return 'Everything is as in the files';
  const count = (action: PlannedObject['action']): number => objects.filter((object) => object.action === action).length;
  const counts = `${String(count('add'))} to add, ${String(count('change'))} to change, ${String(count('remove'))} to remove`;
  if (choice.check === true) return `Not as in the files: ${counts} (nothing was changed)`;
  return choice.dryRun === true
    ? `${counts}${dryNote(choice)}`
    : `Applied: ${counts.replaceAll(' to add', ' added').replace(' to change', ' changed').replace(' to remove', ' removed')}`;
}

function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}
