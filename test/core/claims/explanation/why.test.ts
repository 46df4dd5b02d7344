/** Each way in which a rule does something, or nothing, with the sentence it gets. */
import { expect } from 'chai';
import { evaluateRules } from '../../../../src/core/claims/evaluation/evaluate-rules.js';
import { rulesOfMappings } from '../../../../src/core/claims/mappings/mappings.js';
import { recordSet } from '../../../../src/core/claims/explanation/record.js';
import { reasonOf, whyOf } from '../../../../src/core/claims/explanation/why.js';
import { AD_AUTHORITY, CLAIM, type Claim, LOCAL_AUTHORITY, makeClaim } from '../../../../src/core/model/claim.js';
import type { ClaimMapping } from '../../../../src/core/model/claim-mapping.js';
import { aPerson } from '../../../support/builders.js';
import { someFacts } from '../../../support/rule-facts.js';
import { memoryStores, run } from '../../../support/run-rules.js';

const group = (value: string, issuer: string = AD_AUTHORITY): Claim => makeClaim(CLAIM.group, value, issuer);
const there = (...claims: readonly Claim[]): readonly Claim[] => claims;
const GROUP = `Type == "${CLAIM.group}"`;
const ROLE = `=> issue(Type = "${CLAIM.role}", Value = "approver");`;
const HR = memoryStores({ HR: [['1', undefined]], Empty: [] }).stores;

async function whys(text: string, claims: readonly Claim[]): Promise<readonly string[]> {
  const evaluation = await run(text, { claims, facts: { stores: HR } });
  return recordSet('transform', evaluation, { masked: false }).rules.map(whyOf);
}

