import { expect } from 'chai';
import fc from 'fast-check';
import { FilterError, parseFilter } from '../../src/directory/ldap-filter.js';
import { matches } from '../../src/directory/ldap-match.js';

const ADA = new Map<string, readonly string[]>([
  ['samaccountname', ['ada']],
  ['mail', ['Ada@Corp.Example']],
  ['cn', ['Lovelace,  Ada (Analyst) * \\']],
  ['department', ['Sales', 'Audit']],
  ['logoncount', ['9']],
  ['useraccountcontrol', ['514']],
  ['objectguid', ['AAECAwQFBgcICQoLDA0Ogw==']],
  ['distinguishedname', ['CN=ada,OU=People,DC=corp,DC=example']],
  ['member', ['CN=a\\,b,OU=People,DC=corp']],
]);

describe('LDAP filters (RFC 4515)', () => {
  const cases: readonly (readonly [filter: string, holds: boolean, params?: readonly string[]])[] = [
    ['(sAMAccountName=ada)', true],
    ['sAMAccountName=ada', true],
    ['( & (sAMAccountName=ADA) (mail=ada@corp.example) )', true],
    ['(&(samaccountname=ada)(mail=x))', false],
    ['(|(samaccountname=x)(mail=ada@corp.example))', true],
    ['(|(samaccountname=x)(mail=x))', false],
    ['(!(samaccountname=ada))', false],
    ['(!(telephoneNumber=1))', true],
    ['(department=audit)', true],
    ['(department~=Audit)', true],
    ['(department=*)', true],
    ['(department=**)', true],
    ['(telephoneNumber=*)', false],
    ['(mail=ada@*)', true],
    ['(mail=*corp.example)', true],
    ['(mail=*A@C*rp*)', true],
    ['(mail=ada*ada)', false],
    ['(mail=ada@corp.example*e)', false],
    ['(logonCount>=10)', false],
    ['(logonCount<=10)', true],
    ['(department>=b)', true],
    ['(department<=a)', false],
    ['(cn=lovelace, ada \\28analyst\\29 \\2a \\5c)', true],
    ['(cn=*\\2a*)', true],
    ['(mail=*\\2a*)', false],
    ['(objectGUID=AAECAwQFBgcICQoLDA0Ogw==)', true],
    ['(objectGUID=aaecawqfbgcicqoldA0ogw==)', false],
    ['(objectGUID=\\00\\01\\02\\03\\04\\05\\06\\07\\08\\09\\0a\\0b\\0c\\0d\\0e\\83)', true],
    ['(userAccountControl:1.2.840.113556.1.4.803:=2)', true],
    ['(userAccountControl:1.2.840.113556.1.4.803:=3)', false],
    ['(userAccountControl:1.2.840.113556.1.4.804:=3)', true],
    ['(userAccountControl:1.2.840.113556.1.4.803:=x)', false],
    ['(distinguishedName=cn=ADA, ou=People , dc=corp,dc=example)', true],
    ['(member:1.2.840.113556.1.4.1941:={0})', true, ['CN=a\\,b,OU=People,DC=corp']],
    ['(member={0})', false, ['CN=a\\, b,OU=People,DC=corp']],
    ['(mail={0})', true, ['ada@corp.example']],
    ['(mail={0}@{1})', true, ['ada', 'corp.example']],
    ['(mail={2})', false, ['ada@corp.example']],
  ];
  for (const [filter, holds, params = []] of cases) {
    it(`${filter} ${holds ? 'holds' : 'does not hold'}${params.length > 0 ? ` with ${params.join(' and ')}` : ''}`, () => {
      expect(matches(parseFilter(filter), params, ADA)).to.equal(holds);
    });
  }

  it('ask the same whatever a parameter holds (U11)', () => {
    const filter = parseFilter('(&(mail={0})(department=Sales))');
    for (const value of ['*', 'ada*', '*)(|(mail=*', 'x)(department=*))(|(mail=*', '\\2a', '{1}'])
      expect(matches(filter, [value, 'ada@corp.example'], ADA), value).to.equal(false);
    fc.assert(fc.property(fc.string(), (value) => matches(filter, [value], ADA) === (value.trim().normalize('NFC').toLowerCase() === 'ada@corp.example')));
  });

  const wrong: readonly (readonly [filter: string, offset: number, expected: RegExp])[] = [
    ['', 0, /an attribute/u],
    ['()', 1, /an attribute/u],
    ['(mail)', 1, /an attribute/u],
    ['(mail=ada', 9, /"\)" is expected/u],
    ['(mail=ada))', 10, /complete before it/u],
    ['(mail=a(b)', 7, /written \\28/u],
    ['(mail=\\x)', 6, /two digits/u],
    ['(&)', 2, /"\(" is expected/u],
    ['(!(mail=a)(mail=b))', 11, /takes one/u],
    ['(logonCount>=1*)', 13, /"=" only/u],
    ['(mail:1.2.3:=a)', 1, /matching rule 1\.2\.3/u],
    ['(2mail=a)', 1, /an attribute/u],
    ['{0}', 0, /an attribute/u],
    [`${'(!'.repeat(33)}(mail=a)${')'.repeat(33)}`, 64, /brackets are open/u],
    [`(mail=${'a'.repeat(9000)})`, 8192, /longer than/u],
  ];
  for (const [filter, offset, expected] of wrong) {
    it(`${filter.slice(0, 30)} is refused, at its place`, () => {
      const error = ((): unknown => {
        try {
          return parseFilter(filter);
        } catch (thrown) {
          return thrown;
        }
      })();
      expect(error).to.be.instanceOf(FilterError);
      expect(error).to.have.property('offset', offset);
      expect((error as Error).message)
        .to.match(expected)
        .and.match(new RegExp(`^character ${String(offset + 1)} of the filter: `, 'u'));
    });
  }

  it('are read or refused at a place, and nothing else, whatever the text', () => {
    const text = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom('(', ')', '&', '|', '!', 'mail', '=', '*', '\\', '2a', ':', '{0}', '>', ' '), { maxLength: 30 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (filter) => {
        try {
          matches(parseFilter(filter), ['x'], ADA);
        } catch (error) {
          return error instanceof FilterError && error.offset <= filter.length;
        }
        return true;
      }),
    );
  });
});
