/** SessionIndex: one name per session and relying party, so that relying parties cannot link sessions (SAML Core 2.7.2, E38). */
import type { SsoSession } from '../core/model/sso-session.js';
import type { SecretBox } from '../crypto/secret-box.js';

const BYTES = 20;

/** '_' and 160 bits in hex, an NCName: the same for the same session and relying party, and telling nothing without the secret key. */
export function createSessionIndex(box: SecretBox): (session: SsoSession, entityId: string) => string {
  return (session, entityId) => {
    const code = Buffer.from(box.mac('session-index', `${session.id} ${entityId}`), 'base64url');
    return `_${code.subarray(0, BYTES).toString('hex')}`;
  };
}
