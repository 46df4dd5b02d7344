import { expect } from 'chai';
import fc from 'fast-check';
import { asId } from '../../src/core/model/ids.js';
import { attributeOf } from '../../src/core/model/person.js';
import type { User } from '../../src/core/model/user.js';
import { SID } from '../../src/core/sids.js';
import { LDAP_NAMES } from '../../src/directory/ldap-names.js';
import { personOf } from '../../src/directory/person.js';
import { aDirectory, aUser } from '../support/builders.js';

const DIRECTORY = aDirectory({ domain: 'CORP', upnSuffix: 'corp.example', groupSids: { Sales: 'S-1-5-21-1-2-3-1105' } });

function attribute(name: string, changes: Partial<User> = {}): readonly string[] {
  return attributeOf(personOf(aUser(changes), DIRECTORY), name);
}

describe('a person as rules of AD FS see them', () => {
  const accounts: readonly (readonly [title: string, changes: Partial<User>, accountName: string, sAMAccountName: string])[] = [
    ['the domain and the user name', {}, 'CORP\\maria', 'maria'],
    ['the user name whole, so that no two people share one', { userName: 'maria@corp.example' }, 'CORP\\maria@corp.example', 'maria@corp.example'],
    ['a user name that has a domain already, as it is', { userName: 'EMEA\\maria' }, 'EMEA\\maria', 'maria'],
    ['a user name that only looks so, behind the domain', { userName: '\\maria' }, 'CORP\\\\maria', '\\maria'],
    ['the attribute, where there is one', { attributes: { windowsaccountname: ['OLD\\msilva'] } }, 'OLD\\msilva', 'msilva'],
  ];
  for (const [title, changes, accountName, sAMAccountName] of accounts) {
    it(`has as account name ${title}`, () => {
      expect(personOf(aUser(changes), DIRECTORY).accountName).to.equal(accountName);
      expect(attribute('sAMAccountName', changes)).to.deep.equal([sAMAccountName]);
    });
  }

  const names: readonly (readonly [name: string, values: readonly string[], changes?: Partial<User>])[] = [
    ['userPrincipalName', ['maria@corp.example']],
    ['userPrincipalName', ['maria@elsewhere.example'], { userName: 'maria@elsewhere.example' }],
    ['userPrincipalName', ['m@other.example'], { attributes: { upn: ['m@other.example'] } }],
    ['upn', []],
    ['upn', ['m@other.example'], { attributes: { userPrincipalName: ['m@other.example'] } }],
    ['mail', ['maria@example.com']],
    ['mail', ['maria@example.com'], { attributes: { mail: ['other@example.com'] } }],
    ['displayName', ['Maria Silva']],
    ['givenName', ['Maria']],
    ['sn', ['Silva']],
    ['cn', ['Maria Silva']],
    ['cn', ['maria'], { displayName: '' }],
    ['cn', ['Silva, Maria'], { attributes: { CN: ['Silva, Maria'] } }],
    ['name', ['Maria Silva']],
    ['proxyAddresses', ['SMTP:maria@example.com']],
    ['proxyAddresses', ['SMTP:a@example.com', 'smtp:b@example.com'], { attributes: { proxyAddresses: ['SMTP:a@example.com', 'smtp:b@example.com'] } }],
    ['telephoneNumber', []],
    ['telephoneNumber', ['+31 1'], { attributes: { telephonenumber: ['+31 1'] } }],
    ['mS-DS-ConsistencyGuid', []],
    ['primaryGroupID', ['513'], { attributes: { primaryGroupSid: ['S-1-5-21-1-2-3-513'] } }],
    ['distinguishedName', ['CN=maria,OU=People,DC=corp,DC=example']],
    ['distinguishedName', ['CN=\\#a\\+b\\,\\"c\\\\d\\ ,OU=People,DC=corp,DC=example'], { userName: '#a+b,"c\\d ' }],
    ['distinguishedName', ['CN=maria,OU=People,DC=corp,DC=example'], { attributes: { distinguishedName: ['CN=root'] } }],
    ['memberOf', ['CN=Sales,OU=Groups,DC=corp,DC=example', 'CN=Everyone,OU=Groups,DC=corp,DC=example']],
    ['memberOf', [], { groups: [], attributes: { memberOf: ['CN=Admins'] } }],
    ['tokenGroups', ['Sales', 'Everyone'], { attributes: { tokenGroups: ['Admins'] } }],
    ['tokenGroups(domainQualifiedName)', ['CORP\\Sales', 'CORP\\Everyone']],
    ['tokenGroups(longDomainQualifiedName)', ['corp.example\\Sales', 'corp.example\\Everyone']],
    ['tokenGroups(fullDomainQualifiedName)', ['corp.example\\Sales', 'corp.example\\Everyone']],
    ['tokenGroups(SID)', ['S-1-5-21-1-2-3-1105'], { groups: ['Sales'] }],
    ['department', ['Sales', 'Audit'], { attributes: { department: ['Sales', ''], Department: ['Audit'] } }],
    ['extensionAttribute1', ['x'], { attributes: { extensionAttribute1: ['x'] } }],
  ];
  for (const [name, values, changes] of names) {
    it(`has ${name} ${values.join(' and ') || 'without a value'}${changes === undefined ? '' : ` of ${JSON.stringify(changes)}`}`, () => {
      for (const spelling of [name, name.toLowerCase(), name.toUpperCase()]) expect(attribute(spelling, changes)).to.deep.equal(values);
    });
  }

  it('has an objectGUID of 16 bytes that stays, and is theirs alone', () => {
    const [guid = ''] = attribute('objectGUID');
    expect(Buffer.from(guid, 'base64')).to.have.length(16);
    expect(attribute('objectGUID', { userName: 'maria.silva', email: 'm@example.com' })).to.deep.equal([guid]);
    expect(attribute('objectGUID', { id: asId('user-2') })).not.to.deep.equal([guid]);
  });

  it('has SIDs that stay as long as nobody sets others, and are of this installation only', () => {
    const here = personOf(aUser(), DIRECTORY);
    const renamed = personOf(aUser({ userName: 'maria.silva' }), aDirectory({ domain: 'OTHER' }));
    const elsewhere = personOf(aUser(), aDirectory({ sidBase: 'another' }));
    for (const sid of [here.sid, here.primaryGroupSid, ...here.groups.map((group) => group.sid)]) expect(sid).to.match(SID);
    expect([renamed.sid, renamed.primaryGroupSid, renamed.groups[1]?.sid]).to.deep.equal([here.sid, here.primaryGroupSid, here.groups[1]?.sid]);
    expect(elsewhere.sid).not.to.equal(here.sid);
    expect(attribute('objectSid')).to.deep.equal([here.sid]);
  });

  it('shares no SID and no account name with anybody else, whatever people and groups are called', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 5 }), (texts) => {
        const people = texts.map((text) => personOf(aUser({ id: asId(text), userName: text.replaceAll('\\', '/'), groups: texts }), DIRECTORY));
        const sids = new Set(people.flatMap((person) => [person.sid, ...person.groups.map((group) => group.sid)]));
        return sids.size === 2 * texts.length;
      }),
      { numRuns: 50 },
    );
  });

  it('has something under each name that Active Directory has and that needs nobody to fill it', () => {
    const empty = LDAP_NAMES.filter((name) => attribute(name).length === 0);
    expect(empty).to.deep.equal(['telephoneNumber', 'department', 'title', 'company', 'employeeID', 'manager', 'mS-DS-ConsistencyGuid']);
  });
});
