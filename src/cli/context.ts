/** What every command gets: the settings, the output, and a store that is closed whatever happens. */
import type { Command } from 'commander';
import type { LoadedSettings } from '../config/load.js';
import type { Clock } from '../core/ports.js';
import { systemClock } from '../ops/clock.js';
import type { Storage } from '../storage/open.js';
import { createOutput, EXIT, type Output, reportError, type Terminal, watchReader, WrongUse } from './output.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Who the audit says it was. */
const ACTOR = 'cli';

export interface Session {
  readonly output: Output;
  readonly clock: Clock;
  readonly stdin: Terminal['stdin'];
  /** Throws invalid_input when a setting cannot be used. */
  settings(): Promise<LoadedSettings>;
  /** Opens the store for the command, once. Throws unavailable when it cannot be reached. */
  open(): Promise<Opened>;
}

export interface Opened {
  readonly storage: Storage;
  readonly loaded: LoadedSettings;
  readonly secretKey: string;
}

export interface Cli {
  /** Does the work of a command: closes what it opened, reports errors, keeps the exit code, which is 0 unless the work gives another. */
  run(work: (session: Session) => Promise<number | undefined>): Promise<void>;
  exitCode(): number;
}

/** Options that stand before or behind any command. */
interface Globals {
  readonly json?: boolean;
  readonly data?: string;
  readonly config?: string;
}

/** Makes the frame of one run of the program. */
export function createCli(program: Command, env: Environment, terminal: Terminal): Cli {
  const closed = watchReader(terminal.stdout);
  let exitCode: number = EXIT.done;

  return {
    exitCode: () => exitCode,
    run: async (work) => {
      const globals = program.opts<Globals>();
      const json = globals.json === true;
      const closing: (() => Promise<void>)[] = [];
      try {
        exitCode = (await work(createSession(globals, env, terminal, createOutput(terminal, json, closed), closing))) ?? EXIT.done;
        for (const close of closing.splice(0)) await close();
      } catch (error) {
        exitCode = reportError(terminal, error, json);
      } finally {
        // What already failed has been reported; closing must not hide it.
        await Promise.allSettled(closing.map((close) => close()));
      }
    },
  };
}

function createSession(globals: Globals, env: Environment, terminal: Terminal, output: Output, closing: (() => Promise<void>)[]): Session {
  const flags = {
    ...(globals.data === undefined ? {} : { SIGNET_DATA: globals.data }),
    ...(globals.config === undefined ? {} : { SIGNET_CONFIG: globals.config }),
  };
  const settings = async (): Promise<LoadedSettings> => {
    const { loadSettings } = await import('../config/load.js');
    return loadSettings({ env, flags });
  };
  return {
    output,
    clock: systemClock,
    stdin: terminal.stdin,
    settings,
    open: async () => {
      const loaded = await settings();
      const { openDataFolder } = await import('../config/data-folder.js');
      const { openStorage } = await import('../storage/open.js');
      const { databaseUrl, secretKey } = openDataFolder(loaded.settings);
      const { redisUrl } = loaded.settings;
      const storage = await openStorage(
        { databaseUrl, ...(redisUrl === undefined ? {} : { redisUrl }) },
        {
          clock: systemClock,
          onError: (error, what) => {
            output.hint(`${what}: ${error instanceof Error ? error.message : 'unknown'}`);
          },
        },
      );
      closing.push(() => storage.close());
      return { storage, loaded, secretKey };
    },
  };
}

/** Two examples under the help of a command. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ signet ${example}`).join('\n')}`);
}

/** Gathers the values of an option that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** A whole number of an option. */
export function readCount(name: string, text: string): number {
  if (!/^\d{1,7}$/u.test(text)) throw new WrongUse(`${name} is "${text.slice(0, 40)}"; give a whole number.`);
  return Number(text);
}

export const DRY_RUN = ['--dry-run', 'check everything, say what would be done, change nothing'] as const;

export interface DryRun {
  readonly dryRun?: boolean;
}

/** What a use case is told about who asks, and whether it only would be done. */
export function doingOf({ dryRun }: DryRun): { readonly actor: string; readonly dryRun: boolean } {
  return { actor: ACTOR, dryRun: dryRun === true };
}

/** Behind a line that says what was done. */
export function dryNote({ dryRun }: DryRun): string {
  return dryRun === true ? ' (dry run: nothing was changed)' : '';
}
