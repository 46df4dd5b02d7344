import { expect } from 'chai';
import { timeStores } from '../../src/app/timed-stores.js';
import { SignetError } from '../../src/core/errors.js';
import { aPerson, fakeClock, thrownBy } from '../support/builders.js';

describe('attribute stores with a watch', () => {
  it('answer and fail as they would, and each question is told with its time', async () => {
    const clock = fakeClock();
    const told: unknown[] = [];
    const answering = { ask: () => (clock.advance(20), Promise.resolve([['a']])) };
    const failing = { ask: () => (clock.advance(3000), Promise.reject(new SignetError('unavailable', 'it did not answer'))) };
    const known: Readonly<Record<string, typeof answering | typeof failing>> = { HR: answering, Payroll: failing };
    const stores = timeStores({ find: (name) => known[name] }, clock, (...about) => void told.push(about));
    const question = { query: 'q', params: [], columns: 1, about: { person: aPerson(), relyingParty: 'urn:x' } };
    expect(await stores.find('HR')?.ask(question)).to.deep.equal([['a']]);
    expect((await thrownBy(() => stores.find('Payroll')?.ask(question))).message).to.equal('it did not answer');
    expect(stores.find('none')).to.equal(undefined);
    expect(told).to.deep.equal([
      ['hr', 'answered', 0.02],
      ['payroll', 'failed', 3],
    ]);
  });
});
