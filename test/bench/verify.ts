/** Reads answers as an application does, with nothing of ours: what is fast must also be right. */
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import { createFirstUse } from '../../src/demo/shared/newest.js';
import { receiveResult } from '../../src/demo/wiki/receive.js';
import { decodeHtml } from '../demo/browser.js';
import { ACS, type BenchKey } from './applications.js';
import type { Sample } from './load.js';

/** Throws when an answer does not verify, answers another request or lacks its seven attribute values. */
export type Verify = (sample: Sample) => Promise<void>;

export interface SamlParts {
  /** base64 DER, of the identity provider. */
  readonly certificates: readonly string[];
  readonly responseSigned: boolean;
  readonly key: BenchKey;
}

/** With node-saml. */
export function verifySaml(parts: SamlParts): Verify {
  return async ({ id, entityId, body }) => {
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
    const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: field(body, 'SAMLResponse') });
    mustBeComplete(Object.values(profile?.['attributes'] ?? {}).flat());
  };
}

/** With what the Wiki of the demo makes of tokens: xml-crypto, and nothing of ours. */
export function verifyWsfed(issuer: { readonly name: string; readonly certificates: readonly string[] }): Verify {
  const firstUse = createFirstUse();
  return ({ id, entityId, body }) => {
    const now = (): number => Date.now();
    const asked = { wctx: field(body, 'wctx'), browser: '', wanted: '/', fresh: false, at: now() };
    if (asked.wctx !== id) throw new Error(`wctx is ${asked.wctx}, not ${id}`);
    const received = receiveResult({ issuer: { ...issuer, passiveUrl: '' }, realm: entityId, now, firstUse }, asked, field(body, 'wresult'));
    if (received.kind === 'refused') throw new Error(`${received.refused.what}: ${received.refused.sentence}`);
    mustBeComplete(received.who.token.claims.flatMap((claim) => claim.values));
    return Promise.resolve();
  };
}

function field(body: string, name: string): string {
  const encoded = new RegExp(`name="${name}" value="([^"]*)"`, 'u').exec(body)?.[1];
  if (encoded === undefined) throw new Error(`no ${name} in ${body.slice(0, 500)}`);
  return decodeHtml(encoded);
}

function mustBeComplete(values: readonly unknown[]): void {
  if (values.length < 5) throw new Error(`attributes are missing: ${JSON.stringify(values)}`);
}
