/** When two name identifiers are the same principal's: the strong match of SAML Core 3.3.4. */
import { NAME_ID } from '../issuance/name-identifier.js';
import type { NameIdentifier } from '../model/security-token.js';

/** A name as a message carries it: what is left out stands for its default. */
export type AskedName = Pick<NameIdentifier, 'value' | 'nameQualifier' | 'spNameQualifier'> & { readonly format?: string };

/** What an absent qualifier stands for (SAML Core 8.3.7): our name for the relying party, and its own. */
export interface QualifierDefaults {
  readonly nameQualifier: string;
  readonly spNameQualifier: string;
}

/** An absent Format says unspecified (SAML Core 2.2.3). */
export function formatOf(name: AskedName): string {
  return name.format ?? NAME_ID.unspecified;
}

/** True when value, format and both qualifiers agree. Values are compared as they stand: nobody's case is ours to fold. */
export function isSameName(given: NameIdentifier, asked: AskedName, defaults: QualifierDefaults): boolean {
  return (
    given.value === asked.value &&
    given.format === formatOf(asked) &&
    (given.nameQualifier ?? defaults.nameQualifier) === (asked.nameQualifier ?? defaults.nameQualifier) &&
    (given.spNameQualifier ?? defaults.spNameQualifier) === (asked.spNameQualifier ?? defaults.spNameQualifier)
  );
}
