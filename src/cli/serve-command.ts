/** `signet serve`. */
import type { Command } from 'commander';
import { packageVersion } from '../app/package.js';
import { type Cli, withExamples } from './context.js';

export function registerServe(command: Command, cli: Cli): void {
  withExamples(command, 'serve', 'serve --data /var/lib/signet').action(() =>
    cli.run(async (session) => {
      const { serve } = await import('./serve.js');
      return serve(await session.settings(), { version: packageVersion() });
    }),
  );
}
