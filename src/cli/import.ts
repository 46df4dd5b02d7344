/** `signet import adfs`: what AD FS exported, graded, shown and taken over (docs/import-adfs.md). */
import type { Command } from 'commander';
import type { ConvertContext } from '../admin/adfs/conversion.js';
import type { AdfsExport } from '../admin/adfs/export.js';
import { createAdfsImport, type ImportOptions, type ImportPlan } from '../admin/adfs/import.js';
import { readAdfsExport } from '../admin/adfs/read-export.js';
import { convertRuleFile, type RuleFile, setOfFile } from '../admin/adfs/convert-rule-file.js';
import { createDirectoryAdmin } from '../admin/directories.js';
import { createRuleAdmin, readRuleSetName } from '../admin/relying-party-rules.js';
import { RULE_SETS, type RelyingPartyRuleSet } from '../core/claims/rule.js';
import { SignetError } from '../core/errors.js';
import { randomToken } from '../crypto/random.js';
import { readLine } from '../admin/setting-values.js';
import { type Cli, collect, doingOf, DRY_RUN, type Opened, type Session, withExamples } from './context.js';
import { storeCatalogue } from './store-catalogue.js';
import { readBytes } from './files.js';
import { importView, ruleFileText, summaryText, trustsText } from './import-view.js';
import { EXIT, WrongUse } from './output.js';

interface Options {
  readonly apply?: boolean;
  readonly dryRun?: boolean;
  readonly only?: readonly string[];
  readonly include?: string;
  readonly update?: boolean;
  readonly label?: readonly string[];
  readonly details?: boolean;
  readonly rp?: string;
  readonly set: string;
}

export function registerImport(command: Command, cli: Cli): void {
  withExamples(command, 'import adfs ADFSApps.zip', 'import adfs trusts.xml --apply');
  const adfs = command.command('adfs').summary('take over trusts and rules that AD FS exported; without --apply nothing is written');
  withExamples(
    adfs,
    'import adfs trusts.xml providers.xml --details',
    'import adfs ADFSApps.zip --only Slack --apply',
    'import adfs rules.txt --rp Wiki --apply',
  )
    .argument('<file...>', 'Export-Clixml, ConvertTo-Json, a zip of those, the diagnostics file, or rules as text')
    .option('--apply', 'write what is ready, all of it or nothing')
    .option(...DRY_RUN)
    .option('--only <name>', 'this trust, by name or identifier (repeatable)', collect)
    .option('--include <grade>', 'look: those as well that a person should see first')
    .option('--update', 'over applications that were registered in another way')
    .option('--label <word>', 'put on what is imported (repeatable)', collect)
    .option('--details', 'each rule three ways, what was found, what is carried over and left behind')
    .option('--rp <application>', 'whose rules a file of rules is to be, by identifier or name')
    .option('--set <set>', `which set of them: ${RULE_SETS.join(', ')}`, 'transform')
    .action((files: readonly string[], options: Options) => cli.run((session) => importAdfs(session, files, options)));
}

async function importAdfs(session: Session, files: readonly string[], options: Options): Promise<number | undefined> {
  if (options.include !== undefined && options.include !== 'look') throw new WrongUse('--include takes look: what cannot be used is never taken over.');
  if (options.apply === true && options.dryRun === true) throw new WrongUse('--apply and --dry-run exclude each other; give one.');
  const set = setOf(options);
  const read = await readAdfsExport(await Promise.all(files.map(async (name) => ({ name, bytes: await readBytes(name) }))));
  if (options.rp !== undefined) return setRules(session, read, { application: options.rp, set, apply: options.apply === true });
  const opened = await session.open();
  const context = await contextOf(session, opened, options.label ?? []);
  const { storage } = opened;
  const admin = createAdfsImport({ ...storage, clock: session.clock, makeId: randomToken });
  const plan = await admin.plan(read, context, importOptions(options));
  const rules = read.rules.map((file) => convertRuleFile(file, set, context.catalogue));
  const applied = options.apply === true ? await admin.apply(plan, doingOf({})) : undefined;
  tell(session, { read, plan, rules, applied, details: options.details === true });
  const cannot = plan.entries.some(({ conversion }) => conversion.grade === 'cannot') || rules.some(({ grade }) => grade === 'cannot');
  return cannot ? EXIT.findings : undefined;
}

function importOptions({ only = [], include, update }: Options): ImportOptions {
  return { only, includeLook: include === 'look', update: update === true };
}

interface Told {
  readonly read: AdfsExport;
  readonly plan: ImportPlan;
  readonly rules: readonly RuleFile[];
  /** Undefined: nothing was to be written. */
  readonly applied: boolean | undefined;
  readonly details: boolean;
}

function tell({ output }: Session, { read, plan, rules, applied, details }: Told): void {
  const parts = [...(plan.entries.length === 0 ? [] : [trustsText(plan, details), summaryText(plan, applied)]), ...rules.map((file) => ruleFileText(file))];
  output.result(importView(plan, rules, { notes: read.notes, applied: applied ?? false }), parts.join('\n\n'));
  for (const note of read.notes) output.hint(`note: ${note}`);
}

/** What trusts are compared with here. */
async function contextOf(session: Session, opened: Opened, labels: readonly string[]): Promise<ConvertContext> {
  const { storage, loaded } = opened;
  const { settings } = loaded;
  const catalogue = await storeCatalogue(opened, session.clock, () => undefined)();
  const directory = createDirectoryAdmin({
    directories: storage.localDirectories,
    users: storage.users,
    baseUrl: settings.baseUrl,
    catalogue: () => Promise.resolve(catalogue),
  });
  return {
    now: session.clock.now(),
    catalogue,
    groups: await directory.groups(),
    intranet: settings.intranet.length > 0,
    ownNames: [settings.entityId, settings.wsfedIssuer],
    labels: labels.map((label) => readLine('label', label, 64)),
  };
}

interface RulesWish {
  readonly application: string;
  readonly set: RelyingPartyRuleSet;
  readonly apply: boolean;
}

async function setRules(session: Session, { trusts, rules }: AdfsExport, { application, set, apply }: RulesWish): Promise<undefined> {
  const [file, ...more] = rules.filter((one) => setOfFile(one, set) === set);
  if (file === undefined || more.length > 0 || trusts.length > 0) throw new WrongUse(`--rp takes one file with ${set} rules; trusts bring their own.`);
  const opened = await session.open();
  const { catalogue } = await contextOf(session, opened, []);
  const admin = createRuleAdmin({ relyingParties: opened.storage.relyingParties, clock: session.clock, catalogue: () => Promise.resolve(catalogue) });
  const read = convertRuleFile(file, set, catalogue);
  const { changed, record } = await admin.set(application, set, file.text, doingOf({ dryRun: !apply }));
  const { entityId } = record.metadata;
  const rulesOfIt = `the ${set} rules of ${entityId}`;
  const done = !changed ? 'Nothing to change' : apply ? `These are ${rulesOfIt} now` : `Nothing was written: --apply makes these ${rulesOfIt}`;
  session.output.result({ entityId, applied: apply && changed, ...read }, `${ruleFileText(read)}\n\n${done}.`);
  return undefined;
}

function setOf({ set }: Options): RelyingPartyRuleSet {
  try {
    return readRuleSetName(set);
  } catch (error) {
    throw error instanceof SignetError ? new WrongUse(error.message) : error;
  }
}
