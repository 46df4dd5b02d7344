/** The applications of the demo, registered the way an administrator does it. Those of an earlier start keep their settings. */
import { createMetadataRefresh, type MetadataRefresh } from '../admin/metadata-refresh.js';
import { createRelyingPartyAdmin, type RelyingPartyAdmin } from '../admin/relying-parties.js';
import { SignetError } from '../core/errors.js';
import { type RelyingPartyRecord, WSFED_BINDING } from '../core/model/relying-party.js';
import type { Clock } from '../core/ports.js';
import { randomToken } from '../crypto/random.js';
import type { Storage } from '../storage/open.js';
import { ACME_ENTITY_ID, ACME_NAME } from './acme/service-provider.js';
import { WIKI_RULES } from './wiki-rules.js';
import { ANSWER_PATH, SIGNED_OUT_PATH, WIKI_NAME, WIKI_REALM } from './wiki/requests.js';

const DOING = { actor: 'demo' } as const;

export interface ApplicationParts {
  readonly clock: Clock;
  /** Our entity ID and issuer. */
  readonly ownNames: readonly string[];
  /** Acme's metadata and the file it lies in, for `signet rp refresh`. */
  readonly metadata: { readonly xml: string; readonly path: string };
  readonly wikiUrl: string;
}

export async function registerApplications(storage: Storage, parts: ApplicationParts): Promise<void> {
  const { relyingParties, signingKeys, metadataHistory } = storage;
  const about = { relyingParties, clock: parts.clock, ownNames: parts.ownNames, fetchAllow: [] };
  const admin = createRelyingPartyAdmin({ ...about, signingKeys, makeId: randomToken });
  await registerAcme(admin, createMetadataRefresh({ ...about, metadataHistory }), parts);
  await registerWiki(admin, parts.wikiUrl);
}

/** Acme makes a new key at each start: an application that is there already gets the new metadata. */
async function registerAcme(admin: RelyingPartyAdmin, refresh: MetadataRefresh, { metadata }: ApplicationParts): Promise<void> {
  const source = { kind: 'file', location: metadata.path, bytes: Buffer.from(metadata.xml) } as const;
  if ((await findKnown(admin, ACME_ENTITY_ID)) === undefined) await admin.add(source, { name: ACME_NAME }, DOING);
  else await refresh.refresh(ACME_ENTITY_ID, source, { accept: true }, DOING);
}

/** The Wiki is registered by hand, by its realm and addresses; on another port it is another registration with the same settings. */
async function registerWiki(admin: RelyingPartyAdmin, url: string): Promise<void> {
  const addresses = [ANSWER_PATH, SIGNED_OUT_PATH].map((path) => `${url}${path}`);
  const known = await findKnown(admin, WIKI_REALM);
  if (known !== undefined) {
    if (known.metadata.replyAddresses.map((address) => address.url).join() === addresses.join()) return;
    await admin.remove(WIKI_REALM, DOING);
  }
  const about = {
    entityId: WIKI_REALM,
    replyAddresses: addresses.map((address) => ({ binding: WSFED_BINDING, url: address })),
    overrides: known?.overrides ?? { name: WIKI_NAME, rules: { transform: WIKI_RULES } },
    enabled: known?.enabled ?? true,
  };
  await admin.addByHand(about, DOING);
}

async function findKnown(admin: RelyingPartyAdmin, entityId: string): Promise<RelyingPartyRecord | undefined> {
  try {
    return await admin.find(entityId);
  } catch (error) {
    if (error instanceof SignetError && error.code === 'not_found') return undefined;
    throw error;
  }
}
