/** An attribute store as it stands in a file of configuration. Its password never does: it is kept beside the address it was given for (M13). */
import { z } from 'zod';
import { SignetError } from '../../core/errors.js';
import type { StoreRegistration } from '../../core/model/store-registration.js';
import { readStoreName } from '../attribute-stores.js';
import { strict } from '../claim-schema.js';
import { readSqlAddress } from '../store-address.js';
import { FORMAT, FORMAT_SCHEMA } from './application-document.js';

/** Known keys only (M10). */
export const STORE_SCHEMA = strict({
  signet: FORMAT_SCHEMA,
  store: z.string('give a text'),
  kind: z.literal('sql', 'give sql'),
  url: z.string('give a text'),
});
export type StoreDocument = z.infer<typeof STORE_SCHEMA>;

export function storeDocument({ name, kind, url }: StoreRegistration): StoreDocument {
  return { signet: FORMAT, store: name, kind, url };
}

/**
 * The store as described; it keeps its password as long as the address stays. Throws invalid_input for a name or an
 * address that cannot be used, and for one with a password.
 */
export function storeRegistration(document: StoreDocument, before: StoreRegistration | undefined): StoreRegistration {
  const name = readStoreName(document.store);
  const { url, password } = readSqlAddress(document.url);
  if (password !== undefined) {
    throw new SignetError(
      'invalid_input',
      'the address holds a password, which does not belong into a file; take it out and give it with: signet store add sql --replace',
    );
  }
  const kept = before?.url === url ? before.sealedPassword : undefined;
  return { name, kind: document.kind, url, ...(kept === undefined ? {} : { sealedPassword: kept }) };
}
