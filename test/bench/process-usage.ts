/** CPU time and memory of another process, from /proc. */
import { readdirSync, readFileSync } from 'node:fs';

/** Of the kernel's user interface: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** User and system time of the process with all its threads, in seconds. */
export function cpuSeconds(pid: number): number {
  return readCpu(`/proc/${String(pid)}/stat`);
}

/** The same, of the main thread and of all others together. */
export function threadSeconds(pid: number): { readonly main: number; readonly others: number } {
  const main = readCpu(`/proc/${String(pid)}/task/${String(pid)}/stat`);
  const all = readdirSync(`/proc/${String(pid)}/task`).reduce((sum, thread) => sum + readCpu(`/proc/${String(pid)}/task/${thread}/stat`), 0);
  return { main, others: all - main };
}

function readCpu(path: string): number {
  const stat = readFileSync(path, 'latin1');
  // The second field is the name in brackets and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Memory in use, in MiB. */
export function rssMiB(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${String(pid)}/status`, 'latin1'));
  return Number(line?.[1] ?? Number.NaN) / 1024;
}
