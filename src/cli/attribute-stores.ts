/** `signet store`: attribute stores. */
import type { Command } from 'commander';
import { createStoreAdmin, type StoreAdmin } from '../admin/attribute-stores.js';
import { BUILT_IN_STORES } from '../core/claims/attribute-store.js';
import { passwordContext, type StoreRegistration } from '../core/model/store-registration.js';
import { createSecretBox } from '../crypto/secret-box.js';
import { type Cli, collect, doingOf, DRY_RUN, type DryRun, dryNote, type Opened, type Session, withExamples } from './context.js';
import { pairs, table, WrongUse } from './output.js';
import { type PasswordOptions, readPassword, withPasswordOptions } from './password-input.js';

interface AddOptions extends DryRun, PasswordOptions {
  readonly url: string;
  readonly replace?: boolean;
}

interface TestOptions {
  readonly query?: string;
  readonly param?: readonly string[];
}

const SHOWN_ROWS = 20;

export function registerStores(command: Command, cli: Cli): void {
  withExamples(command, 'store add sql HR --url postgres://reader@db.example/hr --password-file pw.txt', 'store test HR');

  const add = command.command('add').summary('register a store').argument('<kind>', 'sql (PostgreSQL)').argument('<name>', 'as rules call it');
  withExamples(
    withPasswordOptions(add),
    'store add sql HR --url postgres://reader@db.example/hr --password-file pw.txt',
    'store add sql HR --url "postgres://reader@db.example/hr?sslmode=verify-full" --password-stdin --replace',
  )
    .requiredOption('--url <url>', 'postgres://USER@HOST:PORT/DATABASE; sslmode and sslrootcert may follow')
    .option('--replace', 'over the store of this name')
    .option(...DRY_RUN)
    .action((kind: string, name: string, options: AddOptions) => cli.run((session) => addStore(session, kind, name, options)));

  const list = command.command('list').summary('list every store that rules can ask');
  withExamples(list, 'store list', 'store list --json').action(() => cli.run(listStores));

  const show = command.command('show').summary('show a store, and whose rules ask it').argument('<name>', 'name of the store');
  withExamples(show, 'store show HR', 'store show HR --json').action((name: string) => cli.run((session) => showStore(session, name)));

  const test = command.command('test').summary('connect to a store, and ask it').argument('<name>', 'name of the store');
  withExamples(test, 'store test HR', 'store test HR --query "SELECT office FROM people WHERE mail = {0}" --param maria@example.com')
    .option('--query <query>', 'a statement as in a rule: {0}, {1} stand for the parameters')
    .option('--param <value>', 'a parameter; may be given several times', collect)
    .action((name: string, options: TestOptions) => cli.run((session) => testStore(session, name, options)));

  const remove = command.command('remove').summary('remove a store').argument('<name>', 'name of the store');
  withExamples(remove, 'store remove HR', 'store remove HR --force --dry-run')
    .option('--force', 'although rules ask it: their sign-ons fail then')
    .option(...DRY_RUN)
    .action((name: string, options: DryRun & { readonly force?: boolean }) =>
      cli.run(async (session) => {
        const admin = adminOf(await session.open());
        const store = await admin.remove(name, { ...doingOf(options), force: options.force === true });
        session.output.result(toView(store), `Removed the store ${store.name}${dryNote(options)}`);
        return undefined;
      }),
    );
}

function adminOf({ storage, secretKey }: Opened): StoreAdmin {
  const box = createSecretBox(secretKey);
  return createStoreAdmin({ ...storage, seal: (password, url) => box.seal(password, passwordContext(url)) });
}

async function addStore(session: Session, kind: string, name: string, options: AddOptions): Promise<undefined> {
  if (kind !== 'sql') throw new WrongUse(`"${kind.slice(0, 40)}" is not a kind of store; use sql.`);
  const password = await readPassword(options, session.stdin);
  const admin = adminOf(await session.open());
  const given = { name, url: options.url, ...(password === undefined ? {} : { password }) };
  const store = await admin.addSql(given, { ...doingOf(options), replace: options.replace === true });
  session.output.result(toView(store), `Added the store ${store.name}${dryNote(options)}`);
  if (store.sealedPassword === undefined) session.output.hint('note: it has no password.');
  return undefined;
}

async function listStores(session: Session): Promise<undefined> {
  const stores = await adminOf(await session.open()).list();
  const rows = [...BUILT_IN_STORES.map((name) => [name, 'built in']), ...stores.map(({ name, kind, url }) => [name, kind, url])];
  session.output.result([...BUILT_IN_STORES.map((name) => ({ name, kind: 'built-in' })), ...stores.map(toView)], table(['name', 'kind', 'address'], rows));
  return undefined;
}

async function showStore(session: Session, name: string): Promise<undefined> {
  const admin = adminOf(await session.open());
  const store = await admin.find(name);
  const usedBy = await admin.usedBy(store.name);
  session.output.result(
    { ...toView(store), usedBy },
    pairs([
      ['name', store.name],
      ['kind', store.kind],
      ['address', store.url],
      ['password', store.sealedPassword === undefined ? 'none' : 'set'],
      ['asked by', usedBy.length === 0 ? 'no rules' : usedBy.join(', ')],
    ]),
  );
  return undefined;
}

async function testStore(session: Session, name: string, { query, param = [] }: TestOptions): Promise<undefined> {
  if (query === undefined && param.length > 0) throw new WrongUse('Parameters are for a statement; give it with --query.');
  const opened = await session.open();
  const registration = await adminOf(opened).find(name);
  const { openSqlStore } = await import('../app/attribute-stores.js');
  const store = openSqlStore(registration, createSecretBox(opened.secretKey));
  try {
    const { columns, rows } = await store.query(query ?? 'select 1', param);
    if (query === undefined) {
      session.output.result({ ...toView(registration), answers: true }, `The store ${registration.name} answers`);
      return undefined;
    }
    const shown = rows.length === 0 ? 'no rows' : table(columns, rows.slice(0, SHOWN_ROWS));
    const more = rows.length > SHOWN_ROWS ? `\nand ${String(rows.length - SHOWN_ROWS)} more rows` : '';
    session.output.result({ ...toView(registration), columns, rows: rows.map((row) => row.map((value) => value ?? null)) }, `${shown}${more}`);
    return undefined;
  } finally {
    await store.close();
  }
}

/** Everything but the password. */
function toView({ sealedPassword, ...shown }: StoreRegistration): Readonly<Record<string, unknown>> {
  return { ...shown, hasPassword: sealedPassword !== undefined };
}
