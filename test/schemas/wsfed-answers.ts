/** Every kind of answer of WS-Federation, as the route gives it. */
import type { KeyAlgorithm } from '../../src/core/model/signing-key.js';
import { type RelyingPartyOverrides, resolveRelyingParty, type TrustVersion } from '../../src/core/model/relying-party.js';
import { keyPairOf, testIdpWith } from '../support/saml-idp.js';
import { aWsfedRecord, REALM, signInQuery } from '../support/wsfed-party.js';

export interface AnswerKind {
  readonly tokenType: 'saml11' | 'saml20';
  readonly trustVersion: TrustVersion;
  readonly encrypted: boolean;
  readonly words: string;
}

export const ANSWER_KINDS: readonly AnswerKind[] = (['saml11', 'saml20'] as const).flatMap((tokenType) =>
  (['2005', '1.3'] as const).flatMap((trustVersion) =>
    [false, true].map((encrypted) => ({
      tokenType,
      trustVersion,
      encrypted,
      words: `SAML ${tokenType === 'saml11' ? '1.1' : '2.0'} in WS-Trust ${trustVersion}${encrypted ? ', encrypted' : ''}`,
    })),
  ),
);

export interface Answer {
  readonly wresult: string;
  /** Of the signature. */
  readonly certificate: string;
  /** For encrypted ones. */
  readonly privateKey: Buffer;
}

/** An answer of that kind, about maria. */
export async function answerOf(kind: AnswerKind, algorithm: KeyAlgorithm = 'RSA-2048', overrides: RelyingPartyOverrides = {}): Promise<Answer> {
  const party = await keyPairOf('wiki.example');
  const { tokenType, trustVersion } = kind;
  const resolved = resolveRelyingParty(aWsfedRecord({}, { tokenType, trustVersion, ...overrides }));
  const idp = await testIdpWith({ algorithm }, kind.encrypted ? { ...resolved, encryptionKeys: [{ certificate: party.certificate, methods: [] }] } : resolved);
  const reply = await idp.get('/wsfed', signInQuery({ wtrealm: REALM }));
  if (reply.kind !== 'post-form') throw new Error(`got ${JSON.stringify(reply).slice(0, 300)}`);
  return { wresult: reply.fields['wresult'] ?? '', certificate: idp.certificate, privateKey: party.privateKey };
}
