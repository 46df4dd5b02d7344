import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { command, type Ran } from '../support/command-line.js';
import { metadataPath } from '../support/metadata-files.js';

describe('signet names', () => {
  let folder: string;

  const run = (...args: readonly string[]): Promise<Ran> => command(args, { env: { SIGNET_DATA: join(folder, 'data') } });
  const done = async (...args: readonly string[]): Promise<string> => {
    const ran = await run(...args);
    expect(ran.code, `${args.join(' ')}: ${ran.stderr}`).to.equal(0);
    return ran.stdout;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'signet-cli-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('takes names over, gives them out again, and computes pairwise ids', async () => {
    await done('user', 'add', 'maria');
    await done('user', 'add', 'peter');
    const added = JSON.parse(await done('rp', 'add', metadataPath('good/minimal.xml'), '--json')) as { readonly entityId: string };
    const [here, there] = [join(folder, 'here.csv'), join(folder, 'there.csv')];
    writeFileSync(here, `user,relyingParty,value\nmaria,${added.entityId},old-name\n`);

    expect(await done('names', 'import', here, '--dry-run')).to.match(/Took over 1 names \(dry run: nothing was changed\)/u);
    expect(JSON.parse(await done('names', 'export', '--json'))).to.deep.equal([]);
    expect(await done('names', 'import', here)).to.equal('Took over 1 names\n');
    expect(await done('names', 'import', here)).to.equal('Took over 0 names; 1 were there already\n');
    await done('names', 'export', '--file', there, '--user', 'maria', '--rp', added.entityId);
    expect(readFileSync(there, 'utf8')).to.match(
      /^user,relyingParty,format,value,created\r\nmaria,.*,urn:oasis:names:tc:SAML:2\.0:nameid-format:persistent,old-name,20/u,
    );
    expect(statSync(there).mode & 0o777).to.equal(0o600);
    expect(await done('names', 'import', there)).to.match(/^Took over 0 names; 1/u);

    const pairwise = (): Promise<string> => done('names', 'export', '--pairwise', '--rp', added.entityId, '--json');
    const ids = JSON.parse(await pairwise()) as readonly { readonly user: string; readonly value: string }[];
    expect(ids.map(({ user }) => user)).to.deep.equal(['maria', 'peter']);
    for (const { value } of ids) expect(value).to.match(/^[a-z2-7]{52}$/u);
    expect(JSON.parse(await pairwise())).to.deep.equal(ids);
  });

  it('refuses what cannot be', async () => {
    expect(await run('names', 'export', '--pairwise')).to.deep.include({ code: 2 });
    expect(await run('names', 'export', '--user', 'nobody')).to.deep.include({ code: 3 });
    const file = join(folder, 'names.csv');
    writeFileSync(file, 'user,relyingParty,value\nnobody,urn:app,x\n');
    const ran = await run('names', 'import', file);
    expect(ran).to.deep.include({ code: 1, stdout: '' });
    expect(ran.stderr).to.equal('signet: line 2: there is nobody called nobody. No name was taken over.\n');
  });
});
