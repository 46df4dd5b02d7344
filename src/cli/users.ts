/** `signet user`: people of the built-in directory. */
import type { Command } from 'commander';
import { IMPORT_COLUMNS, importUsers } from '../admin/user-import.js';
import { readAttributes, USER_SETTINGS } from '../admin/user-fields.js';
import type { Assignment } from '../admin/setting-values.js';
import { createUserAdmin, type NewUser, type UserAdmin } from '../admin/users.js';
import { resolveDirectory } from '../core/model/directory.js';
import { normalizeUserName, type User } from '../core/model/user.js';
import { shellWord } from '../core/shell-word.js';
import { createPasswordHasher } from '../crypto/password-hash.js';
import { randomToken } from '../crypto/random.js';
import { personOf } from '../app/claims.js';
import { type Cli, collect, doingOf, DRY_RUN, type DryRun, dryNote, readCount, type Session, withExamples } from './context.js';
import { readBytes } from './files.js';
import { readAssignments } from './assignments.js';
import { pairs, showTime, table, WrongUse } from './output.js';
import { type PasswordOptions, readPassword, withPasswordOptions } from './password-input.js';

interface FieldOptions {
  readonly email?: string;
  readonly givenName?: string;
  readonly surname?: string;
  readonly displayName?: string;
  readonly group?: readonly string[];
  readonly attr?: readonly string[];
  readonly admin?: boolean;
  readonly dryRun?: boolean;
}

interface ListOptions {
  readonly text?: string;
  readonly group?: string;
  readonly disabled?: boolean;
  readonly limit?: string;
}

const PAGE = 500;

export function registerUsers(command: Command, cli: Cli): void {
  withExamples(command, 'user add maria --password-stdin --email maria@example.com --group Sales', 'user list --json');

  const add = command.command('add').summary('add a person').argument('<name>', 'user name');
  withExamples(
    withFields(withPasswordOptions(add)),
    'user add maria --password-file pw.txt --email maria@example.com',
    'user add dana --password-stdin --admin',
  )
    .option('--admin', 'make an administrator; the first one is the owner')
    .option(...DRY_RUN)
    .action((name: string, options: FieldOptions & PasswordOptions) => cli.run((session) => addUser(session, name, options)));

  const list = command.command('list').summary('list people');
  withExamples(list, 'user list --group Sales', 'user list --text silva --json')
    .option('--text <text>', 'part of a name or e-mail address')
    .option('--group <group>', 'members of a group')
    .option('--disabled', 'only those who are disabled')
    .option('--limit <n>', 'at most so many')
    .action((options: ListOptions) => cli.run((session) => listUsers(session, options)));

  const show = command.command('show').summary('show a person').argument('<name>', 'user name or e-mail address');
  withExamples(show, 'user show maria', 'user show maria@example.com --json').action((name: string) =>
    cli.run(async (session) => {
      const user = await (await openUsers(session)).find(name);
      session.output.result(toView(user), describe(user));
      return undefined;
    }),
  );

  const set = command.command('set').summary('change a person').argument('<name>', 'user name or e-mail address').argument('[assignment...]', 'KEY=VALUE');
  withExamples(withFields(set), 'user set maria email=maria@example.com groups=Sales,Finance', 'user set maria --attr department=Sales --no-admin')
    .option('--admin', 'make an administrator')
    .option('--no-admin', 'take the rights of an administrator away')
    .option(...DRY_RUN)
    .addHelpText('after', `\nKeys: ${USER_SETTINGS.join(', ')}. An empty value clears.`)
    .action((name: string, assignments: readonly string[], options: FieldOptions) => cli.run((session) => setUser(session, name, assignments, options)));

  verb(command, cli, 'disable', 'keep a person from signing in, and end their sessions', 'Disabled', (users, name, doing) =>
    users.setEnabled(name, false, doing),
  );
  verb(command, cli, 'enable', 'let a person sign in again', 'Enabled', (users, name, doing) => users.setEnabled(name, true, doing));
  verb(command, cli, 'remove', 'remove a person, and end their sessions', 'Removed', (users, name, doing) => users.remove(name, doing));
  verb(command, cli, 'unlock', 'forget failed attempts, so that the next one is taken at once', 'Unlocked', (users, name, doing) => users.unlock(name, doing));

  const password = command.command('password').summary('set a password, and end the sessions').argument('<name>', 'user name or e-mail address');
  withExamples(withPasswordOptions(password), 'user password maria --password-stdin', 'user password maria --password-file pw.txt')
    .option(...DRY_RUN)
    .action((name: string, options: PasswordOptions & DryRun) => cli.run((session) => setPassword(session, name, options)));

  const load = command.command('import').summary('add people from a CSV file').argument('<file>', 'CSV in UTF-8, with a first line of column names');
  withExamples(load, 'user import people.csv --dry-run', 'user import people.csv --json')
    .option(...DRY_RUN)
    .addHelpText('after', `\nColumns: ${IMPORT_COLUMNS.join(', ')}. Groups and several values are separated by semicolons.`)
    .action((file: string, options: DryRun) => cli.run((session) => importFile(session, file, options)));
}

