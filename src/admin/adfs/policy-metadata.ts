/**
 * PolicyMetadata, the XML in which AD FS 2016 and later keep an access control policy (adfs.md 9), as conditions of ours. Nobody
 * gets in by what cannot be said here: a rule with such a condition, or such an exception, is left out as a whole.
 */
import { SignetError } from '../../core/errors.js';
import { CLAIM } from '../../core/model/claim.js';
import type { AccessPolicy, AccessRule, Condition } from '../../core/model/condition.js';
import { NS } from '../../xml/names.js';
import { parseXml, type XmlElement } from '../../xml/parse.js';
import { childElements, leafText } from '../../xml/read.js';
import { show } from '../setting-values.js';
import { groupConditions } from './policy-groups.js';
import { networkConditions } from './policy-networks.js';

export interface ReadPolicy {
  readonly policy: AccessPolicy;
  /** The policy wants a new sign-in for each token. */
  readonly fresh: boolean;
  /** One sentence part for each rule that was left out: 'rule 2: it has a condition of the kind …'. */
  readonly omitted: readonly string[];
}

/** What stands in a condition. */
interface Part {
  readonly kind: string;
  readonly operator: string;
  readonly values: readonly string[];
  readonly claimType: string | undefined;
}

/** What a condition of AD FS is made of; each once. */
const PARTS: readonly string[] = ['ClaimType', 'Operator', 'Values', 'Parameter', 'ParameterName'];
/** As many rules as a policy may have. */
const MOST_WAYS = 50;

/** Cannot be said in conditions of ours. */
class Inexpressible extends Error {}

/**
 * @param name what the policy is called
 * @param parameters values that the policy is given for the trust, by parameter
 * Throws invalid_input for what is no such XML.
 */
export function readPolicyMetadata(xml: string, name: string, parameters: ReadonlyMap<string, readonly string[]>): ReadPolicy {
  const root = parse(xml);
  const rules: AccessRule[] = [];
  const omitted: string[] = [];
  const elements = inside(root, 'IssuanceAuthorizationRules').filter(({ local }) => local === 'Rule');
  for (const [at, element] of elements.entries()) {
    try {
      rules.push(...readRule(element, parameters));
    } catch (error) {
      if (!(error instanceof Inexpressible)) throw error;
      omitted.push(`rule ${String(at + 1)}: ${error.message}`);
    }
  }
  return { policy: { name, rules }, fresh: textIn(root, 'RequireFreshAuthentication').toLowerCase() === 'true', omitted };
}

function parse(xml: string): XmlElement {
  let root: XmlElement;
  try {
    root = parseXml(xml.replace(/^\uFEFF/u, '').trim(), { comments: 'drop' });
  } catch (error) {
    throw new SignetError('invalid_input', `the policy cannot be read: ${error instanceof Error ? error.message : 'no XML'}`, { cause: error });
  }
  if (root.local !== 'PolicyMetadata') throw new SignetError('invalid_input', `the policy cannot be read: it is ${show(root.local)}, not PolicyMetadata`);
  return root;
}

/** One rule of AD FS; several of ours where one of its conditions is met in more than one way. */
function readRule(element: XmlElement, parameters: ReadonlyMap<string, readonly string[]>): readonly AccessRule[] {
  const stray = childElements(element).find(({ local }) => !/^(?:conditions|except(?:ions|conditions)?|name|displayname|description)$/iu.test(local));
  if (stray !== undefined) throw new Inexpressible(`it has a part ${show(stray.local)}, which Signet does not know`);
  const parts = (wanted: RegExp): readonly Part[] =>
    childElements(element)
      .filter(({ local }) => wanted.test(local))
      .flatMap(childElements)
      .map((condition) => readPart(condition, parameters));
  const conditions = parts(/^conditions$/iu);
  if (conditions.length === 0) throw new Inexpressible('it has no condition');
  const except = parts(/^except/iu).flatMap((part) => conditionsOf(part, 'except'));
  const ways = conditions.map((part) => conditionsOf(part, 'when'));
  // Multiplied out below: a few conditions would fill the memory.
  if (ways.reduce((all, way) => all * way.length, 1) > MOST_WAYS) throw new Inexpressible(`it can be met in more than ${String(MOST_WAYS)} ways`);
  const whens = ways.reduce<readonly (readonly Condition[])[]>((all, way) => all.flatMap((before) => way.map((condition) => [...before, condition])), [[]]);
  return whens.map((when) => ({ when, ...(except.length === 0 ? {} : { except }) }));
}

