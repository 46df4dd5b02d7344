import { expect } from 'chai';
import { shapeClaims as shape } from '../../../src/core/claims/released.js';
import { CLAIM, CLAIM_PROPERTY, type Claim, makeClaim, MULTIPLE_AUTHENTICATION } from '../../../src/core/model/claim.js';

const shapeClaims = (claims: readonly Claim[]): ReturnType<typeof shape> => shape(claims, 'attributes');
const XSD = 'http://www.w3.org/2001/XMLSchema#';
const claim = (type: string, value: string, more: Partial<Claim> = {}): Claim => ({ ...makeClaim(type, value, 'LOCAL AUTHORITY'), ...more });

describe('issued claims as a token carries them', () => {
  it('are attributes in the order in which their types first came, each value once', () => {
    const { attributes } = shapeClaims([claim('b', '1'), claim('a', '1'), claim('b', '2'), claim('b', '1', { issuer: 'urn:other' })]).released;
    expect(attributes.map(({ name, values }) => [name, values])).to.deep.equal([
      ['b', ['1', '2']],
      ['a', ['1']],
    ]);
  });

  it('have the name format and friendly name that a rule gave one of them', () => {
    const format = 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic';
    const properties = { [CLAIM_PROPERTY.attributeName]: format, [CLAIM_PROPERTY.friendlyName]: 'mail' };
    const [attribute] = shapeClaims([claim('mail', 'a'), claim('mail', 'b', { properties })]).released.attributes;
    expect(attribute).to.include({ nameFormat: format, friendlyName: 'mail' });
  });

  it('name the subject by the first name identifier, with its format and qualifiers; further ones are attributes (CORE-22)', () => {
    const properties = { [CLAIM_PROPERTY.format]: 'urn:f', [CLAIM_PROPERTY.nameQualifier]: 'us', [CLAIM_PROPERTY.spNameQualifier]: 'them' };
    const { released, record } = shapeClaims([claim(CLAIM.nameIdentifier, 'one', { properties }), claim(CLAIM.nameIdentifier, 'two')]);
    expect(released.name).to.deep.equal({ value: 'one', format: 'urn:f', nameQualifier: 'us', spNameQualifier: 'them' });
    expect(released.attributes.map(({ name, values }) => [name, values])).to.deep.equal([[CLAIM.nameIdentifier, ['two']]]);
    expect(record.map(({ otherwise }) => otherwise)).to.deep.equal(['names the subject', undefined]);
  });

  it('count once where they come from mappings', () => {
    const claims = [claim(CLAIM.nameIdentifier, 'one'), claim(CLAIM.nameIdentifier, 'two'), claim(CLAIM.issuerId, 'urn:a'), claim(CLAIM.issuerId, 'urn:b')];
    expect(shape(claims, 'nothing').released).to.deep.equal({ attributes: [], name: { value: 'one' }, issuer: 'urn:a' });
  });

  it('take an empty property for none', () => {
    const properties = { [CLAIM_PROPERTY.format]: '', [CLAIM_PROPERTY.nameQualifier]: '' };
    expect(shapeClaims([claim(CLAIM.nameIdentifier, 'one', { properties })]).released.name).to.deep.equal({ value: 'one' });
  });

  it('replace the issuer by the first issuerid', () => {
    expect(shapeClaims([claim(CLAIM.issuerId, 'urn:a'), claim(CLAIM.issuerId, 'urn:b')]).released).to.deep.include({ issuer: 'urn:a' });
  });

  it('never say how somebody signed in, nor that they may (I10)', () => {
    const { released, record } = shapeClaims([
      claim(CLAIM.authenticationMethod, MULTIPLE_AUTHENTICATION),
      claim(CLAIM.authenticationInstant, '2026-01-01T00:00:00Z'),
      claim(CLAIM.permit, 'true'),
      claim(CLAIM.deny, 'true'),
    ]);
    expect(released.attributes).to.deep.equal([]);
    expect(record.every(({ otherwise }) => otherwise !== undefined)).to.equal(true);
  });

  const types: readonly (readonly [string, readonly (readonly [string, string])[], string | undefined])[] = [
    ['text', [[`${XSD}string`, 'x']], undefined],
    ['a truth value', [[`${XSD}boolean`, 'true'], [`${XSD}boolean`, '0']], 'boolean'], // prettier-ignore
    ['a number', [[`${XSD}integer`, '-12']], 'integer'],
    ['a time', [[`${XSD}dateTime`, '2026-11-24T09:00:00Z']], 'dateTime'],
    ['a number that is none, which readers would refuse', [[`${XSD}integer`, 'twelve']], undefined],
    ['different types', [[`${XSD}integer`, '1'], [`${XSD}string`, 'a']], undefined], // prettier-ignore
    ['a type of somebody else', [['urn:x#integer', '1']], undefined],
    ['a type that is none', [[`${XSD}constructor`, '1']], undefined],
  ];
  for (const [title, values, expected] of types) {
    it(`name the type of ${title}`, () => {
      const [attribute] = shapeClaims(values.map(([valueType, value]) => claim('x', value, { valueType }))).released.attributes;
      expect(attribute?.valueType).to.equal(expected);
    });
  }
});
