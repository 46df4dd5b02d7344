import { expect } from 'chai';
import { checkClaimMappings, isDomain } from '../../../src/core/claims/check-mappings.js';
import { NAME_ID } from '../../../src/core/issuance/name-identifier.js';
import { CLAIM } from '../../../src/core/model/claim.js';
import type { ClaimMapping } from '../../../src/core/model/claim-mapping.js';

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
    ['an empty template', { template: '' }, /template is empty/u],
    ['no domain in its list', { domains: [] }, /from 1 to 500 domains/u],
    ['something else than a domain', { domains: ['example.com', 'http://x'] }, /http:\/\/x is not a domain/u],
    ['a format on another claim', { nameIdFormat: NAME_ID.email }, /only the name identifier/u],
    ['a format that changes each time', { claim: CLAIM.nameIdentifier, nameIdFormat: NAME_ID.transient }, /transient has no value/u],
    ['an invented format', { claim: CLAIM.nameIdentifier, nameIdFormat: 'urn:x' }, /urn:x has no value/u],
  ];
  for (const [title, changes, sentence] of refused) {
    it(`may not have ${title}`, () => {
      expect(checkClaimMappings([mapping(), mapping(changes)]))
        .to.match(/^The mapping to /u)
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
