/** Security identifiers in text form (MS-DTYP 2.4.2.1). */
import { createHash } from 'node:crypto';
import type { LocalDirectorySettings } from './model/directory.js';

/** S-1-…: revision 1, an authority, 1 to 15 numbers of 32 bits. */
export const SID = /^S-1-\d{1,15}(?:-\d{1,10}){1,15}$/u;

/**
 * A SID for somebody or something that has none: always the same, and never one that exists. The 128 bits behind
 * S-1-5-21 are a hash, so that nobody can choose a name that gets the SID of another, and no Active Directory has it.
 * @param base tells installations apart
 */
export function generatedSid(base: string, kind: 'user' | 'group' | 'primary-group', key: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([base, kind, key]))
    .digest();
  return `S-1-5-21-${[0, 4, 8, 12].map((at) => String(digest.readUInt32BE(at))).join('-')}`;
}

/** The SID of a group: the one that was set, else a generated one. */
export function groupSid(name: string, { groupSids, sidBase }: Pick<LocalDirectorySettings, 'groupSids' | 'sidBase'>): string {
  const given = Object.hasOwn(groupSids, name) ? groupSids[name] : undefined;
  return given ?? generatedSid(sidBase, 'group', name);
}
