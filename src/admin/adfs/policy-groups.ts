/** Groups in access control policies: AD FS names them by SID or as DOMAIN\group. */
import { CLAIM } from '../../core/model/claim.js';
import type { AccessRule, Condition } from '../../core/model/condition.js';
import { SID } from '../../core/sids.js';

/** The ways to be in any of the groups: by name, without the domain in front, and by SID. */
export function groupConditions(groups: readonly string[]): readonly Condition[] {
  const sids = groups.filter((group) => SID.test(group.toUpperCase())).map((sid) => sid.toUpperCase());
  const names = groups.filter((group) => !SID.test(group.toUpperCase())).map(groupName);
  return [...(names.length === 0 ? [] : [{ group: [...new Set(names)] }]), ...(sids.length === 0 ? [] : [{ claim: CLAIM.groupSid, is: [...new Set(sids)] }])];
}

/** CORP\Finance -> Finance */
function groupName(group: string): string {
  return group.slice(group.lastIndexOf('\\') + 1).trim();
}

/** A rule of a built-in policy, which is about `{ group: names }`, for groups that AD FS named: by or where they come first, each as an exception. */
export function withGroups({ when, except }: AccessRule, groups: readonly string[]): readonly AccessRule[] {
  const ways = groupConditions(groups);
  const isGroup = (condition: Condition): boolean => 'group' in condition;
  const others = (except ?? []).filter((condition) => !isGroup(condition));
  const exceptions = (except ?? []).some(isGroup) ? [...others, ...ways] : others;
  const rule = (conditions: readonly Condition[]): AccessRule => ({ when: conditions, ...(exceptions.length === 0 ? {} : { except: exceptions }) });
  if (!when.some(isGroup)) return [rule(when)];
  return ways.map((way) => rule(when.map((condition) => (isGroup(condition) ? way : condition))));
}

/** The groups that a policy names, as it names them: names and SIDs. */
export function groupsIn(rules: readonly AccessRule[]): readonly string[] {
  const conditions = rules.flatMap(({ when, except = [] }) => [...when, ...except]).map((condition) => ('not' in condition ? condition.not : condition));
  return conditions.flatMap((condition) => {
    if ('group' in condition) return condition.group;
    return 'claim' in condition && condition.claim === CLAIM.groupSid ? (condition.is ?? []) : [];
  });
}
