import { expect } from 'chai';
import fc from 'fast-check';
import { readClaimMappings, writeClaimMappings } from '../../src/admin/claim-data.js';
import { NAME_ID } from '../../src/core/issuance/name-identifier.js';
import { CLAIM } from '../../src/core/model/claim.js';
import type { ClaimChange, ClaimMapping, ClaimSource } from '../../src/core/model/claim-mapping.js';
import { thrownBy } from '../support/builders.js';
import { someConditions, someText } from '../support/claim-arbitraries.js';

const EVERYTHING: ClaimMapping = {
  name: 'Role for the app',
  claim: CLAIM.role,
  from: [{ claim: CLAIM.role }, { attribute: 'role' }, { group: 'APP-*' }, { fact: 'network' }, { identifier: 'pairwise' }, { constant: 'none' }],
  onlyWhen: [{ group: ['Finance'] }, { claim: CLAIM.upn, matches: '@' }, { not: { time: { days: ['sat', 'sun'] } } }],
  domains: ['example.com'],
  change: ['trim', { before: '@' }, { replace: '^APP-', with: '' }, { map: { Admin: 'A' }, others: 'keep' }],
  template: '{value}@{domain}',
  nameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic',
  friendlyName: 'role',
  valueType: 'http://www.w3.org/2001/XMLSchema#string',
  required: true,
};
const NAME: ClaimMapping = {
  claim: CLAIM.nameIdentifier,
  from: [{ identifier: 'transient' }],
  nameIdFormat: NAME_ID.transient,
  nameQualifier: 'https://idp.example',
  spNameQualifier: 'https://app.example',
};

