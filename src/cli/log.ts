/** `signet log`: sign-on records, oldest first; with --follow as they come. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { type LogQuery, openLog, toLogLine } from '../admin/log.js';
import { findApplication } from '../admin/relying-party-names.js';
import { SignetError } from '../core/errors.js';
import type { RelyingParties, SignOnRecord } from '../core/ports.js';
import { type Cli, readCount, withExamples } from './context.js';
import { oneLine, type Output, showTime } from './output.js';

interface LogOptions {
  readonly since?: string;
  readonly user?: string;
  readonly rp?: string;
  readonly follow?: boolean;
  readonly limit?: string;
  readonly all?: boolean;
}

const POLL_MS = 500;

export function registerLog(command: Command, cli: Cli): void {
  withExamples(command, 'log --since 2h', 'log --follow --json --rp https://app.example/metadata')
    .option('--since <time>', 'a time, how long ago (15m, 2h, 7d), or a reference: what came after it')
    .option('--user <name>', 'of one person')
    .option('--rp <application>', 'of one application, by identifier or name')
    .option('--follow', 'go on with what comes, until interrupted')
    .option('--limit <n>', 'begin with the newest n only')
    .option('--all', 'sign-ins and sign-outs that went well, too')
    .action((options: LogOptions) =>
      cli.run(async ({ output, open, clock }) => {
        const newest = options.limit === undefined ? undefined : readCount('--limit', options.limit);
        const { storage } = await open();
        const query: LogQuery = {
          ...(options.since === undefined ? {} : { since: options.since }),
          ...(options.user === undefined ? {} : { user: options.user }),
          ...(options.rp === undefined ? {} : { relyingParty: await entityIdOf(storage.relyingParties, options.rp) }),
          ...(newest === undefined ? {} : { newest }),
          ...(options.all === true ? { everything: true } : {}),
        };
        const read = await openLog({ journal: storage.journal, clock }, query);
        await print(read, output, options.follow === true);
        return undefined;
      }),
    );
}

async function print(read: () => Promise<readonly SignOnRecord[]>, output: Output, follow: boolean): Promise<void> {
  const stop = new AbortController();
  const onSignal = (): void => {
    stop.abort();
  };
  // Interrupting is how one leaves: the store is closed, and nothing went wrong.
  if (follow) process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  while (!output.closed() && !stop.signal.aborted) {
    const entries = await read();
    for (const entry of entries) output.line(toLogLine(entry), textOf(entry));
    if (entries.length > 0) continue;
    if (!follow) return;
    await sleep(POLL_MS, undefined, { signal: stop.signal }).catch(() => undefined);
  }
}

/** The journal knows applications by entity id, removed ones too; a name is looked up among those there are. */
async function entityIdOf(relyingParties: RelyingParties, text: string): Promise<string> {
  try {
    return (await findApplication(relyingParties, text)).metadata.entityId;
  } catch (error) {
    if (error instanceof SignetError && error.code === 'not_found') return text;
    throw error;
  }
}

function textOf(entry: SignOnRecord): string {
  const what = entry.event === 'sign-on' ? entry.outcome : `${entry.event} ${entry.outcome}`;
  const parts = [showTime(entry.at), entry.reference, what.padEnd(9), entry.user ?? '-', entry.relyingParty ?? '-', entry.check];
  return oneLine(parts.filter((part) => part !== undefined).join('  '));
}
