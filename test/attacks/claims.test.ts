/** Attacks by values that people choose for themselves, through the claim rules of an administrator who meant well. */
import { expect } from 'chai';
import type { AskedQuestion } from '../../src/core/claims/attribute-store.js';
import { checkRules } from '../../src/core/claims/language/check.js';
import { parseRules } from '../../src/core/claims/language/parse.js';
import { releaseClaims } from '../../src/core/claims/release.js';
import { RULE_LIMITS } from '../../src/core/claims/evaluation/rule-work.js';
import { authorize } from '../../src/core/issuance/access-policy.js';
import { chooseName } from '../../src/core/issuance/name-identifier.js';
import type { IssuanceRequest } from '../../src/core/issuance/issuance-request.js';
import type { AccessPolicy } from '../../src/core/model/condition.js';
import { AD_AUTHORITY, CLAIM, type Claim, makeClaim } from '../../src/core/model/claim.js';
import { asId } from '../../src/core/model/ids.js';
import { createActiveDirectoryStore } from '../../src/directory/active-directory-store.js';
import { personOf } from '../../src/directory/person.js';
import { checkSqlQuestion } from '../../src/storage/attribute-stores/statement.js';
import { aDirectory, anInput, anIssuanceRequest, aPerson, aRelyingParty, aSubject, aUser, checkThrownBy, thrownBy } from '../support/builders.js';
import { memoryNames } from '../support/memory-names.js';
import { memoryUsers } from '../support/memory-repositories.js';
import { ADA, issuedBy, memoryStores, run } from '../support/run-rules.js';

const claim = (type: string, value: string): Claim => makeClaim(type, value, AD_AUTHORITY);

/** An application with these transform rules, and somebody with these claims. */
function asked(transform: string, claims: readonly Claim[]): IssuanceRequest {
  return anIssuanceRequest({ relyingParty: aRelyingParty({ rules: { transform } }), subject: aSubject({ claims }) });
}

