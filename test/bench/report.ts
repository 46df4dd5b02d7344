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

/** What a row came to in raw signatures. */
export function timesRaw(rows: readonly MeasuredRow[], name: string): number | undefined {
  return rows.find((row) => row.name === name)?.window.timesRaw;
}

/** How one row stands to another: the middle of its ratios pass by pass, since windows of one pass lie next to each other. */
export function ratio(rows: readonly MeasuredRow[], name: string, base: string): number | undefined {
  const find = (wanted: string): MeasuredRow['windows'] => rows.find((row) => row.name === wanted)?.windows ?? [];
  const below = find(base);
  const ratios = find(name).flatMap((window, pass) => {
    const other = below[pass];
    return other === undefined ? [] : [window.timesRaw / other.timesRaw];
  });
  return ratios.sort((a, b) => a - b)[Math.floor((ratios.length - 1) / 2)];
}
