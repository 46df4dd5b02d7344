import { expect } from 'chai';
import fc from 'fast-check';
import { mask } from '../../../../src/core/claims/explanation/mask.js';
import { anyCharacter } from '../../../support/any-character.js';

describe('masks', () => {
  const table: readonly (readonly [string, string, string])[] = [
    ['a word', 'Finance', 'Fi…(7)'],
    ['a longer one', 'Finance-EU-Managers', 'Fi…rs (19)'],
    ['an address', 'ada.lovelace@corp.example', 'ad…@….example (25)'],
    ['an address in a domain of its own', 'ada.lovelace@analytical.example', 'ad…@an….example (31)'],
    ['an address with short parts', 'me@hq.example', '…@….example (13)'],
    ['a user principal name of two labels', 'maria@corp.local', 'ma…@….local (16)'],
    ['what only looks like an address', 'a b@corp.example', 'a·…le (16)'],
    ['an identifier of a group', 'S-1-5-21-1-2-3-1105', 'S-…05 (19)'],
    ['the address of a format, a value like all others', 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress', 'ur…ss (54)'],
    ['true', 'true', '…'],
    ['false', 'False', '…'],
    ['what is very short', 'maria', '…'],
    ['nothing', '', '…'],
    ['characters outside the first plane, whole', '😀😀😀', '😀😀…(6)'],
    ['characters that cannot be seen', '\u200b\nabcdefghijkl\u0000', '··…l· (15)'],
    ['half a character', '\ud800abcdef', '·a…(7)'],
  ];
  for (const [what, value, masked] of table) {
    it(`${what}: ${masked}`, () => {
      expect(mask(value)).to.equal(masked);
    });
  }

  it('are short, of one line, the same for the same, and hide most of it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: anyCharacter, maxLength: 400 }), fc.emailAddress()), (value) => {
        const masked = mask(value);
        expect(masked).to.equal(mask(value));
        expect(masked.length).to.be.at.most(40);
        expect(masked).to.match(/^[^\p{Cc}\p{Cs}]+$/u);
        if (value.length >= 3) expect(masked).not.to.include(value);
      }),
    );
  });
});
