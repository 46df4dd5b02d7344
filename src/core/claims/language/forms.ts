/** Rules that fit a template of AD FS's console, as forms, and back as text; what nobody changed keeps its text to the byte. */
import type { Rule } from '../rule.js';
import { readAuthorization, readPermitAll, writeAuthorization, writePermitAll } from './forms/authorization.js';
import { readGroup, readMap, readPass, writeGroup, writeMap, writePass } from './forms/claims.js';
import type { RuleForm } from './forms/form.js';
import { readLdap, writeLdap } from './forms/ldap.js';
import { annotationsOf } from './places.js';
import { createSource } from './source.js';

export type { RuleForm } from './forms/form.js';
export type { ValueFilter } from './forms/values.js';

const READERS: readonly ((rule: Rule) => RuleForm | undefined)[] = [readLdap, readGroup, readPermitAll, readAuthorization, readPass, readMap];

/** The form that says all that the rule says, whatever its white space and whether it names its template; undefined when none does. */
export function formOf(rule: Rule): RuleForm | undefined {
  for (const read of READERS) {
    const form = read(rule);
    if (form !== undefined) return form;
  }
  return undefined;
}

/**
 * The rule of a form, as AD FS's console writes it. Throws SignetError invalid_input when a value cannot be written in the
 * language, and names it.
 */
export function textOfForm(form: RuleForm): string {
  switch (form.template) {
    case 'LdapClaims':
      return writeLdap(form);
    case 'EmitGroupClaims':
      return writeGroup(form);
    case 'PassThroughClaims':
      return writePass(form);
    case 'MapClaims':
      return writeMap(form);
    case 'AllowAllAuthzRule':
      return writePermitAll(form);
    case 'Authorization':
      return writeAuthorization(form);
  }
}

/**
 * The text of a rule after its form was edited: as it stood when nothing changed, else as the console writes it, with the
 * annotations that are no part of a form. Throws SignetError invalid_input as textOfForm does.
 */
export function editRule(rule: Rule, form: RuleForm): string {
  const text = textOfForm(form);
  if (rule.origin.kind !== 'text') return text;
  const before = formOf(rule);
  if (before !== undefined && textOfForm(before) === text) return rule.origin.source;
  return [...otherAnnotations(rule.origin.source), text].join('\n');
}

/** '@Owner = "team"' */
function otherAnnotations(text: string): readonly string[] {
  const others = annotationsOf(createSource(text)).list.filter(({ name }) => !['rulename', 'ruletemplate'].includes(name.toLowerCase()));
  return others.map(({ name, value }) => `@${name} = "${value}"`);
}
