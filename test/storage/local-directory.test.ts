import { expect } from 'chai';
import type { DirectorySettings } from '../../src/core/ports.js';
import { createDirectorySettings } from '../../src/storage/local-directory.js';
import type { Storage } from '../../src/storage/open.js';
import { aUser, thrownBy } from '../support/builders.js';
import { CHANGE } from '../support/records.js';
import { type Home, sqliteTarget } from '../support/storage-targets.js';

describe('the settings of the built-in directory', () => {
  let home: Home;
  let storage: Storage;
  let settings: DirectorySettings;

  beforeEach(async () => {
    home = await sqliteTarget.makeHome();
    storage = await home.open();
    settings = createDirectorySettings({ directories: storage.localDirectories, changes: storage.changes, baseUrl: 'https://login.example.com:8443/sso' });
  });
  afterEach(async () => home.remove());

  it('have defaults where nobody set anything', async () => {
    expect(await storage.localDirectories.read()).to.deep.equal({});
    const installation = await storage.localDirectories.installation();
    expect(installation).to.have.length.greaterThan(8);
    expect(await settings.current()).to.deep.equal({
      name: 'local',
      authority: 'AD AUTHORITY',
      domain: 'SIGNET',
      upnSuffix: 'login.example.com',
      groupSids: {},
      primaryGroup: undefined,
      sidBase: installation,
      acceptance: undefined,
      passwordMaxAgeDays: undefined,
    });
  });

  it('are in force at once, also what was set through another node, and recorded with before and after', async () => {
    await settings.current();
    await storage.localDirectories.update(() => ({ domain: 'CORP', groupSids: { Sales: 'S-1-5-21-1-2-3-4' }, passwordMaxAgeDays: 90 }), CHANGE);
    const { domain, groupSids, passwordMaxAgeDays } = await settings.current();
    expect([domain, groupSids, passwordMaxAgeDays]).to.deep.equal(['CORP', { Sales: 'S-1-5-21-1-2-3-4' }, 90]);
    await storage.localDirectories.update((before) => ({ ...before, domain: 'EMEA' }), CHANGE);
    const last = (await storage.changeLog.read(undefined, 1))[0];
    expect(last).to.include({ kind: 'setting', objectId: 'directory:local', actor: CHANGE.actor });
    expect([last?.before?.includes('CORP'), last?.after?.includes('EMEA')]).to.deep.equal([true, true]);
  });

  it('are one object until they change, whatever else changes', async () => {
    const first = await settings.current();
    await storage.users.insert(aUser(), CHANGE);
    expect(await settings.current()).to.equal(first);
    await storage.localDirectories.update(() => ({ domain: 'CORP' }), CHANGE);
    expect(await settings.current()).not.to.equal(first);
  });

  const unusable: readonly string[] = [
    '',
    '[]',
    '{"domain":1}',
    '{"domain":""}',
    '{"other":1}',
    '{"passwordMaxAgeDays":0}',
    '{"groupSids":{"Sales":1}}',
    'null',
  ];
  for (const text of unusable) {
    it(`are not guessed at where the stored text is ${text === '' ? 'empty' : text}`, async () => {
      await storage.storedSettings.set('directory:local', text, CHANGE);
      expect(await thrownBy(() => settings.current())).to.include({ code: 'unavailable', message: 'the stored settings of the directory cannot be read' });
    });
  }
});
