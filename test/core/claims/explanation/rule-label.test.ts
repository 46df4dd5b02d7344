import { expect } from 'chai';
import { displayNameOf } from '../../../../src/core/claims/explanation/claim-names.js';
import { parseRules } from '../../../../src/core/claims/language/parse.js';
import { rulesOfMappings } from '../../../../src/core/claims/mappings/mappings.js';
import { ruleLabel } from '../../../../src/core/claims/explanation/rule-label.js';
import { CLAIM } from '../../../../src/core/model/claim.js';

const labels = (rules: ReturnType<typeof parseRules>): readonly string[] => rules.map((rule, index) => ruleLabel(rule, index + 1));

describe('labels of rules', () => {
  it('have the place and the line in a text', () => {
    expect(labels(parseRules('@RuleName = "Finance"\n=> issue(Type = "a");\n\n=> issue(Type = "b");'))).to.deep.equal([
      'rule 1 "Finance" (line 1)',
      'rule 2 (line 4)',
    ]);
  });

  it('have the place in a list of mappings, with their name or claim', () => {
    const from = [{ claim: CLAIM.upn }];
    expect(
      labels(
        rulesOfMappings([
          { claim: 'urn:a', from },
          { name: 'Roles', claim: CLAIM.role, from },
          { claim: CLAIM.email, from },
        ]),
      ),
    ).to.deep.equal(['mapping 1 "urn:a"', 'mapping 2 "Roles"', 'mapping 3 "E-Mail Address"']);
  });

  it('name the claim where nobody wrote the rule', () => {
    const mail = { claim: 'urn:oid:0.9.2342.19200300.100.1.3', from: [{ claim: CLAIM.email }], friendlyName: 'mail' };
    expect(labels(rulesOfMappings([mail], 'requested'))).to.deep.equal(['mail, as requested']);
    expect(labels(rulesOfMappings([{ claim: CLAIM.email, from: mail.from }], 'default'))).to.deep.equal(['E-Mail Address, by default']);
  });
});

describe('names of claim types (adfs.md 6)', () => {
  it('stand for one type each', () => {
    const types = Object.values(CLAIM);
    for (const type of types) expect(displayNameOf(type), type).not.to.equal(type);
    expect(new Set(types.map((type) => displayNameOf(type).toLowerCase())).size).to.equal(new Set(types).size);
  });

  it('are the type itself where there is none', () => {
    expect(displayNameOf('urn:x')).to.equal('urn:x');
  });
});
