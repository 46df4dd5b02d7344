import { expect } from 'chai';
import fc from 'fast-check';
import { asId } from '../../src/core/model/ids.js';
import { findActive, findByName, NAME_LIMIT, printableName } from '../../src/directory/local.js';
import { aUser } from '../support/builders.js';
import { anyCharacter } from '../support/any-character.js';

/** A table in which every name is maria's. */
function table(): { readonly asked: string[]; readonly users: Parameters<typeof findByName>[0] } {
  const asked: string[] = [];
  return {
    asked,
    users: {
      findByName: (name) => {
        asked.push(name);
        return Promise.resolve(aUser());
      },
    },
  };
}

describe('people of our own tables', () => {
  describe('found by what they type', () => {
    for (const name of ['maria', ' Maria ', 'maria@example.com', 'Jos\u00e9', '李娜', "o'brien", 'm'.repeat(NAME_LIMIT), "' or 1=1 --", '😀']) {
      it(`asks the table for ${JSON.stringify(name.slice(0, 20))} as it is (U11)`, async () => {
        const { users, asked } = table();
        expect(await findByName(users, name)).to.have.property('userName', 'maria');
        expect(asked).to.deep.equal([name]);
      });
    }

    const nobody: readonly (readonly [string, string])[] = [
      ['nothing', ''],
      ['white space', ' \t '],
      ['a NUL', 'maria\0'],
      ['a line break', 'maria\n'],
      ['a zero-width space', 'ma\u200bria'],
      ['a zero-width joiner', 'ma\u200dria'],
      ['a right-to-left override', 'maria\u202e'],
      ['a soft hyphen', 'ma\u00adria'],
      ['a byte order mark', '\ufeffmaria'],
      ['a line separator', 'ma\u2028ria'],
      ['half a surrogate pair', 'maria\ud83d'],
      ['more than a name is long', 'm'.repeat(NAME_LIMIT + 1)],
    ];
    for (const [title, name] of nobody) {
      it(`is nobody, without a question to the table: ${title} (A12)`, async () => {
        const { users, asked } = table();
        expect(await findByName(users, name)).to.equal(undefined);
        expect(asked).to.deep.equal([]);
      });
    }
  });

  it('found by id while they may act', async () => {
    const users = { byId: (id: string) => Promise.resolve(id === 'user-1' ? aUser() : id === 'user-2' ? aUser({ enabled: false }) : undefined) };
    expect(await findActive(users, asId('user-1'))).to.have.property('userName', 'maria');
    expect(await findActive(users, asId('user-2'))).to.equal(undefined);
    expect(await findActive(users, asId('user-3'))).to.equal(undefined);
  });

  describe('a typed name in a record', () => {
    it('is bounded, is one line, and shows all there is to see', () => {
      fc.assert(
        fc.property(fc.string({ unit: anyCharacter, maxLength: 600 }), (name) => {
          const printed = printableName(name);
          return printed.length <= NAME_LIMIT && /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u.test(printed);
        }),
      );
    });

    it('is a legal name unchanged', () => {
      for (const name of ['maria', 'José Silva', '李娜', '😀']) expect(printableName(name)).to.equal(name);
    });
  });
});
