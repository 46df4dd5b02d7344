/** Where the demo keeps its data: a temporary folder, or one that is kept, which must be empty or the demo's own. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SignetError } from '../core/errors.js';

export interface DemoFolder {
  readonly path: string;
  /** Removes the folder, unless it is kept. */
  leave(): void;
}

/** Weak passwords and an administrator everybody knows must never end up in a real data folder: this file marks ours. */
const MARK = 'this-is-demo-data.txt';

/** Throws invalid_input when the folder to keep holds something else. */
export function openDemoFolder(keep: string | undefined): DemoFolder {
  if (keep === undefined) {
    const path = mkdtempSync(join(tmpdir(), 'signet-demo-'));
    mark(path);
    return {
      path,
      leave: () => {
        rmSync(path, { recursive: true, force: true });
      },
    };
  }
  const path = resolve(keep);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const content = readdirSync(path);
  if (content.length > 0 && !content.includes(MARK)) {
    throw new SignetError('invalid_input', `${path} holds something else than demo data. Choose an empty folder for --keep.`);
  }
  mark(path);
  return {
    path,
    leave: () => {
      // It is kept.
    },
  };
}

function mark(path: string): void {
  writeFileSync(join(path, MARK), 'Made by npm run demo: everybody here has the same password. Never use it for anything real.\n', { mode: 0o600 });
}
