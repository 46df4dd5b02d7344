import { expect } from 'chai';
import { SignetError } from '../../../src/core/errors.js';
import { protectAssertion } from '../../../src/protocols/shared/encryption.js';
import { ALG } from '../../../src/xml/names.js';
import { aRelyingParty } from '../../support/builders.js';
import { keyPairOf } from '../../support/saml-idp.js';

describe('protocols/shared/encryption', () => {
  it('never lets a token out in the clear that must be encrypted, whatever changed since it was asked for (A08)', async () => {
    const { certificate } = await keyPairOf('app.example');
    const unusable = [{ certificate, methods: ['urn:example:nothing-we-write', ALG.rsaOaepMgf1p] }];
    for (const type of ['saml11', 'saml20'] as const) {
      for (const lost of [aRelyingParty({ encrypt: 'always' }), aRelyingParty({ encrypt: 'auto', encryptionKeys: unusable })]) {
        expect(() => protectAssertion('<a></a>', type, lost))
          .to.throw(SignetError)
          .with.property('code', 'unsupported_request');
      }
      for (const open of [aRelyingParty(), aRelyingParty({ encrypt: 'never', encryptionKeys: unusable })]) {
        expect(protectAssertion('<a></a>', type, open)).to.equal('<a></a>');
      }
    }
  });
});
