import { expect } from 'chai';
import type { Mapped } from '../../../src/core/claims/mappings/mappings.js';
import { mapClaims, rulesOfMappings } from '../../../src/core/claims/mappings/mappings.js';
import { RuleFailure, type RuleFacts } from '../../../src/core/claims/explanation.js';
import { evaluateRules } from '../../../src/core/claims/evaluation/evaluate-rules.js';
import { CONTEXT_PASSWORD_PROTECTED } from '../../../src/core/issuance/authn-policy.js';
import { NAME_ID } from '../../../src/core/issuance/name-identifier.js';
import { AD_AUTHORITY, CLAIM, CLAIM_PROPERTY, LOCAL_AUTHORITY, makeClaim, XS_STRING } from '../../../src/core/model/claim.js';
import type { ClaimChange, ClaimMapping, ClaimSource } from '../../../src/core/model/claim-mapping.js';
import { aPerson, NOW, thrownBy } from '../../support/builders.js';
import { claimsThere, someFacts } from '../../support/rule-facts.js';

const PARTNER = 'https://partner.example/idp';
const CLAIMS = claimsThere(
  makeClaim(CLAIM.upn, 'maria@eu.corp.example', AD_AUTHORITY),
  { ...makeClaim(CLAIM.role, 'Approver', LOCAL_AUTHORITY), originalIssuer: PARTNER },
  makeClaim(CLAIM.role, 'Reader', AD_AUTHORITY),
);
const PERSON = aPerson(
  { mail: ['maria@example.com', 'm.silva@example.org'], proxy: ['SMTP:maria@example.com'], department: ['Finance-EU'], list: ['a;b', 'c'] },
  { authority: 'CORP AUTHORITY', groups: ['CL-AWS-Admin', 'cl-aws-Reader', 'Everyone', 'a.b'].map((name, at) => ({ name, sid: `S-1-5-21-${String(at)}` })) },
);

async function map(mapping: Partial<ClaimMapping>, changes: Partial<RuleFacts> = {}): Promise<Mapped> {
  return mapClaims({ claim: 'out', from: [{ claim: CLAIM.role }], ...mapping }, CLAIMS, someFacts({ person: PERSON, ...changes }), () => undefined);
}

async function valuesOf(mapping: Partial<ClaimMapping>, changes: Partial<RuleFacts> = {}): Promise<readonly string[]> {
  return (await map(mapping, changes)).claims.map(({ value }) => value);
}

