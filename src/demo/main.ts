/** `npm run demo`: one process and its child, a temporary data folder, no network. Ends cleanly on SIGINT and SIGTERM. */
import { SignetError } from '../core/errors.js';
import { HELP, readOptions } from './options.js';
import { startDemo } from './start.js';
import { describeDemo, describeDemoAsJson } from './table.js';

async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const ended = nextSignal();
  const demo = await startDemo(options);
  process.stdout.write(options.json ? describeDemoAsJson(demo) : describeDemo(demo));
  await ended;
  await demo.close();
  return 0;
}

/** A second signal ends the process at once. */
function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      process.once('SIGINT', () => process.exit(1));
      process.once('SIGTERM', () => process.exit(1));
      resolve();
    };
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SignetError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.code === 'invalid_input' ? 2 : 1;
}
