/** `signet changes`: the change history. */
import type { Command } from 'commander';
import { type ChangedValue, readChange, type ReadableChange } from '../admin/changes.js';
import { readStart } from '../admin/log.js';
import { type Cli, readCount, withExamples } from './context.js';
import { oneLine, showTime } from './output.js';

interface ChangesOptions {
  readonly since?: string;
  readonly limit: string;
}

const SHOWN = 100;

export function registerChanges(command: Command, cli: Cli): void {
  withExamples(command, 'changes --since 7d', 'changes --limit 5 --json')
    .option('--since <time>', 'a time, or how long ago (15m, 2h, 7d)')
    .option('--limit <n>', 'the newest n only', '50')
    .action((options: ChangesOptions) =>
      cli.run(async ({ output, open, clock }) => {
        const limit = readCount('--limit', options.limit);
        const since = options.since === undefined ? undefined : readStart(clock, options.since);
        const { storage } = await open();
        const changes = (await storage.changeLog.read(since, limit)).map(readChange);
        output.result(changes.map(toView), changes.length === 0 ? 'no changes' : changes.map(textOf).join('\n'));
        return undefined;
      }),
    );
}

function toView({ at, changed, ...change }: ReadableChange): Readonly<Record<string, unknown>> {
  const values = changed.map(({ path, before = null, after = null }) => ({ path, before, after }));
  return { time: new Date(at).toISOString(), ...change, changed: values };
}

function textOf({ at, actor, action, name, changed }: ReadableChange): string {
  return [oneLine(`${showTime(at)}  ${actor}  ${action}: ${name}`), ...changed.map(lineOf)].join('\n');
}

/** What is new or gone as a whole is named only; its content is in the JSON. */
function lineOf({ path, before, after }: ChangedValue): string {
  if (path === '') return before === undefined ? '    + new' : after === undefined ? '    - removed' : '    changed';
  return oneLine(`    ${path}: ${show(before)} -> ${show(after)}`);
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}… (${String(text.length)} characters)` : text;
}
