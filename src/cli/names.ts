/** `signet names`: the names by which applications know people. */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { type KnownName, NAME_COLUMNS, writeNames } from '../admin/name-rows.js';
import { createNameAdmin, type NameAdmin, type NameFilter } from '../admin/names.js';
import { pairwiseId } from '../core/claims/opaque-ids.js';
import { SignetError } from '../core/errors.js';
import type { User } from '../core/model/user.js';
import { createPairwiseHmac } from '../crypto/pairwise-key.js';
import { createSecretBox } from '../crypto/secret-box.js';
import { type Cli, doingOf, DRY_RUN, type DryRun, dryNote, type Opened, type Session, withExamples } from './context.js';
import { readBytes } from './files.js';
import { WrongUse } from './output.js';
import { openAdmin } from './relying-party-admin.js';

interface ExportOptions {
  readonly rp?: string;
  readonly user?: string;
  readonly pairwise?: boolean;
  readonly file?: string;
}

/** Readable by whoever ran the command only: the names say who uses what. */
const FILE_MODE = 0o600;

export function registerNames(command: Command, cli: Cli): void {
  withExamples(command, 'names export --file names.csv', 'names import names.csv --dry-run');

  const write = command.command('export').summary('write persistent names as CSV');
  withExamples(write, 'names export --file names.csv', 'names export --rp https://app.example/metadata --pairwise --json')
    .option('--rp <application>', 'of one application, by identifier or name')
    .option('--user <name>', 'of one person')
    .option('--pairwise', 'pairwise ids instead, which are computed; needs --rp')
    .option('--file <file>', 'write to a file')
    .action((options: ExportOptions) => cli.run((session) => exportNames(session, options)));

  const load = command.command('import').summary('take persistent names over from another server').argument('<file>', 'CSV in UTF-8');
  withExamples(load, 'names import names.csv --dry-run', 'names import names.csv --json')
    .option(...DRY_RUN)
    .addHelpText('after', `\nColumns: ${NAME_COLUMNS.join(', ')}; format and created may be missing. All rows are taken, or none.`)
    .action((file: string, options: DryRun) => cli.run((session) => importNames(session, file, options)));
}

function adminOf({ storage, secretKey }: Opened): NameAdmin {
  const hmac = createPairwiseHmac({ storedSettings: storage.storedSettings, box: createSecretBox(secretKey) });
  return createNameAdmin({ ...storage, names: storage.persistentNames, pairwiseId: (about) => pairwiseId(hmac, about) });
}

async function exportNames(session: Session, options: ExportOptions): Promise<undefined> {
  if (options.pairwise === true && options.rp === undefined) throw new WrongUse('Pairwise ids are for one application; name it with --rp.');
  const opened = await session.open();
  const record = options.rp === undefined ? undefined : await (await openAdmin(session, opened)).find(options.rp);
  const filter: NameFilter = {
    ...(options.user === undefined ? {} : { user: await findUser(opened, options.user) }),
    ...(record === undefined ? {} : { relyingParty: record.metadata.entityId }),
  };
  const admin = adminOf(opened);
  const { relyingParty } = filter;
  const { names, gone } =
    options.pairwise === true && relyingParty !== undefined
      ? { names: await admin.listPairwise({ ...filter, relyingParty }), gone: 0 }
      : await admin.list(filter);
  await print(session, names, options.file);
  if (gone > 0) session.output.hint(`note: ${String(gone)} names of people who were removed are left out.`);
  return undefined;
}

async function print({ output }: Session, names: readonly KnownName[], file: string | undefined): Promise<void> {
  const shown = names.map(({ created, ...name }) => ({ ...name, ...(created === undefined ? {} : { created: new Date(created).toISOString() }) }));
  if (file === undefined) {
    output.result(shown, writeNames(names).trimEnd());
    return;
  }
  try {
    await writeFile(file, output.json ? `${JSON.stringify(shown, null, 2)}\n` : writeNames(names), { mode: FILE_MODE });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new SignetError('invalid_input', `${file} cannot be written: ${code}.`, { cause: error });
  }
  output.result({ file, names: names.length }, `Wrote ${String(names.length)} names to ${file}`);
}

async function findUser({ storage }: Opened, name: string): Promise<User> {
  const user = await storage.users.findByName(name);
  if (user === undefined) throw new SignetError('not_found', `There is nobody called "${name.slice(0, 100)}"; see: signet user list`);
  return user;
}

async function importNames(session: Session, file: string, options: DryRun): Promise<undefined> {
  const bytes = await readBytes(file);
  const { added, known } = await adminOf(await session.open()).load(bytes, doingOf(options));
  const before = known === 0 ? '' : `; ${String(known)} were there already`;
  session.output.result({ added, known, dryRun: options.dryRun === true }, `Took over ${String(added)} names${before}${dryNote(options)}`);
  return undefined;
}