function withFields(command: Command): Command {
  return command
    .option('--email <email>', 'e-mail address')
    .option('--given-name <name>', 'given name')
    .option('--surname <name>', 'surname')
    .option('--display-name <name>', 'display name')
    .option('--group <group>', 'a group; may be given several times', collect)
    .option('--attr <name=value>', 'an attribute; may be given several times', collect);
}

type Doing = Parameters<UserAdmin['remove']>[1];

function verb(
  command: Command,
  cli: Cli,
  name: string,
  summary: string,
  done: string,
  work: (users: UserAdmin, user: string, doing: Doing) => Promise<User>,
): void {
  const inner = command.command(name).summary(summary).argument('<name>', 'user name or e-mail address');
  withExamples(inner, `user ${name} maria`, `user ${name} maria@example.com --dry-run`)
    .option(...DRY_RUN)
    .action((user: string, options: DryRun) =>
      cli.run(async (session) => {
        const changed = await work(await openUsers(session), user, doingOf(options));
        session.output.result(toView(changed), `${done} ${changed.userName}${dryNote(options)}`);
        return undefined;
      }),
    );
}

async function openUsers(session: Session): Promise<UserAdmin> {
  const { storage, loaded } = await session.open();
  const { baseUrl } = loaded.settings;
  return createUserAdmin({
    users: storage.users,
    hasher: createPasswordHasher(),
    sessions: storage.ssoSessions,
    unlock: (name) => storage.ephemeral.removeByIndex('attempts', normalizeUserName(name)),
    clock: session.clock,
    makeId: randomToken,
    directory: async () => ({ settings: resolveDirectory(await storage.localDirectories.read(), { baseUrl, installation: '' }), personOf }),
    policy: 'advise',
  });
}

async function addUser(session: Session, name: string, options: FieldOptions & PasswordOptions): Promise<undefined> {
  const password = await readPassword(options, session.stdin);
  const { email, givenName, surname, displayName, group, attr, admin } = options;
  const person: NewUser = {
    userName: name,
    ...(email === undefined ? {} : { email }),
    ...(givenName === undefined ? {} : { givenName }),
    ...(surname === undefined ? {} : { surname }),
    ...(displayName === undefined ? {} : { displayName }),
    ...(group === undefined ? {} : { groups: group }),
    ...(attr === undefined ? {} : { attributes: readAttributes(attr) }),
    ...(password === undefined ? {} : { password }),
    ...(admin === undefined ? {} : { admin }),
  };
  const { user, findings } = await (await openUsers(session)).add(person, doingOf(options));
  session.output.result({ ...toView(user), findings }, `Added ${user.userName}${user.role === 'none' ? '' : ` (${user.role})`}${dryNote(options)}`);
  for (const finding of findings) session.output.hint(`note: ${finding}`);
  if (password === undefined && options.dryRun !== true)
    session.output.hint(`next: nobody can sign in as ${user.userName} before a password is set: signet user password ${shellWord(user.userName)}`);
  return undefined;
}

