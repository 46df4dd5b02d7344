import { expect } from 'chai';
import fc from 'fast-check';
import { AD_AUTHORITY, CLAIM, XS_STRING } from '../../src/core/model/claim.js';
import type { LocalDirectorySettings } from '../../src/core/model/directory.js';
import type { User } from '../../src/core/model/user.js';
import { claimsOf } from '../../src/directory/attributes.js';
import { personOf } from '../../src/directory/person.js';
import { aDirectory, aUser, NOW } from '../support/builders.js';

function pairs(user: User, settings: Partial<LocalDirectorySettings> = {}): readonly (readonly [string, string])[] {
  return claimsOf(personOf(user, aDirectory(settings))).map((claim) => [claim.type, claim.value]);
}

function valuesOf(type: string, user: User, settings: Partial<LocalDirectorySettings> = {}): readonly string[] {
  return pairs(user, settings)
    .filter(([known]) => known === type)
    .map(([, value]) => value);
}

/** Somebody of whom only the name is known. */
function bare(changes: Partial<User> = {}): User {
  const { id, version, userName, enabled, role, createdAt } = aUser();
  return { id, version, userName, enabled, role, createdAt, groups: [], attributes: {}, ...changes };
}

const GENERATED = /^S-1-5-21-\d{1,10}-\d{1,10}-\d{1,10}-\d{1,10}$/u;

describe('the claims of our own people', () => {
  it('are account name, UPN, name, SIDs, e-mail, given name, surname, display name and groups', () => {
    const claims = pairs(aUser());
    expect(claims.map(([type]) => type)).to.deep.equal([
      CLAIM.windowsAccountName,
      CLAIM.upn,
      CLAIM.name,
      CLAIM.primarySid,
      CLAIM.primaryGroupSid,
      CLAIM.groupSid,
      CLAIM.groupSid,
      CLAIM.email,
      CLAIM.givenName,
      CLAIM.surname,
      CLAIM.displayName,
      CLAIM.group,
      CLAIM.group,
    ]);
    const sids = claims.filter(([type]) => type.endsWith('sid')).map(([, value]) => value);
    expect(sids.every((sid) => GENERATED.test(sid)) && new Set(sids).size).to.equal(4);
    expect(claims.map(([, value]) => value).filter((value) => !sids.includes(value))).to.deep.equal([
      'SIGNET\\maria',
      'maria@login.example.com',
      'maria',
      'maria@example.com',
      'Maria',
      'Silva',
      'Maria Silva',
      'Sales',
      'Everyone',
    ]);
  });

  it('are the word of their directory, as text', () => {
    for (const authority of [AD_AUTHORITY, 'Contoso Directory']) {
      for (const claim of claimsOf(personOf(aUser({ attributes: { department: ['Sales'] } }), aDirectory({ authority })))) {
        expect(claim).to.include({ issuer: authority, originalIssuer: authority, valueType: XS_STRING });
      }
    }
  });

  it('are those only that have a value, beside those that everybody has', () => {
    const everybody = [CLAIM.windowsAccountName, CLAIM.upn, CLAIM.name, CLAIM.primarySid, CLAIM.primaryGroupSid];
    expect(pairs(bare()).map(([type]) => type)).to.deep.equal(everybody);
    const empty = bare({ email: '', displayName: '', groups: [''], attributes: { phone: [], mail: [''], upn: [''], primarySid: [] } });
    expect(pairs(empty).map(([type]) => type)).to.deep.equal(everybody);
  });

  const named: readonly (readonly [attribute: string, type: string, values: readonly string[]])[] = [
    ['upn', CLAIM.upn, ['one', 'two']],
    ['userPrincipalName', CLAIM.upn, ['one', 'two']],
    ['windowsAccountName', CLAIM.windowsAccountName, ['one']],
    ['primarySid', CLAIM.primarySid, ['one']],
    ['objectSid', CLAIM.primarySid, ['one']],
    ['primaryGroupSid', CLAIM.primaryGroupSid, ['one']],
    ['groupSid', CLAIM.groupSid, ['one', 'two']],
    ['immutableId', CLAIM.immutableId, ['one', 'two']],
  ];
  for (const [attribute, type, values] of named) {
    it(`have ${type} as the attribute ${attribute} gives it, in any letter case`, () => {
      for (const name of [attribute, attribute.toUpperCase(), attribute.toLowerCase()]) {
        expect(valuesOf(type, bare({ attributes: { [name]: ['one', 'two'] } }))).to.deep.equal(values);
      }
    });
  }

  it('take the SIDs of groups that were set, beside those that the person has elsewhere', () => {
    const user = aUser({ groups: ['Sales', 'toString', '__proto__'], attributes: { groupSid: ['S-1-5-21-9-9-9-1'] } });
    const [sales, plain, proto, further] = valuesOf(CLAIM.groupSid, user, { groupSids: { Sales: 'S-1-5-21-1-2-3-1105' } });
    expect([sales, further]).to.deep.equal(['S-1-5-21-1-2-3-1105', 'S-1-5-21-9-9-9-1']);
    for (const generated of [plain, proto]) expect(generated).to.match(GENERATED);
  });

  it('say when the password ends, where passwords end', () => {
    const user = bare({ passwordChangedAt: NOW });
    expect(valuesOf(CLAIM.passwordExpirationTime, user)).to.deep.equal([]);
    expect(valuesOf(CLAIM.passwordExpirationTime, bare(), { passwordMaxAgeDays: 10 })).to.deep.equal([]);
    expect(valuesOf(CLAIM.passwordExpirationTime, user, { passwordMaxAgeDays: 10 })).to.deep.equal(['2026-12-04T09:00:00.000Z']);
  });

  it('never let another attribute pass for a claim that is known by its type', () => {
    const types = Object.values(CLAIM);
    const names = new Set([...named.map(([name]) => name), 'mail', 'givenName', 'sn', 'displayName'].map((name) => name.toLowerCase()));
    const name = fc.oneof(fc.string(), fc.constantFrom(...types, 'name', 'email', 'group', 'role', 'memberOf', 'issuerId', 'toString', '__proto__'));
    fc.assert(
      fc.property(name, (attribute) => {
        fc.pre(!names.has(attribute.toLowerCase()));
        const attributes = Object.fromEntries([[attribute, ['value']]]);
        return pairs(bare({ attributes })).every(([, value]) => value !== 'value');
      }),
    );
  });
});
