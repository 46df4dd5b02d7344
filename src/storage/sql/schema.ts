/** The tables as types. Times are epoch milliseconds, truth values 0 or 1, documents JSON text: the same on both databases. */
import type { Generated } from 'kysely';

export interface Tables {
  readonly relying_parties: {
    readonly id: string;
    readonly version: number;
    readonly entity_id: string;
    readonly enabled: number;
    /** Lower-case text that a search looks through. */
    readonly search: string;
    readonly document: string;
  };
  /** The entity id and every further name of each party: unique over all. */
  readonly relying_party_identifiers: { readonly identifier: string; readonly relying_party_id: string };
  readonly metadata_versions: {
    readonly relying_party_id: string;
    readonly number: number;
    readonly at: number;
    readonly actor: string;
    readonly why: string;
    /** JSON text, as it stands in the document of the party. */
    readonly metadata: string;
  };
  readonly metadata_readings: {
    readonly relying_party_id: string;
    readonly next_at: number;
    /** Null where there is no source to read. */
    readonly succeeded_at: number | null;
    readonly failures: number;
    readonly document: string;
  };
  readonly held_metadata: { readonly relying_party_id: string; readonly dropped: number; readonly document: string };
  readonly users: {
    readonly id: string;
    readonly version: number;
    /** normalizeUserName(userName): unique. */
    readonly name_key: string;
    /** Lower-case e-mail: not unique. */
    readonly email_key: string | null;
    readonly enabled: number;
    readonly role: string;
    readonly search: string;
    /** Beside the document, so that a re-hash changes nothing else. */
    readonly password_hash: string | null;
    readonly document: string;
  };
  readonly user_groups: { readonly user_id: string; readonly group_name: string };
  readonly persistent_names: { readonly user_id: string; readonly sp_name_qualifier: string; readonly name_value: string; readonly created_at: number };
  readonly signing_keys: {
    readonly id: string;
    readonly version: number;
    readonly state: string;
    readonly created_at: number;
    readonly sealed_private_key: string;
    readonly document: string;
  };
  readonly journal: {
    /** The order of writing. */
    readonly seq: Generated<number>;
    readonly id: string;
    readonly at: number;
    readonly reference: string;
    readonly user_key: string | null;
    readonly relying_party: string | null;
    readonly event: string;
    readonly outcome: string;
    readonly document: string;
  };
  readonly changes: {
    readonly seq: Generated<number>;
    readonly at: number;
    readonly actor: string;
    readonly action: string;
    readonly kind: string;
    readonly object_id: string;
    readonly before_json: string | null;
    readonly after_json: string | null;
  };
  readonly settings: { readonly name: string; readonly setting_value: string };
  /** One row: raised by each change of configuration; its lock puts those changes in a line. */
  readonly configuration_version: { readonly id: number; readonly counter: number };
  readonly ephemeral: {
    readonly kind: string;
    readonly entry_key: string;
    readonly entry_value: string;
    readonly expires_at: number;
    readonly index_key: string | null;
  };
}
