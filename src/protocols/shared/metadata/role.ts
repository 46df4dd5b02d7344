/** What the roles of an entity say about an application, each read by its own protocol, and how. */
import type { Instant } from '../../../core/model/ids.js';
import type { RelyingPartyMetadata } from '../../../core/model/relying-party.js';
import type { XmlElement } from '../../../xml/parse.js';
import type { Report } from './report.js';

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
  /** base64 DER: the signature of the root has to be of one of these keys, and there has to be one (IIP-MD03). */
  readonly certificates?: readonly string[];
  /** It has to say until when it counts, at most so many days ahead (IIP-MD04); undefined: it need not. */
  readonly maxDays?: number | undefined;
  /** Fetched from an address that everybody can reach. */
  readonly publicAddress?: boolean;
}

/** Without what belongs to the entity as a whole. */
export type RoleFacts = Omit<RelyingPartyMetadata, 'entityId' | 'organization' | 'contacts' | 'validUntil'>;

/** What a reader of a role is given beside it. */
export interface RoleContext {
  readonly entityId: string;
  readonly allowHttp: boolean;
  readonly now: Instant;
  readonly report: Report;
  /** Certificates that were told about already: roles often share one. */
  readonly seen: Set<string>;
}
