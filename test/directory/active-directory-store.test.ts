import { expect } from 'chai';
import type { StoreRow } from '../../src/core/claims/attribute-store.js';
import { asId } from '../../src/core/model/ids.js';
import type { Person } from '../../src/core/model/person.js';
import type { User } from '../../src/core/model/user.js';
import { createActiveDirectoryStore } from '../../src/directory/active-directory-store.js';
import { personOf } from '../../src/directory/person.js';
import { aDirectory, aUser, thrownBy } from '../support/builders.js';
import { memoryUsers } from '../support/memory-repositories.js';

const DIRECTORY = aDirectory({ domain: 'CORP', upnSuffix: 'corp.example', groupSids: { Finance: 'S-1-5-21-1-2-3-900' } });

const ADA = aUser({
  id: asId('ada'),
  userName: 'ada',
  email: 'ada@corp.example',
  displayName: 'Ada Lovelace',
  groups: ['Finance', 'Sales'],
  attributes: { phone: ['1', '2'], boss: ['bob'] },
});
const BOB = aUser({
  id: asId('bob'),
  userName: 'bob',
  email: 'bob@corp.example',
  displayName: 'Bob',
  groups: ['Sales', 'Audit'],
  attributes: { department: ['Audit'] },
});
const SHARED = aUser({ id: asId('info'), userName: 'CORP\\info', email: 'Ada@corp.example', displayName: 'Info', groups: [], enabled: false });

/** A directory that counts how often it is asked. */
function directory(...people: readonly User[]): {
  readonly asked: () => number;
  readonly ask: (query: string, params?: readonly string[], columns?: number, self?: User) => Promise<readonly StoreRow[]>;
} {
  const users = memoryUsers(...people);
  let asked = 0;
  const { store } = createActiveDirectoryStore({
    users: {
      findByName: (name) => {
        asked += 1;
        return users.findByName(name);
      },
      list: (filter, page) => {
        asked += 1;
        return users.list(filter, page);
      },
    },
    directory: { current: () => Promise.resolve(DIRECTORY) },
  });
  return {
    asked: () => asked,
    ask: (query, params = [], columns = 1, self = ADA) =>
      store.ask({ query, params, columns, about: { person: personOf(self, DIRECTORY), relyingParty: undefined } }),
  };
}

const ada: Person = personOf(ADA, DIRECTORY);
const DN = (name: string): string => `CN=${name},OU=People,DC=corp,DC=example`;

