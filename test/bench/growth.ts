/** What a large registry costs: the same round with one application registered, and with many, window by window in turn. */
import { nthEntity } from './applications.js';
import { startBenchNode } from './bench-node.js';
import { measureRows, type MeasuredRow, type Row, type RowParts } from './rows.js';
import { verifySaml } from './verify.js';
import { runJob } from './windows.js';

export async function measureGrowth(folder: string, parts: RowParts, count: number, progress: (line: string) => void): Promise<readonly MeasuredRow[]> {
  const { options, key, load } = parts;
  const wish = { key, sessions: options.sessions, inflight: options.inflight };
  const one = await startBenchNode(folder, 'one', { ...wish, more: 1 });
  progress(`registering ${String(count)} applications`);
  const many = await startBenchNode(folder, 'many', { ...wish, more: count });
  try {
    const all = Array.from({ length: count }, (_, index) => nthEntity(index));
    // Every application is visited once before anything is measured: a session's first visit is written down.
    progress('visiting every application');
    await runJob(load, many.job({ entityIds: all, end: { rounds: count } }));
    const row = (name: string, node: typeof one, entityIds: readonly string[]): Row => ({
      name,
      pid: node.served.pid,
      job: (end) => node.job({ entityIds, end }),
      verify: verifySaml({ certificates: node.idp.certificates, responseSigned: false, key }),
    });
    return await measureRows(
      [
        row('one registered', one, [nthEntity(0)]),
        row(`${String(count)} registered, one used`, many, [nthEntity(0)]),
        row(`${String(count)} registered, all in turn`, many, all),
      ],
      parts,
      progress,
    );
  } finally {
    await Promise.all([one.end(), many.end()]);
  }
}
