import { expect } from 'chai';
import { RELYING_PARTY_SETTINGS } from '../../../src/admin/relying-party-settings.js';
import type { SettingContext } from '../../../src/admin/relying-party-values.js';
import { assignSetting, settingsIn } from '../../../src/admin/transfer/application-settings.js';
import { asId } from '../../../src/core/model/ids.js';
import { WSFED_BINDING } from '../../../src/core/model/relying-party.js';
import type { SigningKey } from '../../../src/core/model/signing-key.js';
import { aMetadata, aRecord, NOW, POST_BINDING } from '../../support/builders.js';
import { metadataText } from '../../support/metadata-files.js';

const CERTIFICATE = /<ds:X509Certificate>([^<]+)</u.exec(metadataText('good/keys.xml'))?.[1]?.replaceAll(/\s/gu, '') ?? '';

/** A value of each key, as it is typed. A comma that would part names is written \, there. */
const TYPED: Readonly<Record<string, string>> = {
  name: 'A, B',
  sign: 'response',
  encrypt: 'always',
  'nameid-format': 'persistent',
  'signature-algorithm': 'rsa-sha512',
  'digest-algorithm': 'sha512',
  'require-signed-requests': 'true',
  lifetime: '90',
  'session-lifetime': '8h',
  skew: '0',
  issuer: 'urn:a,b',
  audience: 'urn:a,b',
  reply: 'https://app.example/a,b',
  identifier: 'urn:a,b',
  'token-type': 'saml20',
  'trust-version': '1.3',
  'authn-context': 'password',
  'force-authn': 'true',
  groups: String.raw`A\, B`,
  'signing-key': 'key-1',
  notes: 'Ask Ann, or Bo',
  label: 'prod',
  'encrypt-nameid': 'true',
  'allowed-authn-contexts': 'password',
  sources: 'local',
  refresh: 'hold',
  'refresh-interval': '12h',
  'metadata-certificate': CERTIFICATE,
};

describe('settings of an application in files', () => {
  const metadata = aMetadata({
    replyAddresses: [
      { binding: POST_BINDING, url: 'https://app.example/acs' },
      { binding: WSFED_BINDING, url: 'https://app.example/wsfed' },
    ],
    signingCertificates: [CERTIFICATE],
    encryptionKeys: [{ certificate: CERTIFICATE, methods: [] }],
  });
  const key: SigningKey = {
    id: asId('key-1'),
    version: 1,
    state: 'active',
    algorithm: 'RSA-2048',
    certificate: '',
    sealedPrivateKey: '',
    createdAt: NOW,
    expiresAt: NOW,
  };
  const context: SettingContext = { metadata, keys: [key], allowHttp: false };

  for (const setting of RELYING_PARTY_SETTINGS) {
    it(`stand under the key that rp set knows, and are read as they were written: ${setting.key}`, () => {
      const overrides = setting.assign({}, [TYPED[setting.key] ?? ''], context);
      const written = settingsIn(overrides);
      expect(Object.keys(written)).to.deep.equal([setting.key]);
      expect(assignSetting(aRecord({ metadata }), setting.key, written[setting.key] ?? '', context).overrides).to.deep.equal(overrides);
    });
  }
});
