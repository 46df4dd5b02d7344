/** `npm run bench`: what a sign-on costs, in units of the one thing that cannot be had cheaper, the RSA signature. */
import { systemClock } from '../../src/ops/clock.js';
import { makeBenchKey } from './applications.js';
import { makeWorkFolder, startBenchNode } from './bench-node.js';
import { end, forkBeside } from './children.js';
import { measureGrowth } from './growth.js';
import { measureMemory } from './memory.js';
import { HELP, readOptions, type BenchOptions } from './options.js';
import { profileServer } from './profile.js';
import { makeRawKey } from './raw.js';
import { describeRows, ratio, timesRaw } from './report.js';
import { measureRows, type RowParts, signetRows, startBaselines } from './rows.js';
import { measureRules } from './rules.js';

const RULES_SECONDS = 2;

type Say = (line: string) => void;

/** Gives what `--json` prints. */
async function standard(folder: string, parts: RowParts, say: Say, progress: Say): Promise<unknown> {
  const { options, key } = parts;
  const node = await startBenchNode(folder, 'signet', { key, sessions: options.sessions, inflight: options.inflight });
  const baselines = await startBaselines(folder, parts);
  try {
    progress('rules');
    const rules = await measureRules(parts.rawKey, { seconds: Math.min(options.seconds, RULES_SECONDS), passes: options.passes });
    const rows = await measureRows([...signetRows(node, options, key), ...baselines.rows], parts, progress);
    const ratios = {
      'assertion signed, to raw RSA-2048 (at least 0.30, aim 0.55)': timesRaw(rows, 'Signet, assertion signed'),
      'assertion signed with ten claim rules, to the default claims (at least 0.80)': ratio(
        rows,
        'Signet, assertion signed, ten claim rules',
        'Signet, assertion signed',
      ),
      'both signed, to raw RSA-2048 (aim 0.33)': timesRaw(rows, 'Signet, assertion and response signed'),
      'WS-Federation with SAML 1.1, to raw RSA-2048 (at least 0.40, aim 0.55)': timesRaw(rows, 'Signet, WS-Federation, SAML 1.1'),
      'WS-Federation with SAML 2.0, to raw RSA-2048 (at least 0.40, aim 0.55)': timesRaw(rows, 'Signet, WS-Federation, SAML 2.0'),
      'assertion signed, to plain samlify (at least 5)': ratio(rows, 'Signet, assertion signed', 'plain samlify on Express, assertion signed'),
      'both signed, to plain samlify': ratio(rows, 'Signet, assertion and response signed', 'plain samlify on Express, both signed'),
      'assertion signed, to a bare Express route': ratio(rows, 'Signet, assertion signed', 'bare Express route'),
      'rules: 30 over 60 claims, in raw RSA-2048 signatures (at most 0.20)': rules.evaluated,
      'rules: the same with what is kept of them, in raw RSA-2048 signatures': rules.recorded,
    };
    say(`\n${describeRows(rows)}\n`);
    for (const [name, value] of Object.entries(ratios)) say(`${(value ?? Number.NaN).toFixed(2).padStart(6)}  ${name}`);
    return { rows, ratios };
  } finally {
    await Promise.all([node.end(), ...baselines.servers.map((server) => server.end())]);
  }
}

async function growth(folder: string, parts: RowParts, count: number, say: Say, progress: Say): Promise<unknown> {
  const rows = await measureGrowth(folder, parts, count, progress);
  say(`\n${describeRows(rows)}\n`);
  const change = rows.slice(1).map((row) => ({ name: row.name, costAgainstOne: (ratio(rows, 'one registered', row.name) ?? Number.NaN) - 1 }));
  for (const { name, costAgainstOne } of change) say(`${(costAgainstOne * 100).toFixed(1).padStart(6)} %  ${name}, cost of a round against one registered`);
  return { rows, change };
}

async function memory(folder: string, parts: RowParts, say: Say): Promise<unknown> {
  const readings = await measureMemory(folder, parts, ({ rounds, rssMiB }) => {
    say(`${String(rounds).padStart(8)} rounds  ${rssMiB.toFixed(1).padStart(7)} MiB`);
  });
  return { readings };
}

async function profile(folder: string, parts: RowParts, dir: string, say: Say): Promise<unknown> {
  const result = await profileServer(folder, parts, dir);
  say(`CPU of a round: main thread ${result.mainMsPerRound.toFixed(3)} ms, other threads ${result.othersMsPerRound.toFixed(3)} ms\n`);
  for (const { where, share } of result.costs) say(`${(share * 100).toFixed(1).padStart(5)} %  ${where}`);
  return result;
}

function choose(folder: string, parts: RowParts, options: BenchOptions, say: Say, progress: Say): Promise<unknown> {
  if (options.rps !== undefined) return growth(folder, parts, options.rps, say, progress);
  if (options.rounds !== undefined) return memory(folder, parts, say);
  if (options.profile !== undefined) return profile(folder, parts, options.profile, say);
  return standard(folder, parts, say, progress);
}

async function main(argv: readonly string[]): Promise<void> {
  let options: BenchOptions | undefined;
  try {
    options = readOptions(argv);
  } catch (error) {
    process.stderr.write(`${(error instanceof Error ? error.message : String(error)).replace(/\.?$/u, '.')} See --help.\n`);
    process.exitCode = 2;
    return;
  }
  if (options === undefined) {
    process.stdout.write(HELP);
    return;
  }
  const say: Say = (line) => {
    if (!options.json) process.stdout.write(`${line}\n`);
  };
  const progress: Say = (line) => {
    if (process.stderr.isTTY) process.stderr.write(`  ${line}\n`);
  };
  const folder = makeWorkFolder();
  const load = forkBeside('./load.js');
  try {
    const key = await makeBenchKey(systemClock.now());
    const result = await choose(folder.path, { load, rawKey: makeRawKey(), key, options }, options, say, progress);
    if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  } finally {
    await end(load);
    folder.remove();
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
await main(process.argv.slice(2));
