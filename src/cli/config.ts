/** `signet config`: every setting with its value and where it comes from; secrets masked. */
import type { Command } from 'commander';
import { type Cli, withExamples } from './context.js';
import { table } from './output.js';

export function registerConfig(command: Command, cli: Cli): void {
  withExamples(command, 'config', 'config --json --config /etc/signet.json').action(() =>
    cli.run(async ({ output, settings }) => {
      const { rows, warnings } = await settings();
      output.result(
        { settings: rows.map(({ name, value, source, help }) => ({ name, value: value ?? null, source, help })), warnings },
        table(
          ['setting', 'source', 'value'],
          rows.map(({ name, source, value }) => [name, source, value]),
        ),
      );
      for (const warning of warnings) output.hint(`warning: ${warning}`);
      return undefined;
    }),
  );
}
