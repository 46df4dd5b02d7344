/** A record of the journal as a line of the log. */
import type { SignOnRecord } from '../core/ports.js';
import type { Log } from '../ops/log.js';

/** What failed on our side is an error; everything else is information. */
export function logRecord(log: Log, entry: SignOnRecord): void {
  const { reference, event, outcome, protocol, relyingParty, user, check, tokenId } = entry;
  const fields = { ref: reference, event, outcome, protocol, app: relyingParty, user, check, tokenId };
  if (outcome === 'failed') log.error('sign-on failed', fields);
  else log.info(outcome, fields);
}
