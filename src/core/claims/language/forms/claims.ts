/** "Send Group Membership as a Claim", "Pass Through or Filter an Incoming Claim", "Transform an Incoming Claim". */
import { AD_AUTHORITY, CLAIM, CLAIM_PROPERTY } from '../../../model/claim.js';
import type { Expression, Rule } from '../../rule.js';
import type { GroupForm, MapForm, PassForm } from './form.js';
import { isPart, readClaim, readCondition } from './read.js';
import { writeFilter } from './values.js';
import { writeRule, writeString } from './write.js';

export function readGroup(rule: Rule): GroupForm | undefined {
  const condition = readCondition(rule);
  const claim = readClaim(rule);
  if (condition?.type !== CLAIM.groupSid || condition.issuer !== AD_AUTHORITY) return undefined;
  const { only } = condition;
  if (only?.kind !== 'equals' || only.anyCase || claim?.value.kind !== 'text' || !claim.inherits) return undefined;
  return { template: 'EmitGroupClaims', name: rule.name, group: only.value, type: claim.type, value: claim.value.value, format: claim.format };
}

/** Throws SignetError invalid_input, as the others do. */
export function writeGroup({ template, name, group, type, value, format }: GroupForm): string {
  const condition = `c:[Type == "${CLAIM.groupSid}", Value == ${writeString('the group', group)}, Issuer == "${AD_AUTHORITY}"]`;
  const head = `issue(Type = ${writeString('the claim type', type)}, Value = ${writeString('the value', value)}`;
  return writeRule(template, name, condition, `${head}, Issuer = c.Issuer, OriginalIssuer = c.OriginalIssuer, ValueType = c.ValueType${writeFormat(format)})`);
}

export function readPass(rule: Rule): PassForm | undefined {
  const condition = readCondition(rule);
  if (condition === undefined || condition.issuer !== undefined || rule.action.kind !== 'copy' || !rule.action.issue) return undefined;
  return { template: 'PassThroughClaims', name: rule.name, type: condition.type, only: condition.only };
}

export function writePass({ template, name, type, only }: PassForm): string {
  return writeRule(template, name, `c:[Type == ${writeString('the claim type', type)}${writeFilter(only)}]`, 'issue(claim = c)');
}

export function readMap(rule: Rule): MapForm | undefined {
  const condition = readCondition(rule);
  const claim = readClaim(rule);
  if (condition === undefined || condition.issuer !== undefined || claim?.inherits !== true) return undefined;
  const value = readValue(claim.value);
  if (value === undefined) return undefined;
  return { template: 'MapClaims', name: rule.name, from: condition.type, only: condition.only, to: claim.type, value, format: claim.format };
}

export function writeMap({ template, name, from, only, to, value, format }: MapForm): string {
  const condition = `c:[Type == ${writeString('the incoming claim type', from)}${writeFilter(only)}]`;
  const head = `issue(Type = ${writeString('the outgoing claim type', to)}, Issuer = c.Issuer, OriginalIssuer = c.OriginalIssuer`;
  return writeRule(template, name, condition, `${head}, Value = ${writeValue(value)}, ValueType = c.ValueType${writeFormat(format)})`);
}

const ADDRESS = '^(?<user>[^@]+)@(.+)$';
const USER = '${user}@';

function readValue(value: Expression): MapForm['value'] | undefined {
  if (value.kind === 'text') return { kind: 'fixed', text: value.value };
  if (isPart(value, 'value')) return { kind: 'same' };
  if (value.kind !== 'replace' || !isPart(value.input, 'value') || value.compiled?.source !== ADDRESS || value.replacement.kind !== 'text') return undefined;
  const { value: replacement } = value.replacement;
  const domain = replacement.slice(USER.length);
  return replacement.startsWith(USER) && !domain.replaceAll('$$', '').includes('$') ? { kind: 'domain', domain: domain.replaceAll('$$', '$') } : undefined;
}

function writeValue(value: MapForm['value']): string {
  if (value.kind === 'same') return 'c.Value';
  if (value.kind === 'fixed') return writeString('the value', value.text);
  return `regexreplace(c.Value, "${ADDRESS}", ${writeString('the domain', USER + value.domain.replaceAll('$', '$$$$'))})`;
}

function writeFormat(format: string | undefined): string {
  return format === undefined ? '' : `, Properties["${CLAIM_PROPERTY.format}"] = ${writeString('the format', format)}`;
}