describe('the store "Active Directory"', () => {
  const rows: readonly (readonly [title: string, query: string, params: readonly string[], rows: readonly StoreRow[]])[] = [
    ['the account of the sign-on', ';mail,displayName;{0}', ['CORP\\ada'], [['ada@corp.example', 'Ada Lovelace']]],
    ['an account whatever the letter case', ';mail;{0}', ['corp\\ADA'], [['ada@corp.example']]],
    ['an account without a domain', ';mail;{0}', ['ada'], [['ada@corp.example']]],
    ['an account with an empty domain', ';mail;\\ada', [], [['ada@corp.example']]],
    ['the account of somebody else', ';mail;CORP\\{0}', ['bob'], [['bob@corp.example']]],
    ['somebody whose user name has the domain', ';displayName;{0}', ['CORP\\info'], [['Info']]],
    ['nobody by an account of another domain', ';mail;OTHER\\ada', [], []],
    ['nobody by an account nobody has', ';mail;{0}', ['CORP\\carl'], []],
    ['nobody by an e-mail address as account', ';mail;{0}', ['CORP\\bob@corp.example'], []],
    ['nothing for an attribute without a value', ';telephoneNumber;{0}', ['CORP\\ada'], []],
    [
      'several values, each column on its own',
      ';phone,mail,boss;{0}',
      ['CORP\\ada'],
      [
        ['1', 'ada@corp.example', 'bob'],
        ['2', undefined, undefined],
      ],
    ],
    [
      'groups',
      ';tokenGroups,tokenGroups(SID);{0}',
      ['CORP\\ada'],
      [
        ['Finance', 'S-1-5-21-1-2-3-900'],
        ['Sales', ada.groups[1]?.sid],
      ],
    ],
    ['by sAMAccountName', '(sAMAccountName={0});mail', ['bob'], [['bob@corp.example']]],
    ['by a filter beside an account that only names a domain', '(sAMAccountName={0});mail;ANY\\service', ['bob'], [['bob@corp.example']]],
    ['by userPrincipalName', 'userPrincipalName={0};cn;', ['bob@corp.example'], [['Bob']]],
    ['by distinguishedName', '(distinguishedName={0});mail', [DN('bob')], [['bob@corp.example']]],
    [
      'everybody with an e-mail address, whoever signs on first',
      '(mail={0});cn,userAccountControl',
      ['ada@corp.example'],
      [
        ['Ada Lovelace', '512'],
        ['Info', '514'],
      ],
    ],
    ['only who is not switched off', '(&(mail={0})(!(userAccountControl:1.2.840.113556.1.4.803:=2)));cn', ['ada@corp.example'], [['Ada Lovelace']]],
    ['by several names', '(|(sAMAccountName=bob)(sAMAccountName=ada));cn', [], [['Ada Lovelace'], ['Bob']]],
    ['by SID of the sign-on', '(objectSid={0});cn', [ada.sid], [['Ada Lovelace']]],
    ['by objectGUID of the sign-on', '(objectGUID={0});cn', [ada.attributes.get('objectguid')?.[0] ?? ''], [['Ada Lovelace']]],
    ['only if the rest fits, too', '(&(sAMAccountName=bob)(department=Sales));cn', [], []],
    ['only people, where people are asked for', '(&(objectCategory=person)(objectClass=user)(sAMAccountName={0}));cn', ['bob'], [['Bob']]],
    ['the groups of the sign-on', '(member:1.2.840.113556.1.4.1941:={0});cn', [DN('ada')], [['Finance'], ['Sales']]],
    [
      'the groups of somebody else',
      '(&(objectClass=group)(member={0}));cn,objectClass',
      [DN('bob')],
      [
        ['Sales', 'top'],
        [undefined, 'group'],
        ['Audit', 'top'],
        [undefined, 'group'],
      ],
    ],
    ['the groups two people share', `(&(member=${DN('ada')})(member=${DN('bob')}));cn`, [], [['Sales']]],
    ['the groups one has and another has not', `(&(member=${DN('bob')})(!(member=${DN('ada')})));cn`, [], [['Audit']]],
    [
      'a group by its name, with its members',
      '(&(objectClass=group)(cn={0}));distinguishedName,member',
      ['Audit'],
      [['CN=Audit,OU=Groups,DC=corp,DC=example', DN('bob')]],
    ],
    ['a group by its SID', '(&(objectClass=group)(objectSid={0}));cn,member', ['S-1-5-21-1-2-3-900'], [['Finance', DN('ada')]]],
    ['a group by its place', '(distinguishedName={0});cn', ['CN=audit,OU=Groups,DC=corp,DC=example'.replace('audit', 'Audit')], [['Audit']]],
    ['no group that nobody is in', '(&(objectClass=group)(cn=Nobody));cn', [], []],
  ];
  for (const [title, query, params, expected] of rows) {
    it(`gives ${title}`, async () => {
      const columns = expected[0]?.length ?? 1;
      expect(await directory(ADA, BOB, SHARED).ask(query, params, columns)).to.deep.equal(expected);
    });
  }

  const own: readonly (readonly [query: string, params: readonly string[]])[] = [
    [';mail;{0}', ['CORP\\ada']],
    ['(sAMAccountName={0});mail', ['ada']],
    ['(&(objectClass=user)(userPrincipalName={0}));mail', ['ada@corp.example']],
    ['(distinguishedName={0});mail', [DN('ada')]],
    ['(objectSid={0});mail', [ada.sid]],
  ];
  for (const [query, params] of own) {
    it(`answers ${query} about whoever signs on without a look-up`, async () => {
      const { ask, asked } = directory(ADA, BOB, SHARED);
      expect(await ask(query, params)).to.deep.equal([['ada@corp.example']]);
      expect(asked()).to.equal(0);
    });
  }

  it('never looks at everybody: the look-ups do not grow with the number of people', async () => {
    const many = Array.from({ length: 300 }, (_, at) =>
      aUser({ id: asId(`u${String(at)}`), userName: `u${String(at)}`, email: `u${String(at)}@corp.example`, groups: ['Sales'] }),
    );
    const { ask, asked } = directory(ADA, BOB, ...many);
    await ask('(|(mail=u7@corp.example)(sAMAccountName=u8)(member=CN=u9,OU=People,DC=corp,DC=example));cn');
    expect(asked()).to.be.lessThan(12);
  });

  const refused: readonly (readonly [query: string, columns: number, params: number, sentence: RegExp])[] = [
    ['mail', 1, 0, /two or three parts; write FILTER;ATTRIBUTES;DOMAIN\\USER/u],
    [';mail;{0};x', 1, 1, /two or three parts/u],
    ['(mail={0});;', 1, 1, /names no attribute/u],
    [';mail', 1, 0, /neither a filter nor an account/u],
    [';mail,cn;{0}', 1, 1, /asks for 2 attributes and the rule has 1 type;/u],
    [';mail;{0}', 2, 1, /asks for 1 attribute and the rule has 2 types;/u],
    [';mail,;{0}', 2, 1, /has no name/u],
    ['(mail=;cn;', 1, 0, /character 7 of the filter: "\)" is expected/u],
    ['(department={0});cn;', 1, 1, /character 2 of the filter: it would need a search over all people; compare one of sAMAccountName, /u],
    ['(|(mail={0})(department={0}));cn;', 1, 1, /search over all people/u],
    ['(!(mail={0}));cn;', 1, 1, /search over all people/u],
    ['(mail={0}*);cn;', 1, 1, /search over all people/u],
    ['(cn={0});mail;', 1, 1, /or cn beside \(objectClass=group\)/u],
    ['(memberOf={0});cn;', 1, 1, /search over all people/u],
    ['(&(mail=a)(member=*));cn;', 1, 0, /whole name of somebody/u],
    [`(|${'(mail=a)'.repeat(21)});cn;`, 1, 0, /more than 20 look-ups/u],
  ];
  for (const [query, columns, params, sentence] of refused) {
    it(`refuses ${query.slice(0, 40)} when the rule is saved and when it is asked`, async () => {
      const { check } = createActiveDirectoryStore({ users: memoryUsers(), directory: { current: () => Promise.resolve(DIRECTORY) } });
      const problem = check({ query, columns, params });
      expect(problem?.level).to.equal('error');
      expect(problem?.sentence).to.match(sentence);
      const asked = await thrownBy(() =>
        directory(ADA).ask(
          query,
          Array.from({ length: params }, () => 'x'),
          columns,
        ),
      );
      expect(asked).to.include({ code: 'invalid_input', message: problem?.sentence });
    });
  }

  const checked: readonly (readonly [query: string, columns: number, params: number, level: string | undefined, sentence?: RegExp])[] = [
    [';mail,telephoneNumber,TOKENGROUPS(SID);{0}', 3, 1, undefined],
    [';{1};{0}', 5, 2, undefined],
    [';mail,extensionAttribute1;{0}', 2, 1, 'note', /^extensionAttribute1 is filled only where people have an attribute of that name$/u],
    [';extensionAttribute1,extensionAttribute2;{0}', 2, 1, 'note', /^extensionAttribute1, extensionAttribute2 are filled only/u],
    [';mail;{1}', 1, 1, 'error', /^the query uses \{1\}, and the rule gives 1 parameter$/u],
  ];
  for (const [query, columns, params, level, sentence = /^/u] of checked) {
    it(`says ${level ?? 'nothing'} of ${query} when a rule is saved`, () => {
      const { check } = createActiveDirectoryStore({ users: memoryUsers(), directory: { current: () => Promise.resolve(DIRECTORY) } });
      const problem = check({ query, columns, params });
      expect(problem?.level).to.equal(level);
      expect(problem?.sentence ?? '').to.match(sentence);
    });
  }

  it('takes attribute names out of parameters, and counts them then', async () => {
    const { ask } = directory(ADA);
    expect(await ask(';{1};{0}', ['CORP\\ada', 'mail,cn'], 2)).to.deep.equal([['ada@corp.example', 'Ada Lovelace']]);
    expect(await thrownBy(() => ask(';{1};{0}', ['CORP\\ada', 'mail'], 2))).to.include({ code: 'invalid_input' });
  });

  it('takes no part of a query out of a parameter (U11)', async () => {
    const { ask } = directory(ADA, BOB);
    expect(await ask(';mail;{0}', ['CORP\\ada;x'])).to.deep.equal([]);
    expect(await ask('(sAMAccountName={0});mail', ['*'])).to.deep.equal([]);
    expect(await ask('(sAMAccountName={0});mail', ['x)(sAMAccountName=bob'])).to.deep.equal([]);
  });
});
