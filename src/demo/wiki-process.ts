/** The parent's side of Northwind Wiki: starts its process, waits until it listens, and ends it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { SignetError } from '../core/errors.js';

const MAIN = fileURLToPath(new URL('wiki/main.js', import.meta.url));
const END_MS = 3000;

export interface RunningWiki {
  readonly url: string;
  /** Resolves once the process is gone. */
  close(): Promise<void>;
}

/** Starts the Wiki, on `port` where that is free. `ended` is told when its process ends before it is closed. Throws unavailable when it does not start. */
export async function startWiki(port: number, signetUrl: string, ended: () => void): Promise<RunningWiki> {
  // stdout stays ours: with --json somebody reads it.
  const child = fork(MAIN, [String(port), signetUrl], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
  });
  const said = await Promise.race([once(child, 'message'), gone]);
  if (said === undefined) throw new SignetError('unavailable', 'Northwind Wiki did not start.');
  const [message] = said as [{ readonly port: number }];
  child.once('exit', ended);
  return {
    url: `http://localhost:${String(message.port)}`,
    close: async () => {
      child.off('exit', ended);
      // It ends when the channel does; what hangs is ended.
      if (child.connected) child.disconnect();
      const hard = setTimeout(() => child.kill('SIGKILL'), END_MS);
      await gone;
      clearTimeout(hard);
    },
  };
}
