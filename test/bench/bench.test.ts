/** What the bench computes and reads; its figures themselves are nobody's test. */
import { expect } from 'chai';
import { readOptions } from './options.js';
import { cpuSeconds, rssMiB, threadSeconds } from './process-usage.js';
import { describeRows, ratio, timesRaw } from './report.js';
import type { MeasuredRow } from './rows.js';
import { median, type Window } from './windows.js';

function aWindow(timesRaw: number): Window {
  return { roundsPerSecond: 1000, roundsPerCpuSecond: 1500, cpuMsPerRound: 0.667, p50: 10, p99: 20, rawPerCpuSecond: 3000, timesRaw, rssMiB: 120 };
}

function aRow(name: string, ...ratios: readonly number[]): MeasuredRow {
  const windows = ratios.map(aWindow);
  return { name, windows, window: median(windows), verified: 30 };
}

describe('bench', () => {
  it('takes the window in the middle, whole', () => {
    expect(median([aWindow(0.5), aWindow(0.1), aWindow(0.4)]).timesRaw).to.equal(0.4);
    expect(() => median([])).to.throw('nothing');
  });

  it('compares rows pass by pass, so that a slow minute does not count against one of them', () => {
    const rows = [aRow('one', 0.4, 0.2, 0.6), aRow('other', 0.2, 0.1, 0.3)];
    expect(ratio(rows, 'one', 'other')).to.equal(2);
    expect(ratio(rows, 'one', 'nobody')).to.equal(undefined);
    expect(timesRaw(rows, 'other')).to.equal(0.2);
    expect(timesRaw(rows, 'nobody')).to.equal(undefined);
  });

  it('prints one line a row under its head', () => {
    const lines = describeRows([aRow('one', 0.4), aRow('a longer name', 0.2)]).split('\n');
    expect(lines).to.have.length(3);
    expect(new Set(lines.map((line) => line.length))).to.have.property('size', 1);
    expect(lines[1]).to.match(/^one .* 0\.400 +120 +30$/u);
  });

  it('reads its options, and refuses what they are not', () => {
    expect(readOptions([])).to.deep.include({ seconds: 5, passes: 3, inflight: 16, sessions: 24, rps: undefined, wsfed: false, json: false });
    expect(readOptions(['--rps', '10000', '--json'])).to.include({ rps: 10_000, json: true });
    expect(readOptions(['--profile', 'somewhere', '--wsfed'])).to.include({ profile: 'somewhere', wsfed: true });
    expect(readOptions(['--help'])).to.equal(undefined);
    expect(() => readOptions(['--seconds', 'x'])).to.throw('--seconds');
    expect(() => readOptions(['--wrong'])).to.throw('wrong');
  });

  it('reads CPU time and memory of a process', function () {
    if (process.platform !== 'linux') this.skip();
    const { main, others } = threadSeconds(process.pid);
    expect(main + others).to.be.at.most(cpuSeconds(process.pid) + 0.1);
    expect(main).to.be.above(0);
    expect(rssMiB(process.pid)).to.be.within(20, 10_000);
  });
});
