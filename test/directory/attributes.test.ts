import { expect } from 'chai';
import fc from 'fast-check';
import { attributeClaimType } from '../../src/core/issuance/name-identifier.js';
import { CLAIM, LOCAL_AUTHORITY, XS_STRING } from '../../src/core/model/claim.js';
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
      expect(claim).to.include({ issuer: LOCAL_AUTHORITY, originalIssuer: LOCAL_AUTHORITY, valueType: XS_STRING });
    }
  });

  it('are those only that have a value', () => {
    expect(pairs(bare())).to.deep.equal([[CLAIM.name, 'maria']]);
    expect(pairs(bare({ email: '', groups: [''], attributes: { phone: [], office: [''] } }))).to.deep.equal([[CLAIM.name, 'maria']]);
  });

  it('carry free attributes under their own names, every value', () => {
    expect(pairs(bare({ attributes: { department: ['Sales', 'Support'], windowsAccountName: ['CORP\\maria'] } })).slice(1)).to.deep.equal([
      [attributeClaimType('department'), 'Sales'],
      [attributeClaimType('department'), 'Support'],
      [attributeClaimType('windowsAccountName'), 'CORP\\maria'],
    ]);
  });

  it('have a UPN where there is an attribute of that name, and none made up otherwise', () => {
    expect(pairs(bare({ attributes: { upn: ['maria@corp.example'] } }))).to.deep.include([CLAIM.upn, 'maria@corp.example']);
    expect(pairs(aUser()).map(([type]) => type)).not.to.include(CLAIM.upn);
  });

  it('never let a free attribute pass for one of the named ones', () => {
    const named = Object.values(CLAIM).filter((type) => type !== CLAIM.upn);
    const name = fc.oneof(fc.string(), fc.constantFrom(...named, 'name', 'email', 'group', 'toString', 'constructor', '__proto__'));
    fc.assert(
      fc.property(name, (attribute) => {
        const attributes = Object.fromEntries([[attribute, ['value']]]);
        return pairs(bare({ attributes })).every(([type, value]) => value !== 'value' || !named.some((known) => known === type));
      }),
    );
  });
});
