import { expect } from 'chai';
import fc from 'fast-check';
import { SignetError } from '../../../../src/core/errors.js';
import { editRule, formOf, textOfForm, type RuleForm, type ValueFilter } from '../../../../src/core/claims/language/forms.js';
import { parseRules } from '../../../../src/core/claims/language/parse.js';
import type { Rule } from '../../../../src/core/claims/rule.js';
import { CLAIM } from '../../../../src/core/model/claim.js';
import { CLAIM_RULES } from '../../../support/claim-rules.js';

function onlyRule(text: string): Rule {
  const [rule] = parseRules(text);
  if (rule === undefined) throw new Error('no rule');
  return rule;
}

/** As AD FS's console writes them. */
const CONSOLE: readonly (readonly [title: string, text: string, form: RuleForm])[] = [
  [
    'Send LDAP Attributes as Claims',
    `@RuleTemplate = "LdapClaims"
@RuleName = "Directory"
c:[Type == "http://schemas.microsoft.com/ws/2008/06/identity/claims/windowsaccountname", Issuer == "AD AUTHORITY"]
 => issue(store = "Active Directory", types = ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "urn:groups"), query = ";mail,tokenGroups(longDomainQualifiedName);{0}", param = c.Value);`,
    {
      template: 'LdapClaims',
      name: 'Directory',
      attributes: [
        { attribute: 'mail', type: CLAIM.email },
        { attribute: 'tokenGroups(longDomainQualifiedName)', type: 'urn:groups' },
      ],
    },
  ],
  [
    'Send Group Membership as a Claim',
    `@RuleTemplate = "EmitGroupClaims"
@RuleName = "Sales"
c:[Type == "http://schemas.microsoft.com/ws/2008/06/identity/claims/groupsid", Value == "S-1-5-21-1-2-3-1128", Issuer == "AD AUTHORITY"]
 => issue(Type = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role", Value = "Sales User", Issuer = c.Issuer, OriginalIssuer = c.OriginalIssuer, ValueType = c.ValueType);`,
    { template: 'EmitGroupClaims', name: 'Sales', group: 'S-1-5-21-1-2-3-1128', type: CLAIM.role, value: 'Sales User', format: undefined },
  ],
  [
    'Pass Through: all values',
    `@RuleTemplate = "PassThroughClaims"
@RuleName = "UPN"
c:[Type == "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"]
 => issue(claim = c);`,
    { template: 'PassThroughClaims', name: 'UPN', type: CLAIM.upn, only: undefined },
  ],
  [
    'Pass Through: one value',
    `@RuleTemplate = "PassThroughClaims"
@RuleName = "Owners"
c:[Type == "http://schemas.microsoft.com/ws/2008/06/identity/claims/role", Value =~ "^(?i)Site\\ Owner\\ \\(1\\.0\\)$"]
 => issue(claim = c);`,
    { template: 'PassThroughClaims', name: 'Owners', type: CLAIM.role, only: { kind: 'equals', value: 'Site Owner (1.0)', anyCase: true } },
  ],
  [
    'Pass Through: what starts with a value',
    `@RuleTemplate = "PassThroughClaims"
@RuleName = "Ours"
c:[Type == "http://schemas.microsoft.com/ws/2008/06/identity/claims/role", Value =~ "^(?i)APP-"]
 => issue(claim = c);`,
    { template: 'PassThroughClaims', name: 'Ours', type: CLAIM.role, only: { kind: 'starts', value: 'APP-' } },
  ],
  [
    'Pass Through: one e-mail suffix',
    `@RuleTemplate = "PassThroughClaims"
@RuleName = "Ours"
c:[Type == "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", Value =~ "(?i)@corp\\.example$"]
 => issue(claim = c);`,
    { template: 'PassThroughClaims', name: 'Ours', type: CLAIM.email, only: { kind: 'domain', value: 'corp.example' } },
  ],
  [
    'Transform: all values, to a name identifier',
    `@RuleTemplate = "MapClaims"
@RuleName = "NameId"
c:[Type == "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"]
 => issue(Type = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier", Issuer = c.Issuer, OriginalIssuer = c.OriginalIssuer, Value = c.Value, ValueType = c.ValueType, Properties["http://schemas.xmlsoap.org/ws/2005/05/identity/claimproperties/format"] = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent");`,
    {
      template: 'MapClaims',
      name: 'NameId',
      from: CLAIM.upn,
      only: undefined,
      to: CLAIM.nameIdentifier,
      value: { kind: 'same' },
      format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    },
  ],
  [
    'Transform: one value to another',
    `@RuleTemplate = "MapClaims"
@RuleName = "Status"
c:[Type == "urn:control", Value =~ "^(?i)512$"]
 => issue(Type = "urn:status", Issuer = c.Issuer, OriginalIssuer = c.OriginalIssuer, Value = "active", ValueType = c.ValueType);`,
    {
      template: 'MapClaims',
      name: 'Status',
      from: 'urn:control',
      only: { kind: 'equals', value: '512', anyCase: true },
      to: 'urn:status',
      value: { kind: 'fixed', text: 'active' },
      format: undefined,
    },
  ],
  [
    'Transform: another e-mail suffix',
    `@RuleTemplate = "MapClaims"
@RuleName = "Suffix"
c:[Type == "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"]
 => issue(Type = "urn:mail", Issuer = c.Issuer, OriginalIssuer = c.OriginalIssuer, Value = regexreplace(c.Value, "^(?<user>[^@]+)@(.+)$", "\${user}@corp.example"), ValueType = c.ValueType);`,
    {
      template: 'MapClaims',
      name: 'Suffix',
      from: CLAIM.upn,
      only: undefined,
      to: 'urn:mail',
      value: { kind: 'domain', domain: 'corp.example' },
      format: undefined,
    },
  ],
  [
    'Permit Access to All Users',
    `@RuleTemplate = "AllowAllAuthzRule"
 => issue(Type = "http://schemas.microsoft.com/authorization/claims/permit", Value = "true");`,
    { template: 'AllowAllAuthzRule', name: undefined },
  ],
  [
    'Permit Users Based on an Incoming Claim',
    `@RuleTemplate = "Authorization"
@RuleName = "Finance"
c:[Type == "http://schemas.microsoft.com/ws/2008/06/identity/claims/groupsid", Value =~ "^(?i)S-1-5-21-1-2-3-1128$"]
 => issue(Type = "http://schemas.microsoft.com/authorization/claims/permit", Value = "PermitUsersWithClaim");`,
    {
      template: 'Authorization',
      name: 'Finance',
      type: CLAIM.groupSid,
      only: { kind: 'equals', value: 'S-1-5-21-1-2-3-1128', anyCase: true },
      effect: 'permit',
    },
  ],
  [
    'Deny Users Based on an Incoming Claim',
    `@RuleTemplate = "Authorization"
@RuleName = "Interns"
c:[Type == "http://schemas.xmlsoap.org/claims/Group", Value == "Interns"]
 => issue(Type = "http://schemas.microsoft.com/authorization/claims/deny", Value = "DenyUsersWithClaim");`,
    { template: 'Authorization', name: 'Interns', type: CLAIM.group, only: { kind: 'equals', value: 'Interns', anyCase: false }, effect: 'deny' },
  ],
];

