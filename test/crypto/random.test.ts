import { expect } from 'chai';
import { randomId, randomReference, randomToken } from '../../src/crypto/random.js';

const COUNT = 10_000;

function many(make: () => string): readonly string[] {
  return Array.from({ length: COUNT }, make);
}

describe('random identifiers', () => {
  it('are xs:ID of 160 bits, ten thousand of them different (CORE-03)', () => {
    const ids = many(randomId);
    expect(new Set(ids).size).to.equal(COUNT);
    for (const id of ids) expect(id).to.match(/^_[0-9a-f]{40}$/u);
  });

  it('use every bit about as often set as not', () => {
    const counts = new Array<number>(160).fill(0);
    for (const id of many(randomId)) {
      const bytes = Buffer.from(id.slice(1), 'hex');
      for (let bit = 0; bit < 160; bit += 1) counts[bit] = (counts[bit] ?? 0) + (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1);
    }
    // Six standard deviations of 10,000 throws are 300.
    for (const count of counts) expect(count).to.be.within(COUNT / 2 - 300, COUNT / 2 + 300);
  });

  it('as tokens have 128 bits, or as many as asked for', () => {
    expect(new Set(many(() => randomToken(16))).size).to.equal(COUNT);
    for (const bytes of [1, 9, 16, 32, 64]) expect(Buffer.from(randomToken(bytes), 'base64url')).to.have.length(bytes);
    expect(randomToken()).to.match(/^[\w-]{22}$/u);
  });

  it('do not change when the pool they came from is used again', () => {
    const first = many(randomId);
    const copy = [...first];
    many(randomId);
    expect(first).to.deep.equal(copy);
  });
});

describe('references', () => {
  it('can be read over the phone: no letter or digit that is taken for another', () => {
    for (const reference of many(randomReference)) expect(reference).to.match(/^SGN-[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}$/u);
  });

  it('use each letter about as often', () => {
    const letters = many(randomReference).join('').replaceAll(/SGN|-/gu, '');
    const counts = new Map<string, number>();
    for (const letter of letters) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    const expected = letters.length / counts.size;
    expect(counts.size).to.equal(30);
    for (const count of counts.values()) expect(count).to.be.within(expected * 0.85, expected * 1.15);
  });
});
