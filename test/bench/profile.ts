/** Where the server's time goes: V8's CPU profile of a run, its dearest functions by their own time. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ENTITY, REALM } from './applications.js';
import { startBenchNode } from './bench-node.js';
import { threadSeconds } from './process-usage.js';
import type { RowParts } from './rows.js';
import { runJob } from './windows.js';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  /** Microseconds of the same clock as `timeDeltas`. */
  readonly startTime: number;
  readonly endTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface Cost {
  readonly where: string;
  readonly share: number;
}

export interface ProfileResult {
  readonly costs: readonly Cost[];
  /** CPU milliseconds of one round: of the main thread, and of the thread pool, the compiler and the collector together. */
  readonly mainMsPerRound: number;
  readonly othersMsPerRound: number;
}

const SHOWN = 40;
const WARM_SECONDS = 4;

/**
 * Profiles a server over `passes` windows, without its start. Shares are of the time the main thread was not idle;
 * signatures of long RSA keys run on the thread pool and are not among them.
 */
export async function profileServer(folder: string, parts: RowParts, dir: string): Promise<ProfileResult> {
  const { options, key, load } = parts;
  const profileDir = resolve(dir);
  mkdirSync(profileDir, { recursive: true });
  const before = new Set(readdirSync(profileDir));
  const node = await startBenchNode(folder, 'profile', { key, sessions: options.sessions, inflight: options.inflight, profileDir });
  const end = { seconds: options.seconds * options.passes };
  const job = options.wsfed ? node.job({ protocol: 'wsfed', entityIds: [REALM.saml11], end }) : node.job({ entityIds: [ENTITY.assertion], end });
  await runJob(load, { ...job, end: { seconds: WARM_SECONDS } });
  const cpuBefore = threadSeconds(node.served.pid);
  const result = await runJob(load, job);
  const cpuAfter = threadSeconds(node.served.pid);
  const ended = performance.now();
  await node.end();
  const file = readdirSync(profileDir).find((name) => !before.has(name) && name.endsWith('.cpuprofile'));
  if (file === undefined) throw new Error(`no profile was written to ${profileDir}`);
  const tail = (performance.now() - ended) * 1000;
  const perRound = (of: 'main' | 'others'): number => ((cpuAfter[of] - cpuBefore[of]) * 1000) / result.rounds;
  return {
    costs: dearest(JSON.parse(readFileSync(join(profileDir, file), 'utf8')) as Profile, result.seconds * 1e6, tail),
    mainMsPerRound: perRound('main'),
    othersMsPerRound: perRound('others'),
  };
}

/** Counts the samples of the measured window, which ended about `tail` before the profile did. */
function dearest(profile: Profile, window: number, tail: number): readonly Cost[] {
  const names = new Map(
    profile.nodes.map(({ id, callFrame }) => {
      const file = callFrame.url.replace(/^.*\/(?=build\/|node_modules\/)/u, '');
      return [id, file === '' ? callFrame.functionName : `${callFrame.functionName || '(anonymous)'} ${file}:${String(callFrame.lineNumber + 1)}`];
    }),
  );
  const until = profile.endTime - tail;
  const from = until - window;
  const times = new Map<string, number>();
  let now = profile.startTime;
  profile.samples.forEach((id, at) => {
    const passed = profile.timeDeltas[at] ?? 0;
    now += passed;
    const name = names.get(id) ?? 'unknown';
    if (name !== '(idle)' && now > from && now < until) times.set(name, (times.get(name) ?? 0) + passed);
  });
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .map(([where, time]) => ({ where, share: time / total }))
    .sort((a, b) => b.share - a.share)
    .slice(0, SHOWN);
}
