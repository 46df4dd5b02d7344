/** Rules as the forms of AD FS's console have them: one for each of its templates (adfs.md 7). */
import type { ValueFilter } from './values.js';

interface Named {
  /** @RuleName */
  readonly name: string | undefined;
}

/** Send LDAP attributes as claims. */
export interface LdapForm extends Named {
  readonly template: 'LdapClaims';
  /** Attributes of the store "Active Directory", each with the claim type its values are sent as. */
  readonly attributes: readonly { readonly attribute: string; readonly type: string }[];
}

/** Send group membership as a claim. */
export interface GroupForm extends Named {
  readonly template: 'EmitGroupClaims';
  /** SID of the group. */
  readonly group: string;
  readonly type: string;
  readonly value: string;
  /** NameID format, where the type is the name identifier. */
  readonly format: string | undefined;
}

/** Pass through or filter an incoming claim. */
export interface PassForm extends Named {
  readonly template: 'PassThroughClaims';
  readonly type: string;
  readonly only: ValueFilter | undefined;
}

/** Transform an incoming claim. */
export interface MapForm extends Named {
  readonly template: 'MapClaims';
  readonly from: string;
  readonly only: ValueFilter | undefined;
  readonly to: string;
  /** The value as it is, another in its place, or with another domain after its @. */
  readonly value: { readonly kind: 'same' } | { readonly kind: 'fixed'; readonly text: string } | { readonly kind: 'domain'; readonly domain: string };
  /** NameID format, where `to` is the name identifier. */
  readonly format: string | undefined;
}

/** Permit access to all users. */
export interface PermitAllForm extends Named {
  readonly template: 'AllowAllAuthzRule';
}

/** Permit or deny users based on an incoming claim. */
export interface AuthorizationForm extends Named {
  readonly template: 'Authorization';
  readonly type: string;
  readonly only: ValueFilter;
  readonly effect: 'permit' | 'deny';
}

export type RuleForm = LdapForm | GroupForm | PassForm | MapForm | PermitAllForm | AuthorizationForm;