describe('mappings as data', () => {
  it('may use every key', () => {
    expect(readClaimMappings(JSON.stringify([EVERYTHING, NAME]))).to.deep.equal([EVERYTHING, NAME]);
  });

  it('may stand in an object', () => {
    expect(readClaimMappings(JSON.stringify({ claims: [NAME] }))).to.deep.equal([NAME]);
  });

  it('may be none', () => {
    expect(readClaimMappings('[]')).to.deep.equal([]);
  });

  it('take a short name as the plain name that it is', () => {
    expect(readClaimMappings('[{"claim": "email", "from": [{"claim": "email"}]}]')).to.deep.equal([{ claim: 'email', from: [{ claim: 'email' }] }]);
  });

  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['no JSON', '[{"claim": "a",}]', /^line 1, column 16: expected a key in double quotes, found \}\]$/u],
    ['something else', '"claims"', /^Give a list of mappings, or an object with the key claims\.$/u],
    ['null', 'null', /^Give a list of mappings/u],
    ['an object of something else', '{"claims": [], "rules": []}', /^There is no key rules; give a list of mappings, or an object with the key claims\.$/u],
    ['a mapping that is a text', '["a"]', /^Mapping 1 cannot be used: give an object\.$/u],
    ['a key that is not known', '[{"claim": "a", "from": [{"claim": "x"}], "form": []}]', /^Mapping 1 cannot be used: there is no key form, did you mean from\? There is name, claim, .* or required\.$/u],
    ['no claim', '[{"from": [{"claim": "x"}]}]', /^Mapping 1 cannot be used: key claim: give a text\.$/u],
    ['a misspelt key', '[{"claim": "a", "form": [{"attribute": "x"}]}]', /^Mapping 1 cannot be used: .*form/u],
    ['no source', '[{"claim": "a"}]', /^Mapping 1 cannot be used: key from: give a list of sources\.$/u],
    ['a source without a kind', '[{"claim": "a", "from": [{}]}]', /key from\[0\]: give an object with exactly one of the keys claim, attribute, .* or identifier\.$/u],
    ['a source of two kinds', '[{"claim": "a", "from": [{"claim": "x", "group": "*"}]}]', /key from\[0\]: give an object with exactly one/u],
    ['a source with more', '[{"claim": "a", "from": [{"claim": "x", "is": []}]}]', /key from\[0\]: there is no key is; there is claim\.$/u],
    ['a number as a constant', '[{"claim": "a", "from": [{"constant": 1}]}]', /key from\[0\]\.constant: give a text\.$/u],
    ['a fact that is none', '[{"claim": "a", "from": [{"fact": "browser"}]}]', /key from\[0\]\.fact: give method, context-class, .* or directory\.$/u],
    ['a change that is none', '[{"claim": "a", "from": [{"claim": "x"}], "change": ["lower"]}]', /key change\[0\]: give lowercase, uppercase, trim, first, or an object with exactly one of the keys before, /u],
    ['half a replacement', '[{"claim": "a", "from": [{"claim": "x"}], "change": [{"replace": "a"}]}]', /key change\[0\]\.with: give a text\.$/u],
    ['a map to a number', '[{"claim": "a", "from": [{"claim": "x"}], "change": [{"map": {"a": 1}}]}]', /key change\[0\]\.map\.a: give a text\.$/u],
    ['a condition without a kind', '[{"claim": "a", "from": [{"claim": "x"}], "onlyWhen": [{"when": 1}]}]', /key onlyWhen\[0\]: give an object with exactly one of the keys everyone, /u],
    ['a condition of two kinds', '[{"claim": "a", "from": [{"claim": "x"}], "onlyWhen": [{"group": ["a"], "network": "intranet"}]}]', /key onlyWhen\[0\]: give an object with exactly one/u],
    ['a not of a not', '[{"claim": "a", "from": [{"claim": "x"}], "onlyWhen": [{"not": {"not": {"everyone": true}}}]}]', /key onlyWhen\[0\]\.not: give an object with exactly one of the keys everyone, .* or device\.$/u],
    ['a day that is none', '[{"claim": "a", "from": [{"claim": "x"}], "onlyWhen": [{"time": {"days": ["monday"]}}]}]', /key onlyWhen\[0\]\.time\.days\[0\]: give mon, tue, .* or sun\.$/u],
    ['false as everyone', '[{"claim": "a", "from": [{"claim": "x"}], "onlyWhen": [{"everyone": false}]}]', /key onlyWhen\[0\]\.everyone: give true\.$/u],
    ['a network that is none', '[{"claim": "a", "from": [{"claim": "x"}], "onlyWhen": [{"network": "vpn"}]}]', /key onlyWhen\[0\]\.network: give intranet, extranet or a list of ranges\.$/u],
    ['a text as a truth', '[{"claim": "a", "from": [{"claim": "x"}], "required": "yes"}]', /key required: give true or false\.$/u],
    ['what has the shape and no meaning', '[{"claim": "a", "from": [{"claim": "x"}]}, {"claim": "b", "from": [{"claim": "x"}], "change": [{"map": {}}]}]', /^Mapping 2, to b, cannot be used: key change\[0\]\.map: give from 1 to 1000 values\.$/u],
  ]; // prettier-ignore
  for (const [title, text, sentence] of refused) {
    it(`are refused with ${title}`, async () => {
      expect(await thrownBy(() => readClaimMappings(text)))
        .to.include({ code: 'invalid_input' })
        .and.have.property('message')
        .that.matches(sentence);
    });
  }

  it('are written with their keys in one order', () => {
    const mixed = JSON.parse('[{"required": true, "from": [{"claim": "x"}], "claim": "a", "change": [{"with": "", "replace": "b"}]}]') as ClaimMapping[];
    expect(Object.keys((JSON.parse(writeClaimMappings(mixed)) as readonly object[])[0] ?? {})).to.deep.equal(['claim', 'from', 'change', 'required']);
    expect(writeClaimMappings(mixed)).to.include('"replace": "b",\n').and.to.match(/\]\n$/u);
  });

  it('are read as they were written', () => {
    const source: fc.Arbitrary<ClaimSource> = fc.oneof(
      someText.map((claim) => ({ claim })),
      someText.map((attribute) => ({ attribute })),
      someText.map((constant) => ({ constant })),
      someText.map((group) => ({ group: `${group}*` })),
      fc.constantFrom('method' as const, 'time' as const, 'user-name' as const).map((fact) => ({ fact })),
      fc.constantFrom('persistent' as const, 'pairwise' as const).map((identifier) => ({ identifier })),
    );
    const change: fc.Arbitrary<ClaimChange> = fc.oneof(
      fc.constantFrom('lowercase' as const, 'uppercase' as const, 'trim' as const, 'first' as const),
      fc.string({ minLength: 1 }).map((before) => ({ before })),
      fc.string({ minLength: 1 }).map((after) => ({ after })),
      fc.string().map((join) => ({ join })),
      fc.string({ minLength: 1 }).map((split) => ({ split })),
      fc.record({ replace: fc.constantFrom('a', '^\\s+', '(x|y)\\\\'), with: fc.string() }),
      fc.constantFrom('"', '@corp\\.example$').map((keep) => ({ keep })),
      fc.record({ map: fc.dictionary(fc.string(), fc.string({ minLength: 1 }), { minKeys: 1, noNullPrototype: true }), others: fc.constantFrom('drop' as const, 'keep' as const) }, { requiredKeys: ['map'] }), // prettier-ignore
    );
    const mapping: fc.Arbitrary<ClaimMapping> = fc.record(
      {
        name: someText,
        claim: fc.constantFrom(CLAIM.role, 'plain', 'urn:oid:2.5.4.42'),
        from: fc.array(source, { minLength: 1, maxLength: 4 }),
        onlyWhen: someConditions,
        domains: fc.constantFrom(['example.com'], ['example.com', 'eu.example']),
        change: fc.array(change, { minLength: 1, maxLength: 4 }),
        template: fc.constantFrom('{value}', 'x {domain} {value}'),
        friendlyName: someText,
        required: fc.boolean(),
      },
      { requiredKeys: ['claim', 'from'] },
    );
    fc.assert(
      fc.property(fc.array(mapping, { maxLength: 5 }), (mappings) => {
        fc.pre(!JSON.stringify(mappings).includes('__proto__'));
        const text = writeClaimMappings(mappings);
        expect(readClaimMappings(text)).to.deep.equal(mappings);
        expect(writeClaimMappings(readClaimMappings(text))).to.equal(text);
      }),
      { numRuns: 200 },
    );
  });
});
