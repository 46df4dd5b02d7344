/** Simple claim mappings, as data: where the values of a claim come from, what is done to them, and the name under which they leave. */
import type { Condition } from './condition.js';

/** Facts of the sign-in that can be sent. */
export type SignInFact = 'method' | 'context-class' | 'time' | 'address' | 'network' | 'user-name' | 'directory';

/** Names of Signet's own making by which one application knows a person. */
export type IdentifierKind = 'persistent' | 'pairwise' | 'transient';

/** One place values come from. */
export type ClaimSource =
  /** A claim that is there when the mapping runs, by its type URI: the directory's, or one of an earlier mapping. */
  | { readonly claim: string }
  /** An attribute of the person, by its name, without regard to case. */
  | { readonly attribute: string }
  /** The same text for everybody. */
  | { readonly constant: string }
  /** Names of the person's groups that fit; * stands for any characters, without regard to case. */
  | { readonly group: string }
  | { readonly fact: SignInFact }
  | { readonly identifier: IdentifierKind };

/** One step of what becomes of the values, in order; each but join and first works on every value by itself. */
export type ClaimChange =
  | 'lowercase'
  | 'uppercase'
  | 'trim'
  /** Only the first value. */
  | 'first'
  /** What stands before the first occurrence of the text; the value itself where it does not occur. */
  | { readonly before: string }
  /** What stands after the first occurrence. */
  | { readonly after: string }
  /** All values as one, with the text between them. */
  | { readonly join: string }
  /** Each value as several, cut at the text. */
  | { readonly split: string }
  /** Every occurrence of a .NET regular expression, replaced. */
  | { readonly replace: string; readonly with: string }
  /** Only values in which the .NET regular expression occurs. */
  | { readonly keep: string }
  /** One value for another, exactly; what is not listed is left out, or kept as it is. */
  | { readonly map: Readonly<Record<string, string>>; readonly others?: 'drop' | 'keep' };

/**
 * One claim to send. CLAIM.nameIdentifier becomes the name of the token's subject, CLAIM.issuerId the token's issuer;
 * every other type becomes an attribute.
 */
export interface ClaimMapping {
  /** What people call it. */
  readonly name?: string;
  /** The claim type URI as the application sees it, or a plain name where it knows the attribute by one. */
  readonly claim: string;
  /** In order: the first that has any value gives all of them. */
  readonly from: readonly ClaimSource[];
  /** All have to hold, or the mapping gives nothing. */
  readonly onlyWhen?: readonly Condition[];
  /** Only values in one of these domains, or below one, count: what follows the last @, without regard to case. */
  readonly domains?: readonly string[];
  readonly change?: readonly ClaimChange[];
  /**
   * What becomes of each value at the end: {value} stands for it, {domain} for what follows its last @, or for the entry of
   * `domains` that it lies in (the longest). A value without @ gives none then.
   */
  readonly template?: string;
  /** Of CLAIM.nameIdentifier: the format URI. */
  readonly nameIdFormat?: string;
  readonly nameQualifier?: string;
  readonly spNameQualifier?: string;
  /** Of an attribute in SAML 2.0. */
  readonly nameFormat?: string;
  readonly friendlyName?: string;
  /** XML Schema type URI of the values; a string unless given. */
  readonly valueType?: string;
  /** Without a value nobody is signed on. */
  readonly required?: boolean;
}
