/** SessionIndex: one name per session and relying party, so that relying parties cannot link sessions (SAML Core 2.7.2, E38). */
import { createBoundedMap } from '../core/bounded-map.js';
import type { SsoSession } from '../core/model/sso-session.js';
import type { SecretBox } from '../crypto/secret-box.js';

const BYTES = 20;
/** Sessions whose indexes are remembered: a person goes back to the same applications all day. */
const REMEMBERED = 10_000;

/** '_' and 160 bits in hex, an NCName: the same for the same session and relying party, and telling nothing without the secret key. */
export function createSessionIndex(box: SecretBox): (session: SsoSession, entityId: string) => string {
  const known = createBoundedMap<string, string>(REMEMBERED);
  const make = (name: string): string => {
    const code = Buffer.from(box.mac('session-index', name), 'base64url');
    return `_${code.subarray(0, BYTES).toString('hex')}`;
  };
  return (session, entityId) => {
    const name = `${session.id} ${entityId}`;
    const before = known.get(name);
    if (before !== undefined) return before;
    const index = make(name);
    known.set(name, index);
    return index;
  };
}
