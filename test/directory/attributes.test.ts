import { expect } from 'chai';
import fc from 'fast-check';
import { AD_AUTHORITY, CLAIM, XS_STRING } from '../../src/core/model/claim.js';
import type { User } from '../../src/core/model/user.js';
import { claimsOf } from '../../src/directory/attributes.js';
import { aUser } from '../support/builders.js';

function pairs(user: User): readonly (readonly [string, string])[] {
  return claimsOf(user).map((claim) => [claim.type, claim.value]);
}

/** Somebody of whom only the name is known. */
function bare(changes: Partial<User> = {}): User {
  const { id, version, userName, enabled, role, createdAt } = aUser();
  return { id, version, userName, enabled, role, createdAt, groups: [], attributes: {}, ...changes };
}

describe('the claims of our own people', () => {
  it('are name, e-mail, given name, surname, display name and groups', () => {
    expect(pairs(aUser())).to.deep.equal([
      [CLAIM.name, 'maria'],
      [CLAIM.email, 'maria@example.com'],
      [CLAIM.givenName, 'Maria'],
      [CLAIM.surname, 'Silva'],
      [CLAIM.displayName, 'Maria Silva'],
      [CLAIM.group, 'Sales'],
      [CLAIM.group, 'Everyone'],
    ]);
  });

  it('are our word, as text', () => {
    for (const claim of claimsOf(aUser({ attributes: { department: ['Sales'] } }))) {
      expect(claim).to.include({ issuer: AD_AUTHORITY, originalIssuer: AD_AUTHORITY, valueType: XS_STRING });
    }
  });

  it('are those only that have a value', () => {
    expect(pairs(bare())).to.deep.equal([[CLAIM.name, 'maria']]);
    expect(pairs(bare({ email: '', groups: [''], attributes: { phone: [], office: [''] } }))).to.deep.equal([[CLAIM.name, 'maria']]);
  });

  const named: readonly (readonly [string, string])[] = [
    ['upn', CLAIM.upn],
    ['userPrincipalName', CLAIM.upn],
    ['windowsAccountName', CLAIM.windowsAccountName],
    ['primarySid', CLAIM.primarySid],
    ['primaryGroupSid', CLAIM.primaryGroupSid],
    ['groupSid', CLAIM.groupSid],
    ['immutableId', CLAIM.immutableId],
  ];
  for (const [attribute, type] of named) {
    it(`have ${type} where there is an attribute ${attribute}, in any letter case, and none made up otherwise`, () => {
      for (const name of [attribute, attribute.toUpperCase(), attribute.toLowerCase()]) {
        expect(pairs(bare({ attributes: { [name]: ['one', 'two'] } })).slice(1)).to.deep.equal([
          [type, 'one'],
          [type, 'two'],
        ]);
      }
      expect(pairs(aUser()).map(([known]) => known)).not.to.include(type);
    });
  }

  it('never let another attribute pass for a claim that is known by its type', () => {
    const types = Object.values(CLAIM);
    const names = new Set(named.map(([name]) => name.toLowerCase()));
    const name = fc.oneof(fc.string(), fc.constantFrom(...types, 'name', 'email', 'group', 'role', 'issuerId', 'toString', 'constructor', '__proto__'));
    fc.assert(
      fc.property(name, (attribute) => {
        fc.pre(!names.has(attribute.toLowerCase()));
        const attributes = Object.fromEntries([[attribute, ['value']]]);
        return pairs(bare({ attributes })).every(([type, value]) => value !== 'value' || !types.some((known) => known === type));
      }),
    );
  });
});
