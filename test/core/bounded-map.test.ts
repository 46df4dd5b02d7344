import { expect } from 'chai';
import { createBoundedMap } from '../../src/core/bounded-map.js';

describe('Bounded map', () => {
  it('never holds more than its limit, and drops what was not asked for the longest time', () => {
    const map = createBoundedMap<string, number>(4);
    for (const [index, key] of ['a', 'b', 'c', 'd'].entries()) map.set(key, index);
    expect(map.get('a')).to.equal(0);
    map.set('e', 4);
    expect(map.size).to.equal(4);
    expect(map.get('b')).to.equal(undefined);
    expect(['a', 'c', 'd', 'e'].map((key) => map.get(key))).to.deep.equal([0, 2, 3, 4]);
  });

  it('forgets one, and all', () => {
    const map = createBoundedMap<string, number>(4);
    map.set('a', 1);
    map.set('b', 2);
    map.delete('a');
    expect([map.get('a'), map.get('b')]).to.deep.equal([undefined, 2]);
    map.clear();
    expect(map.size).to.equal(0);
  });
});
