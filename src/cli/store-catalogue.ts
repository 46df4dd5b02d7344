/** What rules can be checked against beside a running node: the attribute stores as they are set now. */
import { assembleClaims, type Claims, type ClaimSources } from '../app/claims.js';
import type { Clock } from '../core/ports.js';
import { createSecretBox } from '../crypto/secret-box.js';
import type { Opened } from './context.js';

/** Nothing is opened before it is asked for. `onError` is told of what cannot be read. */
export function storeCatalogue({ storage, loaded, secretKey }: Opened, clock: Clock, onError: ClaimSources['onError']): Claims['stores']['catalogue'] {
  return (coming) => assembleClaims({ settings: loaded.settings, storage, box: createSecretBox(secretKey), clock, onError }).stores.catalogue(coming);
}
