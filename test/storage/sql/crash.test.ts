import { expect } from 'chai';
import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { aSignOnRecord } from '../../support/records.js';
import { type Home, sqliteTarget } from '../../support/storage-targets.js';

const WRITER = fileURLToPath(new URL('../../support/journal-writer.js', import.meta.url));

describe('Journal on SQLite, when the worst happens', () => {
  let home: Home;

  beforeEach(async () => {
    home = await sqliteTarget.makeHome();
  });
  afterEach(async () => home.remove());

  it('has every acknowledged record when it is opened again after kill -9, three times in a row (kill9)', async () => {
    const acknowledged: string[] = [];
    for (const milliseconds of [20, 90, 200]) {
      const writer = spawn(process.execPath, [WRITER, home.databaseUrl], { stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      const gone = new Promise((resolve) => writer.once('close', resolve));
      const firstWord = new Promise((resolve) => writer.stdout.once('data', resolve));
      writer.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      await firstWord;
      await sleep(milliseconds);
      writer.kill('SIGKILL');
      await gone;
      const ids = said.split('\n').slice(0, -1);
      expect(ids.length).to.be.greaterThan(0);
      acknowledged.push(...ids);

      const storage = await home.open();
      const stored = new Set((await storage.journal.read({}, { limit: 100_000 })).entries.map(({ id }) => id));
      expect(acknowledged.filter((id) => !stored.has(id))).to.deep.equal([]);
    }
  });

  it('refuses records when the disk takes no more, says so when asked, and works again once there is room (disk-full)', async () => {
    await home.open();
    // A bound on the size of files stands for the full disk: half a megabyte.
    const script = 'ulimit -f 500; exec "$0" "$1" "$2"';
    const { stdout } = spawnSync('bash', ['-c', script, process.execPath, WRITER, home.databaseUrl], { encoding: 'utf8' });
    const lines = stdout.trim().split('\n');
    expect(lines.at(-1)).to.equal('refused: unavailable, ping: unavailable');
    const acknowledged = lines.slice(0, -1);
    expect(acknowledged.length).to.be.greaterThan(10);
    const again = await home.open();
    const stored = (await again.journal.read({}, { limit: 100_000 })).entries.map(({ id }) => id);
    expect(acknowledged.filter((id) => !stored.includes(id))).to.deep.equal([]);
    await again.journal.record(aSignOnRecord({ id: 'room again' }));
    expect((await again.journal.read({}, { limit: 1, from: 'newest' })).entries[0]?.id).to.equal('room again');
  });
});
