import { expect } from 'chai';
import { checkClaimMappings, isDomain } from '../../../../src/core/claims/mappings/check-mappings.js';
import { NAME_ID } from '../../../../src/core/issuance/name-identifier.js';
import { CLAIM } from '../../../../src/core/model/claim.js';
import type { ClaimMapping } from '../../../../src/core/model/claim-mapping.js';

const mapping = (changes: Partial<ClaimMapping> = {}): ClaimMapping => ({ claim: CLAIM.upn, from: [{ claim: CLAIM.upn }], ...changes });

describe('mappings that are to be stored', () => {
  const taken: readonly (readonly [string, Partial<ClaimMapping>])[] = [
    ['a claim type', {}],
    ['a plain name', { claim: 'first_name' }],
    ['a plain name with a dot', { claim: 'User.Email' }],
    ['an OID', { claim: 'urn:oid:2.5.4.42' }],
    ['several sources', { from: [{ claim: CLAIM.upn }, { attribute: 'Büro-Nr' }, { constant: 'none' }] }],
    ['a template', { template: 'http://{domain}/{value}' }],
    ['domains', { domains: ['example.com', 'EU.example.com', 'xn--bcher-kva.example'] }],
    ['a format', { claim: CLAIM.nameIdentifier, nameIdFormat: NAME_ID.persistent }],
    ['a name', { name: 'Rolle für SAP' }],
    ['every kind of source', { from: [{ group: 'CL-*' }, { fact: 'network' }, { identifier: 'pairwise' }] }],
    ['conditions', { onlyWhen: [{ group: ['Sales'] }, { not: { network: ['10.0.0.0/8'] } }] }],
    ['every kind of change', { change: ['lowercase', 'first', { before: '@' }, { after: ' ' }, { split: '\n' }, { join: '' }, { replace: '^(.)', with: '$1' }, { keep: '@' }, { map: { a: 'b' }, others: 'keep' }] }], // prettier-ignore
    ['a persistent identifier as its name', { claim: CLAIM.nameIdentifier, from: [{ identifier: 'pairwise' }], nameIdFormat: NAME_ID.persistent }],
    ['a transient identifier as its name', { claim: CLAIM.nameIdentifier, from: [{ identifier: 'transient' }], nameIdFormat: NAME_ID.transient }],
    ['qualifiers of the name', { claim: CLAIM.nameIdentifier, nameQualifier: 'https://idp.example', spNameQualifier: 'app' }],
    ['names for an attribute', { nameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic', friendlyName: 'upn' }],
    ['a type of its values', { valueType: 'http://www.w3.org/2001/XMLSchema#boolean' }],
  ];
  for (const [title, changes] of taken) {
    it(`may have ${title}`, () => {
      expect(checkClaimMappings([mapping(changes)])).to.equal(undefined);
    });
  }

  const refused: readonly (readonly [string, Partial<ClaimMapping>, RegExp])[] = [
    ['an empty claim type', { claim: '' }, /absolute URI/u],
    ['white space in the claim type', { claim: 'http://x/a b' }, /absolute URI/u],
    ['a relative claim type', { claim: '/claims/upn' }, /absolute URI/u],
    ['a claim type with markup', { claim: 'http://x/"><a' }, /absolute URI/u],
    ['an endless claim type', { claim: `http://x/${'a'.repeat(512)}` }, /absolute URI/u],
    ['no source', { from: [] }, /from 1 to 10 sources/u],
    ['too many sources', { from: Array.from({ length: 11 }, () => ({ claim: CLAIM.upn })) }, /from 1 to 10 sources/u],
    ['an empty attribute name', { from: [{ attribute: ' ' }] }, /source .* is empty/u],
    ['a constant with a line break', { from: [{ constant: 'a\nb' }] }, /invisible/u],
    ['an unknown placeholder', { template: '{user}' }, /\{user\}.* \{value\} and \{domain\}/u],
    ['an open brace', { template: 'a{' }, /no other braces/u],
    ['an empty template', { template: '' }, /key template: it is empty/u],
    ['no domain in its list', { domains: [] }, /from 1 to 500 domains/u],
    ['something else than a domain', { domains: ['example.com', 'http://x'] }, /http:\/\/x is not a domain/u],
    ['a format on another claim', { nameIdFormat: NAME_ID.email }, /only the name identifier/u],
    [
      'a format that changes each time',
      { claim: CLAIM.nameIdentifier, nameIdFormat: NAME_ID.transient },
      /key nameIdFormat: a transient name is new each time; take it from \{"identifier":"transient"\} only/u,
    ],
    ['an invisible name', { name: '\u200b' }, /key name: it is empty/u],
    ['an empty group', { from: [{ claim: 'x' }, { group: '' }] }, /key from\[1\]: the source/u],
    ['conditions that say nothing', { onlyWhen: [] }, /key onlyWhen: give from 1 to 20 conditions/u],
    ['a condition that cannot be', { onlyWhen: [{ everyone: true }, { group: [] }] }, /key onlyWhen\[1\]\.group: give from 1 to 200 groups/u],
    ['no change in its list', { change: [] }, /key change: give from 1 to 20 steps/u],
    ['too many changes', { change: Array.from({ length: 21 }, () => 'trim' as const) }, /key change: give from 1 to 20 steps/u],
    ['a change before nothing', { change: ['trim', { before: '' }] }, /key change\[1\]\.before: give a text of 1 to 512 characters/u],
    ['a change after nothing', { change: [{ after: '' }] }, /key change\[0\]\.after: give a text of 1/u],
    ['a split at nothing', { change: [{ split: '' }] }, /key change\[0\]\.split: give a text of 1/u],
    ['an endless text between values', { change: [{ join: 'x'.repeat(513) }] }, /key change\[0\]\.join: give a text of 0 to 512/u],
    [
      'a pattern that does not compile',
      { change: [{ replace: '(a', with: '' }] },
      /key change\[0\]\.replace: the pattern \(a cannot be used: at character \d+, /u,
    ],
    ['a pattern that is empty', { change: [{ keep: '' }] }, /key change\[0\]\.keep: the pattern is empty/u],
    ['an endless replacement', { change: [{ replace: 'a', with: 'x'.repeat(513) }] }, /key change\[0\]\.with: give a text/u],
    ['an empty map', { change: [{ map: {} }] }, /key change\[0\]\.map: give from 1 to 1000 values/u],
    ['a value that becomes nothing', { change: [{ map: { a: 'b', c: '' } }] }, /"c" becomes nothing; leave it out/u],
    ['a persistent name that is new each time', { claim: CLAIM.nameIdentifier, from: [{ identifier: 'transient' }], nameIdFormat: NAME_ID.persistent }, /key nameIdFormat: a transient identifier is not of the format/u], // prettier-ignore
    ['an e-mail address of our making', { claim: CLAIM.nameIdentifier, from: [{ identifier: 'persistent' }], nameIdFormat: NAME_ID.email }, /a persistent identifier is not of the format .*emailAddress; use .*persistent or /u], // prettier-ignore
    ['a transient name from elsewhere as well', { claim: CLAIM.nameIdentifier, from: [{ identifier: 'transient' }, { claim: 'x' }], nameIdFormat: NAME_ID.transient }, /from \{"identifier":"transient"\} only/u], // prettier-ignore
    ['a qualifier on another claim', { nameQualifier: 'x' }, /key nameQualifier: only the name identifier/u],
    ['the other qualifier on another claim', { spNameQualifier: 'x' }, /key spNameQualifier: only the name identifier/u],
    ['an empty qualifier', { claim: CLAIM.nameIdentifier, nameQualifier: '' }, /key nameQualifier: it is empty/u],
    ['an attribute name format on the name', { claim: CLAIM.nameIdentifier, nameFormat: 'urn:x' }, /key nameFormat: the name identifier has none/u],
    ['a friendly name on the name', { claim: CLAIM.nameIdentifier, friendlyName: 'x' }, /key friendlyName: the name identifier has none/u],
    ['a name format that is no URI', { nameFormat: 'basic' }, /key nameFormat: basic is no absolute URI/u],
    ['an empty friendly name', { friendlyName: '' }, /key friendlyName: it is empty/u],
    ['a type of values that is no URI', { valueType: 'string' }, /key valueType: string is no absolute URI/u],
    ['an invented format', { claim: CLAIM.nameIdentifier, nameIdFormat: 'urn:x' }, /urn:x has no value/u],
  ];
  for (const [title, changes, sentence] of refused) {
    it(`may not have ${title}`, () => {
      expect(checkClaimMappings([mapping(), mapping(changes)]))
        .to.match(/^Mapping 2, to .*, cannot be used: key .*\.$/u)
        .and.match(sentence);
    });
  }

  it('may not be more than 100', () => {
    expect(checkClaimMappings(Array.from({ length: 100 }, () => mapping()))).to.equal(undefined);
    expect(checkClaimMappings(Array.from({ length: 101 }, () => mapping()))).to.match(/101 mappings/u);
  });
});

describe('domains', () => {
  it('are names of letters, digits and hyphens', () => {
    for (const domain of ['example.com', 'a.b.c', 'corp', '1and1.example']) expect(isDomain(domain), domain).to.equal(true);
    for (const domain of ['', '.', 'a..b', '-a.example', 'a-.example', "o'neil.example", 'a b', 'a/b', '$x', 'x'.repeat(64), 'bücher.example'])
      expect(isDomain(domain), domain).to.equal(false);
  });
});