/** [what, rules, claims that came in, the sentence about the last rule] */
const TABLE: readonly (readonly [string, string, readonly Claim[], string])[] = [
  ['a value that was taken', `@RuleName = "Finance approvers"\nc:[${GROUP}, Value == "Finance"] ${ROLE}`, there(group('Finance')), 'Sent Role "approver" because the Group claim is "Finance" (rule 1 "Finance approvers", line 1).'],
  ['no name', `\n[${GROUP}] ${ROLE}`, there(group('Finance')), 'Sent Role "approver" because the Group claim is "Finance" (rule 1, line 2).'],
  ['several claims', `[${GROUP}] ${ROLE}`, there(group('A'), group('B'), group('C'), group('D'), group('E'), group('F')), 'Sent Role "approver" because the Group claims are "A", "B", "C" and 3 more (rule 1, line 1).'],
  ['EXISTS', `EXISTS([${GROUP}]) ${ROLE}`, there(group('A')), 'Sent Role "approver" because the Group claim is "A" (rule 1, line 1).'],
  ['NOT EXISTS', `NOT EXISTS([Type == "x"]) ${ROLE}`, there(), 'Sent Role "approver" because NOT EXISTS([Type == "x"]) holds (rule 1, line 1).'],
  ['a claim that is passed on', `c:[${GROUP}] => issue(claim = c);`, there(group('A')), 'Sent Group "A" from the Group claim (rule 1, line 1).'],
  ['claims that are passed on', `c:[${GROUP}] => issue(Type = "${CLAIM.role}", Value = c.Value);`, there(group('A'), group('B')), 'Sent Role "A" and "B" from the Group claims (rule 1, line 1).'],
  ['claims of two types', `c:[${GROUP}] && d:[Type == "u"] ${ROLE}`, there(group('A'), group('B'), makeClaim('u', '1', 'I')), 'Sent Role "approver" because the Group claims are "A" and "B" and the u claim is "1" (rule 1, line 1).'],
  ['more claims of two types than are named', `c:[${GROUP}] && d:[Type == "u"] ${ROLE}`, there(makeClaim('u', '1', 'I'), group('A'), group('B'), group('C'), group('D')), 'Sent Role "approver" because the Group claims are "A", "B" and "C" and 2 more (rule 1, line 1).'],
  ['an issuer by pattern', `c:[${GROUP}, Issuer =~ "^X"] ${ROLE}`, there(group('A')), 'Rule 1, line 1 did not match: no Group claim has an Issuer that matches "^X"; there is "AD AUTHORITY".'],
  ['no condition', ROLE, there(), 'Sent Role "approver" without a condition (rule 1, line 1).'],
  ['add', '=> add(Type = "tmp", Value = "1");', there(), 'Noted tmp "1" for later rules without a condition (rule 1, line 1).'],
  ['permit', `[${GROUP}] => issue(Type = "${CLAIM.permit}", Value = "true");`, there(group('A')), 'Permitted because the Group claim is "A" (rule 1, line 1).'],
  ['deny', `=> issue(Type = "${CLAIM.deny}", Value = "true");`, there(), 'Denied without a condition (rule 1, line 1).'],
  ['a store without a row', `=> issue(store = "Empty", types = ("m"), query = ";mail;{0}", param = "x");`, there(), 'Rule 1, line 1 matched, but the store "Empty" has no value for mail.'],
  ['a store that has one value of two', `=> issue(store = "HR", types = ("m", "p"), query = ";mail,telephoneNumber;{0}", param = "x");`, there(), 'Sent m "1" without a condition (rule 1, line 1); the store "HR" has no value for telephoneNumber.'],
  ['a store asked in SQL', `=> issue(store = "Empty", types = ("m", "p"), query = "SELECT a, b FROM t");`, there(), 'Rule 1, line 1 matched, but the store "Empty" has no value for m, p.'],
  ['a longer value', `[${GROUP}, Value == "Finance"] ${ROLE}`, there(group('Sales'), group('Finance-EU')), 'Rule 1, line 1 did not match: no Group claim is "Finance". Nearest: "Finance-EU".'],
  ['letter case', `[${GROUP}, Value == "Finance"] ${ROLE}`, there(group('Sales'), group('finance')), 'Rule 1, line 1 did not match: no Group claim is "Finance". Nearest: "finance", which differs in letter case only.'],
  ['white space', `[${GROUP}, Value == "Finance"] ${ROLE}`, there(group('Finance ')), 'Rule 1, line 1 did not match: no Group claim is "Finance". Nearest: "Finance ", which differs in white space only.'],
  ['a look-alike', `[${GROUP}, Value == "Finance"] ${ROLE}`, there(group('Finаnce')), 'Rule 1, line 1 did not match: no Group claim is "Finance". Nearest: "Finаnce", which differs in look-alike characters only.'],
  ['nothing near', `[${GROUP}, Value == "Finance"] ${ROLE}`, there(group('Sales'), group('Everyone'), group('IT')), 'Rule 1, line 1 did not match: no Group claim is "Finance"; there is "Sales" and 2 more.'],
  ['a pattern, and letter case', '[Type == "email", Value =~ "@corp\\.example$"] => issue(Type = "x");', there(makeClaim('email', 'Ada@Corp.Example', AD_AUTHORITY)), 'Rule 1, line 1 did not match: no email claim matches "@corp\\.example$". Nearest: "Ada@Corp.Example", which differs in letter case only.'],
  ['a pattern that fits nothing', `[${GROUP}, Value =~ "^AWS-"] ${ROLE}`, there(group('Sales')), 'Rule 1, line 1 did not match: no Group claim matches "^AWS-"; there is "Sales".'],
  ['a pattern that fits', `[${GROUP}, Value !~ "^S"] ${ROLE}`, there(group('Sales')), 'Rule 1, line 1 did not match: no Group claim fails to match "^S"; there is "Sales".'],
  ['!=', `[${GROUP}, Value != "Sales"] ${ROLE}`, there(group('Sales')), 'Rule 1, line 1 did not match: no Group claim is other than "Sales"; there is "Sales".'],
  ['the issuer of the right value', `[${GROUP}, Value == "Finance", Issuer == "AD AUTHORITY"] ${ROLE}`, there(group('Sales'), group('Finance', LOCAL_AUTHORITY)), 'Rule 1, line 1 did not match: no Group claim that is "Finance" has the Issuer "AD AUTHORITY"; there is "LOCAL AUTHORITY".'],
  ['the issuer in another letter case', `[${GROUP}, Issuer == "ad authority"] ${ROLE}`, there(group('Sales')), 'Rule 1, line 1 did not match: no Group claim has the Issuer "ad authority". Nearest: "AD AUTHORITY", which differs in letter case only.'],
  ['a property that is missing', '[Type == "a", Properties["p"] == "v"] => issue(Type = "x");', there(makeClaim('a', '1', 'I')), 'Rule 1, line 1 did not match: no a claim has the property p "v".'],
  ['no claim of the type', `[${GROUP}, Value == "Finance"] ${ROLE}`, there(makeClaim('other', 'Finance', 'I')), 'Rule 1, line 1 did not match: no Group claim is there.'],
  ['a type in another letter case', '[Type == "http://x.example/Group"] => issue(Type = "x");', there(makeClaim('http://x.example/group', '1', 'I')), 'Rule 1, line 1 did not match: no http://x.example/Group claim is there. Nearest: "http://x.example/group", which differs in letter case only.'],
  ['a type with a slash', '[Type == "http://x.example/group/"] => issue(Type = "x");', there(makeClaim('http://x.example/group', '1', 'I')), 'Rule 1, line 1 did not match: no http://x.example/group/ claim is there. Nearest: "http://x.example/group".'],
  ['a type by https', '[Type == "https://x.example/group"] => issue(Type = "x");', there(makeClaim('http://x.example/group', '1', 'I')), 'Rule 1, line 1 did not match: no https://x.example/group claim is there. Nearest: "http://x.example/group".'],
  ['a type by pattern', '[Type =~ "^https:"] => issue(Type = "x");', there(makeClaim('http://x', '1', 'I')), 'Rule 1, line 1 did not match: no claim has a Type that matches "^https:"; there is "http://x".'],
  ['no claim at all', '[] => issue(Type = "x");', there(), 'Rule 1, line 1 did not match: no claim is there.'],
  ['the second condition', `a:[${GROUP}] && b:[Type == "upn"] => issue(claim = a);`, there(group('A')), 'Rule 1, line 1 did not match: no upn claim is there.'],
  ['EXISTS without a match', `EXISTS([${GROUP}, Value == "x"]) ${ROLE}`, there(group('A')), 'Rule 1, line 1 did not match: no Group claim is "x"; there is "A".'],
  ['NOT EXISTS with a match', `NOT EXISTS([${GROUP}, Value =~ "^F"]) ${ROLE}`, there(group('A'), group('Finance')), 'Rule 1, line 1 did not match: it needs no Group claim that matches "^F"; there is "Finance".'],
  ['COUNT', `COUNT([${GROUP}]) >= 2 ${ROLE}`, there(group('A')), 'Rule 1, line 1 did not match: it needs at least 2 times a Group claim; found: 1 of them.'],
  ['what an earlier rule made counts, what a later one makes does not', `=> add(Type = "t", Value = "A"); [Type == "t", Value == "B"] ${ROLE}`, there(), 'Rule 2, line 1 did not match: no t claim is "B"; there is "A".'],
]; // prettier-ignore