async function listUsers(session: Session, options: ListOptions): Promise<undefined> {
  const limit = options.limit === undefined ? Number.POSITIVE_INFINITY : readCount('--limit', options.limit);
  const users = await openUsers(session);
  const filter = {
    ...(options.text === undefined ? {} : { text: options.text }),
    ...(options.group === undefined ? {} : { group: options.group }),
    ...(options.disabled === true ? { enabled: false } : {}),
  };
  const found: User[] = [];
  for (let after: string | undefined; found.length < limit;) {
    const page = await users.list(filter, { limit: Math.min(PAGE, limit - found.length), ...(after === undefined ? {} : { after }) });
    found.push(...page);
    after = page.at(-1)?.userName;
    if (page.length < PAGE || after === undefined) break;
  }
  session.output.result(
    found.map(toView),
    found.length === 0
      ? 'nobody'
      : table(
          ['name', 'email', 'state', 'role', 'groups'],
          found.map((user) => [user.userName, user.email, stateOf(user), user.role, user.groups.join(', ')]),
        ),
  );
  return undefined;
}

async function setUser(session: Session, name: string, texts: readonly string[], options: FieldOptions): Promise<undefined> {
  const { email, givenName, surname, displayName, group, attr, admin } = options;
  const flags: readonly (readonly [string, string | undefined])[] = [
    ['email', email],
    ['given-name', givenName],
    ['surname', surname],
    ['display-name', displayName],
    ['admin', admin === undefined ? undefined : String(admin)],
    // As an option each group is one, whatever commas it has.
    ...(group ?? []).map((value): readonly [string, string] => ['group', value.replaceAll(',', String.raw`\,`)]),
    ...Object.entries(readAttributes(attr ?? [])).flatMap(([key, values]) => values.map((value): readonly [string, string] => [`attr.${key}`, value])),
  ];
  const assignments = [...readAssignments(texts), ...flags.flatMap(([key, value]): readonly Assignment[] => (value === undefined ? [] : [{ key, value }]))];
  if (assignments.length === 0) throw new WrongUse('Nothing is to be set; give KEY=VALUE or an option such as --email.');
  const { user, findings } = await (await openUsers(session)).set(name, assignments, doingOf(options));
  session.output.result({ ...toView(user), findings }, `${describe(user)}${dryNote(options)}`);
  for (const finding of findings) session.output.hint(`note: ${finding}`);
  return undefined;
}

async function setPassword(session: Session, name: string, options: PasswordOptions & DryRun): Promise<undefined> {
  const password = await readPassword(options, session.stdin);
  if (password === undefined) throw new WrongUse('Give the password with --password-stdin, --password-file or --password.');
  const { user, findings } = await (await openUsers(session)).setPassword(name, password, doingOf(options));
  session.output.result({ ...toView(user), findings }, `Changed the password of ${user.userName}, and ended their sessions${dryNote(options)}`);
  for (const finding of findings) session.output.hint(`note: ${finding}`);
  return undefined;
}

async function importFile(session: Session, file: string, options: DryRun): Promise<undefined> {
  const bytes = await readBytes(file);
  const { names, findings } = await importUsers(await openUsers(session), bytes, doingOf(options));
  session.output.result({ added: names, findings, dryRun: options.dryRun === true }, `Added ${String(names.length)} people${dryNote(options)}`);
  for (const finding of findings) session.output.hint(`note: ${finding}`);
  return undefined;
}

function stateOf(user: User): string {
  return user.enabled ? 'enabled' : 'disabled';
}

/** What may be shown of a person: everything but the hash. */
function toView(user: User): Readonly<Record<string, unknown>> {
  const { passwordHash, passwordChangedAt, createdAt, ...shown } = user;
  return {
    ...shown,
    hasPassword: passwordHash !== undefined,
    ...(passwordChangedAt === undefined ? {} : { passwordChangedAt: new Date(passwordChangedAt).toISOString() }),
    createdAt: new Date(createdAt).toISOString(),
  };
}

function describe(user: User): string {
  return pairs([
    ['name', user.userName],
    ['email', user.email],
    ['given name', user.givenName],
    ['surname', user.surname],
    ['display name', user.displayName],
    ['groups', user.groups.join(', ') || '-'],
    ...Object.entries(user.attributes).map(([name, values]): readonly [string, string] => [`attr.${name}`, values.join(', ')]),
    ['state', stateOf(user)],
    ['role', user.role],
    ['password', user.passwordHash === undefined ? 'none' : user.passwordChangedAt === undefined ? 'set' : `set ${showTime(user.passwordChangedAt)}`],
    ['added', showTime(user.createdAt)],
  ]);
}
