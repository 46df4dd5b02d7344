/** Runs many commands of `signet` one after the other in one process: loading the program costs more than most commands. */
import { run } from '../../src/cli/index.js';

/** From the parent. */
export interface Batch {
  readonly commands: readonly (readonly string[])[];
}

export interface BatchResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

// Each run listens on the streams of what it takes for its own process.
process.stdout.setMaxListeners(0);

process.on('message', (batch: Batch) => {
  void runAll(batch.commands).then((results) => {
    process.send?.(results);
  });
});
process.on('disconnect', () => {
  process.exit();
});

async function runAll(commands: Batch['commands']): Promise<readonly BatchResult[]> {
  const results: BatchResult[] = [];
  for (const command of commands) {
    const said = { stdout: '', stderr: '' };
    const keep =
      (stream: keyof typeof said) =>
      (text: string | Uint8Array): boolean => {
        said[stream] += typeof text === 'string' ? text : Buffer.from(text).toString();
        return true;
      };
    process.stdout.write = keep('stdout');
    process.stderr.write = keep('stderr');
    results.push({ code: await run(command, process.env), ...said });
  }
  return results;
}
