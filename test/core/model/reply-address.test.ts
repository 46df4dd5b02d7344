import { expect } from 'chai';
import { checkReplyAddress, withQuery } from '../../../src/core/model/reply-address.js';
import { chooseDefault, resolveRelyingParty } from '../../../src/core/model/relying-party.js';
import { aMetadata, aRecord } from '../../support/builders.js';

describe('reply address (I02)', () => {
  for (const address of [
    'https://app.example/acs',
    'https://app.example:8443/acs?x=1',
    'http://localhost:3000/acs',
    'http://127.0.0.1/acs',
    'http://[::1]:9/acs',
  ]) {
    it(`takes ${address}`, () => {
      expect(checkReplyAddress(address)).to.equal(undefined);
    });
  }
  for (const address of [
    'javascript:alert(1)',
    'data:text/html,x',
    'https://user:pw@app.example/acs',
    'https://app.example/acs#x',
    'https://*.example/acs',
    '//app.example/acs',
    'https:\\\\app.example',
    'https://app.example/a b',
    ' https://app.example/',
    'http://app.example/acs',
    'http://localhost.evil.example/',
    '',
    'ftp://app.example/',
    'https://',
  ]) {
    it(`refuses ${JSON.stringify(address)}`, () => {
      expect(checkReplyAddress(address)).to.be.a('string');
    });
  }
  it('takes http elsewhere only when it is allowed', () => {
    expect(checkReplyAddress('http://app.example/acs', { allowHttp: true })).to.equal(undefined);
  });
});

describe('default endpoint (MET-08)', () => {
  const at = (...flags: readonly (boolean | undefined)[]): number | undefined =>
    chooseDefault(flags.map((isDefault, index) => ({ index, ...(isDefault === undefined ? {} : { isDefault }) })))?.index;
  it('is the first that says so', () => {
    expect(at(undefined, true, true)).to.equal(1);
  });
  it('else the first that does not deny it', () => {
    expect(at(false, undefined)).to.equal(1);
  });
  it('else the first', () => {
    expect(at(false, false)).to.equal(0);
  });
});

describe('relying party', () => {
  it('signs the assertion whatever was set when the metadata wants it (SSO-12)', () => {
    const metadata = aMetadata({ wantAssertionsSigned: true });
    expect(resolveRelyingParty(aRecord({ metadata, overrides: { sign: 'response' } })).sign).to.equal('both');
    expect(resolveRelyingParty(aRecord({ metadata, overrides: { sign: 'assertion' } })).sign).to.equal('assertion');
    expect(resolveRelyingParty(aRecord({ overrides: { sign: 'response' } })).sign).to.equal('response');
  });
  it('keeps the metadata and lets the override win', () => {
    const record = aRecord({ overrides: { name: 'Expenses', lifetimeSeconds: 60, replyAddresses: ['https://app.example/second'] } });
    const resolved = resolveRelyingParty(record);
    expect(resolved).to.include({ name: 'Expenses', lifetimeSeconds: 60 });
    expect(resolved.replyAddresses.map((address) => address.url)).to.deep.equal(['https://app.example/acs', 'https://app.example/second']);
    expect(record.metadata.displayName).to.equal('Acme Expenses');
  });
});

describe('parameters behind an address', () => {
  for (const [address, whole] of [
    ['https://a.example/x', 'https://a.example/x?p=1'],
    ['https://a.example/x?', 'https://a.example/x?p=1'],
    ['https://a.example/x?q=a%2Fb', 'https://a.example/x?q=a%2Fb&p=1'],
    ['https://a.example/x?q=2&', 'https://a.example/x?q=2&p=1'],
  ] as const) {
    it(`after ${address}`, () => {
      expect(withQuery(address, 'p=1')).to.equal(whole);
    });
  }
});
