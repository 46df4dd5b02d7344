/** A person as their directory knows them: what claims are made of. */
import type { Instant, UserId } from './ids.js';

/** A group, with the security identifier that rules of AD FS know it by. */
export interface Group {
  readonly name: string;
  /** Text form: S-1-5-21-… */
  readonly sid: string;
}

export interface Person {
  readonly userId: UserId;
  readonly userName: string;
  /** Name of the directory: 'local'. */
  readonly directory: string;
  /** The issuer of the claims that the directory makes: AD_AUTHORITY unless an administrator set another. */
  readonly authority: string;
  /** DOMAIN\user. */
  readonly accountName: string;
  /** Security identifier, in text form. */
  readonly sid: string;
  readonly primaryGroupSid: string;
  readonly groups: readonly Group[];
  /** Every attribute by its name in lower case; the usual names of LDAP are among them (directory/ldap-names.ts). */
  readonly attributes: ReadonlyMap<string, readonly string[]>;
  /** Absent where their password does not expire. */
  readonly passwordExpiresAt?: Instant;
}

/** The values of an attribute, whatever the letter case of its name; none where there is no such attribute. */
export function attributeOf(person: Person, name: string): readonly string[] {
  return person.attributes.get(name.toLowerCase()) ?? [];
}