describe('why a rule did what it did', () => {
  for (const [what, text, claims, sentence] of TABLE) {
    it(`${what}: ${sentence}`, async () => {
      expect((await whys(text, claims)).at(-1)).to.equal(sentence);
    });
  }

  it('stays true after later rules', async () => {
    const text = `[${GROUP}, Value == "B"] ${ROLE} c:[${GROUP}] => issue(Type = "x", Value = c.Value); => add(Type = "${CLAIM.group}", Value = "B");`;
    const { outcomes } = await run(text, { claims: there(group('A')) });
    expect(outcomes[0]).to.deep.include({ matched: false, runs: 0 });
    expect(outcomes[0]?.failed).to.deep.include({ observed: 'A' });
    expect(outcomes[1]?.inputs).to.deep.equal([group('A')]);
  });

  it('takes each claim once, in the order of the conditions', async () => {
    const { outcomes } = await run(`a:[${GROUP}] && EXISTS([${GROUP}, Value == "B"]) && [] => issue(claim = a);`, { claims: there(group('B'), group('A')) });
    expect(outcomes[0]?.inputs.map(({ value }) => value)).to.deep.equal(['B', 'A']);
    expect(outcomes[0]?.outputs).to.deep.equal(outcomes[0]?.inputs);
  });

  it('shows what a rule made that was there before', async () => {
    const { outcomes } = await run(`${ROLE} ${ROLE}`, { claims: [] });
    expect(outcomes.map(({ outputs }) => outputs.map(({ value }) => value))).to.deep.equal([['approver'], ['approver']]);
  });

  it('leaves out claim and values where they are seen', async () => {
    const evaluation = await run(`@RuleName = "All" c:[${GROUP}] => issue(claim = c);`, { claims: there(group('A')) });
    expect(recordSet('transform', evaluation, { masked: false }).rules.map(reasonOf)).to.deep.equal(['from the Group claim (rule 1 "All", line 1)']);
  });

  it('names no rule where nobody wrote one', async () => {
    for (const [origin, sent, missing] of [
      ['default', 'Sent Role "Sales" from the Group claim, by default.', 'Role is sent by default, but there is no claim email.'],
      ['requested', 'Sent Role "Sales" from the Group claim, as requested.', 'Role is requested, but there is no claim email.'],
    ] as const) {
      const rules = rulesOfMappings([CLAIM.group, CLAIM.email].map((claim) => ({ claim: CLAIM.role, from: [{ claim }] })), origin); // prettier-ignore
      const evaluation = await evaluateRules('transform', rules, [group('Sales')], someFacts());
      expect(recordSet('transform', evaluation, { masked: false }).rules.map(whyOf)).to.deep.equal([sent, missing]);
    }
  });

  describe('of a mapping', () => {
    async function why(mapping: Omit<ClaimMapping, 'claim'>, masked = false): Promise<string | undefined> {
      const facts = someFacts({ person: aPerson({ mail: ['maria@corp.example'], department: ['Sales'] }) });
      const evaluation = await evaluateRules('transform', rulesOfMappings([{ claim: CLAIM.role, ...mapping }]), [group('Sales')], facts);
      return recordSet('transform', evaluation, { masked }).rules.map(whyOf)[0];
    }

    it('names attribute, claim or text', async () => {
      expect(await why({ from: [{ attribute: 'mail' }] })).to.equal('Sent Role "maria@corp.example" from attribute mail (mapping 1 "Role").');
      expect(await why({ from: [{ claim: CLAIM.group }] })).to.equal('Sent Role "Sales" from the Group claim (mapping 1 "Role").');
      expect(await why({ from: [{ constant: 'guest' }] })).to.equal('Sent Role "guest" from the text "guest" (mapping 1 "Role").');
    });

    it('says what was changed', async () => {
      expect(await why({ from: [{ claim: CLAIM.group }], change: ['lowercase'] })).to.equal(
        'Sent Role "sales" because the Group claim is "Sales" (mapping 1 "Role").',
      );
    });

    it('names what is empty', async () => {
      expect(await why({ from: [{ attribute: 'title' }] })).to.equal('Mapping 1 "Role" matched, but attribute title is empty.');
    });

    it('names the condition, what there is and the nearest', async () => {
      expect(await why({ from: [{ constant: 'x' }], onlyWhen: [{ group: ['sales'] }] })).to.equal(
        'Mapping 1 "Role" did not match: it needs the group sales. Nearest: "Sales", which differs in letter case only.',
      );
      expect(await why({ from: [{ constant: 'x' }], onlyWhen: [{ secondFactor: true }] })).to.equal(
        'Mapping 1 "Role" did not match: it needs a second factor; found: a sign-in by pwd.',
      );
    });

    it('keeps no value that a change left nothing of', async () => {
      const change = [{ map: { Finance: 'F' } }] as const;
      expect(await why({ from: [{ attribute: 'department' }], change })).to.include('"Sales"');
      expect(await why({ from: [{ attribute: 'department' }], change }, true)).not.to.include('Sales');
    });
  });
});
