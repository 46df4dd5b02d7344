/** The attribute stores that the built-in directory stands behind. */
import type { BuiltInStore } from '../core/claims/attribute-store.js';
import type { Clock } from '../core/ports.js';
import { type ActiveDirectoryParts, createActiveDirectoryStore } from './active-directory-store.js';
import { createPasswordExpiryStore } from './password-expiry-store.js';
import { createProxyCredentialStore } from './proxy-credential-store.js';

export interface DirectoryStoreParts extends ActiveDirectoryParts {
  readonly clock: Pick<Clock, 'now'>;
  /** Where people change their password. */
  readonly changeUrl: string;
}

export function createDirectoryStores(parts: DirectoryStoreParts): readonly BuiltInStore[] {
  return [createActiveDirectoryStore(parts), createPasswordExpiryStore(parts), createProxyCredentialStore()];
}
