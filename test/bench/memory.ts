/** Memory over many rounds: resident size every ten thousand; flat means that the second half adds next to nothing. */
import { ENTITY } from './applications.js';
import { startBenchNode } from './bench-node.js';
import { rssMiB } from './process-usage.js';
import type { RowParts } from './rows.js';
import { runJob } from './windows.js';

const STEP = 10_000;

export interface MemoryReading {
  readonly rounds: number;
  readonly rssMiB: number;
}

export async function measureMemory(folder: string, parts: RowParts, report: (reading: MemoryReading) => void): Promise<readonly MemoryReading[]> {
  const { options, key, load } = parts;
  const node = await startBenchNode(folder, 'memory', { key, sessions: options.sessions, inflight: options.inflight });
  const readings: MemoryReading[] = [];
  const note = (rounds: number): void => {
    const reading = { rounds, rssMiB: rssMiB(node.served.pid) };
    readings.push(reading);
    report(reading);
  };
  try {
    note(0);
    const wanted = options.rounds ?? 0;
    for (let done = 0; done < wanted;) {
      const rounds = Math.min(STEP, wanted - done);
      await runJob(load, node.job({ entityIds: [ENTITY.assertion, ENTITY.both, ENTITY.rules], end: { rounds } }));
      done += rounds;
      note(done);
    }
  } finally {
    await node.end();
  }
  return readings;
}
