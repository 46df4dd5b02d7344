/** The tables that people read. */
import type { MeasuredRow } from './rows.js';

const HEAD = ['row', 'rounds/s', 'CPU ms', 'p50 ms', 'p99 ms', 'per CPU s', 'raw RSA', 'x raw', 'RSS MiB', 'verified'] as const;

/** One line a row; `x raw` is rounds per CPU second over raw RSA-2048 signatures per CPU second, read around the same window. */
export function describeRows(rows: readonly MeasuredRow[]): string {
  const lines = rows.map(({ name, window, verified }) => [
    name,
    window.roundsPerSecond.toFixed(0),
    window.cpuMsPerRound.toFixed(3),
    window.p50.toFixed(1),
    window.p99.toFixed(1),
    window.roundsPerCpuSecond.toFixed(0),
    window.rawPerCpuSecond.toFixed(0),
    window.timesRaw.toFixed(3),
    window.rssMiB.toFixed(0),
    String(verified),
  ]);
  const table = [[...HEAD], ...lines];
  const widths = HEAD.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  return table
    .map((line) => line.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '))
    .join('\n');
}

/** How one row stands to another, by their ratios to the raw rate: noise of the machine falls out. */
export function ratio(rows: readonly MeasuredRow[], name: string, base: string): number | undefined {
  const find = (wanted: string): number | undefined => rows.find((row) => row.name === wanted)?.window.timesRaw;
  const above = find(name);
  const below = find(base);
  return above === undefined || below === undefined ? undefined : above / below;
}
