/** What the roles of an entity say about an application, each read by its own protocol, and how. */
import type { Instant } from '../../../core/model/ids.js';
import type { RelyingPartyMetadata } from '../../../core/model/relying-party.js';
import type { XmlElement } from '../../../xml/parse.js';

/** An EntityDescriptor, for who only passes it on. */
export type EntityElement = XmlElement;

export interface ReadOptions {
  readonly now: Instant;
  /** Which entity of an aggregate. */
  readonly entityId?: string;
  /** A refresh must not turn into another entity. */
  readonly keepEntityId?: string;
  /** Reply addresses with http on hosts other than this machine. */
  readonly allowHttp?: boolean;
}

/** Without what belongs to the entity as a whole. */
export type RoleFacts = Omit<RelyingPartyMetadata, 'entityId' | 'organization' | 'contacts' | 'validUntil'>;

/** What a reader of a role is given beside it. */
export interface RoleContext {
  readonly entityId: string;
  readonly allowHttp: boolean;
  /** Things worth knowing that refuse nothing, one sentence each: added to. */
  readonly findings: string[];
}