const text = fc.string({ unit: 'grapheme', maxLength: 12 }).map((value) => value.replaceAll(/["\p{Cc}]/gu, ''));
const name = fc.option(text, { nil: undefined });
const filter: fc.Arbitrary<ValueFilter> = fc.oneof(
  fc.record({ kind: fc.constant('equals' as const), value: text, anyCase: fc.boolean() }),
  fc.record({ kind: fc.constantFrom('starts' as const, 'domain' as const), value: text }),
);
const only = fc.option(filter, { nil: undefined });
const anyForm: fc.Arbitrary<RuleForm> = fc.oneof(
  fc.record({
    template: fc.constant('LdapClaims' as const),
    name,
    attributes: fc.array(fc.record({ attribute: fc.constantFrom('mail', 'sn', 'tokenGroups(domainQualifiedName)', 'msDS-x', 'Büro'), type: text }), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
  fc.record({ template: fc.constant('EmitGroupClaims' as const), name, group: text, type: text, value: text, format: fc.option(text, { nil: undefined }) }),
  fc.record({ template: fc.constant('PassThroughClaims' as const), name, type: text, only }),
  fc.record({
    template: fc.constant('MapClaims' as const),
    name,
    from: text,
    only,
    to: text,
    value: fc.oneof(
      fc.constant({ kind: 'same' as const }),
      text.map((value) => ({ kind: 'fixed' as const, text: value })),
      fc.tuple(text, text).map((parts) => ({ kind: 'domain' as const, domain: parts.join('$') })),
    ),
    format: fc.option(text, { nil: undefined }),
  }),
  fc.record({ template: fc.constant('AllowAllAuthzRule' as const), name }),
  fc.record({ template: fc.constant('Authorization' as const), name, type: text, only: filter, effect: fc.constantFrom('permit' as const, 'deny' as const) }),
);

describe('rules as forms (adfs.md 7)', () => {
  for (const [title, rule, form] of CONSOLE) {
    it(`reads and writes what the console has: ${title}`, () => {
      expect(formOf(onlyRule(rule))).to.deep.equal(form);
      expect(textOfForm(form)).to.equal(rule);
    });
  }

  it('are the same after they were written and read', () => {
    fc.assert(
      fc.property(anyForm, (form) => {
        expect(formOf(onlyRule(textOfForm(form)))).to.deep.equal(form);
      }),
      { numRuns: 500 },
    );
  });

  it('know rules by their structure, whatever they look like', () => {
    const odd =
      'account:[ISSUER=="AD AUTHORITY",type=="http://schemas.microsoft.com/ws/2008/06/identity/claims/windowsaccountname"]\r\n=>Issue(Store="active directory",Types=("urn:m"),Query=";mail;{0}",Param=account.value)\r\n;';
    expect(formOf(onlyRule(odd))).to.deep.equal({ template: 'LdapClaims', name: undefined, attributes: [{ attribute: 'mail', type: 'urn:m' }] });
    const parts = 'x:[Type == "a"] => issue(ValueType = x.ValueType, Value = x.Value, Issuer = x.Issuer, Type = "b", OriginalIssuer = x.OriginalIssuer);';
    expect(formOf(onlyRule(parts))).to.deep.include({ template: 'MapClaims', from: 'a', to: 'b', value: { kind: 'same' } });
  });

  const AD = `c:[Type == "${CLAIM.windowsAccountName}", Issuer == "AD AUTHORITY"]`;
  const KEPT = 'Issuer = c.Issuer, OriginalIssuer = c.OriginalIssuer, ValueType = c.ValueType';
  const custom: readonly (readonly [string, string])[] = [
    ['adds instead of issuing', 'c:[Type == "a"] => add(claim = c);'],
    ['copies whatever there is', 'c:[] => issue(claim = c);'],
    ['tests the type by a pattern', 'c:[Type =~ "a"] => issue(claim = c);'],
    ['tests the issuer', 'c:[Type == "a", Issuer == "AD AUTHORITY"] => issue(claim = c);'],
    ['tests two values', 'c:[Type == "a", Value == "x", Value == "y"] => issue(claim = c);'],
    ['tests another part', 'c:[Type == "a", ValueType == "x"] => issue(claim = c);'],
    ['wants the value to differ', 'c:[Type == "a", Value != "x"] => issue(claim = c);'],
    ['has a pattern for several values', 'c:[Type == "a", Value =~ "^(?i)(x|y)$"] => issue(claim = c);'],
    ['has a dot that stands for any character', 'c:[Type == "a", Value =~ "(?i)@corp.example$"] => issue(claim = c);'],
    ['has a pattern that minds letter case', 'c:[Type == "a", Value =~ "^x$"] => issue(claim = c);'],
    ['takes two claims', 'c:[Type == "a"] && [Type == "b"] => issue(claim = c);'],
    ['takes none', 'EXISTS([Type == "a"]) => issue(Type = "b");'],
    ['says nothing about the issuer', 'c:[Type == "a"] => issue(Type = "b", Value = c.Value);'],
    ['says one thing about the issuer', 'c:[Type == "a"] => issue(Type = "b", Value = c.Value, Issuer = c.Issuer);'],
    ['mixes parts up', 'c:[Type == "a"] => issue(Type = "b", Value = c.Value, Issuer = c.OriginalIssuer, OriginalIssuer = c.Issuer, ValueType = c.ValueType);'],
    ['sets another property', `c:[Type == "a"] => issue(Type = "b", Value = c.Value, ${KEPT}, Properties["x"] = "y");`],
    ['has properties called like parts', `c:[Type == "a"] => issue(Type = "b", Properties["value"] = c.Value, ${KEPT});`],
    ['makes its type', `c:[Type == "a"] => issue(Type = c.Value, Value = c.Value, ${KEPT});`],
    ['makes its value', `c:[Type == "a"] => issue(Type = "b", Value = c.Value + "x", ${KEPT});`],
    ['replaces in its own way', `c:[Type == "a"] => issue(Type = "b", Value = RegExReplace(c.Value, "x", "y"), ${KEPT});`],
    ['puts a group into the domain', `c:[Type == "a"] => issue(Type = "b", Value = RegExReplace(c.Value, "^(?<user>[^@]+)@(.+)$", "\${user}@$1"), ${KEPT});`],
    ['asks another store', `${AD} => issue(store = "HR", types = ("a"), query = ";mail;{0}", param = c.Value);`],
    ['filters in the directory', `${AD} => issue(store = "Active Directory", types = ("a"), query = "cn=x;mail;{0}", param = c.Value);`],
    ['gives two parameters', `${AD} => issue(store = "Active Directory", types = ("a"), query = ";mail;{0}", param = c.Value, param = "x");`],
    ['has more types than attributes', `${AD} => issue(store = "Active Directory", types = ("a", "b"), query = ";mail;{0}", param = c.Value);`],
    ['puts its query together', `${AD} => issue(store = "Active Directory", types = ("a"), query = ";mail" + ";{0}", param = c.Value);`],
    ['permits by another value', '=> issue(Type = "http://schemas.microsoft.com/authorization/claims/permit", Value = "yes");'],
    [
      'permits everybody who has a claim',
      'c:[Type == "a"] => issue(Type = "http://schemas.microsoft.com/authorization/claims/permit", Value = "PermitUsersWithClaim");',
    ],
  ];
  for (const [title, rule] of custom) {
    it(`are not for a rule that ${title}`, () => {
      expect(formOf(onlyRule(rule))).to.equal(undefined);
    });
  }

  it('give back the text of a rule, to the byte, when nobody changed them', () => {
    let count = 0;
    for (const rules of [...CLAIM_RULES.values(), 'x:[ type=="a" ]\r=> \r\n\tissue ( CLAIM = x )\n;', ...CONSOLE.map(([, rule]) => rule)]) {
      for (const rule of parseRules(rules)) {
        const form = formOf(rule);
        if (form === undefined) continue;
        count += 1;
        expect(editRule(rule, form)).to.equal(rule.origin.kind === 'text' ? rule.origin.source : '');
      }
    }
    expect(count).to.be.greaterThan(25);
  });

  it('keep what annotations there are when they are changed', () => {
    const rule = onlyRule('@Owner = "team" @RuleName="Old" @RULETEMPLATE = "Custom"\n@x="//" c:[Type=="a"]=>issue(claim=c);');
    expect(editRule(rule, { template: 'PassThroughClaims', name: 'New', type: 'b', only: undefined })).to.equal(
      '@Owner = "team"\n@x = "//"\n@RuleTemplate = "PassThroughClaims"\n@RuleName = "New"\nc:[Type == "b"]\n => issue(claim = c);',
    );
  });

  it('can take the place of a rule that no form fits', () => {
    const form: RuleForm = { template: 'PassThroughClaims', name: undefined, type: 'b', only: undefined };
    expect(editRule(onlyRule('c:[] => issue(claim = c);'), form)).to.equal(textOfForm(form));
  });

  const unwritable: readonly (readonly [string, RuleForm, RegExp])[] = [
    ['a double quote in a type', { template: 'PassThroughClaims', name: 'x', type: 'a"b', only: undefined }, /the claim type holds a double quote/u],
    ['a double quote in a name', { template: 'AllowAllAuthzRule', name: 'The "best"' }, /the name holds a double quote/u],
    ['a line end', { template: 'PassThroughClaims', name: 'x', type: 'a', only: { kind: 'starts', value: 'a\nb' } }, /the value holds a line end/u],
    [
      'a double quote in a group',
      { template: 'EmitGroupClaims', name: 'x', group: '"', type: 'a', value: 'b', format: undefined },
      /the group holds a double quote/u,
    ],
    ['no attribute', { template: 'LdapClaims', name: 'x', attributes: [] }, /no attribute/u],
    ['two attributes in one', { template: 'LdapClaims', name: 'x', attributes: [{ attribute: 'mail,sn', type: 'a' }] }, /the attribute "mail,sn"/u],
    ['a query in an attribute', { template: 'LdapClaims', name: 'x', attributes: [{ attribute: 'mail;{1}', type: 'a' }] }, /the attribute "mail;\{1\}"/u],
  ];
  for (const [title, form, sentence] of unwritable) {
    it(`refuse what cannot be written: ${title}`, () => {
      expect(() => textOfForm(form))
        .to.throw(SignetError, sentence)
        .with.property('code', 'invalid_input');
    });
  }
});
