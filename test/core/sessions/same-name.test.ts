import { expect } from 'chai';
import { NAME_ID } from '../../../src/core/issuance/name-identifier.js';
import { isSameName } from '../../../src/core/sessions/same-name.js';

const DEFAULTS = { nameQualifier: 'https://idp.example', spNameQualifier: 'https://app.example' };
const persistent = { value: '_p', format: NAME_ID.persistent, ...DEFAULTS };
const plain = { value: 'maria', format: NAME_ID.unspecified };

describe('strong match of names (SLO-03, SAML Core 3.3.4)', () => {
  const same: readonly (readonly [string, Parameters<typeof isSameName>[0], Parameters<typeof isSameName>[1]])[] = [
    ['the very name', persistent, persistent],
    ['no Format for unspecified', plain, { value: 'maria' }],
    ['qualifiers left out', persistent, { value: '_p', format: NAME_ID.persistent }],
    ['qualifiers that say what is meant without them', plain, { value: 'maria', ...DEFAULTS }],
  ];
  for (const [what, given, asked] of same) {
    it(`takes ${what}`, () => {
      expect(isSameName(given, asked, DEFAULTS)).to.equal(true);
    });
  }

  const other: readonly (readonly [string, Parameters<typeof isSameName>[0], Parameters<typeof isSameName>[1]])[] = [
    ['another value', persistent, { ...persistent, value: '_q' }],
    ['another case', plain, { ...plain, value: 'Maria' }],
    ['another format', plain, { value: 'maria', format: NAME_ID.email }],
    ['no Format for anything but unspecified', persistent, { value: '_p' }],
    ['another NameQualifier', persistent, { ...persistent, nameQualifier: 'https://other.example' }],
    ['another SPNameQualifier', persistent, { ...persistent, spNameQualifier: 'https://other.example' }],
    ['a foreign qualifier where none was given', plain, { value: 'maria', spNameQualifier: 'https://other.example' }],
    ['an empty qualifier', persistent, { ...persistent, nameQualifier: '' }],
  ];
  for (const [what, given, asked] of other) {
    it(`refuses ${what}`, () => {
      expect(isSameName(given, asked, DEFAULTS)).to.equal(false);
    });
  }
});
