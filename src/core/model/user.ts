/** People of the built-in directory. */
import type { Instant, UserId } from './ids.js';

/** A person in Signet's own tables. */
export interface User {
  readonly id: UserId;
  /** Raised by each save; a save names the version it read (optimistic locking). */
  readonly version: number;
  /** As typed at sign-in; unique without regard to case. */
  readonly userName: string;
  readonly email?: string;
  readonly givenName?: string;
  readonly surname?: string;
  readonly displayName?: string;
  readonly groups: readonly string[];
  /** Free attributes; every one may have several values. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  readonly enabled: boolean;
  /** Administrative role, by local grant only. The first administrator is the owner. */
  readonly role: 'none' | 'admin' | 'owner';
  /** PHC string of the password hash; absent when no password is set. */
  readonly passwordHash?: string;
  readonly passwordChangedAt?: Instant;
  readonly createdAt: Instant;
}

/**
 * The form in which user names are compared: NFC, lower case, without surrounding white space.
 * Names with control or format characters are refused where they are created (threats A12).
 */
export function normalizeUserName(name: string): string {
  return name.trim().normalize('NFC').toLowerCase();
}
