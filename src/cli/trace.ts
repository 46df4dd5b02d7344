/** `signet trace REF`: every check and decision of one sign-on. */
import type { Command } from 'commander';
import { findByReference, traceLines } from '../admin/log.js';
import { type Cli, withExamples } from './context.js';
import { oneLine } from './output.js';

export function registerTrace(command: Command, cli: Cli): void {
  withExamples(command, 'trace SGN-7Q4M-X2KD', 'trace SGN-7Q4M-X2KD --json')
    .argument('<reference>', 'the reference an error page or the log shows')
    .action((reference: string) =>
      cli.run(async ({ output, open }) => {
        const { storage } = await open();
        const entries = await findByReference(storage.journal, reference);
        output.result(
          entries.map(({ at, ...entry }) => ({ time: new Date(at).toISOString(), ...entry })),
          entries.map((entry) => traceLines(entry).map(oneLine).join('\n')).join('\n\n'),
        );
        return undefined;
      }),
    );
}
