import { expect } from 'chai';
import type { StoreRow } from '../../../../src/core/claims/attribute-store.js';
import { evaluateRules } from '../../../../src/core/claims/evaluation/evaluate-rules.js';
import { RuleFailure } from '../../../../src/core/claims/explanation.js';
import { parseRules } from '../../../../src/core/claims/language/parse.js';
import { rulesOfMappings } from '../../../../src/core/claims/mappings/mappings.js';
import { SignetError } from '../../../../src/core/errors.js';
import { AD_AUTHORITY, type Claim, LOCAL_AUTHORITY, makeClaim, XS_STRING } from '../../../../src/core/model/claim.js';
import { aPerson, thrownBy } from '../../../support/builders.js';
import { someFacts } from '../../../support/rule-facts.js';
import { ADA, issuedBy, memoryStores, run, type RunParts } from '../../../support/run-rules.js';

/** [what, rules, what is issued as 'type value', and what differs from usual] */
type Row = readonly [string, string, readonly string[], RunParts?];

function rows(table: readonly Row[]): void {
  for (const [what, text, expected, parts] of table) {
    it(what, async () => {
      expect(await issuedBy(text, parts)).to.deep.equal(expected);
    });
  }
}

function claim(type: string, value: string, changes: Partial<Claim> = {}): Claim {
  return { ...makeClaim(type, value, AD_AUTHORITY), ...changes };
}

const claims = (...all: readonly Claim[]): RunParts => ({ claims: all });

async function failureOf(text: string, parts: RunParts = {}): Promise<RuleFailure> {
  const error = await thrownBy(() => run(text, parts));
  if (error instanceof RuleFailure) return error;
  throw error;
}

const CORP_STORES = memoryStores({ 'Active Directory': [['ada@corp.example', undefined]] }).stores;

