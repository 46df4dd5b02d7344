/** Reads answers as a service provider does, with node-saml: what is fast must also be right. */
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import { decodeHtml } from '../demo/browser.js';
import { ACS, type BenchKey } from './applications.js';
import type { Sample } from './load.js';

export interface VerifyParts {
  /** base64 DER, of the identity provider. */
  readonly certificates: readonly string[];
  readonly responseSigned: boolean;
  readonly key: BenchKey;
}

/** Throws when an answer does not verify, answers another request or lacks its seven attribute values. */
export async function verifySamples(samples: readonly Sample[], parts: VerifyParts): Promise<number> {
  for (const { id, entityId, body } of samples) {
    const saml = new SAML({
      issuer: entityId,
      audience: entityId,
      callbackUrl: ACS,
      idpCert: [...parts.certificates],
      decryptionPvk: parts.key.privateKeyPem,
      wantAssertionsSigned: true,
      wantAuthnResponseSigned: parts.responseSigned,
      validateInResponseTo: ValidateInResponseTo.always,
      cacheProvider: {
        saveAsync: () => Promise.resolve(null),
        getAsync: (asked) => Promise.resolve(asked === id ? new Date().toISOString() : null),
        removeAsync: () => Promise.resolve(null),
      },
      acceptedClockSkewMs: 5000,
    });
    const encoded = /name="SAMLResponse" value="([^"]*)"/u.exec(body)?.[1];
    if (encoded === undefined) throw new Error(`no SAMLResponse in ${body.slice(0, 500)}`);
    const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: decodeHtml(encoded) });
    const values = Object.values(profile?.['attributes'] ?? {}).flat();
    if (values.length < 5) throw new Error(`attributes are missing: ${JSON.stringify(values)}`);
  }
  return samples.length;
}
