/** What may become a key: what people type and what messages carry has no bound, an index entry has. */
import { createHash } from 'node:crypto';

const LONGEST = 200;

/** The key as it is, or its SHA-256 where it is long or holds a NUL, which PostgreSQL's text does not know. */
export function boundedKey(key: string): string {
  return key.length <= LONGEST && !key.includes('\0') ? key : `sha256:${createHash('sha256').update(key).digest('base64url')}`;
}
