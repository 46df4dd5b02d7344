/** What decoding knows: our own keys, and the applications with their certificates, names and addresses. */
import { everyApplication } from '../every-application.js';
import { identifiersOf, resolveRelyingParty } from '../../core/model/relying-party.js';
import type { Instant } from '../../core/model/ids.js';
import type { RelyingParties, SigningKeys } from '../../core/ports.js';
import type { DecodeContext, KnownKey, KnownParty } from './decoded.js';

export interface DecodeSources {
  readonly keys: Pick<SigningKeys, 'list'>;
  readonly relyingParties: Pick<RelyingParties, 'list'>;
  /** Names under which we issue. */
  readonly issuers: readonly string[];
  readonly baseUrl: string;
  readonly now: Instant;
}

/** Reads them from the store. */
export async function loadDecodeContext({ keys, relyingParties, issuers, baseUrl, now }: DecodeSources): Promise<DecodeContext> {
  const own = (await keys.list()).map(({ id, state, certificate }): KnownKey => ({
    certificate,
    whose: `our signing key ${id} (${state === 'retired' ? 'old' : state})`,
  }));
  const parties: KnownParty[] = [];
  const theirs: KnownKey[] = [];
  for await (const record of everyApplication(relyingParties)) {
    const { name, replyAddresses, signingCertificates } = resolveRelyingParty(record);
    parties.push({ name, identifiers: identifiersOf(record), replyAddresses: replyAddresses.map(({ url }) => url) });
    theirs.push(...signingCertificates.map((certificate) => ({ certificate, whose: name })));
  }
  return { now, keys: [...own, ...theirs], here: { issuers: [...new Set(issuers)], baseUrl, parties } };
}
