/** Conditions of Signet's own: of simple mappings (only when …) and of access policies. Plain JSON, exactly one key names the kind. */

/** What a value is compared with; without either key it only has to be there. */
export interface ValueTest {
  /** One of these, exactly. */
  readonly is?: readonly string[];
  /** A .NET regular expression that occurs anywhere in it. */
  readonly matches?: string;
}

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** A stretch of the week. */
export interface TimeWindow {
  readonly days?: readonly Weekday[];
  /** HH:MM, both or none; a window that ends before it starts goes over midnight and belongs to the day it starts on. */
  readonly from?: string;
  readonly to?: string;
  /** IANA name of a time zone; UTC unless given. */
  readonly zone?: string;
}

export type Condition =
  | { readonly everyone: true }
  /** In one of these groups, by exact name. */
  | { readonly group: readonly string[] }
  /** By claim type; one claim of the type has to fit. */
  | ({ readonly claim: string } & ValueTest)
  /** By attribute name without regard to case; one value has to fit. */
  | ({ readonly attribute: string } & ValueTest)
  /** Ranges in CIDR notation, or inside or outside those of SIGNET_INTRANET. */
  | { readonly network: 'intranet' | 'extranet' | readonly string[] }
  /** Signed in by one of these methods (RFC 8176: pwd, otp, hwk, ...). */
  | { readonly method: readonly string[] }
  | { readonly secondFactor: true }
  | { readonly time: TimeWindow }
  /** Of the device; Signet knows no devices yet, so it never holds. */
  | { readonly device: 'registered' | 'managed' | 'compliant' }
  | { readonly not: Condition };

/** Who may use an application, and when: the rules are joined by or, the conditions of one by and, its exceptions by or. */
export interface AccessPolicy {
  /** The built-in policy it was made from, or the name an administrator gave it. */
  readonly name?: string;
  readonly rules: readonly AccessRule[];
}

export interface AccessRule {
  readonly when: readonly Condition[];
  readonly except?: readonly Condition[];
}
