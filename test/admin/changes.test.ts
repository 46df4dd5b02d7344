import { expect } from 'chai';
import { readChange } from '../../src/admin/changes.js';
import type { ChangeEntry } from '../../src/core/ports.js';
import { aRecord, aUser, NOW } from '../support/builders.js';

const entry = (before: unknown, after: unknown, changes: Partial<ChangeEntry> = {}): ChangeEntry => ({
  at: NOW,
  actor: 'cli',
  action: 'set application',
  kind: 'relying-party',
  objectId: 'rp-1',
  before: before === undefined ? undefined : JSON.stringify(before),
  after: after === undefined ? undefined : JSON.stringify(after),
  ...changes,
});

describe('the change history', () => {
  it('names what differs, with what stood there before, and leaves out what changes with every save', () => {
    const before = aRecord({ overrides: { groups: ['Sales'], rules: { transform: 'old' } } });
    const after = aRecord({ version: 2, updatedAt: NOW + 1, overrides: { rules: { transform: 'new' }, lifetimeSeconds: 60 } });
    expect(readChange(entry(before, after))).to.deep.include({
      name: 'Acme Expenses',
      changed: [
        { path: 'overrides.groups', before: ['Sales'], after: undefined },
        { path: 'overrides.rules.transform', before: 'old', after: 'new' },
        { path: 'overrides.lifetimeSeconds', before: undefined, after: 60 },
      ],
    });
  });

  it('calls things by what people call them, else by their id', () => {
    expect(readChange(entry(undefined, aRecord({ overrides: { name: 'Wiki' } }))).name).to.equal('Wiki');
    expect(readChange(entry(aUser(), undefined)).name).to.equal('maria');
    expect(readChange(entry({ domain: 'A' }, { domain: 'B' }, { objectId: 'directory:local' })).name).to.equal('directory:local');
  });

  it('has one entry for what is new or gone as a whole', () => {
    expect(readChange(entry(undefined, aUser())).changed.map(({ path }) => path)).to.deep.equal(['']);
    expect(readChange(entry(aUser(), undefined)).changed).to.deep.equal([{ path: '', before: aUser(), after: undefined }]);
  });

  it('takes settings that are plain text', () => {
    const change = readChange({ ...entry(undefined, undefined), before: 'one', after: 'two' });
    expect(change.changed).to.deep.equal([{ path: '', before: 'one', after: 'two' }]);
  });
});
