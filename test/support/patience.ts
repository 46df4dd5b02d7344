/**
 * How long tests wait for others. They share their machine: what is promised within a time on a machine of its own may
 * take ten times as long beside other work, and is awaited for so long and no longer.
 */
import { setTimeout as sleep } from 'node:timers/promises';

const SLOWEST = 10;

/** The bound of a test for what is promised within `ms`. */
export function promised(ms: number): number {
  return ms * SLOWEST;
}

/** Asks until it is so. Throws with what was awaited when that takes far longer than is promised. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, promisedMs: number, everyMs = 25): Promise<void> {
  const deadline = performance.now() + promised(promisedMs);
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`promised within ${String(promisedMs)} ms, and not within ${String(promised(promisedMs))}: ${what}`);
    await sleep(everyMs);
  }
}

/** Tries until it holds, or throws what it threw last. */
export async function eventually(look: () => Promise<void>, promisedMs = 3000): Promise<void> {
  const deadline = performance.now() + promised(promisedMs);
  for (;;) {
    try {
      await look();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await sleep(100);
  }
}
