/** Rules that fit a form of AD FS's console, as simple mappings that say the same (claims.md). */
import { checkClaimMappings } from '../../core/claims/mappings/check-mappings.js';
import { formOf, type RuleForm, type ValueFilter } from '../../core/claims/language/forms.js';
import type { Rule } from '../../core/claims/rule.js';
import { CLAIM } from '../../core/model/claim.js';
import type { ClaimChange, ClaimMapping } from '../../core/model/claim-mapping.js';
import { writeClaimMappings } from '../claim-data.js';

/** The mappings as JSON; undefined where a mapping would say something else. */
export function mappingsFor(rule: Rule): string | undefined {
  const form = formOf(rule);
  const mappings = form === undefined ? undefined : mappingsOf(form);
  return mappings === undefined || checkClaimMappings(mappings) !== undefined ? undefined : writeClaimMappings(mappings);
}

function mappingsOf(form: RuleForm): readonly ClaimMapping[] | undefined {
  switch (form.template) {
    case 'LdapClaims':
      return form.attributes.map(({ attribute, type }) => ({ ...named(form), claim: type, from: [{ attribute }] }));
    case 'EmitGroupClaims':
      return [
        {
          ...named(form),
          claim: form.type,
          from: [{ constant: form.value }],
          onlyWhen: [{ claim: CLAIM.groupSid, is: [form.group] }],
          ...formatOf(form.type, form.format),
        },
      ];
    case 'PassThroughClaims':
      // A name identifier takes its format and qualifiers along, which a mapping would not.
      if (form.type === CLAIM.nameIdentifier) return undefined;
      return [{ ...named(form), claim: form.type, from: [{ claim: form.type }], ...changes(filter(form.only)) }];
    case 'MapClaims':
      return mapClaim(form);
    case 'AllowAllAuthzRule':
    case 'Authorization':
      return undefined;
  }
}

function mapClaim(form: Extract<RuleForm, { template: 'MapClaims' }>): readonly ClaimMapping[] {
  const { from, to, only, value } = form;
  const common = { ...named(form), claim: to, ...formatOf(to, form.format) };
  if (value.kind === 'fixed')
    return [{ ...common, from: [{ constant: value.text }], onlyWhen: [{ claim: from, ...(only === undefined ? {} : { matches: patternOf(only) }) }] }];
  const domain: readonly ClaimChange[] =
    value.kind === 'same' ? [] : [{ replace: '^(?<user>[^@]+)@(.+)$', with: `\${user}@${value.domain.replaceAll('$', '$$$$')}` }];
  return [{ ...common, from: [{ claim: from }], ...changes([...filter(only), ...domain]) }];
}

function named({ name }: RuleForm): Pick<ClaimMapping, 'name'> {
  return name === undefined ? {} : { name };
}

function formatOf(type: string, format: string | undefined): Pick<ClaimMapping, 'nameIdFormat'> {
  return format === undefined || type !== CLAIM.nameIdentifier ? {} : { nameIdFormat: format };
}

function changes(steps: readonly ClaimChange[]): Pick<ClaimMapping, 'change'> {
  return steps.length === 0 ? {} : { change: steps };
}

function filter(only: ValueFilter | undefined): readonly ClaimChange[] {
  return only === undefined ? [] : [{ keep: patternOf(only) }];
}

function patternOf(only: ValueFilter): string {
  const text = only.value.replaceAll(/[\\*+?|{}[\]()^$.#]/gu, String.raw`\$&`);
  if (only.kind === 'equals') return only.anyCase ? `^(?i)${text}$` : `^${text}\\z`;
  return only.kind === 'starts' ? `^(?i)${text}` : `(?i)@${text}$`;
}
