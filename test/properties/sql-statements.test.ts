import { expect } from 'chai';
import fc from 'fast-check';
import { SignetError } from '../../src/core/errors.js';
import { readStatement } from '../../src/storage/attribute-stores/statement.js';

const PIECES = ['{0}', '{1}', '{9}', '{', '}', "'", "''", '"', ';', '--', '/*', '*/', '$1', '$$', "E'", '\\', ' ', 'a', '1', '=', 'from t'];

describe('the statement of a SQL store, whatever is written (M12)', () => {
  it('is refused with a sentence, or has every placeholder bound outside of quotes and is one statement', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }), (pieces) => {
        let bound;
        try {
          bound = readStatement(`select ${pieces.join('')}`, 2);
        } catch (error) {
          expect(error).to.be.instanceOf(SignetError).with.property('code', 'invalid_input');
          return;
        }
        taken += 1;
        const { text, parameters } = bound;
        // Nothing but quoted text is taken away.
        const outside = text.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"/gu, 'q');
        expect(outside).not.to.match(/[{};'"]|--|\/\*|\$(?!\d )/u);
        expect(text).not.to.match(/\{\d+\}/u);
        expect(new Set(parameters)).to.have.property('size', parameters.length);
        for (const at of parameters.keys()) expect(outside).to.include(` $${String(at + 1)} `);
      }),
      { numRuns: 2000 },
    );
    expect(taken).to.be.greaterThan(20);
  });
});
