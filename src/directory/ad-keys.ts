/**
 * What a filter lets us look up: entries are found by names that are theirs, and then compared. A filter that names nothing of
 * the kind would need a look at everybody, and is refused rather than answered slowly.
 */
import { fillValue, FilterError, type FilterValue, type LdapFilter, RULE } from './ldap-filter.js';

/** A comparison by which entries can be found. */
export interface Key {
  readonly attribute: string;
  readonly value: FilterValue;
}

const KEYS: readonly string[] = ['sAMAccountName', 'userPrincipalName', 'mail', 'distinguishedName', 'objectSid', 'objectGUID', 'member'];
const KEY_NAMES: ReadonlySet<string> = new Set(KEYS.map((name) => name.toLowerCase()));
/** Keys of groups: of people they are display names, which many can share. */
const GROUP_KEY_NAMES: ReadonlySet<string> = new Set([...KEY_NAMES, 'cn', 'name']);
const MOST_KEYS = 20;

/** The keys of which at least one holds for whatever the filter holds for. Throws FilterError when there are none, or too many. */
export function keysOf(filter: LdapFilter): readonly Key[] {
  const keys = find(filter, KEY_NAMES);
  if (keys === undefined) {
    throw new FilterError(
      filter.at,
      `it would need a search over all people; compare one of ${KEYS.join(', ')} with a value, or cn beside (objectClass=group)`,
    );
  }
  if (keys.length > MOST_KEYS) throw new FilterError(filter.at, `it would need more than ${String(MOST_KEYS)} look-ups`);
  return keys;
}

function find(filter: LdapFilter, names: ReadonlySet<string>): readonly Key[] | undefined {
  switch (filter.kind) {
    case 'equals':
      return names.has(filter.attribute) && (filter.rule === undefined || filter.rule === RULE.chain) ? [filter] : undefined;
    case 'and': {
      const inside = filter.parts.some(isGroupTest) ? GROUP_KEY_NAMES : names;
      // Any of them will do: the one that needs the fewest look-ups.
      const each = filter.parts.flatMap((part) => {
        const keys = find(part, inside);
        return keys === undefined ? [] : [keys];
      });
      return each.sort((one, other) => one.length - other.length)[0];
    }
    case 'or': {
      const each = filter.parts.map((part) => find(part, names));
      return each.every((keys) => keys !== undefined) ? each.flat() : undefined;
    }
    case 'not':
    case 'present':
    case 'from':
    case 'to':
    case 'substrings':
      return undefined;
  }
}

/** (objectClass=group), (objectCategory=group) */
function isGroupTest(filter: LdapFilter): boolean {
  return (
    filter.kind === 'equals' &&
    (filter.attribute === 'objectclass' || filter.attribute === 'objectcategory') &&
    fillValue(filter.value, []).toLowerCase() === 'group'
  );
}

/** Every value that `member` is compared with, wherever it stands: whose groups have to be known. Throws FilterError where it is not compared with a whole name. */
export function membersIn(filter: LdapFilter): readonly FilterValue[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.parts.flatMap(membersIn);
    case 'not':
      return membersIn(filter.part);
    case 'equals':
      return filter.attribute === 'member' ? [filter.value] : [];
    case 'present':
    case 'from':
    case 'to':
    case 'substrings':
      if (filter.attribute === 'member') throw new FilterError(filter.at, 'member can only be compared with the whole name of somebody');
      return [];
  }
}
