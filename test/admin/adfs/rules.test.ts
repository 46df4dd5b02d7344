import { expect } from 'chai';
import { convertTrust } from '../../../src/admin/adfs/convert.js';
import type { ConvertedRule } from '../../../src/admin/adfs/conversion.js';
import { readClaimMappings } from '../../../src/admin/claim-data.js';
import { evaluateRules } from '../../../src/core/claims/evaluation/evaluate-rules.js';
import { parseRules } from '../../../src/core/claims/language/parse.js';
import { rulesOfMappings } from '../../../src/core/claims/mappings/mappings.js';
import type { Rule } from '../../../src/core/claims/rule.js';
import { AD_AUTHORITY, CLAIM, CLAIM_PROPERTY, makeClaim } from '../../../src/core/model/claim.js';
import { aPerson } from '../../support/builders.js';
import { someFacts } from '../../support/rule-facts.js';
import { memoryStores } from '../../support/run-rules.js';
import { aContext, aTrust, PERMIT_ALL } from './trusts.js';

const SID = 'S-1-5-21-1-2-3-1105';
const OLD_MAIL = 'http://schemas.xmlsoap.org/claims/EmailAddress';
const INHERIT = 'Issuer = c.Issuer, OriginalIssuer = c.OriginalIssuer';

const mapped = (from: string, value: string, more = ''): string =>
  `c:[Type == "${from}"]\n => issue(Type = "${CLAIM.nameIdentifier}", ${INHERIT}, Value = ${value}, ValueType = c.ValueType${more});`;
const passed = (test: string): string => `c:[Type == "${CLAIM.email}"${test}]\n => issue(claim = c);`;

function convert(text: string, set: 'IssuanceTransformRules' | 'IssuanceAuthorizationRules' = 'IssuanceTransformRules'): readonly ConvertedRule[] {
  return convertTrust(aTrust({ [set]: text }), aContext()).rules.filter(
    (rule) => rule.set === (set === 'IssuanceTransformRules' ? 'transform' : 'authorization'),
  );
}

/** What a rule sends for somebody with several addresses, as 'type value format'. */
async function sent(rules: readonly Rule[]): Promise<readonly string[]> {
  const mails = ['ada@corp.example', 'Ada@CORP.example', 'ada@other.example', 'ada@corpXexample', 'no address'];
  const claims = [
    makeClaim(CLAIM.windowsAccountName, 'CORP\\ada', AD_AUTHORITY),
    ...mails.map((mail) => makeClaim(CLAIM.email, mail, AD_AUTHORITY)),
    makeClaim(CLAIM.groupSid, SID, AD_AUTHORITY),
  ];
  const facts = someFacts({
    person: aPerson({ mail: ['ada@corp.example'], displayName: ['Ada'] }),
    ...memoryStores({ 'Active Directory': [['ada@corp.example', 'Ada']] }),
  });
  const { issued } = await evaluateRules('transform', rules, claims, facts);
  return issued.map(({ type, value, properties = {} }) => `${type} ${value} ${properties[CLAIM_PROPERTY.format] ?? ''}`);
}

describe('rules of a trust, three ways', () => {
  for (const [what, text, sentence] of [
    [
      'LDAP attributes',
      `@RuleTemplate = "LdapClaims"\n@RuleName = "Mail"\nc:[Type == "${CLAIM.windowsAccountName}", Issuer == "AD AUTHORITY"]\n => issue(store = "Active Directory", types = ("${OLD_MAIL}", "urn:name"), query = ";mail,displayName;{0}", param = c.Value);`,
      'Looks up mail and displayName in Active Directory and sends them as',
    ],
    [
      'a group',
      `c:[Type == "${CLAIM.groupSid}", Value == "${SID}", Issuer == "AD AUTHORITY"]\n => issue(Type = "${CLAIM.role}", Value = "reader", ${INHERIT}, ValueType = c.ValueType);`,
      'Sends Role "reader" to members of the group',
    ],
    ['a claim', passed(''), 'Sends every'],
    ['a claim with one value', passed(', Value == "ada@corp.example"'), 'Sends every'],
    ['a claim with one value in any letter case', passed(String.raw`, Value =~ "^(?i)ada@corp\.example$"`), 'Sends every'],
    ['a claim that starts so', passed(', Value =~ "^(?i)ADA@c"'), 'Sends every'],
    ['a claim of one domain', passed(String.raw`, Value =~ "(?i)@corp\.example$"`), 'Sends every'],
    ['a name', mapped(CLAIM.email, 'c.Value', `, Properties["${CLAIM_PROPERTY.format}"] = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"`), 'Sends'],
    ['a fixed value', mapped(CLAIM.email, '"guest"'), 'Sends'],
    ['another domain', mapped(CLAIM.email, 'regexreplace(c.Value, "^(?<user>[^@]+)@(.+)$", "${user}@new.example")'), 'Sends'],
  ] as const) {
    it(`says ${what} as a mapping that sends the same`, async () => {
      const [rule] = convert(text);
      expect(rule?.original).to.equal(text);
      expect(rule?.sentence).to.include(sentence);
      const ours = rulesOfMappings(readClaimMappings(rule?.ours ?? ''));
      const expected = await sent(parseRules(text));
      expect(expected).to.not.deep.equal([]);
      expect(await sent(ours)).to.deep.equal(expected);
    });
  }

  for (const [what, text] of [
    ['a name identifier that is passed with its format', `c:[Type == "${CLAIM.nameIdentifier}"]\n => issue(claim = c);`],
    ['a rule of its own kind', 'EXISTS([Type == "a"]) => add(Type = "b", Value = "c");'],
  ] as const) {
    it(`leaves ${what} as it is`, () => {
      const [rule] = convert(text);
      expect(rule?.ours).to.equal(text);
    });
  }

  it('leaves who gets in as rules', () => {
    expect(convert(PERMIT_ALL, 'IssuanceAuthorizationRules')).to.deep.equal([
      { set: 'authorization', original: PERMIT_ALL, ours: PERMIT_ALL, sentence: 'Permits everybody' },
    ]);
  });

  it('shows a set with a mistake whole, with the place', () => {
    const text = 'c:[Type == "a"]\n => issue(claim = d);';
    const [rule] = convert(text);
    expect(rule).to.deep.include({ original: text, ours: '' });
    expect(rule?.sentence).to.match(/^line 2, column \d+: /u);
  });
});
