import { expect } from 'chai';
import { dangersOf, type KeyChanges, weighMetadata } from '../../src/admin/metadata-effects.js';
import { type RelyingPartyMetadata, type RelyingPartyOverrides, WSFED_BINDING } from '../../src/core/model/relying-party.js';
import { aMetadata, aRecord, NOW, POST_BINDING } from '../support/builders.js';
import { aSigner } from '../support/feeds.js';

const acs = (...urls: readonly string[]): RelyingPartyMetadata['replyAddresses'] => urls.map((url, index) => ({ binding: POST_BINDING, url, index }));
const HERE = 'https://app.example/acs';

describe('what a change of metadata means (B9, M05)', () => {
  let one: string;
  let two: string;

  before(async () => {
    one = (await aSigner('one')).certificate;
    two = (await aSigner('two')).certificate;
  });

  interface Case {
    readonly what: string;
    readonly before?: () => Partial<RelyingPartyMetadata>;
    readonly after: () => Partial<RelyingPartyMetadata>;
    readonly overrides?: RelyingPartyOverrides;
    /** Nobody vouches for keys unless it says so. */
    readonly keys?: KeyChanges;
    readonly danger?: RegExp;
    readonly effect: RegExp;
  }

  const cases: readonly Case[] = [
    { what: 'another name', after: () => ({ displayName: 'New' }), effect: /what people see/u },
    { what: 'another contact', after: () => ({ contacts: [{ type: 'support' }] }), effect: /Whom to ask/u },
    { what: 'an address on a host it had', after: () => ({ replyAddresses: acs(HERE, 'https://app.example/two') }), effect: /Tokens may be sent there/u },
    {
      what: 'an address on another host',
      after: () => ({ replyAddresses: acs(HERE, 'https://evil.example/acs') }),
      danger: /reply address https:\/\/evil\.example\/acs is on a host that was not among its addresses/u,
      effect: /Tokens may be sent there/u,
    },
    {
      what: 'an address on another port',
      after: () => ({ replyAddresses: acs('https://app.example:8443/acs') }),
      danger: /on a host that was not among/u,
      effect: /Tokens may be sent there/u,
    },
    {
      what: 'an address on a host that was set by hand',
      overrides: { replyAddresses: ['https://set.example/a'] },
      after: () => ({ replyAddresses: acs(HERE, 'https://set.example/b') }),
      effect: /Tokens may be sent there/u,
    },
    {
      what: 'an address with http',
      after: () => ({ replyAddresses: acs(HERE, 'http://app.example/acs') }),
      danger: /http:\/\/app\.example\/acs uses http/u,
      effect: /Tokens may be sent there/u,
    },
    {
      what: 'another index of an address with http that it had',
      before: () => ({ replyAddresses: acs('http://app.example/acs') }),
      after: () => ({ replyAddresses: acs(HERE, 'http://app.example/acs') }),
      effect: /Tokens may be sent there/u,
    },
    { what: 'an address less', before: () => ({ replyAddresses: acs(HERE, 'https://b.example/') }), after: () => ({}), effect: /are refused/u },
    {
      what: 'a sign-out address on another host',
      after: () => ({ logoutEndpoints: [{ binding: POST_BINDING, url: 'https://evil.example/slo' }] }),
      danger: /sign-out address https:\/\/evil\.example\/slo is on a host/u,
      effect: /It is told there who signed out/u,
    },
    {
      what: 'another identifier',
      after: () => ({ identifiers: ['urn:bank'] }),
      danger: /an identifier that it did not have/u,
      effect: /known as urn:bank as well/u,
    },
    {
      what: 'an identifier less',
      before: () => ({ identifiers: ['urn:old'] }),
      after: () => ({}),
      danger: /an identifier is gone/u,
      effect: /in the name of urn:old are refused/u,
    },
    {
      what: 'a protocol less',
      before: () => ({ replyAddresses: [...acs(HERE), { binding: WSFED_BINDING, url: HERE }] }),
      after: () => ({}),
      danger: /a protocol is gone/u,
      effect: /over WS-Federation any more/u,
    },
    {
      what: 'a key more, which nobody vouches for',
      before: () => ({ signingCertificates: [one] }),
      after: () => ({ signingCertificates: [one, two] }),
      danger: /not signed by a certificate that is pinned here/u,
      effect: /signed by its key are accepted/u,
    },
    {
      what: 'a key more',
      keys: 'any',
      before: () => ({ signingCertificates: [one] }),
      after: () => ({ signingCertificates: [one, two] }),
      effect: /signed by its key are accepted/u,
    },
    {
      what: 'one of two keys less (MDX-03)',
      keys: 'any',
      before: () => ({ signingCertificates: [one, two] }),
      after: () => ({ signingCertificates: [two] }),
      effect: /signed by its key are refused/u,
    },
    {
      what: 'a key beside the one that stays, over https (SDP-MD02)',
      keys: 'beside',
      before: () => ({ signingCertificates: [one] }),
      after: () => ({ signingCertificates: [one, two] }),
      effect: /signed by its key are accepted/u,
    },
    {
      what: 'the old key less beside the one that stays, over https (SDP-MD02)',
      keys: 'beside',
      before: () => ({ signingCertificates: [one, two] }),
      after: () => ({ signingCertificates: [two] }),
      effect: /signed by its key are refused/u,
    },
    {
      what: 'another key and none that stays, over https (M05)',
      keys: 'beside',
      before: () => ({ signingCertificates: [one] }),
      after: () => ({ signingCertificates: [two] }),
      danger: /none of its keys stays/u,
      effect: /signed by its key are accepted/u,
    },
    {
      what: 'another key to encrypt to and none that stays, over https (M05)',
      keys: 'beside',
      before: () => ({ encryptionKeys: [{ certificate: one, methods: [] }] }),
      after: () => ({ encryptionKeys: [{ certificate: two, methods: [] }] }),
      danger: /none of its keys stays/u,
      effect: /Tokens may be encrypted to its key/u,
    },
    {
      what: 'the last key less',
      keys: 'any',
      before: () => ({ signingCertificates: [one] }),
      after: () => ({}),
      danger: /its last signing certificate is gone/u,
      effect: /signed by its key are refused/u,
    },
    {
      what: 'another key to encrypt to, which nobody vouches for',
      after: () => ({ encryptionKeys: [{ certificate: two, methods: [] }] }),
      danger: /not signed by a certificate that is pinned here/u,
      effect: /Tokens may be encrypted to its key/u,
    },
    {
      what: 'no key to encrypt to',
      keys: 'any',
      before: () => ({ encryptionKeys: [{ certificate: one, methods: [] }] }),
      after: () => ({}),
      danger: /tokens would leave unencrypted/u,
      effect: /not encrypted to its key any more/u,
    },
    {
      what: 'no key to encrypt to, where nothing is encrypted',
      overrides: { encrypt: 'never' },
      before: () => ({ encryptionKeys: [{ certificate: one, methods: [] }] }),
      after: () => ({}),
      effect: /not encrypted to its key any more/u,
    },
    {
      what: 'no demand for signed requests any more',
      before: () => ({ authnRequestsSigned: true }),
      after: () => ({}),
      danger: /no longer says that its requests are signed/u,
      effect: /not signed are accepted/u,
    },
    {
      what: 'no demand for signed requests any more, where it is set here',
      overrides: { requireSignedRequests: true },
      before: () => ({ authnRequestsSigned: true }),
      after: () => ({}),
      effect: /require-signed-requests is set here/u,
    },
    { what: 'signed requests', after: () => ({ authnRequestsSigned: true }), effect: /not signed are refused/u },
    {
      what: 'no demand for signed assertions any more',
      before: () => ({ wantAssertionsSigned: true }),
      after: () => ({}),
      danger: /no longer asks for signed assertions/u,
      effect: /signed as before/u,
    },
    { what: 'another format of names', after: () => ({ nameIdFormats: ['urn:x'] }), effect: /named in this format/u },
    {
      what: 'another attribute',
      after: () => ({ attributeServices: [{ index: 0, requested: [{ name: 'mail', required: false }] }] }),
      effect: /It gets this attribute/u,
    },
    {
      what: 'another attribute, where rules say what it gets',
      overrides: { rules: { transform: '' } },
      after: () => ({ attributeServices: [{ index: 0, requested: [{ name: 'mail', required: false }] }] }),
      effect: /None: its rules/u,
    },
    { what: 'another end', after: () => ({ validUntil: NOW }), effect: /are refused from 2026-11-24T09:00:00\.000Z on/u },
    { what: 'another order', before: () => ({ nameIdFormats: ['a', 'b'] }), after: () => ({ nameIdFormats: ['b', 'a'] }), effect: /the first one counts/u },
  ];

  for (const {
    what,
    before: makeBefore = (): Partial<RelyingPartyMetadata> => ({}),
    after: makeAfter,
    overrides = {},
    keys = 'none',
    danger,
    effect,
  } of cases) {
    it(`${what}: ${danger === undefined ? 'applied' : 'held'}`, () => {
      const record = aRecord({ overrides, metadata: aMetadata(makeBefore()) });
      const changes = weighMetadata(record, aMetadata(makeAfter()), { keys });
      expect(changes.map((change) => change.effect).join('\n')).to.match(effect);
      const dangers = dangersOf(changes);
      if (danger === undefined) expect(dangers).to.deep.equal([]);
      else expect(dangers.join('\n')).to.match(danger);
    });
  }

  it('nothing, where nothing differs; each reason once', () => {
    expect(weighMetadata(aRecord(), aMetadata(), { keys: 'none' })).to.deep.equal([]);
    const changes = weighMetadata(aRecord(), aMetadata({ identifiers: ['urn:a', 'urn:b'] }), { keys: 'none' });
    expect(changes).to.have.length(2);
    expect(dangersOf(changes)).to.have.length(1);
  });
});
