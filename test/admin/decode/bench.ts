/** Something to decode with: our identity provider, an application that signs, one of WS-Federation, and somebody who is not known. */
import { expect } from 'chai';
import { loadDecodeContext } from '../../../src/admin/decode/context.js';
import { decode } from '../../../src/admin/decode/decode.js';
import type { DecodeContext, Decoded, DecodedMessage } from '../../../src/admin/decode/decoded.js';
import { asId } from '../../../src/core/model/ids.js';
import { resolveRelyingParty, type RelyingPartyRecord } from '../../../src/core/model/relying-party.js';
import { aMetadata, aRecord, NOW } from '../../support/builders.js';
import { memoryRelyingParties } from '../../support/memory-repositories.js';
import { authnRequest, BASE, IDP_ENTITY_ID, isForm, keyPairOf, redirectQuery, type TestIdp, testIdpWith, WSFED_ISSUER } from '../../support/saml-idp.js';
import { aWsfedRecord } from '../../support/wsfed-party.js';

export type Pair = Awaited<ReturnType<typeof keyPairOf>>;

export interface DecodeBench {
  readonly idp: TestIdp;
  readonly app: Pair;
  readonly stranger: Pair;
  readonly record: RelyingPartyRecord;
  /** Everything known, at the time of the identity provider. */
  readonly context: DecodeContext;
  contextAt(now: number): Promise<DecodeContext>;
  decodedOf(input: string | Buffer, within?: DecodeContext): Promise<Decoded>;
  /** The one message in it. */
  one(input: string | Buffer, within?: DecodeContext): Promise<DecodedMessage>;
  /** A Response of ours, signed twice. */
  answer(): Promise<string>;
}

export async function decodeBench(): Promise<DecodeBench> {
  const [app, stranger] = [await keyPairOf('sp.example'), await keyPairOf('stranger', 'P-256')];
  const record = aRecord({ metadata: aMetadata({ signingCertificates: [app.certificate] }) });
  const records = [record, aWsfedRecord()];
  const idp = await testIdpWith({}, ...records.map(resolveRelyingParty));
  const contextAt = (now: number): Promise<DecodeContext> =>
    loadDecodeContext({
      keys: { list: () => Promise.resolve([{ id: asId('key-1'), state: 'active', certificate: idp.certificate }] as never) },
      relyingParties: memoryRelyingParties(...records),
      issuers: [IDP_ENTITY_ID, WSFED_ISSUER],
      baseUrl: BASE,
      now,
    });
  const context = await contextAt(NOW);
  const decodedOf: DecodeBench['decodedOf'] = (input, within = context) => decode(Buffer.from(input), within);
  return {
    idp,
    app,
    stranger,
    record,
    context,
    contextAt,
    decodedOf,
    one: async (input, within) => {
      const { messages } = await decodedOf(input, within);
      const [message] = messages;
      expect(messages).to.have.length(1);
      return message ?? expect.fail('no message');
    },
    answer: async () => isForm(await idp.get('/saml/sso', redirectQuery(authnRequest(idp.clock)))).xml,
  };
}

export function valueOf({ sections }: DecodedMessage, name: string): string | undefined {
  return sections.flatMap(({ fields }) => fields).find((field) => field.name === name)?.value;
}

/** Each once. */
export function idsOf({ findings }: DecodedMessage): readonly string[] {
  return [...new Set(findings.map(({ id }) => id))].sort();
}

export function verdicts({ signatures }: DecodedMessage): readonly boolean[] {
  return signatures.map(({ verified }) => verified);
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
