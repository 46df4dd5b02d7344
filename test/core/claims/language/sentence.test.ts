import { expect } from 'chai';
import { parseRules } from '../../../../src/core/claims/language/parse.js';
import { sentenceOf } from '../../../../src/core/claims/language/sentence.js';
import { rulesOfMappings } from '../../../../src/core/claims/mappings/mappings.js';
import { CLAIM, MULTIPLE_AUTHENTICATION } from '../../../../src/core/model/claim.js';
import { CLAIM_RULES } from '../../../support/claim-rules.js';

const UPN = `Type == "${CLAIM.upn}"`;
const SID = `Type == "${CLAIM.groupSid}"`;
const PERMIT = `issue(Type = "${CLAIM.permit}", Value = "x");`;

const SENTENCES: readonly (readonly [rule: string, sentence: string])[] = [
  [`c:[${UPN}] => issue(claim = c);`, 'Sends every UPN as it is'],
  ['c:[] => add(claim = c);', 'Adds every claim as it is for the rules below'],
  ['c:[Type =~ "^urn:"] => issue(claim = c);', 'Sends every claim whose type matches "^urn:" as it is'],
  [
    `c:[${UPN}, Value =~ "(?i)@corp\\.example$", Issuer == "AD AUTHORITY"] => issue(claim = c);`,
    'Sends every UPN that ends with "@corp.example" from AD AUTHORITY as it is',
  ],
  [
    `c:[${UPN}, Value =~ "^(?i)a", Value !~ "b", Value != "c"] => issue(claim = c);`,
    'Sends every UPN that starts with "a" that does not match "b" that is not "c" as it is',
  ],
  [
    'c:[Properties["http://x/format"] == "p", OriginalIssuer != "q"] => issue(claim = c);',
    'Sends every claim whose property format is "p" whose original issuer is not "q" as it is',
  ],
  [
    `c:[${SID}, Value == "S-1-5-21-1", Issuer == "AD AUTHORITY"] => issue(Type = "${CLAIM.role}", Value = "admin", Issuer = c.Issuer);`,
    'Sends Role "admin" to members of the group S-1-5-21-1',
  ],
  [
    `[${SID}, Value =~ "^(?i)S-1$"] && [${UPN}] => add(Type = "urn:a", Value = "b");`,
    'Adds claim urn:a "b" for the rules below about members of the group S-1 when there is a UPN',
  ],
  [`[${SID}, Value =~ "S-1"] => issue(Type = "urn:a", Value = "b");`, 'Sends claim urn:a "b" when there is a Group SID that matches "S-1"'],
  ['=> issue(Type = "urn:a");', 'Sends claim urn:a without a value'],
  [`c:[${UPN}] => issue(Type = "${CLAIM.nameIdentifier}", Value = c.Value);`, 'Sends the UPN as Name Identifier'],
  [
    `c:[${UPN}] => issue(Type = "${CLAIM.nameIdentifier}", Value = c.Value, Properties["http://schemas.xmlsoap.org/ws/2005/05/identity/claimproperties/format"] = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent");`,
    'Sends the UPN as Name Identifier, in the format persistent',
  ],
  [
    `c:[${UPN}, Value =~ "x"] => issue(Type = "urn:a", Value = c.Value + "\\" + c.Issuer);`,
    'Sends claim urn:a made of the UPN that matches "x" followed by "\\" followed by the issuer of the UPN',
  ],
  [`c:[${UPN}] => issue(Type = "urn:a", Value = RegExReplace(c.Value, "@.*", ""));`, 'Sends claim urn:a made of the UPN without what matches "@.*"'],
  [
    `c:[${UPN}] => issue(Type = "urn:a", Value = RegExReplace(c.Properties["urn:p"], "a", "b"));`,
    'Sends claim urn:a made of the property urn:p of the UPN with "a" replaced by "b"',
  ],
  ['c:[] => issue(Type = c.Type, Value = c.Value);', 'Sends a claim whose type is the type of the claim, and its value the claim'],
  [`EXISTS([${UPN}]) && NOT EXISTS([]) => issue(Type = "urn:a", Value = "b");`, 'Sends claim urn:a "b" when there is a UPN and there is no claim'],
  ...(
    [
      ['==', 'exactly'],
      ['!=', 'more or fewer than'],
      ['<', 'fewer than'],
      ['<=', 'at most'],
      ['>', 'more than'],
      ['>=', 'at least'],
    ] as const
  ).map(
    ([operator, words]) =>
      [`COUNT([${SID}]) ${operator} 2 => issue(Type = "urn:a", Value = "b");`, `Sends claim urn:a "b" when there are ${words} 2 claims Group SID`] as const,
  ),
  [`=> ${PERMIT}`, 'Permits everybody'],
  [`[${SID}, Value == "S-1"] => ${PERMIT}`, 'Permits members of the group S-1'],
  [`[Type == "${CLAIM.group}", Value == "A"] && NOT EXISTS([${UPN}]) => ${PERMIT}`, 'Permits members of the group A when there is no UPN'],
  [`[${UPN}] => issue(Type = "${CLAIM.deny}", Value = "x");`, 'Refuses everybody when there is a UPN'],
  [
    `[${SID}, Value == "S-1"] => issue(Type = "${CLAIM.authenticationMethod}", Value = "${MULTIPLE_AUTHENTICATION}");`,
    'Asks members of the group S-1 for a second factor',
  ],
  [`=> issue(Type = "${CLAIM.authenticationMethod}", Value = "x");`, 'Sends Authentication Method "x"'],
  [
    `c:[] => issue(store = "Active Directory", types = ("${CLAIM.email}", "${CLAIM.name}"), query = ";mail,displayName;{0}", param = c.Value);`,
    'Looks up mail and displayName in Active Directory and sends them as E-Mail Address and Name',
  ],
  [
    'c:[] => add(store = "Active Directory", types = ("urn:g"), query = "cn=x;tokenGroups(domainQualifiedName);{0}", param = c.Value);',
    'Looks up tokenGroups(domainQualifiedName) in Active Directory and adds it as urn:g for the rules below',
  ],
  [
    `c:[] && EXISTS([${UPN}]) => issue(store = "HR", types = ("urn:g"), query = "SELECT a; b", param = c.Value);`,
    'Asks HR and sends what it has as urn:g when there is a UPN',
  ],
];

describe('rules in a sentence', () => {
  for (const [rule, sentence] of SENTENCES) {
    it(sentence, () => {
      expect(parseRules(rule).map(sentenceOf)).to.deep.equal([sentence]);
    });
  }

  it('are there for mappings, too', () => {
    expect(rulesOfMappings([{ claim: CLAIM.upn, from: [{ attribute: 'mail' }], change: ['lowercase'] }]).map(sentenceOf)).to.deep.equal([
      `Sends ${CLAIM.upn} from attribute mail; in lower case`,
    ]);
  });

  it('are one line for everything that administrators have, and never say undefined', () => {
    for (const rule of [...CLAIM_RULES.values()].flatMap((text) => parseRules(text))) expect(sentenceOf(rule)).to.match(/^[A-Z](?:(?!undefined)[^\r\n])+$/u);
  });
});