describe('mappings to claims', () => {
  describe('take the values of', () => {
    const rows: readonly (readonly [string, ClaimSource, readonly string[]])[] = [
      ['a claim', { claim: CLAIM.role }, ['Approver', 'Reader']],
      ['an attribute in any letter case', { attribute: 'MAIL' }, ['maria@example.com', 'm.silva@example.org']],
      ['a constant', { constant: 'User' }, ['User']],
      ['all groups', { group: '*' }, ['CL-AWS-Admin', 'cl-aws-Reader', 'Everyone', 'a.b']],
      ['groups that start so', { group: 'CL-AWS-*' }, ['CL-AWS-Admin', 'cl-aws-Reader']],
      ['groups that end so', { group: '*admin' }, ['CL-AWS-Admin']],
      ['groups with pieces in order', { group: '*l-*-r*der' }, ['cl-aws-Reader']],
      ['a group by its whole name', { group: 'everyone' }, ['Everyone']],
      ['no pattern but *', { group: 'a?b' }, []],
      ['no regular expression', { group: 'E.*' }, []],
      ['a group and not more than its start', { group: 'Every' }, []],
      ['no overlapping ends', { group: 'Everyone*one' }, []],
      ['pieces in order only', { group: '*reader*aws*' }, []],
      ['the methods', { fact: 'method' }, ['pwd']],
      ['the context class', { fact: 'context-class' }, [CONTEXT_PASSWORD_PROTECTED]],
      ['the time of the sign-in', { fact: 'time' }, [new Date(NOW - 60_000).toISOString()]],
      ['the address', { fact: 'address' }, ['203.0.113.7']],
      ['the network', { fact: 'network' }, ['extranet']],
      ['the user name', { fact: 'user-name' }, ['maria']],
      ['the directory', { fact: 'directory' }, ['local']],
      ['an identifier', { identifier: 'pairwise' }, ['pairwise-of-maria']],
    ];
    for (const [title, source, expected] of rows) {
      it(title, async () => {
        expect(await valuesOf({ from: [source] })).to.deep.equal(expected);
      });
    }
  });

  it('take the first source that has any, and ask for no identifier before', async () => {
    const identifier: RuleFacts['identifier'] = () => Promise.reject(new Error('asked'));
    expect(await valuesOf({ from: [{ attribute: 'none' }, { claim: CLAIM.upn }, { identifier: 'persistent' }] }, { identifier })).to.deep.equal([
      'maria@eu.corp.example',
    ]);
    expect((await thrownBy(() => map({ from: [{ attribute: 'none' }, { identifier: 'persistent' }] }, { identifier }))).message).to.equal('asked');
  });

  it('are no promise unless an identifier is asked for', () => {
    const made = (from: readonly ClaimSource[]): Mapped | Promise<Mapped> =>
      mapClaims({ claim: 'out', from }, CLAIMS, someFacts({ person: PERSON }), () => undefined);
    expect(made([{ claim: CLAIM.role }, { identifier: 'persistent' }])).to.not.be.instanceOf(Promise);
    expect(made([{ identifier: 'persistent' }])).to.be.instanceOf(Promise);
  });

  describe('change values', () => {
    const mail: readonly ClaimSource[] = [{ attribute: 'mail' }];
    const rows: readonly (readonly [string, readonly ClaimSource[], readonly ClaimChange[], readonly string[]])[] = [
      ['to lower case', [{ claim: CLAIM.role }], ['lowercase'], ['approver', 'reader']],
      ['to upper case', [{ constant: 'groß' }], ['uppercase'], ['GROSS']],
      ['without white space around', [{ constant: '  a b ' }], ['trim'], ['a b']],
      ['to the first', mail, ['first'], ['maria@example.com']],
      ['to what stands before', mail, [{ before: '@' }], ['maria', 'm.silva']],
      ['to what stands before the first', [{ constant: 'a-b-c' }], [{ before: '-' }], ['a']],
      ['to what stands after the first', [{ constant: 'a-b-c' }], [{ after: '-' }], ['b-c']],
      ['not where it does not occur', [{ constant: 'abc' }], [{ before: '@' }, { after: '@' }], ['abc']],
      ['to one', mail, [{ join: ';' }], ['maria@example.com;m.silva@example.org']],
      ['to one without anything between', [{ claim: CLAIM.role }], [{ join: '' }], ['ApproverReader']],
      ['to several', [{ attribute: 'list' }], [{ split: ';' }], ['a', 'b', 'c']],
      ['by a regular expression', [{ attribute: 'proxy' }], [{ replace: '^SMTP:', with: '' }], ['maria@example.com']],
      ['to those that fit', mail, [{ keep: 'org$' }], ['m.silva@example.org']],
      ['to other values, exactly', [{ claim: CLAIM.role }], [{ map: { Approver: 'A', reader: 'R' } }], ['A']],
      ['to other values, keeping the rest', [{ claim: CLAIM.role }], [{ map: { Approver: 'A' }, others: 'keep' }], ['A', 'Reader']],
      ['never by what every object has', [{ constant: 'constructor' }], [{ map: { a: 'b' } }], []],
      ['step by step', mail, [{ keep: 'com$' }, { before: '@' }, 'uppercase'], ['MARIA']],
      ['and drop those that are left empty', [{ constant: '@x' }], [{ before: '@' }], []],
      ['and give each once', [{ claim: CLAIM.role }], [{ map: { Approver: 'x', Reader: 'x' } }], ['x']],
    ];
    for (const [title, from, change, expected] of rows) {
      it(title, async () => {
        expect(await valuesOf({ from, change })).to.deep.equal(expected);
      });
    }

    it('before the template, after the domains', async () => {
      const mapping = { from: mail, domains: ['example.com'], change: ['uppercase'] as const, template: '{value} of {domain}' };
      expect(await valuesOf(mapping)).to.deep.equal(['MARIA@EXAMPLE.COM of example.com']);
    });

    it('within bounds, or the rule is named (M12)', async () => {
      const twice: readonly ClaimChange[] = [{ split: 'a' }, { replace: 'b', with: 'ab'.repeat(200) }];
      const rules = rulesOfMappings([{ claim: 'out', from: [{ constant: 'ab'.repeat(200) }], change: [...twice, ...twice, ...twice, { join: 'b' }] }]);
      const error = await thrownBy(() => evaluateRules('transform', rules, [], someFacts()));
      expect(error).to.be.instanceOf(RuleFailure).and.deep.include({ kind: 'limit', position: 1, rule: rules[0] });
      expect(error.message).to.equal('its change "split" makes more than 5000 values or 1048576 characters');
    });

    it('without reading a value as a template (X14)', async () => {
      expect(await valuesOf({ from: [{ constant: '{domain} {value} $& $1' }], template: '<{value}>' })).to.deep.equal(['<{domain} {value} $& $1>']);
      expect(await valuesOf({ from: [{ constant: '$& {value}' }], change: [{ join: ',' }, { map: { '$& {value}': '$& {value}' } }] })).to.deep.equal([
        '$& {value}',
      ]);
    });
  });

  describe('say why there is nothing', () => {
    const rows: readonly (readonly [string, Partial<ClaimMapping>, Partial<RuleFacts>?])[] = [
      ['attribute phone is empty', { from: [{ attribute: 'phone' }] }],
      ['there is no claim email, and attribute phone is empty', { from: [{ claim: CLAIM.email }, { attribute: 'phone' }] }],
      ['no group fits XL-*', { from: [{ group: 'XL-*' }] }],
      ['there is no group', { from: [{ group: '*' }] }, { person: aPerson({}, { groups: [] }) }],
      ['the address of the sign-in is not known', { from: [{ fact: 'address' }] }, { context: { at: NOW, insideCorporateNetwork: false } }],
      ['none of its 2 values is in the domain corp.example', { from: [{ attribute: 'mail' }], domains: ['corp.example'] }],
      ['its value is not in the domain example.com or example.org', { from: [{ claim: CLAIM.upn }], domains: ['example.com', 'example.org'] }],
      ['change 2 (map) left nothing of "finance-eu"', { from: [{ attribute: 'department' }], change: ['lowercase', { map: { Finance: 'F' } }] }],
      ['change 1 (keep) left nothing of "Finance-EU"', { from: [{ attribute: 'department' }], change: [{ keep: '^x' }, 'lowercase'] }],
      ['its value is not an address with the domain that the template wants', { from: [{ attribute: 'department' }], template: '{domain}' }],
    ];
    for (const [sentence, mapping, changes] of rows) {
      it(sentence, async () => {
        const mapped = await map(mapping, changes);
        expect(mapped).to.deep.include({ claims: [], nothing: sentence });
      });
    }

    it('and nothing where there is something', async () => {
      expect((await map({})).nothing).to.equal(undefined);
    });
  });

  describe('make claims', () => {
    it('of the issuers of their source', async () => {
      const issuersOf = async (source: ClaimSource): Promise<unknown> =>
        (await map({ from: [source] })).claims.map(({ issuer, originalIssuer }) => [issuer, originalIssuer]);
      expect(await issuersOf({ claim: CLAIM.role })).to.deep.equal([[LOCAL_AUTHORITY, PARTNER], [AD_AUTHORITY, AD_AUTHORITY]]); // prettier-ignore
      expect(await issuersOf({ attribute: 'department' })).to.deep.equal([['CORP AUTHORITY', 'CORP AUTHORITY']]);
      expect(await issuersOf({ group: 'Everyone' })).to.deep.equal([['CORP AUTHORITY', 'CORP AUTHORITY']]);
      for (const source of [{ constant: 'x' }, { fact: 'network' }, { identifier: 'persistent' }] as const) {
        expect(await issuersOf(source)).to.deep.equal([[LOCAL_AUTHORITY, LOCAL_AUTHORITY]]);
      }
    });

    it('of strings, or of the type that is said, and with no more properties than are set', async () => {
      const [plain] = (await map({ claim: CLAIM.upn, from: [{ claim: CLAIM.upn }] })).claims;
      expect(plain).to.deep.equal({
        type: CLAIM.upn,
        value: 'maria@eu.corp.example',
        valueType: XS_STRING,
        issuer: AD_AUTHORITY,
        originalIssuer: AD_AUTHORITY,
      });
      expect((await map({ valueType: 'http://www.w3.org/2001/XMLSchema#boolean' })).claims[0]?.valueType).to.equal('http://www.w3.org/2001/XMLSchema#boolean');
    });

    it('with properties that say how they leave', async () => {
      const name = await map({ claim: CLAIM.nameIdentifier, nameIdFormat: NAME_ID.persistent, nameQualifier: 'urn:q', spNameQualifier: 'urn:sp' });
      expect(name.claims[0]?.properties).to.deep.equal({
        [CLAIM_PROPERTY.format]: NAME_ID.persistent,
        [CLAIM_PROPERTY.nameQualifier]: 'urn:q',
        [CLAIM_PROPERTY.spNameQualifier]: 'urn:sp',
      });
      const attribute = await map({ nameFormat: 'urn:format', friendlyName: 'role' });
      expect(attribute.claims[1]?.properties).to.deep.equal({ [CLAIM_PROPERTY.attributeName]: 'urn:format', [CLAIM_PROPERTY.friendlyName]: 'role' });
    });

    it('and show what they took', async () => {
      const inputs = async (from: readonly ClaimSource[]): Promise<unknown> => (await map({ from })).inputs.map(({ type, value }) => `${type}=${value}`);
      expect(await inputs([{ claim: CLAIM.upn }])).to.deep.equal([`${CLAIM.upn}=maria@eu.corp.example`]);
      expect(await inputs([{ attribute: 'none' }, { attribute: 'department' }])).to.deep.equal(['attribute department=Finance-EU']);
      expect(await inputs([{ group: 'Every*' }])).to.deep.equal(['groups like Every*=Everyone']);
      expect(await inputs([{ attribute: 'none' }])).to.deep.equal([]);
    });
  });

  it('become rules with their place, name and conditions', () => {
    const mappings: readonly ClaimMapping[] = [
      { claim: 'a', from: [{ constant: 'x' }] },
      { claim: 'b', name: 'B', from: [{ constant: 'x' }], onlyWhen: [{ group: ['Sales'] }, { network: 'intranet' }] },
    ];
    expect(rulesOfMappings(mappings)).to.deep.equal([
      { name: undefined, origin: { kind: 'mapping', position: 1 }, conditions: [], action: { kind: 'send', mapping: mappings[0] } },
      {
        name: 'B',
        origin: { kind: 'mapping', position: 2 },
        conditions: [
          { kind: 'own', condition: { group: ['Sales'] } },
          { kind: 'own', condition: { network: 'intranet' } },
        ],
        action: { kind: 'send', mapping: mappings[1] },
      },
    ]);
    expect(rulesOfMappings(mappings, 'default').map(({ origin }) => origin.kind)).to.deep.equal(['default', 'default']);
    expect(rulesOfMappings(mappings, 'requested').map(({ origin }) => origin.kind)).to.deep.equal(['requested', 'requested']);
  });
});
