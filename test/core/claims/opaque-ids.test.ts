import { createHmac, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { createOpaqueIdStore, pairwiseId } from '../../../src/core/claims/opaque-ids.js';
import { SignetError } from '../../../src/core/errors.js';
import { asId } from '../../../src/core/model/ids.js';
import { aPerson } from '../../support/builders.js';

const hmac = (text: Buffer): Promise<Buffer> => Promise.resolve(createHmac('sha256', 'a key').update(text).digest());
const known = createOpaqueIdStore({ hmac, randomBytes });

const PPID = '{0};{1};{2}';
const ENTROPY = '{0};{1};{2};{3};{4}';
const INSTANT = '2026-11-24T09:00:00.000Z';

async function ask(query: string, params: readonly string[], relyingParty: string | undefined = 'https://app.example', columns = 1): Promise<string> {
  const rows = await known.store.ask({ query, params, columns, about: { person: aPerson(), relyingParty } });
  expect(rows).to.have.length(1);
  expect(rows[0]).to.have.length(1);
  return String(rows[0]?.[0]);
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof SignetError && error.code === 'invalid_input') return error.message;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('_OpaqueIdStore (adfs.md 5)', () => {
  const maria = ['ppid', String.raw`CORP\maria`, 'AD AUTHORITY'] as const;

  it('gives one id of 256 bits, the same each time', async () => {
    const id = await ask(PPID, maria);
    expect(Buffer.from(id, 'base64')).to.have.length(32);
    expect(await ask(PPID, maria)).to.equal(id);
    expect(await ask(PPID, ['PPID', ...maria.slice(1)])).to.equal(id);
  });

  it('gives another to every application, value and issuer', async () => {
    const ids = [
      await ask(PPID, maria),
      await ask(PPID, maria, 'https://other.example'),
      await ask(PPID, ['ppid', String.raw`CORP\peter`, 'AD AUTHORITY']),
      await ask(PPID, ['ppid', String.raw`CORP\maria`, 'https://partner.example']),
      await ask(ENTROPY, ['useEntropy', String.raw`CORP\maria`, 'AD AUTHORITY', '', INSTANT]),
    ];
    expect(new Set(ids)).to.have.property('size', ids.length);
  });

  it('keeps the borders between its parts', async () => {
    expect(await ask(PPID, ['ppid', 'ab', 'c'])).not.to.equal(await ask(PPID, ['ppid', 'a', 'bc']));
  });

  it('gives transient ids: the same within a session, another in the next', async () => {
    const session = (instant: string): Promise<string> => ask(ENTROPY, ['useEntropy', 'maria', 'AD AUTHORITY', '', instant]);
    expect(await session(INSTANT)).to.equal(await session(INSTANT));
    expect(await session(INSTANT)).not.to.equal(await session('2026-11-24T09:00:01.000Z'));
  });

  it('gives a fresh one each time where nothing tells the session', async () => {
    const fresh = (): Promise<string> => ask(ENTROPY, ['useEntropy', 'maria', 'AD AUTHORITY', 'x', '']);
    const one = await fresh();
    expect(Buffer.from(one, 'base64')).to.have.length(32);
    expect(await fresh()).not.to.equal(one);
  });

  it('refuses acceptance rules, which are for no application', async () => {
    const asked = known.store.ask({ query: PPID, params: maria, columns: 1, about: { person: aPerson(), relyingParty: undefined } });
    expect(await refusal(asked)).to.match(/acceptance rules are for none/u);
  });

  for (const [what, query, params, columns, sentence] of [
    ['another query', '{1};{0};{2}', maria, 1, /knows only the query "\{0\};\{1\};\{2\}" for 3 parameters/u],
    ['another number of parameters', '{0};{1}', ['ppid', 'maria'], 1, /takes 3 parameters .* or 5/u],
    ['two types', PPID, maria, 2, /one value for each question/u],
    ['another word', PPID, ['upid', 'maria', 'x'], 1, /wants "ppid" as the first of 3 parameters$/u],
    ['the word of the other form', ENTROPY, ['ppid', 'maria', 'x', '', INSTANT], 1, /wants "useEntropy"/u],
    ['an empty value', PPID, ['ppid', '', 'x'], 1, /id of an empty value/u],
    ['an empty value of a transient id', ENTROPY, ['useEntropy', '', 'x', '', ''], 1, /id of an empty value/u],
  ] as const) {
    it(`refuses ${what}`, async () => {
      expect(await refusal(ask(query, params, 'https://app.example', columns))).to.match(sentence);
    });
  }

  it('says so when the rule is saved, as far as its text tells', () => {
    expect(known.check({ query: PPID, columns: 1, params: 3 })).to.equal(undefined);
    expect(known.check({ query: ENTROPY, columns: 1, params: 3 })?.level).to.equal('error');
    expect(known.check({ query: '{0};{1};{2};{3}', columns: 1, params: 4 })?.level).to.equal('error');
    expect(known.check({ query: PPID, columns: 2, params: 3 })?.level).to.equal('error');
  });
});

describe('pairwise ids (SID-02, SID-04)', () => {
  const maria = { userId: asId<'User'>('user-1'), relyingParty: 'https://app.example' };

  it('are a uniqueID: 1 to 127 of A-Z a-z 0-9 = -, a letter or digit first; without capitals, so that no two differ by case alone (SID-02, SID-03)', async () => {
    for (let index = 0; index < 50; index += 1) {
      const id = await pairwiseId(hmac, { ...maria, userId: asId<'User'>(`user-${String(index)}`) });
      expect(id).to.match(/^[a-z2-7]{52}$/u);
    }
  });

  it('are stable, and differ by person and application (SID-04)', async () => {
    const id = await pairwiseId(hmac, maria);
    expect(await pairwiseId(hmac, maria)).to.equal(id);
    expect(await pairwiseId(hmac, { ...maria, relyingParty: 'https://other.example' })).not.to.equal(id);
    expect(await pairwiseId(hmac, { ...maria, userId: asId<'User'>('user-2') })).not.to.equal(id);
  });

  it('are what RFC 4648 calls base32, in small letters', async () => {
    const bytes = Buffer.from('foobar');
    expect(await pairwiseId(() => Promise.resolve(bytes), maria)).to.equal('mzxw6ytboi');
    expect(await pairwiseId(() => Promise.resolve(Buffer.alloc(32, 0xff)), maria)).to.equal(`${'7'.repeat(51)}q`);
  });
});
