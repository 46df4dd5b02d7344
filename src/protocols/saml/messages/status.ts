/** Status of a response (SAML Core 3.2.2.1): one of four top-level codes, anything more specific inside it. */
import { element, escapeText } from '../../../xml/write.js';

export const STATUS_PREFIX = 'urn:oasis:names:tc:SAML:2.0:status:';

export interface Status {
  readonly top: 'Success' | 'Requester' | 'Responder' | 'VersionMismatch';
  readonly second?: string;
  /** The reference and nothing else: never a value, never a library's message. */
  readonly message?: string;
}

/** The samlp:Status element, canonical, inside a parent that declares samlp. */
export function writeStatus(status: Status): string {
  const inner = status.second === undefined ? '' : element('samlp:StatusCode', { Value: STATUS_PREFIX + status.second });
  const message = status.message === undefined ? '' : element('samlp:StatusMessage', {}, escapeText(status.message));
  return element('samlp:Status', {}, element('samlp:StatusCode', { Value: STATUS_PREFIX + status.top }, inner), message);
}
