/** What becomes of one trust of AD FS here, before anything is written. */
import type { StoreCatalogue } from '../../core/claims/attribute-store.js';
import type { RuleSetName } from '../../core/claims/rule.js';
import type { Finding } from '../../core/model/finding.js';
import type { Instant } from '../../core/model/ids.js';
import type { PartnerIdp } from '../../core/model/partner-idp.js';
import type { RelyingPartyRecord } from '../../core/model/relying-party.js';
import type { AdfsTrust } from './export.js';
import type { Carried, LeftBehind } from './trust-reader.js';

/** `ready`: goes over as it is. `look`: a person should see something first. `cannot`: it cannot be used so. */
export type Grade = 'ready' | 'look' | 'cannot';

/** One rule three ways. */
export interface ConvertedRule {
  readonly set: RuleSetName;
  /** As it stands in AD FS. */
  readonly original: string;
  /** Mappings that say the same, as JSON, where it fits a form that mappings can say; else the rule. */
  readonly ours: string;
  readonly sentence: string;
}

export interface Conversion {
  readonly kind: AdfsTrust['kind'];
  readonly file: string;
  readonly name: string;
  /** Empty where the trust has none that can be used. */
  readonly identifier: string;
  readonly grade: Grade;
  /** Undefined for `cannot`, and for partner IdPs. */
  readonly application?: Pick<RelyingPartyRecord, 'metadata' | 'overrides' | 'enabled'> & { readonly source: Omit<RelyingPartyRecord['source'], 'readAt'> };
  /** Undefined for `cannot`, and for applications. */
  readonly partner?: PartnerIdp;
  readonly rules: readonly ConvertedRule[];
  readonly carried: readonly Carried[];
  readonly leftBehind: readonly LeftBehind[];
  /** The most serious first. */
  readonly findings: readonly Finding[];
  /** What its rules and policies name that is not here: SIDs and names of groups, attribute stores. */
  readonly missing: { readonly groups: readonly string[]; readonly stores: readonly string[] };
}

/** What a trust is compared with. */
export interface ConvertContext {
  readonly now: Instant;
  readonly catalogue: StoreCatalogue;
  /** Groups of the directory. */
  readonly groups: readonly { readonly name: string; readonly sid: string }[];
  /** Whether SIGNET_INTRANET says which addresses are inside. */
  readonly intranet: boolean;
  /** Our entity ID and issuer: no application may have one of them. */
  readonly ownNames: readonly string[];
  /** Put on what is imported, beside the one that says where it came from. */
  readonly labels: readonly string[];
}
