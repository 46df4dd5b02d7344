/**
 * A process that writes records until it is killed, sixteen at a time, and says the id of each once it is acknowledged.
 * When one is refused it says how, and whether the database says that it is well, and ends.
 */
import { writeSync } from 'node:fs';
import { SignetError } from '../../src/core/errors.js';
import { openStorage } from '../../src/storage/open.js';
import { aSignOnRecord } from './records.js';
import { realClock } from './storage-targets.js';

const IN_FLIGHT = 16;
const [databaseUrl = ''] = process.argv.slice(2);
const storage = await openStorage({ databaseUrl }, { clock: realClock, onError: () => undefined });

const write = async (): Promise<void> => {
  for (;;) {
    const entry = aSignOnRecord();
    await storage.journal.record(entry);
    // Into the pipe at once: what was said before the kill is heard after it.
    writeSync(1, `${entry.id}\n`);
  }
};
const codeOf = (error: unknown): string => (error instanceof SignetError ? error.code : String(error));
try {
  await Promise.all(Array.from({ length: IN_FLIGHT }, write));
} catch (refusal) {
  const health = await storage.ping().then(() => 'well', codeOf);
  writeSync(1, `refused: ${codeOf(refusal)}, ping: ${health}\n`);
  process.exit();
}
