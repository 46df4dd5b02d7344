import { expect } from 'chai';
import { recordClaims } from '../../../../src/core/claims/explanation/claims-record.js';
import { recordSet } from '../../../../src/core/claims/explanation/record.js';
import { shapeClaims } from '../../../../src/core/claims/released.js';
import { whyOf } from '../../../../src/core/claims/explanation/why.js';
import { AD_AUTHORITY, type Claim, makeClaim } from '../../../../src/core/model/claim.js';
import { aDirectoryPerson, THIRTY_RULES } from '../../../support/thirty-rules.js';
import { run } from '../../../support/run-rules.js';

const many = (count: number, type = 'g'): readonly Claim[] =>
  Array.from({ length: count }, (_, at) => makeClaim(type, `secret value ${String(at)}`, AD_AUTHORITY));

describe('records of rules', () => {
  it('hold five inputs and outputs, and how many more', async () => {
    const evaluation = await run('c:[Type == "g"] => issue(claim = c); => add(Type = "t", Value = "1");', { claims: many(8) });
    const { set, rules, more } = recordSet('transform', evaluation, { masked: true });
    expect({ set, more }).to.deep.equal({ set: 'transform', more: undefined });
    expect(rules[0]).to.deep.include({ rule: 'rule 1 (line 1)', matched: true, moreInputs: 3, moreOutputs: 3 });
    expect(rules[0]?.inputs).to.have.length(5);
    expect(rules[0]?.outputs).to.have.length(5);
    expect(rules[1]).to.deep.equal({ rule: 'rule 2 (line 1)', matched: true, added: true, outputs: [{ type: 't', value: '…' }] });
  });

  it('hold no value of the person where they are kept, only as much as recognises it', async () => {
    const text =
      'c:[Type == "g"] => issue(claim = c); [Type == "g", Value == "secret value 0 "] => issue(Type = "x"); [Type == "g", Value =~ "^no"] => issue(Type = "x");';
    const evaluation = await run(text, { claims: many(3) });
    const kept = JSON.stringify(recordSet('transform', evaluation, { masked: true }).rules.map(({ condition: _, expected: __, ...rest }) => rest));
    expect(kept).not.to.include('secret');
    expect(kept).to.include('se… 0 (14)'.replace(' ', '·'));
    expect(JSON.stringify(recordSet('transform', evaluation, { masked: false }))).to.include('secret value 0');
  });

  it('keep a claim type that comes near as it is', async () => {
    const evaluation = await run('[Type == "G"] => issue(Type = "x");', { claims: many(1) });
    expect(recordSet('transform', evaluation, { masked: true }).rules[0]).to.deep.include({ nearest: 'g', difference: 'letter case' });
  });

  it('of what left are of twenty values, and name the rules of those', async () => {
    const text = Array.from({ length: 25 }, (_, at) => `=> issue(Type = "role", Value = "role ${String(at)}");`).join('');
    const evaluation = await run(text);
    const { released } = recordClaims([{ set: 'transform', evaluation }], shapeClaims(evaluation.issued, 'attributes').record, { masked: false });
    expect(released).to.have.length(1);
    expect(released[0]?.values).to.have.length(20);
    expect(released[0]?.by.split(', ')).to.have.length(20).and.include('rule 20 (line 1)');
  });

  it('are short, whatever the rules are', async () => {
    const text = `@RuleName = "${'n'.repeat(500)}" [Type == "${'t'.repeat(500)}", Value == "${'v'.repeat(500)}"] => issue(Type = "x");`;
    const evaluation = await run(text, { claims: [makeClaim('t'.repeat(500), 'w'.repeat(500), AD_AUTHORITY)] });
    for (const masked of [true, false]) {
      const [record] = recordSet('transform', evaluation, { masked }).rules;
      for (const part of Object.values(record ?? {})) expect(String(part).length).to.be.at.most(200);
    }
  });

  it('of a sign-on are of 200 rules, and say how many more there are', async () => {
    const evaluation = await run('=> issue(Type = "x");'.repeat(201));
    expect(recordSet('transform', evaluation, { masked: true })).to.have.property('more', 1);
    expect(recordSet('transform', evaluation, { masked: true }).rules).to.have.length(200);
    expect(recordSet('transform', evaluation, { masked: false }).rules).to.have.length(201);
  });

  it('of thirty rules come to less than 8 KB, and can be read', async () => {
    const person = aDirectoryPerson();
    expect(person.claims).to.have.length(60);
    const evaluation = await run(THIRTY_RULES, person);
    expect(evaluation.outcomes.filter(({ matched }) => matched)).to.have.length(18);
    const record = recordSet('transform', evaluation, { masked: true });
    expect(record.rules).to.have.length(30);
    expect(Buffer.byteLength(JSON.stringify(record))).to.be.below(8192);
    expect(JSON.parse(JSON.stringify(record))).to.deep.equal(record);
    for (const rule of record.rules) expect(whyOf(rule)).to.match(/^[A-Z][^\n]*\.$/u);
  });
});
