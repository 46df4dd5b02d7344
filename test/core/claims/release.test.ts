import { expect } from 'chai';
import { releaseByDefault } from '../../../src/core/claims/release.js';
import type { RequestedAttribute } from '../../../src/core/model/relying-party.js';
import { aRelyingParty, aSubject, aTrace } from '../../support/builders.js';

const wanted = (name: string, more: Partial<RequestedAttribute> = {}): RequestedAttribute => ({ name, required: false, ...more });

function released(requested: readonly RequestedAttribute[] | undefined, index?: number): readonly (readonly [string, readonly string[]])[] {
  const attributeServices = requested === undefined ? [] : [{ index: 0, requested }];
  return releaseByDefault(aRelyingParty({ attributeServices }), aSubject().claims, index, aTrace()).attributes.map((attribute) => [
    attribute.name,
    attribute.values,
  ]);
}

describe('default claims', () => {
  it('are mail, givenName, sn, displayName and isMemberOf under their OID names with FriendlyName (CORE-39)', () => {
    const { attributes } = releaseByDefault(aRelyingParty(), aSubject().claims, undefined, aTrace());
    expect(attributes.map((attribute) => [attribute.friendlyName, attribute.name])).to.deep.equal([
      ['mail', 'urn:oid:0.9.2342.19200300.100.1.3'],
      ['givenName', 'urn:oid:2.5.4.42'],
      ['sn', 'urn:oid:2.5.4.4'],
      ['displayName', 'urn:oid:2.16.840.1.113730.3.1.241'],
      ['isMemberOf', 'urn:oid:1.3.6.1.4.1.5923.1.5.1.1'],
    ]);
    expect(attributes.every((attribute) => attribute.nameFormat.endsWith(':uri'))).to.equal(true);
    expect(attributes.at(-1)?.values).to.deep.equal(['Sales', 'Everyone']);
  });

  it('follow the names the metadata requests, and nothing else leaves (SSO-17)', () => {
    expect(released([wanted('email'), wanted('urn:oid:2.5.4.42'), wanted('User.LastName')])).to.deep.equal([
      ['email', ['maria@example.com']],
      ['urn:oid:2.5.4.42', ['Maria']],
      ['User.LastName', ['Silva']],
    ]);
  });

  it('never send what the metadata asks for beyond the default set', () => {
    expect(released([wanted('salary'), wanted('urn:oid:1.2.3')])).to.deep.equal([]);
  });

  it('depend on the service the request names (IIP-IDP04)', () => {
    const attributeServices = [
      { index: 0, requested: [wanted('mail')] },
      { index: 1, isDefault: true, requested: [wanted('sn')] },
    ];
    const names = (index: number | undefined): readonly string[] =>
      releaseByDefault(aRelyingParty({ attributeServices }), aSubject().claims, index, aTrace()).attributes.map((attribute) => attribute.name);
    expect([names(0), names(1), names(0), names(undefined)]).to.deep.equal([['mail'], ['sn'], ['mail'], ['sn']]);
  });

  it('note a required attribute without a value', () => {
    const trace = aTrace();
    const attributeServices = [{ index: 0, requested: [wanted('department', { required: true })] }];
    releaseByDefault(aRelyingParty({ attributeServices }), aSubject().claims, undefined, trace);
    expect(trace.toRecord().checks).to.deep.include({ id: 'claims.required', result: 'noted', observed: 'Acme Expenses', expected: 'department' });
  });
});
