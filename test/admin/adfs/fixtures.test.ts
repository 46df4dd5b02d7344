import { expect } from 'chai';
import { parseRules } from '../../../src/core/claims/language/parse.js';
import { ADFS_TRUSTS } from '../../support/adfs-exports.js';

describe('the trusts that stand for exports', () => {
  it('hold rule sets that are rules', () => {
    for (const [name, { properties }] of Object.entries(ADFS_TRUSTS)) {
      const sets = Object.entries(properties).filter(([property, text]) => property.endsWith('Rules') && typeof text === 'string') as [string, string][];
      expect(sets, name).to.have.length.above(0);
      for (const [property, text] of sets) expect(() => parseRules(text), `${name}: ${property}`).not.to.throw();
    }
  });
});