describe('rules of AD FS', () => {
  describe('worked checks (adfs.md 8)', () => {
    rows([
      ['pass a claim through', 'c:[Type == "upn"] => issue(claim = c);', ['upn ada@eu.corp.example']],
      ['rewrite a value', 'c:[Type == "upn"] => issue(Type = "dom", Value = RegexReplace(c.Value, "^[^@]+@", ""));', ['dom eu.corp.example']],
      ['are case-sensitive in patterns', 'c:[Type == "email", Value =~ "@corp\\.example$"] => issue(claim = c);', []],
      ['but for (?i)', 'c:[Type == "email", Value =~ "(?i)@corp\\.example$"] => issue(claim = c);', ['email Ada@Corp.Example']],
      ['replace by a named group', 'c:[Type == "wan"] => issue(Type = "u", Value = RegexReplace(c.Value, "(?<d>[^\\\\]+)\\\\(?<n>.+)", "${n}"));', ['u ada']],
      [
        'run for each combination, with a backslash as it is',
        'c:[Type == "upn"] && g:[Type == "groupsid"] => issue(Type = "t", Value = c.Value + "\\" + g.Value);',
        ['t ada@eu.corp.example\\S-1-5-21-1-2-3-512', 't ada@eu.corp.example\\S-1-5-21-1-2-3-1105'],
      ],
      ['collapse equal results', 'c:[Type == "groupsid"] => issue(Type = "x", Value = "y");', ['x y']],
      [
        'add for later rules only',
        'EXISTS([Type == "groupsid", Value =~ "-512$"]) => add(Type = "tmp", Value = "1"); c:[Type == "tmp"] => issue(Type = "admin", Value = c.Value);',
        ['admin 1'],
      ],
      ['fire when something is not there', 'NOT EXISTS([Type == "role"]) => issue(Type = "role", Value = "guest");', ['role guest']],
      ['count', 'COUNT([Type == "groupsid"]) >= 2 => issue(Type = "many", Value = "true");', ['many true']],
      ['read a property that is missing as empty', 'c:[Type == "email"] => issue(Type = "q", Value = c.Properties["http://x/none"]);', ['q ']],
      [
        'look up attributes, and leave out those without a value',
        'c:[Type == "wan", Issuer == "AD AUTHORITY"] => issue(store = "Active Directory", types = ("m", "p"), query = ";mail,telephoneNumber;{0}", param = c.Value);',
        ['m ada@corp.example'],
        { facts: { stores: CORP_STORES } },
      ],
    ]);

    it('give what an authorization set decides by: permit and deny, or nothing', async () => {
      const permit = '=> issue(Type = "http://schemas.microsoft.com/authorization/claims/permit", Value = "true");';
      const deny = '=> issue(Type = "http://schemas.microsoft.com/authorization/claims/deny", Value = "true");';
      expect((await issuedBy(permit + deny, { set: 'authorization' })).length).to.equal(2);
      expect(await issuedBy(`[Type == "role"] ${permit}`, { set: 'authorization' })).to.deep.equal([]);
      expect(await issuedBy('', { set: 'authorization' })).to.deep.equal([]);
    });
  });

  describe('order and sight (adfs.md 3)', () => {
    rows([
      ['issue is seen by later rules', '=> issue(Type = "a", Value = "1"); c:[Type == "a"] => issue(Type = "b", Value = c.Value);', ['a 1', 'b 1']],
      ['add is seen by later rules and never sent', '=> add(Type = "a", Value = "1"); c:[Type == "a"] => issue(Type = "b", Value = c.Value);', ['b 1']],
      ['later rules are not seen by earlier ones', 'c:[Type == "a"] => issue(Type = "b", Value = c.Value); => issue(Type = "a", Value = "1");', ['a 1']],
      ['a rule does not see its own products', 'c:[Type == "a"] => issue(Type = "a", Value = c.Value + "x");', ['a 1x'], claims(claim('a', '1'))],
      ['nor when it takes everything', 'c:[] => issue(Type = c.Type, Value = c.Value + "x");', ['a 1x', 'b 2x'], claims(claim('a', '1'), claim('b', '2'))],
      ['[] takes every claim', '[] => issue(Type = "some", Value = "1");', ['some 1']],
      ['[] takes none where there is none', '[] => issue(Type = "some", Value = "1");', [], claims()],
      ['combinations come in the order of the claims, the last condition turning fastest', 'a:[Type == "x"] && b:[Type == "x"] => issue(Type = "p", Value = a.Value + b.Value);', ['p 11', 'p 12', 'p 21', 'p 22'], claims(claim('x', '1'), claim('x', '2'))], // prettier-ignore
      ['all conditions have to take something', 'a:[Type == "upn"] && b:[Type == "none"] => issue(claim = a);', []],
      ['without a condition the action runs once', '=> issue(Type = "a", Value = "1");', ['a 1'], claims()],
      ['aggregates and selectors mix', 'a:[Type == "upn"] && EXISTS([Type == "email"]) && COUNT([Type == "groupsid"]) == 2 => issue(claim = a);', ['upn ada@eu.corp.example']], // prettier-ignore
      ['what was sent already is sent once, whoever makes it', '=> issue(Type = "a", Value = "1"); => issue(Value = "1", Type = "a");', ['a 1']],
      ['added first and issued later is sent', '=> add(Type = "a", Value = "1"); => issue(Type = "a", Value = "1");', ['a 1']],
    ]);
  });

  describe('tests (adfs.md 3)', () => {
    const take = (tests: string): string => `c:[${tests}] => issue(claim = c);`;
    const one = claims(claim('a', 'One', { valueType: 'vt', issuer: 'I', originalIssuer: 'O', properties: { p: 'v', empty: '' } }));
    const yes = ['a One'];
    rows([
      ['== on types counts letter case', take('Type == "A"'), [], one],
      ['== on values counts letter case', take('Value == "one"'), [], one],
      ['== holds for the same', take('Value == "One"'), yes, one],
      ['!= holds for another letter case', take('Value != "one"'), yes, one],
      ['!= fails for the same', take('Value != "One"'), [], one],
      ['=~ searches anywhere', take('Value =~ "n"'), yes, one],
      ['!~ is its opposite', take('Value !~ "n"'), [], one],
      ['ValueType', take('ValueType == "vt"'), yes, one],
      ['Issuer', take('Issuer == "I"'), yes, one],
      ['OriginalIssuer', take('OriginalIssuer == "O", Issuer != "O"'), yes, one],
      ['a property', take('Properties["p"] == "v"'), yes, one],
      ['a property with another value', take('Properties["p"] == "w"'), [], one],
      ['an empty property is there', take('Properties["empty"] == ""'), yes, one],
      ['a property that is missing is not empty', take('Properties["q"] == ""'), [], one],
      ['a property that is missing differs from everything', take('Properties["q"] != ""'), yes, one],
      ['no pattern occurs in a property that is missing', take('Properties["q"] =~ ""'), [], one],
      ['!~ holds for a property that is missing', take('Properties["q"] !~ "x"'), yes, one],
      ['names of properties that every object has are none', take('Properties["toString"] != "x", Properties["__proto__"] !~ "."'), yes, one],
      ['nothing is a property of a claim without any', take('Properties["p"] == "v"'), [], claims(claim('a', 'One'))],
      ['two types exclude each other', take('Type == "a", Type == "b"'), [], one],
      ['type by pattern', take('Type =~ "^a$"'), yes, one],
      ['any type but one', take('Type != "upn", Value =~ "512"'), ['groupsid S-1-5-21-1-2-3-512']],
    ]);
  });

  describe('counting', () => {
    const count = (comparison: string): string => `COUNT([Type == "groupsid"]) ${comparison} => issue(Type = "y", Value = "");`;
    const table: readonly (readonly [string, boolean])[] = [
      ['== 2', true], ['== 1', false], ['== 3', false], ['!= 2', false], ['!= 1', true], ['!= 3', true], ['< 2', false], ['< 3', true],
      ['<= 1', false], ['<= 2', true], ['> 1', true], ['> 2', false], ['>= 2', true], ['>= 3', false], ['>= 0', true],
    ]; // prettier-ignore
    rows(table.map(([comparison, holds]): Row => [comparison, count(comparison), holds ? ['y '] : []]));
    rows([
      [
        'does not see a claim twice because it was passed through',
        'c:[Type == "upn"] => issue(claim = c); c:[Type == "upn"] => add(claim = c); COUNT([Type == "upn"]) == 1 => issue(Type = "one", Value = "");',
        ['upn ada@eu.corp.example', 'one '],
      ],
      [
        'nor because two rules made it',
        '=> add(Type = "a", Value = "1"); => add(Type = "a", Value = "1"); COUNT([Type == "a"]) == 1 => issue(Type = "one", Value = "");',
        ['one '],
      ],
      [
        'sees claims apart that differ in any part',
        '=> add(Type = "a", Value = "1"); => add(Type = "a", Value = "1", Issuer = "X"); => add(Type = "a", Value = "1", Properties["p"] = "x");' +
          '=> add(Type = "a", Value = "1", Properties["p"] = "y"); COUNT([Type == "a"]) == 4 => issue(Type = "four", Value = "");',
        ['four '],
      ],
      ['counts what came in as it came', 'COUNT([Type == "a"]) == 2 => issue(Type = "two", Value = "");', ['two '], claims(claim('a', '1'), claim('a', '1'))],
      ['NOT EXISTS fails where there is one', 'NOT EXISTS([Type == "upn"]) => issue(Type = "y", Value = "");', []],
      ['EXISTS fails where there is none', 'EXISTS([Type == "none"]) => issue(Type = "y", Value = "");', []],
    ]);
  });

  describe('what they make', () => {
    const rich = claim('a', '1', { valueType: 'vt', issuer: 'I', originalIssuer: 'O', properties: { p: 'v' } });

    it('is all six parts in a copy', async () => {
      expect((await run('c:[] => issue(claim = c);', claims(rich))).issued).to.deep.equal([rich]);
    });

    it('has the usual parts where nothing is said', async () => {
      expect((await run('=> issue(Type = "t");')).issued).to.deep.equal([
        { type: 't', value: '', valueType: XS_STRING, issuer: LOCAL_AUTHORITY, originalIssuer: LOCAL_AUTHORITY },
      ]);
    });

    it('does not take the original issuer from the issuer', async () => {
      expect((await run('=> issue(Type = "t", Issuer = "I");')).issued[0]).to.include({ issuer: 'I', originalIssuer: LOCAL_AUTHORITY });
    });

    it('takes every part from a claim, in any order, with properties', async () => {
      const text =
        'c:[] => issue(Properties["p2"] = c.Properties["p"] + "!", OriginalIssuer = c.OriginalIssuer, Issuer = c.Issuer, ValueType = c.ValueType, Value = c.Value + "x", Type = c.Type, Properties["__proto__"] = "own");';
      const [made] = (await run(text, claims(rich))).issued;
      expect(made).to.include({ type: 'a', value: '1x', valueType: 'vt', issuer: 'I', originalIssuer: 'O' });
      expect(Object.entries(made?.properties ?? {})).to.deep.equal([
        ['p2', 'v!'],
        ['__proto__', 'own'],
      ]);
    });

    it('keeps apart what differs in issuer or value type', async () => {
      const text = '=> issue(Type = "a", Value = "1"); => issue(Type = "a", Value = "1", Issuer = "X"); => issue(Type = "a", Value = "1", ValueType = "v");';
      expect((await run(text)).issued).to.have.length(3);
    });

    it('is sent once with its first properties, and seen by later rules with both', async () => {
      const text =
        '=> issue(Type = "a", Value = "1", Properties["p"] = "x"); => issue(Type = "a", Value = "1", Properties["p"] = "y");' +
        'c:[Properties["p"] == "y"] => issue(Type = "seen", Value = c.Value);';
      const { issued } = await run(text, claims());
      expect(issued.map(({ type, properties }) => [type, properties])).to.deep.equal([
        ['a', { p: 'x' }],
        ['seen', undefined],
      ]);
    });

    it('is replaced with a pattern from a claim', async () => {
      const text = 'c:[Type == "wan"] && p:[Type == "p"] => issue(Type = "r", Value = RegexReplace(c.Value, p.Value, "<$&>" + p.Value));';
      expect(await issuedBy(text, claims(claim('wan', 'ada'), claim('p', 'd')))).to.deep.equal(['r a<d>da']);
    });
  });

  describe('stores', () => {
    const ask = (store: string, more = ''): string =>
      `c:[Type == "groupsid"] => issue(store = "${store}", types = ("m", "n"), query = "select {0}", param = c.Issuer${more});`;

    it('are asked with query, parameters, the number of columns and whom it is about', async () => {
      const { stores, asked } = memoryStores({ HR: [] });
      await run('c:[Type == "upn"] => issue(store = "hr", types = ("m", "n"), query = "a" + "b", param = c.Value, param = "2");', { facts: { stores } });
      expect(asked).to.deep.equal([
        {
          query: 'ab',
          params: ['ada@eu.corp.example', '2'],
          columns: 2,
          about: { person: aPerson(), relyingParty: 'https://app.example/metadata' },
        },
      ]);
    });

    it('are asked the same thing once', async () => {
      const { stores, asked } = memoryStores({ HR: [['1', '2']], Other: [] });
      await run(ask('HR') + ask('hr') + ask('Other') + ask('HR', ', param = c.Value'), { facts: { stores } });
      expect(asked.map(({ params }) => params.length)).to.deep.equal([1, 1, 2, 2]);
    });

    it('give claims column by column', async () => {
      const answer: readonly StoreRow[] = [['a', '1'], [undefined, '2'], ['b', '3'], ['c']]; // prettier-ignore
      const { issued } = await run(ask('HR'), { facts: { stores: memoryStores({ HR: answer }).stores } });
      expect(issued.map(({ type, value, issuer, originalIssuer, valueType }) => [type, value, issuer, originalIssuer, valueType])).to.deep.equal(
        [['m', 'a'], ['m', 'b'], ['m', 'c'], ['n', '1'], ['n', '2'], ['n', '3']].map((made) => [...made, LOCAL_AUTHORITY, LOCAL_AUTHORITY, XS_STRING]), // prettier-ignore
      );
    });

    it('speak for the directory where it is the directory', async () => {
      const stores = memoryStores({ 'Active Directory': [['a', 'b']] });
      const { issued } = await run(ask('ACTIVE directory'), { facts: { stores: stores.stores, person: aPerson({}, { authority: 'CORP' }) } });
      expect(issued[0]).to.include({ issuer: 'CORP', originalIssuer: 'CORP' });
    });

    it('add for later rules, too', async () => {
      const { stores } = memoryStores({ HR: [['dn']] });
      const text = '=> add(store = "HR", types = ("dn"), query = "q"); c:[Type == "dn"] => issue(Type = "x", Value = c.Value);';
      expect(await issuedBy(text, { facts: { stores } })).to.deep.equal(['x dn']);
    });

    it('end the evaluation by name when they fail', async () => {
      const { stores } = memoryStores({
        HR: () => Promise.reject(new SignetError('unavailable', 'it did not answer within 3 s')),
        Odd: () => Promise.reject(new Error('password=secret')),
      });
      const failed = await failureOf(`=> issue(Type = "a"); ${ask('HR')}`, { facts: { stores } });
      expect(failed).to.include({ kind: 'store', position: 2, set: 'transform', message: 'the store "HR" gave no answer: it did not answer within 3 s' });
      expect(failed.rule.origin).to.include({ kind: 'text', line: 1 });
      expect(await failureOf(ask('Odd'), { facts: { stores } })).to.include({ kind: 'store', message: 'the store "Odd" gave no answer: it failed' });
      expect(await failureOf(ask('No'), { facts: { stores } })).to.include({ kind: 'store', message: 'there is no attribute store "No"' });
    });

    it('are not missed by a rule that does not match', async () => {
      expect(await issuedBy('[Type == "none"] => issue(store = "No", types = ("a"), query = "q");')).to.deep.equal([]);
    });
  });

  describe('limits (M12)', () => {
    const many = (count: number, type = 'g'): readonly Claim[] => Array.from({ length: count }, (_, at) => claim(type, `value ${String(at)}`));
    const twice = 'a:[Type == "g"] && b:[Type == "g"]';

    it('allow 10,000 runs of a rule, and no more', async () => {
      expect((await run(`${twice} => issue(Type = "x");`, { claims: many(100) })).outcomes[0]?.runs).to.equal(10_000);
      expect(await failureOf(`=> issue(Type = "x"); ${twice} => issue(Type = "x");`, { claims: many(101) })).to.include({
        kind: 'limit',
        position: 2,
        message: 'its conditions take more than 10000 combinations of claims; narrow them',
      });
    });

    it('allow 5,000 claims, and no more', async () => {
      expect((await run(`${twice} => add(Type = "x", Value = a.Value + b.Value);`, { claims: many(70) })).issued).to.deep.equal([]);
      expect(await failureOf(`${twice} => add(Type = "x", Value = a.Value + b.Value);`, { claims: many(71) })).to.include({ kind: 'limit', position: 1 });
      expect(await failureOf('=> add(Type = "x");', { claims: many(5001) })).to.include({ kind: 'limit', message: 'there are more than 5000 claims' });
    });

    it('hold for texts, however they are put together', async () => {
      const long = claims(claim('a', 'x'.repeat(40_000)), claim('b', 'y'.repeat(65_536)));
      const fits = (await run('c:[Type == "b"] => issue(claim = c);', long)).issued[0]?.value.length;
      expect(fits).to.equal(65_536);
      const stores = memoryStores({ HR: [['z'.repeat(65_537)]] }).stores;
      for (const text of [
        'c:[Type == "a"] => issue(Type = "x", Value = c.Value + c.Value);',
        'c:[Type == "a"] => issue(Type = "x", Properties["p"] = c.Value + c.Value);',
        '=> issue(store = "HR", types = ("x"), query = "q");',
        'c:[Type == "a"] => issue(store = "HR", types = ("x"), query = "q", param = c.Value + c.Value);',
      ]) {
        expect(await failureOf(text, { ...long, facts: { stores } }), text).to.include({
          kind: 'limit',
          message: 'it makes a text of more than 65536 characters',
        });
      }
    });

    it('hold for what comes out of a replacement, and for what a pattern reads', async () => {
      const long = claims(claim('a', 'x'.repeat(65_536)));
      const text = 'c:[Type == "a"] => issue(Type = "x", Value = RegexReplace(c.Value, "x", "yy"));';
      expect(await failureOf(text, long)).to.include({ kind: 'pattern', message: 'a regular expression of it fails: what comes out is longer than 65536 characters; shorten it' }); // prettier-ignore
      expect(await failureOf('[] => issue(Type = "x");', claims(claim('a', 'x'.repeat(65_537))))).to.include({ kind: 'limit' });
    });

    it('hold for questions to stores', async () => {
      const { stores, asked } = memoryStores({ HR: [] });
      const text = 'c:[Type == "g"] => issue(store = "HR", types = ("m"), query = "q", param = c.Value);';
      expect(await failureOf(text, { claims: many(501), facts: { stores } })).to.include({ kind: 'limit' });
      expect(asked).to.have.length(500);
    });

    it('hold for the number of rules', async () => {
      const rules = parseRules('=> issue(Type = "x");'.repeat(1000));
      expect((await evaluateRules('transform', rules, [], someFacts())).outcomes).to.have.length(1000);
      expect(await thrownBy(() => evaluateRules('transform', [...rules, ...rules.slice(0, 1)], [], someFacts()))).to.be.instanceOf(RuleFailure);
    });

    it('hold for all work together, well within a second', async () => {
      const rows: readonly (readonly [string, string, readonly Claim[]])[] = [
        ['comparisons', '[Value == "none", Value == "any", Value == "x", Value == "y"] => issue(Type = "x");'.repeat(1000), many(5000)],
        ['patterns over long values', 'c:[Value =~ "none$"] => issue(Type = "x");'.repeat(1000), [claim('a', 'x'.repeat(65_000))]],
        ['texts', 'c:[] => add(Type = c.Type, Value = RegexReplace(c.Value, "^.", "") + "xy");'.repeat(1000), [claim('a', 'x'.repeat(60_000))]],
        ['claims that differ in their issuer only', `${twice} => add(Type = "x", Issuer = a.Value + b.Value);`.repeat(1000), many(70)],
      ];
      for (const [what, text, there] of rows) {
        const rules = parseRules(text);
        const before = process.cpuUsage();
        const failed = await thrownBy(() => evaluateRules('transform', rules, there, someFacts()));
        const { user, system } = process.cpuUsage(before);
        expect(failed, what).to.include({ kind: 'limit' });
        expect((user + system) / 1e6, what).to.be.below(1.5);
      }
    });

    it('leave room for somebody in a thousand groups under a hundred rules', async () => {
      const text = 'c:[Type == "g", Value =~ "^value 1\\d*$"] => issue(Type = "role", Value = RegexReplace(c.Value, "^value ", ""));'.repeat(100);
      expect((await run(text, { claims: many(1000) })).issued).to.have.length(111);
    });

    it('refuse a pattern that was put together and cannot be used', async () => {
      expect(await failureOf('c:[Type == "upn"] => issue(Type = "x", Value = RegexReplace(c.Value, "(" + c.Value, ""));')).to.include({
        kind: 'pattern',
        position: 1,
      });
    });
  });

  it('do not take what a mapping made for what it took', async () => {
    const rules = rulesOfMappings([{ claim: 'email', from: [{ claim: 'email' }], change: ['lowercase'] }]);
    const [outcome] = (await evaluateRules('transform', rules, ADA, someFacts())).outcomes;
    expect(outcome?.outputs.map(({ value }) => value)).to.deep.equal(['ada@corp.example']);
    expect(outcome?.inputs.map(({ value }) => value)).to.deep.equal(['Ada@Corp.Example']);
  });

  it('change nothing of what they are given', async () => {
    const there = [...ADA];
    const { issued } = await run('c:[] => issue(claim = c); => add(Type = "a");', { claims: there });
    expect(there).to.deep.equal(ADA);
    expect(issued).to.deep.equal(ADA);
  });
});
