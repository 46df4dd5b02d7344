import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { command, type Ran } from '../support/command-line.js';
import { freePort } from '../support/services/instance.js';

describe('signet store', () => {
  let folder: string;

  const run = (...args: readonly string[]): Promise<Ran> => command(args, { env: { SIGNET_DATA: join(folder, 'data') }, stdin: 'hunter2\n' });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'signet-cli-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('registers, shows, tests and removes a store, and never shows its password', async () => {
    const port = await freePort();
    const passwordFile = join(folder, 'pw.txt');
    writeFileSync(passwordFile, 'hunter2\n');
    const url = `postgres://reader@127.0.0.1:${String(port)}/hr`;
    const ran = [
      await run('store', 'add', 'sql', 'HR', '--url', url, '--password-file', passwordFile, '--dry-run'),
      await run('store', 'add', 'sql', 'HR', '--url', url, '--password-file', passwordFile),
      await run('store', 'add', 'sql', 'hr', '--url', `postgres://reader:hunter2@127.0.0.1:${String(port)}/hr`, '--replace'),
      await run('store', 'list', '--json'),
      await run('store', 'show', 'HR'),
      await run('store', 'test', 'HR'),
      await run('store', 'test', 'HR', '--query', "select '{0}'", '--param', 'x'),
      await run('store', 'remove', 'HR', '--json'),
      await run('store', 'show', 'HR'),
    ];
    expect(ran.map(({ code }) => code)).to.deep.equal([0, 0, 0, 0, 0, 5, 1, 0, 3]);
    const [dry, added, , listed, shown, tested, asked] = ran;
    expect(dry?.stdout).to.match(/^Added the store HR \(dry run: nothing was changed\)\n$/u);
    expect(added?.stdout).to.equal('Added the store HR\n');
    expect((JSON.parse(listed?.stdout ?? '') as unknown[]).at(-1)).to.deep.equal({ name: 'hr', kind: 'sql', url, hasPassword: true });
    expect(shown?.stdout).to.match(/password +set\nasked by +no rules/u);
    expect(tested?.stderr).to.equal(`signet: the database at 127.0.0.1:${String(port)} cannot be reached (ECONNREFUSED)\n`);
    expect(asked?.stderr).to.match(/^signet: \{0\} stands inside quotes/u);
    expect(JSON.stringify(ran)).not.to.include('hunter2');
    expect(readFileSync(join(folder, 'data', 'signet.db')).includes('hunter2')).to.equal(false);
  });

  it('refuses what is typed wrongly', async () => {
    for (const [args, code, sentence] of [
      [['add', 'ldap', 'HR', '--url', 'postgres://u@h/d'], 2, /"ldap" is not a kind of store; use sql/u],
      [['add', 'sql', 'HR'], 2, /--url/u],
      [['add', 'sql', 'Active Directory', '--url', 'postgres://u@h/d'], 1, /built in/u],
      [['add', 'sql', 'HR', '--url', 'postgres://u:x@h/d', '--password-stdin'], 1, /given twice/u],
      [['test', 'HR', '--param', 'x'], 2, /give it with --query/u],
      [['test', 'Active Directory'], 3, /built in/u],
    ] as const) {
      const ran = await run('store', ...args);
      expect(ran.code, ran.stderr).to.equal(code);
      expect(ran.stderr).to.match(sentence);
    }
  });
});
