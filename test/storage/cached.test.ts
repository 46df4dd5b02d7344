import { expect } from 'chai';
import { asId } from '../../src/core/model/ids.js';
import type { RelyingPartyRecord } from '../../src/core/model/relying-party.js';
import type { Storage } from '../../src/storage/open.js';
import { aMetadata, aRecord, aUser } from '../support/builders.js';
import { atOnce, CHANGE } from '../support/records.js';
import { type Home, sqliteTarget } from '../support/storage-targets.js';

const aParty = (index: number, changes: Partial<RelyingPartyRecord> = {}): RelyingPartyRecord =>
  aRecord({
    id: asId(`rp-${String(index)}`),
    metadata: aMetadata({ entityId: `https://app-${String(index)}.example`, displayName: `App ${String(index)}` }),
    ...changes,
  });

describe('Registry and people from memory', () => {
  let home: Home;
  let storage: Storage;

  beforeEach(async () => {
    home = await sqliteTarget.makeHome();
    storage = await home.open();
  });
  afterEach(async () => home.remove());

  it('gives one object for an entry, whichever way it is asked for, also after others changed', async () => {
    await storage.relyingParties.insert(aParty(1), CHANGE);
    const { byEntityId, byId, enabled } = storage.relyingPartyLookup;
    const first = await byEntityId('https://app-1.example');
    expect(first?.name).to.equal('App 1');
    await storage.relyingParties.insert(aParty(2), CHANGE);
    expect(await byEntityId('https://app-1.example')).to.equal(first);
    expect(await byId(asId('rp-1'))).to.equal(first);
    expect((await enabled())[0]).to.equal(first);
  });

  it('gives a new object once the entry changed, and nothing once it is gone', async () => {
    await storage.relyingParties.insert(aParty(1), CHANGE);
    const { byEntityId, byId, enabled } = storage.relyingPartyLookup;
    await byEntityId('https://app-1.example');
    const saved = await storage.relyingParties.save(aParty(1, { overrides: { name: 'Renamed' } }), CHANGE);
    expect((await byEntityId('https://app-1.example'))?.name).to.equal('Renamed');
    await storage.relyingParties.save({ ...saved, enabled: false }, CHANGE);
    expect((await byId(asId('rp-1')))?.enabled).to.equal(false);
    expect(await enabled()).to.deep.equal([]);
    await storage.relyingParties.remove(asId('rp-1'), CHANGE);
    expect(await byEntityId('https://app-1.example')).to.equal(undefined);
    // The same names again, version one again, other content.
    await storage.relyingParties.insert(aParty(1, { overrides: { name: 'Another' }, updatedAt: 5 }), CHANGE);
    expect((await byId(asId('rp-1')))?.name).to.equal('Another');
  });

  it('finds what was unknown as soon as it is registered', async () => {
    expect(await storage.relyingPartyLookup.byEntityId('https://app-1.example')).to.equal(undefined);
    await storage.relyingParties.insert(aParty(1), CHANGE);
    expect((await storage.relyingPartyLookup.byEntityId('https://app-1.example'))?.id).to.equal('rp-1');
  });

  it('lists what is enabled by name, whatever the case and however many', async () => {
    const names = ['zebra', 'Alpha', 'beta 10', 'beta 9', 'Émile'];
    await atOnce(230, async (index) =>
      storage.relyingParties.insert(
        aParty(index, { overrides: { name: names[index] ?? `~ ${String(index).padStart(3, '0')}` }, enabled: index !== 229 }),
        CHANGE,
      ),
    );
    const listed = (await storage.relyingPartyLookup.enabled()).map(({ name }) => name);
    expect(listed).to.have.length(229);
    expect(listed.filter((name) => names.includes(name))).to.deep.equal(['Alpha', 'beta 9', 'beta 10', 'Émile', 'zebra']);
  });

  it('gives people as they are now, one object as long as nothing about them changed', async () => {
    await storage.users.insert(aUser(), CHANGE);
    const first = await storage.userLookup.byId(aUser().id);
    expect(first).to.deep.equal(aUser());
    await storage.relyingParties.insert(aParty(1), CHANGE);
    expect(await storage.userLookup.byId(aUser().id)).to.equal(first);
    await storage.users.save(aUser({ enabled: false }), CHANGE);
    expect((await storage.userLookup.byId(aUser().id))?.enabled).to.equal(false);
    await storage.users.remove(aUser().id, CHANGE);
    expect(await storage.userLookup.byId(aUser().id)).to.equal(undefined);
  });
});
