import { expect } from 'chai';
import fc from 'fast-check';
import { describeMapping } from '../../../../src/core/claims/mappings/describe.js';
import { isAbsoluteUri } from '../../../../src/core/model/uri.js';
import { releaseClaims } from '../../../../src/core/claims/release.js';
import { NAME_ID } from '../../../../src/core/issuance/name-identifier.js';
import type { IssuanceRequest } from '../../../../src/core/issuance/issuance-request.js';
import type { ReleasedClaims } from '../../../../src/core/issuance/token-draft.js';
import { CLAIM, LOCAL_AUTHORITY, makeClaim } from '../../../../src/core/model/claim.js';
import type { ClaimMapping } from '../../../../src/core/model/claim-mapping.js';
import { anInput, anIssuanceRequest, aPerson, aRelyingParty, aSubject, aTrace, checkThrownBy } from '../../../support/builders.js';

const UPN = 'http://schemas.xmlsoap.org/claims/UPN';

/** Marks an attribute of the person among claims. */
const ATTRIBUTE = 'attribute ';

function request(mappings: readonly ClaimMapping[], own: readonly (readonly [string, string])[] = [], changes: Partial<IssuanceRequest> = {}): IssuanceRequest {
  const claims = [...aSubject().claims, ...own.map(([type, value]) => makeClaim(type, value, LOCAL_AUTHORITY))];
  const attributes: Record<string, string[]> = {};
  for (const [type, value] of own) {
    if (type.startsWith(ATTRIBUTE)) (attributes[type.slice(ATTRIBUTE.length)] ??= []).push(value);
  }
  return anIssuanceRequest({ relyingParty: aRelyingParty({ claims: mappings }), subject: aSubject({ claims, person: aPerson(attributes) }), ...changes });
}

function releaseFor(about: IssuanceRequest): Promise<ReleasedClaims> {
  return releaseClaims(about, anInput(about));
}

function release(mappings: readonly ClaimMapping[], ...own: readonly (readonly [string, string])[]): Promise<ReleasedClaims> {
  return releaseFor(request(mappings, own));
}

async function values(mapping: Omit<ClaimMapping, 'claim'>, ...own: readonly (readonly [string, string])[]): Promise<readonly string[]> {
  return (await release([{ claim: UPN, ...mapping }], ...own)).attributes[0]?.values ?? [];
}

