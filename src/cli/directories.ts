/** `signet directory` and `signet group`: the built-in directory as rules see it. */
import type { Command } from 'commander';
import { createDirectoryAdmin, type DirectoryAdmin, type DirectoryView, type GroupView } from '../admin/directories.js';
import { DIRECTORY_SETTINGS } from '../admin/directory-settings.js';
import { parseRules } from '../core/claims/language/parse.js';
import type { User } from '../core/model/user.js';
import { readAssignments } from './assignments.js';
import { type Cli, doingOf, DRY_RUN, type DryRun, dryNote, type Session, withExamples } from './context.js';
import { storeCatalogue } from './store-catalogue.js';
import { namingFile, readText } from './files.js';
import { pairs, table, WrongUse } from './output.js';

const PAGE = 500;

interface RulesOptions extends DryRun {
  readonly clear?: boolean;
}

export function registerDirectories(command: Command, cli: Cli): void {
  withExamples(command, 'directory show local', 'directory set local domain=CORP upn-suffix=corp.example');

  withExamples(command.command('list').summary('list directories'), 'directory list', 'directory list --json').action(() => cli.run(listDirectories));

  const show = command.command('show').summary('show the settings of a directory').argument('<name>', 'local');
  withExamples(show, 'directory show local', 'directory show local --json').action((name: string) =>
    cli.run(async (session) => {
      const view = await (await openDirectories(session)).show(name);
      session.output.result(toJson(view), describe(view));
      return undefined;
    }),
  );

  const set = command.command('set').summary('change a directory').argument('<name>', 'local').argument('<assignment...>', 'KEY=VALUE');
  withExamples(
    set,
    'directory set local domain=CORP upn-suffix=corp.example',
    'directory set local group-sid=Sales:S-1-5-21-1-2-3-1105 password-max-age-days=90',
  )
    .option(...DRY_RUN)
    .addHelpText('after', `\nKeys: ${DIRECTORY_SETTINGS.join(', ')}. group-sid is GROUP:SID, one for each group. An empty value clears.`)
    .action((name: string, assignments: readonly string[], options: DryRun) =>
      cli.run(async (session) => {
        const given = readAssignments(assignments);
        const view = await (await openDirectories(session)).set(name, given, doingOf(options));
        session.output.result(toJson(view), `${describe(view)}${dryNote(options)}`);
        return undefined;
      }),
    );

  const rules = command.command('rules').summary('print or set the acceptance rules of a directory');
  withExamples(rules, 'directory rules local accept.txt --dry-run', 'directory rules local --clear')
    .argument('<name>', 'local')
    .argument('[file]', 'rules in the claim rule language; - reads standard input')
    .option('--clear', 'take the rules away: every claim passes')
    .option(...DRY_RUN)
    .action((name: string, file: string | undefined, options: RulesOptions) => cli.run((session) => rulesOf(session, name, file, options)));
}

export function registerGroups(command: Command, cli: Cli): void {
  withExamples(command, 'group list', 'group show Sales');

  withExamples(command.command('list').summary('list groups, with how many people are in them'), 'group list', 'group list --json').action(() =>
    cli.run(async (session) => {
      const groups = await (await openDirectories(session)).groups();
      const rows = groups.map((group) => [group.name, String(group.people), sidText(group)]);
      session.output.result(groups, groups.length === 0 ? 'no groups' : table(['group', 'people', 'sid'], rows));
      return undefined;
    }),
  );

  const show = command.command('show').summary('show a group and who is in it').argument('<name>', 'exact name of the group');
  withExamples(show, 'group show Sales', 'group show Sales --json').action((name: string) =>
    cli.run(async (session) => {
      const admin = await openDirectories(session);
      const group = await admin.group(name);
      const members = (await allMembers(admin, name)).map((user) => user.userName);
      const text = pairs([
        ['group', group.name],
        ['sid', sidText(group)],
        ['people', members.length === 0 ? 'nobody' : `${String(members.length)}: ${members.join(', ')}`],
      ]);
      session.output.result({ ...group, members }, text);
      return undefined;
    }),
  );
}

async function openDirectories(session: Session): Promise<DirectoryAdmin> {
  const opened = await session.open();
  const { storage, loaded } = opened;
  return createDirectoryAdmin({
    directories: storage.localDirectories,
    users: storage.users,
    baseUrl: loaded.settings.baseUrl,
    catalogue: storeCatalogue(opened, session.clock, (_, what) => {
      session.output.hint(what);
    }),
  });
}

async function listDirectories(session: Session): Promise<undefined> {
  const admin = await openDirectories(session);
  const { settings } = await admin.show('local');
  const people = await admin.count();
  session.output.result(
    [{ name: settings.name, kind: 'built-in', domain: settings.domain, people }],
    table(['name', 'kind', 'domain', 'people'], [[settings.name, 'built in', settings.domain, String(people)]]),
  );
  return undefined;
}

async function rulesOf(session: Session, name: string, file: string | undefined, options: RulesOptions): Promise<undefined> {
  if (file !== undefined && options.clear === true) throw new WrongUse('--clear takes the rules away; leave out the file.');
  const admin = await openDirectories(session);
  const { output } = session;
  if (file === undefined && options.clear !== true) {
    const { settings } = await admin.show(name);
    if (output.json) output.result({ name: settings.name, rules: settings.acceptance ?? null }, '');
    else output.raw(settings.acceptance ?? '');
    if (settings.acceptance === undefined) output.hint('note: there are no acceptance rules, so every claim passes.');
    return undefined;
  }
  const text = file === undefined ? undefined : await readText(file, session.stdin);
  const { settings, notes } = await namingFile(file, () => admin.setRules(name, text, doingOf(options)));
  const what = settings.acceptance === undefined ? 'every claim passes' : `${String(parseRules(settings.acceptance).length)} acceptance rules`;
  output.result({ name: settings.name, rules: settings.acceptance ?? null, notes }, `${settings.name}: ${what}${dryNote(options)}`);
  for (const note of notes) output.hint(`note: ${note}`);
  return undefined;
}

async function allMembers(admin: DirectoryAdmin, group: string): Promise<readonly User[]> {
  const found: User[] = [];
  for (;;) {
    const after = found.at(-1)?.userName;
    const page = await admin.members(group, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    found.push(...page);
    if (page.length < PAGE) return found;
  }
}

function sidText({ sid, sidSet }: GroupView): string {
  return sidSet ? sid : `${sid} (generated)`;
}

/** What is in force, and which of it somebody set. */
function toJson({ record, settings }: DirectoryView): Readonly<Record<string, unknown>> {
  const { sidBase: _sidBase, ...shown } = settings;
  return { ...shown, set: Object.keys(record) };
}

function describe({ record, settings }: DirectoryView): string {
  const value = (text: string, key: keyof typeof record): string => (record[key] === undefined ? `${text} (default)` : text);
  return pairs([
    ['name', settings.name],
    ['authority', value(settings.authority, 'authority')],
    ['domain', value(settings.domain, 'domain')],
    ['upn suffix', value(settings.upnSuffix, 'upnSuffix')],
    ['primary group sid', settings.primaryGroup ?? 'generated'],
    ...Object.entries(settings.groupSids).map(([group, sid]): readonly [string, string] => ['group sid', `${group}: ${sid}`]),
    ['passwords end after', settings.passwordMaxAgeDays === undefined ? 'never' : `${String(settings.passwordMaxAgeDays)} days`],
    ['acceptance rules', settings.acceptance === undefined ? 'none: every claim passes' : 'set; see: signet directory rules local'],
  ]);
}