/** Seconds of processor time: a busy machine must not make a test fail. */
async function secondsOf(work: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

describe('attacks by claims', () => {
  describe('on time and memory (M12)', () => {
    const slow = '(?>x+)y[xyz]{20}';

    it('a value too long for a pattern that was never tried does not keep the record from being written', async () => {
      const request = asked(`c:[Type == "t", Issuer == "nobody", Value =~ "${slow}"] => issue(claim = c);`, [claim('t', 'x'.repeat(60_000))]);
      await releaseClaims(request, anInput(request));
      expect(request.trace.toRecord().claims?.sets?.[0]?.rules[0]).to.include({ matched: false });
    });

    it('explaining two hundred rules that failed takes no longer than running them may', async () => {
      const rules = Array.from({ length: 200 }, (_, at) => `c:[Type == "t", Issuer == "nobody", Value =~ "${slow}${String(at)}"] => issue(claim = c);`).join(
        '',
      );
      const claims = Array.from({ length: 500 }, (_, at) => claim('t', `${'x'.repeat(180)}${String(at)}`));
      const request = asked(rules, claims);
      await releaseClaims(request, anInput(request));
      expect(await secondsOf(() => request.trace.toRecord())).to.be.below(2);
    });

    it('values that are patterns are compiled, and not by the thousand', async () => {
      const claims = Array.from({ length: 1000 }, (_, at) => claim('t', `(?i)(a|b)+?x{1,30}(d|e){1,30}${String(at)}`));
      const text = 'c:[Type == "t"] => issue(Type = "o", Value = RegExReplace("abc", c.Value, ""));';
      expect((await thrownBy(() => run(text, { claims }))).message).to.equal(
        `the rules of the set put together more than ${String(RULE_LIMITS.patterns)} patterns`,
      );
      expect(await issuedBy(text, { claims: claims.slice(0, RULE_LIMITS.patterns) })).to.deep.equal(['o abc']);
    });

    const many = Array.from({ length: 2000 }, () => 'x'.repeat(1000));
    const pattern = '(?>x+)(?>y+)z[xyz]{9}';

    it('patterns of mappings and their conditions count as those of rules do', async () => {
      const subject = aSubject({ person: aPerson({ a: many }) });
      for (const mapping of [
        { claim: 'o', from: [{ attribute: 'a' }], change: [{ keep: pattern }] },
        { claim: 'o', from: [{ attribute: 'a' }], change: [{ replace: pattern, with: '' }] },
        { claim: 'o', from: [{ constant: 'x' }], onlyWhen: [{ attribute: 'a', matches: pattern }] },
      ]) {
        const request = anIssuanceRequest({ relyingParty: aRelyingParty({ claims: [mapping] }), subject });
        const seconds = await secondsOf(async () => {
          expect(await checkThrownBy(() => releaseClaims(request, anInput(request)))).to.equal('claims.rules');
        });
        expect(seconds, JSON.stringify(mapping)).to.be.below(1);
      }
    });

    it('a policy whose pattern cannot be tried on everything lets nobody in, nor does its opposite', async () => {
      const condition = { attribute: 'a', matches: pattern };
      const policies: readonly AccessPolicy[] = [
        { rules: [{ when: [condition] }] },
        { rules: [{ when: [{ everyone: true }], except: [condition] }] },
        { rules: [{ when: [{ not: condition }] }] },
      ];
      for (const accessPolicy of policies) {
        const request = anIssuanceRequest({ relyingParty: aRelyingParty({ accessPolicy }), subject: aSubject({ person: aPerson({ a: many }) }) });
        expect(await checkThrownBy(() => authorize(request, anInput(request)))).to.equal('user.policy');
      }
    });

    it('a token is of a size that can be sent', async () => {
      const rules = Array.from({ length: 20 }, (_, at) => `c:[Type == "t"] => issue(Type = "o", Value = "${String(at)}" + c.Value);`).join('');
      const request = asked(rules, [claim('t', 'x'.repeat(60_000))]);
      expect(await checkThrownBy(() => releaseClaims(request, anInput(request)))).to.equal('claims.rules');
    });

    it('the record stays small, however many types are made of values, and however long', async () => {
      const claims = Array.from({ length: 1000 }, (_, at) => claim('t', `${'x'.repeat(900)}${String(at)}`));
      const request = asked('c:[Type == "t"] => issue(Type = "urn:x:" + c.Value, Value = "1");', claims);
      await releaseClaims(request, anInput(request));
      const record = request.trace.toRecord();
      expect(JSON.stringify(record).length).to.be.below(100_000);
      expect(record.claims).to.include({ moreReleased: 800 });
    });
  });

  describe('on what a token says', () => {
    const attributesOf = async (transform: string, claims: readonly Claim[] = ADA): Promise<readonly string[]> => {
      const request = asked(transform, claims);
      return (await releaseClaims(request, anInput(request))).attributes.map(({ name }) => name);
    };

    it('a type that is nothing is no attribute, and the record says so', async () => {
      for (const type of ['', ' ', '\t']) {
        const request = asked('c:[Type == "t"] => issue(Type = c.Value, Value = "1");', [claim('t', type)]);
        expect((await releaseClaims(request, anInput(request))).attributes, JSON.stringify(type)).to.deep.equal([]);
        expect(request.trace.toRecord().claims?.released).to.deep.include({
          claim: type,
          values: ['…'],
          by: 'rule 1 (line 1)',
          otherwise: 'was left out: it has no type',
        });
      }
    });

    it('types that are names of something in JavaScript are types like all others (M10)', async () => {
      for (const type of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
        expect(await attributesOf(`=> issue(Type = "${type}", Value = "1");`), type).to.deep.equal([type]);
      }
    });

    it('no value says how somebody signed in (I10)', async () => {
      const rule = 'c:[Type == "t"] => issue(Type = c.Value, Value = "http://schemas.microsoft.com/claims/multipleauthn");';
      expect(await attributesOf(rule, [claim('t', CLAIM.authenticationMethod)])).to.deep.equal([]);
    });
  });

  describe('on stores: no value is ever part of a question (U11)', () => {
    const evil = ["x' or 'a' = 'a", 'x)(objectClass=*', '*', '{0}', ';objectSid;', "'); drop table users; --"];

    it('even where a rule puts its query together from values', async () => {
      const { stores, asked: questions } = memoryStores({ HR: [] });
      const text =
        'c:[Type == "t"] => issue(store = "HR", types = ("o"), query = "a = {0} and b = " + c.Value + " and c = " + RegExReplace(c.Value, "^", "y"), param = "p");';
      await run(text, { claims: evil.map((value) => claim('t', value)), facts: { stores } });
      expect(questions.map(({ query }) => query)).to.deep.equal(evil.map(() => 'a = {0} and b = {1} and c = {2}'));
      expect(questions.map(({ params }) => params)).to.deep.equal(evil.map((value) => ['p', value, `y${value}`]));
    });

    it('and where that leaves no question, it is refused when the rule is saved', () => {
      const catalogue = { names: ['HR'], check: (_name: string, question: AskedQuestion) => checkSqlQuestion(question) };
      const saved = (query: string): unknown =>
        checkRules(parseRules(`c:[Type == "t"] => issue(store = "HR", types = ("o"), query = ${query});`), 'transform', catalogue);
      expect(() => saved('"select a from b where c = \'" + c.Value + "\'"')).to.throw(/column 63: \{0\} stands inside quotes/u);
      expect(() => saved('c.Value')).to.throw(/only reads: it begins with SELECT/u);
      expect(saved('"select a from b where c = " + c.Value')).to.deep.equal([]);
    });

    it('a filter of "Active Directory" that is put together finds nobody else', async () => {
      const users = memoryUsers(aUser(), aUser({ id: asId('user-2'), userName: 'root', email: 'root@example.com' }));
      const { store } = createActiveDirectoryStore({ users, directory: { current: () => Promise.resolve(aDirectory()) } });
      const found = async (value: string): Promise<readonly string[]> =>
        issuedBy('c:[Type == "t"] => issue(store = "Active Directory", types = ("o"), query = "(mail=" + c.Value + ");name");', {
          claims: [claim('t', value)],
          facts: { stores: { find: () => store }, person: personOf(aUser(), aDirectory()) },
        });
      expect(await found('maria@example.com')).to.deep.equal(['o Maria Silva']);
      for (const value of ['*', 'x)(|(mail=root@example.com)', 'root@*', ...evil]) expect(await found(value), value).to.deep.equal([]);
    });
  });

  describe('on who somebody is (A12)', () => {
    const names = { entityId: 'https://idp.example', persistentNames: memoryNames(), makeId: () => '_id', pairwiseId: () => Promise.resolve('p') };
    const nameOf = async (value: string): Promise<string | undefined> => {
      const request = asked(`c:[Type == "t"] => issue(Type = "${CLAIM.nameIdentifier}", Value = c.Value);`, [claim('t', value)]);
      const { name } = await releaseClaims(request, anInput(request));
      return checkThrownBy(() => chooseName(names, request, name));
    };

    for (const [what, value] of [
      ['nothing', ''],
      ['white space', '  '],
      ['white space before a name', ' ada'],
      ['white space behind a name', 'ada\u00A0'],
      ['a line break', 'ada\nroot'],
      ['NUL', 'ada\u0000'],
      ['a zero-width space', 'a\u200Bda'],
      ['a change of direction', 'ada\u202E'],
      ['half a character', 'ada\uD800'],
      ['a line separator', 'ada\u2028'],
      ['more than there may be', 'a'.repeat(257)],
    ] as const) {
      it(`${what} is no name`, async () => {
        expect(await nameOf(value)).to.equal('user.nameid');
      });
    }
  });

  describe('on what is kept: checks hold no value of a person unmasked (M13)', () => {
    const secret = 'K-4711-4711-K';
    const person = aPerson({ costCentre: [secret] });

    it('of an access policy', async () => {
      const accessPolicy: AccessPolicy = { rules: [{ when: [{ attribute: 'costCentre', is: ['K-1'] }] }] };
      const request = anIssuanceRequest({ relyingParty: aRelyingParty({ accessPolicy }), subject: aSubject({ person }) });
      expect(await checkThrownBy(() => authorize(request, anInput(request)))).to.equal('user.policy');
      expect(JSON.stringify(request.trace.toRecord())).to.include('user.policy').and.not.include(secret);
    });

    it('of the groups', async () => {
      const request = anIssuanceRequest({
        relyingParty: aRelyingParty({ groups: [`${secret}X`] }),
        subject: aSubject({ person: aPerson({}, { groups: [{ name: secret, sid: 'S-1-5-21-1' }] }) }),
      });
      expect(await checkThrownBy(() => authorize(request, anInput(request)))).to.equal('user.allowed');
      expect(request.trace.toRecord().checks.at(-1)?.expected).to.include('nearest: K-…-K (13)');
    });
  });
});