describe('claim mappings', () => {
  it('replace the default claims, in every protocol alike', async () => {
    const mappings: readonly ClaimMapping[] = [{ claim: CLAIM.role, from: [{ claim: CLAIM.group }] }];
    const attributeServices = [{ index: 0, requested: [{ name: 'mail', required: true }] }];
    for (const protocol of ['saml', 'wsfed', 'wstrust'] as const) {
      const relyingParty = aRelyingParty({ claims: mappings, attributeServices });
      expect((await releaseFor(anIssuanceRequest({ relyingParty, protocol }))).attributes).to.deep.equal([
        { name: CLAIM.role, nameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified', values: ['Sales', 'Everyone'] },
      ]);
    }
  });

  it('keep the name format of OIDs', async () => {
    const [attribute] = (await release([{ claim: 'urn:oid:2.5.4.42', from: [{ claim: CLAIM.givenName }] }])).attributes;
    expect(attribute?.nameFormat).to.equal('urn:oasis:names:tc:SAML:2.0:attrname-format:uri');
  });

  describe('take their values', () => {
    const department = `${ATTRIBUTE}department`;
    const rows: readonly (readonly [string, Omit<ClaimMapping, 'claim'>, readonly (readonly [string, string])[], readonly string[]])[] = [
      ['from a claim, every one', { from: [{ claim: CLAIM.group }] }, [], ['Sales', 'Everyone']],
      ['from an attribute, every one', { from: [{ attribute: 'department' }] }, [[department, 'Sales'], [department, 'Support']], ['Sales', 'Support']], // prettier-ignore
      ['from an attribute in any letter case', { from: [{ attribute: 'Department' }] }, [[department, 'Sales']], ['Sales']],
      ['from a constant', { from: [{ constant: 'User' }] }, [], ['User']],
      ['from the first source that has any', { from: [{ claim: CLAIM.upn }, { claim: CLAIM.email }, { claim: CLAIM.name }] }, [], ['maria@example.com']],
      ['from the second only where the first is empty', { from: [{ claim: CLAIM.upn }, { claim: CLAIM.email }] }, [[CLAIM.upn, 'm@corp.example']], ['m@corp.example']], // prettier-ignore
      ['each once', { from: [{ claim: CLAIM.upn }] }, [[CLAIM.upn, 'm@x.example'], [CLAIM.upn, 'm@x.example']], ['m@x.example']], // prettier-ignore
      ['and leave out what has none', { from: [{ claim: CLAIM.upn }] }, [], []],
      ['and put them into a template', { from: [{ claim: CLAIM.group }], template: 'app-{value}' }, [], ['app-Sales', 'app-Everyone']],
      [
        'with the domain',
        { from: [{ claim: CLAIM.email }], template: 'http://{domain}/adfs/services/trust/' },
        [],
        ['http://example.com/adfs/services/trust/'],
      ],
      ['with the domain after the last @', { from: [{ claim: CLAIM.upn }], template: '{domain}' }, [[CLAIM.upn, 'a@b@corp.example']], ['corp.example']],
      ['but not without a domain', { from: [{ claim: CLAIM.name }], template: '{domain}' }, [], []],
      ['and each placeholder as often as it stands there', { from: [{ claim: CLAIM.email }], template: '{value} {domain} {value}' }, [], ['maria@example.com example.com maria@example.com']], // prettier-ignore
      ['without reading a value as a template', { from: [{ attribute: 'department' }], template: '{value}' }, [[department, '{domain} $& $1']], ['{domain} $& $1']], // prettier-ignore
      ['in the domains that are named', { from: [{ claim: CLAIM.email }], domains: ['example.com'] }, [], ['maria@example.com']],
      ['whatever the letter case of the domain', { from: [{ claim: CLAIM.upn }], domains: ['example.com'], template: '{domain}' }, [[CLAIM.upn, 'm@EXAMPLE.com']], ['example.com']], // prettier-ignore
      ['and not in others', { from: [{ claim: CLAIM.email }], domains: ['example.org', 'ample.com'] }, [], []],
      ['and not without one', { from: [{ claim: CLAIM.name }], domains: ['example.com'] }, [], []],
      ['below a domain, which then stands for it', { from: [{ claim: CLAIM.upn }], domains: ['example.com'], template: '{domain}' }, [[CLAIM.upn, 'm@eu.example.com']], ['example.com']], // prettier-ignore
      ['below the longest that fits', { from: [{ claim: CLAIM.upn }], domains: ['example.com', 'eu.example.com'], template: '{domain}' }, [[CLAIM.upn, 'm@de.eu.example.com']], ['eu.example.com']], // prettier-ignore
      ['never from a later source because of its domain', { from: [{ claim: CLAIM.upn }, { claim: CLAIM.email }], domains: ['example.com'] }, [[CLAIM.upn, 'm@corp.local']], []], // prettier-ignore
    ];
    for (const [title, mapping, own, expected] of rows) {
      it(title, async () => {
        expect(await values(mapping, ...own)).to.deep.equal(expected);
      });
    }
  });

  it('add up under one claim type, each value once', async () => {
    const mappings = [{ from: [{ claim: CLAIM.group }] }, { from: [{ constant: 'Staff' }] }, { from: [{ constant: 'Sales' }] }];
    const { attributes } = await release(mappings.map((mapping) => ({ claim: CLAIM.role, ...mapping })));
    expect(attributes.map((attribute) => attribute.values)).to.deep.equal([['Sales', 'Everyone', 'Staff']]);
  });

  it('sign nobody on who lacks a value that is required', async () => {
    const trace = aTrace();
    const mappings: readonly ClaimMapping[] = [{ claim: UPN, from: [{ claim: CLAIM.upn }, { attribute: 'login' }], domains: ['example.com'], required: true }];
    expect(await checkThrownBy(() => releaseFor(request(mappings, [[CLAIM.upn, 'maria@elsewhere.example']], { trace })))).to.equal('claims.required');
    expect(trace.toRecord().checks.at(-1)).to.deep.equal({
      id: 'claims.required',
      result: 'failed',
      observed: 'Acme Expenses',
      expected: `${UPN} from upn, else attribute login, in example.com; required`,
    });
  });

  it('name the subject, in the format of the mapping and by the first value there is', async () => {
    const mappings: readonly ClaimMapping[] = [
      { claim: CLAIM.nameIdentifier, from: [{ claim: CLAIM.upn }] },
      { claim: CLAIM.nameIdentifier, from: [{ claim: CLAIM.group }], nameIdFormat: NAME_ID.persistent },
      { claim: CLAIM.nameIdentifier, from: [{ claim: CLAIM.email }] },
    ];
    expect(await release(mappings)).to.deep.equal({ attributes: [], name: { value: 'Sales', format: NAME_ID.persistent } });
    expect((await release(mappings, [CLAIM.upn, 'm@corp.example'])).name).to.deep.equal({ value: 'm@corp.example' });
  });

  it('replace the issuer of the token, by the first value there is', async () => {
    const template = 'http://{domain}/adfs/services/trust/';
    const mappings = [{ claim: CLAIM.issuerId, from: [{ claim: CLAIM.upn }], template }];
    const own = ['a.example', 'b.example'].map((domain) => [CLAIM.upn, `m@${domain}`] as const);
    expect(await release(mappings, ...own)).to.deep.equal({ attributes: [], issuer: 'http://a.example/adfs/services/trust/' });
  });

  it('sign nobody on whose issuer would be no absolute URI', async () => {
    for (const value of ['maria', '/adfs', 'http://', 'http://a b/', 'urn:', 'http://x/<y>', `http://${'x'.repeat(1024)}`]) {
      const mappings = [{ claim: CLAIM.issuerId, from: [{ constant: value }] }];
      expect(await checkThrownBy(() => release(mappings)), value).to.equal('claims.issuer');
    }
    for (const value of ['urn:example:corp', 'https://corp.example/adfs/services/trust/']) expect(isAbsoluteUri(value)).to.equal(true);
  });

  it('give nothing of a person but what they name, whatever they are', async () => {
    const source = fc.oneof(
      fc.record({ claim: fc.constantFrom(CLAIM.upn, CLAIM.name, CLAIM.role, 'urn:x') }),
      fc.record({ attribute: fc.string() }),
      fc.record({ constant: fc.string({ minLength: 1 }) }),
    );
    const mapping = fc.record({ claim: fc.constantFrom(UPN, 'x', CLAIM.nameIdentifier), from: fc.array(source, { minLength: 1, maxLength: 3 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(mapping, { minLength: 1, maxLength: 5 }), async (mappings) => {
        const left = await release(mappings, [CLAIM.immutableId, 'secret-id']);
        expect(JSON.stringify(left)).not.to.match(/secret-id|Silva|maria@example/u);
      }),
    );
  });
});

describe('mappings in words', () => {
  it('say where from, what is done, and what follows', () => {
    const issuer: ClaimMapping = { claim: CLAIM.issuerId, from: [{ claim: CLAIM.upn }], domains: ['a.example', 'b.example'], template: 'http://{domain}/' };
    expect(describeMapping(issuer)).to.equal('the issuer of the token from upn, in a.example or b.example; as http://{domain}/');
    const name: ClaimMapping = { claim: CLAIM.nameIdentifier, from: [{ claim: 'urn:other' }], nameIdFormat: NAME_ID.persistent };
    expect(describeMapping(name)).to.equal(`the name identifier from urn:other; format ${NAME_ID.persistent}`);
    expect(describeMapping({ claim: 'Company', from: [{ constant: 'Example Corp' }] })).to.equal('Company from the text "Example Corp"');
  });
});
