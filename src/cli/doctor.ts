/** `signet doctor`: looks at settings, folder, store, keys, people and applications; exit 6 when something was found. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { examine, type Finding } from '../admin/doctor.js';
import type { LoadedSettings } from '../config/load.js';
import type { Settings } from '../config/settings.js';
import { SignetError } from '../core/errors.js';
import { createSecretBox } from '../crypto/secret-box.js';
import { CLOCK_TOLERANCE_MS } from '../ops/clock-guard.js';
import { type Cli, type Session, withExamples } from './context.js';
import { EXIT, sentence } from './output.js';

export function registerDoctor(command: Command, cli: Cli): void {
  withExamples(command, 'doctor', 'doctor --json').action(() =>
    cli.run(async (session) => {
      const findings = await diagnose(session);
      const lines = findings.map((finding) => `${finding.level}: ${finding.sentence} ${finding.fix}`);
      session.output.result({ findings }, lines.length === 0 ? 'Nothing is wrong' : lines.join('\n'));
      return findings.length === 0 ? EXIT.done : EXIT.findings;
    }),
  );
}

async function diagnose(session: Session): Promise<readonly Finding[]> {
  let loaded: LoadedSettings;
  try {
    loaded = await session.settings();
  } catch (error) {
    return [problem('settings.unusable', messageOf(error), 'See: signet config --help, and docs/settings.md')];
  }
  const { settings } = loaded;
  const about = [
    ...loaded.warnings.map((warning): Finding => ({ id: 'settings.warning', level: 'warning', sentence: warning, fix: 'Correct or remove it.' })),
    ...examineAddress(settings),
    ...examineRights(settings),
  ];
  const fresh = freshDatabase(settings);
  // Looking must not make a database where none is.
  if (fresh !== undefined) return [...about, problem('store.none', `There is no database at ${fresh} yet.`, 'Start a node: signet serve makes it.')];
  return [...about, ...(await examineStore(session))];
}

async function examineStore(session: Session): Promise<readonly Finding[]> {
  try {
    const { storage, secretKey } = await session.open();
    const asked = session.clock.now();
    const offset = asked - (await storage.ping());
    const { users, relyingParties, metadataHistory, signingKeys } = storage;
    const clock: readonly Finding[] =
      Math.abs(offset) <= CLOCK_TOLERANCE_MS
        ? []
        : [
            problem(
              'clock.off',
              `The clock of this machine is ${String(Math.round(offset / 1000))} s away from the clock of the database.`,
              'Set the clocks with NTP.',
            ),
          ];
    return [...clock, ...(await examine({ users, relyingParties, metadataHistory, signingKeys, box: createSecretBox(secretKey), clock: session.clock }))];
  } catch (error) {
    if (!(error instanceof SignetError)) throw error;
    const id = error.code === 'unavailable' ? 'store.unreachable' : error.code === 'conflict' ? 'store.schema' : 'store.unusable';
    return [problem(id, messageOf(error), 'Correct SIGNET_DATABASE_URL or the data folder, or start the database.')];
  }
}

/** Browsers on other machines would send passwords in the clear. */
function examineAddress({ baseUrl }: Settings): readonly Finding[] {
  const { protocol, hostname } = new URL(baseUrl);
  if (protocol === 'https:' || /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\])$/u.test(hostname)) return [];
  return [
    problem(
      'settings.http',
      `SIGNET_BASE_URL is ${baseUrl}, so passwords and tokens travel in the clear.`,
      'Serve it by https, here or in a proxy, and set the https address.',
    ),
  ];
}

/** Whoever can read the folder can sign as this Signet. */
function examineRights({ data }: Settings): readonly Finding[] {
  if (process.platform === 'win32') return [];
  const open = [
    { path: data, mode: '700' },
    { path: join(data, 'secret.key'), mode: '600' },
    { path: join(data, 'signet.db'), mode: '600' },
  ].filter(({ path }) => existsSync(path) && (statSync(path).mode & 0o077) !== 0);
  // A folder that is closed closes what is in it.
  const [first] = open;
  if (first === undefined || first.path !== data) return [];
  return open.map(({ path, mode }) => problem('folder.rights', `${path} can be read by other users of this machine.`, `Use: chmod ${mode} ${path}`));
}

function freshDatabase({ data, databaseUrl }: Settings): string | undefined {
  if (databaseUrl?.startsWith('postgres') === true) return undefined;
  const path = databaseUrl === undefined ? join(data, 'signet.db') : databaseUrl.slice('sqlite:'.length);
  return existsSync(path) ? undefined : path;
}

function problem(id: string, what: string, fix: string): Finding {
  return { id, level: 'problem', sentence: what, fix };
}

function messageOf(error: unknown): string {
  return sentence(error instanceof Error ? error.message : 'unknown');
}