function readPart(element: XmlElement, parameters: ReadonlyMap<string, readonly string[]>): Part {
  const inner = childElements(element).map(({ local }) => local);
  const stray = inner.find((local, at) => !PARTS.includes(local) || inner.indexOf(local) !== at);
  if (stray !== undefined) throw new Inexpressible(`it has a condition with a part ${show(stray)}, which Signet does not know, or twice`);
  const type = element.attributes.find(({ ns, local }) => ns === NS.xsi && local === 'type')?.value ?? '';
  const named = textIn(element, 'ParameterName') || textIn(element, 'Parameter');
  const given = inside(element, 'Values').map(leafText);
  if (named !== '' && !parameters.has(named.toLowerCase())) throw new Inexpressible(`it wants the parameter ${show(named)}, which has no value`);
  return {
    kind: type.slice(type.indexOf(':') + 1).replace(/Condition$/u, ''),
    operator: textIn(element, 'Operator').toLowerCase(),
    values: [...given, ...(parameters.get(named.toLowerCase()) ?? [])],
    claimType: textIn(element, 'ClaimType') || undefined,
  };
}

/** The ways in which it holds: any of them. As an exception it has to hold wherever AD FS's would, so letter case does not count there. */
function conditionsOf(part: Part, place: 'when' | 'except'): readonly Condition[] {
  const negated = /^(?:not|doesnot|isnot)/u.test(part.operator);
  if (!['', 'equals', 'ispresent', 'notequals', 'doesnotequal', 'isnotpresent'].includes(part.operator)) {
    throw new Inexpressible(`it has the operator ${show(part.operator)}, which Signet does not know`);
  }
  const plain = plainConditions(part, negated ? (place === 'when' ? 'except' : 'when') : place);
  if (!negated) return plain;
  const [only, ...more] = plain;
  if (only === undefined || more.length > 0) throw new Inexpressible('it has a condition that several things must not fulfil');
  return [{ not: only }];
}

function plainConditions(part: Part, place: 'when' | 'except'): readonly Condition[] {
  const { kind, values } = part;
  if (/^always$/iu.test(kind)) return [{ everyone: true }];
  if (/^multifactor/iu.test(kind)) return [{ secondFactor: true }];
  if (/group/iu.test(kind)) return needed(groupConditions(values), 'names no group');
  if (/^specificclaim$/iu.test(kind)) return claimConditions(part, place);
  if (/location|network|intranet|extranet/iu.test(kind)) return needed(networkConditions(kind, values), 'names a network that is no range');
  if (/device/iu.test(kind)) {
    // No device is a registered one here: such an exception would never be made.
    if (place === 'except') throw new Inexpressible('it keeps devices out, and Signet knows none');
    return needed(deviceConditions(values), 'is about devices in a way that Signet does not know');
  }
  throw new Inexpressible(`it has a condition of the kind ${show(kind)}, which Signet does not know`);
}

function claimConditions({ claimType, operator, values }: Part, place: 'when' | 'except'): readonly Condition[] {
  if (claimType === undefined) throw new Inexpressible('it has a condition on a claim without its type');
  if (operator.includes('present')) return [{ claim: claimType }];
  if (values.length === 0) throw new Inexpressible('it compares a claim with nothing');
  if (claimType.toLowerCase() === CLAIM.groupSid) return [{ claim: CLAIM.groupSid, is: values.map((sid) => sid.toUpperCase()) }];
  return place === 'when' ? [{ claim: claimType, is: values }] : values.map((value) => ({ claim: claimType, matches: `^(?i)${escapePattern(value)}$` }));
}

const DEVICES: ReadonlyMap<string, Extract<Condition, { device: unknown }>['device']> = new Map([
  ['authenticated', 'registered'],
  ['registered', 'registered'],
  ['managed', 'managed'],
  ['compliant', 'compliant'],
]);

function deviceConditions(values: readonly string[]): readonly Condition[] | undefined {
  const levels = values.map((value) => DEVICES.get(value.toLowerCase()));
  return values.length === 0 || levels.includes(undefined) ? undefined : levels.flatMap((device) => (device === undefined ? [] : [{ device }]));
}

function needed(conditions: readonly Condition[] | undefined, problem: string): readonly Condition[] {
  if (conditions === undefined || conditions.length === 0) throw new Inexpressible(`it ${problem}`);
  return conditions;
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\\*+?|{}[\]()^$.#]/gu, String.raw`\$&`);
}

/** Child elements of a child, by its local name. */
function inside(element: XmlElement, local: string): readonly XmlElement[] {
  return childElements(element)
    .filter((entry) => entry.local === local)
    .flatMap(childElements);
}

function textIn(element: XmlElement, local: string): string {
  const found = childElements(element).find((entry) => entry.local === local);
  return found === undefined ? '' : leafText(found);
}
