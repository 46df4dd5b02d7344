import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataFolder } from '../../src/config/data-folder.js';

describe('data folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'signet-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const open = (changes = {}): ReturnType<typeof openDataFolder> =>
    openDataFolder({ data: join(folder, 'data'), databaseUrl: undefined, secretKey: undefined, ...changes });

  it('is made for its owner only, with a secret key that stays (S19)', () => {
    const first = open();
    expect(first.databaseUrl).to.equal(`sqlite:${join(folder, 'data', 'signet.db')}`);
    expect(statSync(join(folder, 'data')).mode & 0o777).to.equal(0o700);
    expect(statSync(join(folder, 'data', 'secret.key')).mode & 0o777).to.equal(0o600);
    expect(Buffer.from(first.secretKey, 'base64url')).to.have.length(32);
    expect(open().secretKey).to.equal(first.secretKey);
  });

  it('writes nothing when the key is given and the database is elsewhere', () => {
    const opened = open({ databaseUrl: 'postgres://db/signet', secretKey: 'a key that is given' });
    expect(opened).to.deep.equal({ databaseUrl: 'postgres://db/signet', secretKey: 'a key that is given', secretKeyFile: undefined });
    expect(() => statSync(join(folder, 'data'))).to.throw();
  });

  it('never makes a new key beside a database sealed under the old one', () => {
    open();
    unlinkSync(join(folder, 'data', 'secret.key'));
    writeFileSync(join(folder, 'data', 'signet.db'), 'content');
    expect(() => open()).to.throw(/secret key .* is missing/u);
    expect(() => readFileSync(join(folder, 'data', 'secret.key'))).to.throw();
  });

  it('says which folder cannot be made', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => open({ data: join(folder, 'file', 'data') })).to.throw(/data folder .* cannot be made/u);
  });
});
