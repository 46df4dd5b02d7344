/** Why somebody has the name that they have where no rule gives one (docs/claims.md, "The name identifier"). */
import { NAME_ID } from '../core/issuance/name-identifier.js';
import type { NameIdentifier } from '../core/model/security-token.js';

const VALUES: Readonly<Record<string, string>> = {
  [NAME_ID.unspecified]: 'the user name',
  [NAME_ID.email]: 'the e-mail address',
  [NAME_ID.persistent]: 'one that is made at the first sign-on and kept; a preview keeps none',
  [NAME_ID.transient]: 'a new one in every token',
};

/** A clause about a name that no rule gave. */
export function reasonOfName({ format }: NameIdentifier): string {
  return `no rule gives it, so it follows its format ${format}: ${VALUES[format] ?? 'an attribute of the person'}`;
}
