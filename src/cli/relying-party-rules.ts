/** `signet rp rules` and `signet rp policy`: which claims an application gets, and who gets a token for it. */
import type { Command } from 'commander';
import { writeAccessPolicy } from '../admin/access-policies.js';
import { createPolicyAdmin } from '../admin/relying-party-policy.js';
import { createRuleAdmin, readRuleSetName, type RuleAdmin, type RulesChanged, type RuleSetView } from '../admin/relying-party-rules.js';
import { formOf } from '../core/claims/language/forms.js';
import { sentenceOf } from '../core/claims/language/sentence.js';
import { RULE_SETS } from '../core/claims/rule.js';
import { SignetError } from '../core/errors.js';
import { BUILT_IN_POLICIES, describePolicy } from '../core/issuance/policies.js';
import type { RelyingPartyRecord } from '../core/model/relying-party.js';
import { type Cli, collect, doingOf, DRY_RUN, type DryRun, dryNote, type Session, withExamples } from './context.js';
import { namingFile, readText } from './files.js';
import { oneLine, table, WrongUse } from './output.js';
import { title } from './relying-party-view.js';
import { storeCatalogue } from './store-catalogue.js';

interface RulesOptions extends DryRun {
  readonly set?: string;
  readonly clear?: boolean;
}

interface PolicyOptions extends DryRun {
  readonly group?: readonly string[];
  readonly file?: string;
  readonly clear?: boolean;
}

/** Adds the commands below `signet rp`. */
export function registerRules(command: Command, cli: Cli): void {
  const rules = command.command('rules').summary('print or set the claim rules of an application');
  withExamples(rules, 'rp rules https://app.example/metadata', 'rp rules "Acme Expenses" rules.txt --dry-run', 'rp rules Wiki who.txt --set authorization')
    .argument('<application>', 'identifier or name')
    .argument('[file]', 'rules in the claim rule language, or mappings as JSON; - reads standard input')
    .option('--set <set>', `which set: ${RULE_SETS.join(', ')}`, 'transform')
    .option('--clear', 'take the set away')
    .option(...DRY_RUN)
    .action((application: string, file: string | undefined, options: RulesOptions) => cli.run((session) => rulesOf(session, application, file, options)));

  const policy = command.command('policy').summary('print or set the access policy of an application');
  withExamples(policy, 'rp policy "Acme Expenses" "Permit specific group" --group Finance', 'rp policy Wiki --file policy.json', 'rp policy Wiki --clear')
    .argument('<application>', 'identifier or name')
    .argument('[policy]', 'a built-in policy; see: signet rp policies')
    .option('--group <name>', 'for policies about groups (repeatable)', collect)
    .option('--file <file>', 'a policy as JSON; - reads standard input')
    .option('--clear', 'take the policy away')
    .option(...DRY_RUN)
    .action((application: string, name: string | undefined, options: PolicyOptions) => cli.run((session) => policyOf(session, application, name, options)));

  withExamples(command.command('policies').summary('list the built-in access policies'), 'rp policies', 'rp policies --json').action(() =>
    cli.run(({ output }) => {
      const policies = BUILT_IN_POLICIES.map(({ name, takesGroups, rules }) => ({ name, takesGroups, sentence: describePolicy({ rules: rules(['GROUP']) }) }));
      output.result(
        policies,
        table(
          ['policy', 'groups', 'lets in'],
          policies.map(({ name, takesGroups, sentence }) => [name, takesGroups ? '--group' : '-', sentence]),
        ),
      );
      return Promise.resolve(undefined);
    }),
  );
}

async function rulesOf(session: Session, application: string, file: string | undefined, options: RulesOptions): Promise<undefined> {
  const set = readSet(options.set ?? 'transform');
  if (file !== undefined && options.clear === true) throw new WrongUse('--clear takes the set away; leave out the file.');
  const admin = await openRules(session);
  if (file === undefined && options.clear !== true) {
    printRules(session, await admin.show(application, set));
    return undefined;
  }
  const doing = doingOf(options);
  const result = file === undefined ? await admin.clear(application, set, doing) : await setFrom(session, admin, file, { application, set, doing });
  const { output } = session;
  const lines = result.rules.map((rule, at) => `${String(at + 1).padStart(3)}. ${sentenceOf(rule)}`);
  output.result({ ...rulesView(result), changed: result.changed, notes: result.notes }, [headOf(result, options), ...lines].map(oneLine).join('\n'));
  for (const note of result.notes) output.hint(`note: ${note}`);
  return undefined;
}

