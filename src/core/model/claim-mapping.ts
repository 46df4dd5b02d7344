/** Simple claim mappings, as data: where the values of a claim come from, what is done to them, and the name under which they leave. */

/** One place values come from. */
export type ClaimSource =
  /** A claim that a directory filled, by its type URI. */
  | { readonly claim: string }
  /** A free attribute of the person, by its name, without regard to case. */
  | { readonly attribute: string }
  /** The same text for everybody. */
  | { readonly constant: string };

/**
 * One claim to send. CLAIM.nameIdentifier becomes the name of the token's subject, CLAIM.issuerId the token's issuer;
 * every other type becomes an attribute.
 */
export interface ClaimMapping {
  /** The claim type URI as the application sees it, or a plain name where it knows the attribute by one. */
  readonly claim: string;
  /** In order: the first that has any value gives all of them. */
  readonly from: readonly ClaimSource[];
  /** Only values in one of these domains, or below one, count: what follows the last @, without regard to case. */
  readonly domains?: readonly string[];
  /**
   * What becomes of each value: {value} stands for it, {domain} for what follows its last @, or for the entry of `domains`
   * that it lies in (the longest). A value without @ gives none then.
   */
  readonly template?: string;
  /** Of CLAIM.nameIdentifier: the format URI. */
  readonly nameIdFormat?: string;
  /** Without a value nobody is signed on. */
  readonly required?: boolean;
}
