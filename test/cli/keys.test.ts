import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { command, type Ran } from '../support/command-line.js';
import { makePfx, pemKey } from '../support/pfx.js';
import { keyPairOf } from '../support/saml-idp.js';
import { pem } from '../support/xml-oracles.js';

const PASSWORD = 'the password of the farm';

interface ShownKey {
  readonly id: string;
  readonly state: string;
  readonly certificate: string;
}

describe('signet keys import', () => {
  let folder: string;
  const everything: string[] = [];

  const run = async (...args: readonly string[]): Promise<Ran> => {
    const ran = await command(args, { env: { SIGNET_DATA: join(folder, 'data') }, stdin: `${PASSWORD}\n` });
    everything.push(ran.stdout, ran.stderr);
    return ran;
  };
  const listed = async (): Promise<readonly ShownKey[]> => JSON.parse((await run('keys', 'list', '--json')).stdout) as readonly ShownKey[];
  const pathOf = (name: string, content: Buffer | string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'signet-cli-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('takes the key of an AD FS over: published, then signing, and its private part nowhere to be seen (S19)', async () => {
    const { certificate, privateKey } = await keyPairOf('adfs', 'P-256');
    const path = pathOf('adfs.pfx', makePfx({ keys: [privateKey], certificates: [certificate] }, { password: PASSWORD }));
    expect(await run('keys', 'import', path, '--password', 'another')).to.deep.equal({
      code: 1,
      stdout: '',
      stderr: `signet: The password does not open ${path}.\n`,
    });
    const tried = await run('keys', 'import', path, '--password-stdin', '--dry-run');
    expect(tried.stdout).to.match(/^Imported the next key .* \(P-256, CN=adfs\) \(dry run: nothing was changed\)\n$/u);
    expect(await listed()).to.deep.equal([]);

    const done = await run('keys', 'import', path, '--password-stdin');
    expect(done).to.include({ code: 0 });
    expect(done.stderr).to.match(/^next: it is published in our metadata now\..*signet keys promote\n$/u);
    const [key] = await listed();
    expect(key).to.include({ state: 'next', certificate });
    expect(await run('keys', 'import', path, '--password-stdin')).to.deep.equal({
      code: 4,
      stdout: '',
      stderr: `signet: This key is here already: ${key?.id ?? ''}; see: signet keys list\n`,
    });
    expect(await run('keys', 'promote')).to.include({ code: 0 });
    expect((await run('keys', 'show', '--pem')).stdout).to.equal(pem(certificate));
    expect((await run('keys', 'show')).stdout).to.match(/state +active\n[^]*issued by +itself\n/u);
    expect((await run('changes', '--json')).stdout).to.include('import key');

    const stored = Buffer.concat(readdirSync(join(folder, 'data')).map((name) => readFileSync(join(folder, 'data', name))));
    const secrets = [
      privateKey,
      ...[0, 1, 2].map((shift) => privateKey.subarray(30 + shift, 75)).map((part) => Buffer.from(part.toString('base64').slice(4, -4))),
    ];
    for (const secret of [...secrets, Buffer.from(PASSWORD)]) {
      expect(stored.includes(secret)).to.equal(false);
      expect(Buffer.from(everything.join('')).includes(secret)).to.equal(false);
    }
  });

  it('signs at once only when told twice, and gives up a next key only when forced', async () => {
    const [one, two] = [await keyPairOf('one', 'P-256'), await keyPairOf('two', 'P-384')];
    const paths = [one, two].map(({ certificate, privateKey }, at) => pathOf(`${String(at)}.pem`, pem(certificate) + pemKey(privateKey)));
    const [first = '', second = ''] = paths;
    expect((await run('keys', 'import', first, '--promote')).stdout).to.match(/, and it signs now\n$/u);
    const early = await run('keys', 'import', second, '--promote');
    expect(early).to.include({ code: 1, stdout: '' });
    expect(early.stderr).to.match(/^signet: Applications that read our metadata may not know this key yet\..*--promote --force\.\n$/u);
    expect(await run('keys', 'import', second)).to.include({ code: 0 });
    expect((await listed()).map(({ state }) => state)).to.deep.equal(['active', 'next']);
    expect((await run('keys', 'import', pathOf('c.crt', pem(one.certificate)), '--key', pathOf('d.key', pemKey(two.privateKey)))).stderr).to.match(
      /^signet: No certificate in .*c\.crt and .*d\.key fits/u,
    );
  });
});