function readSet(text: string): RuleSetView['set'] {
  try {
    return readRuleSetName(text);
  } catch (error) {
    throw error instanceof SignetError ? new WrongUse(error.message) : error;
  }
}

/** 'Wiki (urn:wiki): 1 authorization rule' */
function headOf({ record, set, kind, rules, changed }: RulesChanged, options: DryRun): string {
  if (kind === 'none') return `${changed ? '' : 'Nothing changed: '}${title(record)} has no ${set} rules${changed ? ` now${dryNote(options)}` : ''}`;
  if (!changed) return `Nothing changed: ${title(record)} has these rules already`;
  const noun = kind === 'mappings' ? 'mapping' : 'rule';
  return `${title(record)}: ${String(rules.length)} ${set} ${noun}${rules.length === 1 ? '' : 's'}${dryNote(options)}`;
}

async function setFrom(
  session: Session,
  admin: RuleAdmin,
  file: string,
  { application, set, doing }: { readonly application: string; readonly set: RuleSetView['set']; readonly doing: ReturnType<typeof doingOf> },
): ReturnType<RuleAdmin['set']> {
  const text = await readText(file, session.stdin);
  return namingFile(file, () => admin.set(application, set, text, doing));
}

function printRules({ output }: Session, view: RuleSetView): void {
  if (output.json) output.result(rulesView(view), '');
  else output.raw(view.text);
  if (view.kind === 'none') {
    output.hint(
      view.set === 'transform'
        ? `note: ${title(view.record)} has no rules of its own: it gets what its metadata requests, else the default claims.`
        : `note: ${title(view.record)} has no ${view.set} rules: they decide nothing.`,
    );
  }
}

function rulesView({ record, set, kind, text, rules }: RuleSetView): Readonly<Record<string, unknown>> {
  return {
    entityId: record.metadata.entityId,
    set,
    kind,
    text: kind === 'none' ? null : text,
    rules: rules.map((rule, at) => ({
      position: at + 1,
      name: rule.name ?? null,
      ...(rule.origin.kind === 'text' ? { line: rule.origin.line, column: rule.origin.column, source: rule.origin.source } : {}),
      form: formOf(rule) ?? null,
      sentence: sentenceOf(rule),
    })),
  };
}

async function policyOf(session: Session, application: string, name: string | undefined, options: PolicyOptions): Promise<undefined> {
  const ways = [name !== undefined, options.file !== undefined, options.clear === true].filter(Boolean).length;
  if (ways > 1) throw new WrongUse('Give one of the name of a policy, --file and --clear.');
  if (options.group !== undefined && name === undefined)
    throw new WrongUse('--group belongs to a built-in policy; name it. Groups alone: signet rp set APP groups=NAME');
  const { storage } = await session.open();
  const admin = createPolicyAdmin({ relyingParties: storage.relyingParties, clock: session.clock });
  if (ways === 0) {
    printPolicy(session, await admin.find(application));
    return undefined;
  }
  const doing = doingOf(options);
  const change =
    name !== undefined
      ? await admin.setBuiltIn(application, name, options.group ?? [], doing)
      : options.file !== undefined
        ? await admin.set(application, await readText(options.file, session.stdin), doing)
        : await admin.clear(application, doing);
  const policy = change.record.overrides.accessPolicy;
  const text = change.changed
    ? `${title(change.record)}: ${policy === undefined ? 'no access policy' : describePolicy(policy)}${dryNote(options)}`
    : 'Nothing changed';
  session.output.result({ ...policyView(change.record), changed: change.changed }, text);
  return undefined;
}

function printPolicy({ output }: Session, record: RelyingPartyRecord): void {
  const policy = record.overrides.accessPolicy;
  output.result(policyView(record), policy === undefined ? '' : `${describePolicy(policy)}\n\n${writeAccessPolicy(policy).trimEnd()}`);
  if (policy === undefined) output.hint(`note: ${title(record)} has no access policy.`);
}

function policyView(record: RelyingPartyRecord): Readonly<Record<string, unknown>> {
  const policy = record.overrides.accessPolicy;
  return { entityId: record.metadata.entityId, policy: policy ?? null, sentence: policy === undefined ? null : describePolicy(policy) };
}

async function openRules(session: Session): Promise<RuleAdmin> {
  const opened = await session.open();
  const { clock } = session;
  return createRuleAdmin({ relyingParties: opened.storage.relyingParties, clock, catalogue: storeCatalogue(opened, clock, () => undefined) });
}
