import { expect } from 'chai';
import { type Job, type SchedulerParts, startJobs, takeTurn, type Turn } from '../../src/jobs/scheduler.js';
import { fakeClock } from '../support/builders.js';
import { memoryEphemeral } from '../support/memory-ephemeral.js';

/** Time that passes when the test says so. */
function handTurned(): { readonly pauses: number[]; readonly wait: NonNullable<SchedulerParts['wait']>; pass(): Promise<void> } {
  const pauses: number[] = [];
  const waiting: (() => void)[] = [];
  return {
    pauses,
    wait: (ms, signal) =>
      new Promise<void>((resolve, reject) => {
        const abort = (): void => {
          reject(new Error('aborted'));
        };
        if (signal.aborted) abort();
        pauses.push(Math.round(ms));
        waiting.push(resolve);
        signal.addEventListener('abort', abort);
      }),
    pass: async () => {
      for (const resume of waiting.splice(0)) resume();
      await settled();
    },
  };
}

/** Long enough for everything that waits for nothing outside. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 50; turns += 1) await Promise.resolve();
}

describe('jobs in the background', () => {
  let clock: ReturnType<typeof fakeClock>;
  let ephemeral: ReturnType<typeof memoryEphemeral>;
  let time: ReturnType<typeof handTurned>;
  let errors: string[];
  let ids: number;
  let parts: SchedulerParts;

  beforeEach(() => {
    clock = fakeClock();
    ephemeral = memoryEphemeral(clock);
    time = handTurned();
    errors = [];
    ids = 0;
    parts = {
      ephemeral,
      makeId: () => `node-${String((ids += 1))}`,
      onError: (error, what) => errors.push(`${what}: ${String(error)}`),
      random: () => 0.5,
      wait: time.wait,
    };
  });

  const job = (run: (turn: Turn) => Promise<void>): Job => ({ name: 'work', everyMs: 1000, run });
  const turn = (run: (turn: Turn) => Promise<void>): Promise<void> => takeTurn(job(run), new AbortController().signal, parts);

  it('run at intervals, the first within one, give or take', async () => {
    let turns = 0;
    const scheduler = startJobs([job(() => Promise.resolve(void (turns += 1)))], { ...parts, random: () => 0.25 });
    await settled();
    expect(turns).to.equal(0);
    await time.pass();
    await time.pass();
    expect(turns).to.equal(2);
    expect(time.pauses).to.deep.equal([250, 950, 950]);
    await scheduler.close();
    expect(ephemeral.entries('lease').size).to.equal(0);
  });

  it('never overlap: the next turn waits for the end of this one', async () => {
    let running = 0;
    let end = (): void => undefined;
    const scheduler = startJobs(
      [
        job(() => {
          running += 1;
          return new Promise((resolve) => {
            end = resolve;
          });
        }),
      ],
      parts,
    );
    await time.pass();
    await time.pass();
    expect([running, time.pauses.length]).to.deep.equal([1, 1]);
    end();
    await settled();
    await time.pass();
    expect(running).to.equal(2);
    const closed = scheduler.close();
    end();
    await closed;
  });

  it('run on one of many nodes', async () => {
    let running = 0;
    const all = Array.from({ length: 20 }, () =>
      turn(async () => {
        running += 1;
        await settled();
      }),
    );
    await Promise.all(all);
    expect(running).to.equal(1);
    await turn(() => Promise.resolve(void (running += 1)));
    expect(running).to.equal(2);
  });

  it('go on elsewhere when a node is frozen; thawed, it stops and takes nothing away (zombie)', async () => {
    let frozen = (): void => undefined;
    const kept: boolean[] = [];
    const first = turn(async ({ keep }) => {
      kept.push(await keep());
      await new Promise<void>((resolve) => {
        frozen = resolve;
      });
      kept.push(await keep());
    });
    await settled();
    clock.advance(61_000);
    await turn(async ({ keep }) => {
      frozen();
      await first;
      kept.push(await keep());
    });
    expect(kept).to.deep.equal([true, false, true]);
    expect(ephemeral.entries('lease').size).to.equal(0);
  });

  it('keep their lease as long as they work', async () => {
    await turn(async ({ keep }) => {
      for (let minutes = 0; minutes < 5; minutes += 1) {
        clock.advance(50_000);
        expect(await keep()).to.equal(true);
      }
    });
  });

  it('go on after a turn that ended in an error, and tell it', async () => {
    let turns = 0;
    const scheduler = startJobs(
      [
        job(() => {
          turns += 1;
          return Promise.reject(new Error(`no database ${String(turns)}`));
        }),
      ],
      parts,
    );
    await time.pass();
    await time.pass();
    await scheduler.close();
    expect(errors).to.deep.equal(['the job work did not end its turn: Error: no database 1', 'the job work did not end its turn: Error: no database 2']);
  });

  it('end when the node ends: what is under way is told, and waited for', async () => {
    const told: string[] = [];
    const scheduler = startJobs(
      [
        job(
          ({ signal, keep }) =>
            new Promise((resolve) => {
              signal.addEventListener('abort', () => {
                void keep().then((kept) => {
                  told.push(`aborted, kept: ${String(kept)}`);
                  resolve();
                });
              });
            }),
        ),
      ],
      parts,
    );
    await time.pass();
    await scheduler.close();
    expect(told).to.deep.equal(['aborted, kept: false']);
    expect(errors).to.deep.equal([]);
    await time.pass();
    expect(ids).to.equal(1);
  });
});
