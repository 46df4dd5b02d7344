/** The attribute store "Active Directory" over the built-in directory (docs/directory.md says what it answers). */
import type { BuiltInStore, StoreRow } from '../core/claims/attribute-store.js';
import { SignetError } from '../core/errors.js';
import type { DirectorySettings } from '../core/ports.js';
import { attributesOfQuery, checkQuery, fillPlaces, readQuery } from './ad-query.js';
import { type DirectoryUsers, findAccount, type Search, searchEntries } from './ad-search.js';
import type { Entry } from './ldap-match.js';
import { nameInDn, personDn } from './ldap-names.js';

export interface ActiveDirectoryParts {
  readonly users: DirectoryUsers;
  readonly directory: DirectorySettings;
}

/** As many values as Active Directory gives at once. */
const MOST_MEMBERS = 1500;

/**
 * The store, with what is checked when a rule is saved. The person who signs on is answered without a look-up. Rejects with
 * `invalid_input` for a query that cannot be answered.
 */
export function createActiveDirectoryStore(parts: ActiveDirectoryParts): BuiltInStore {
  return {
    name: 'Active Directory',
    check: checkQuery,
    store: {
      ask: async ({ query: text, params, columns, about }) => {
        const query = readQuery(text);
        const attributes = attributesOfQuery(query, params, columns);
        const search = { users: parts.users, settings: await parts.directory.current(), self: about.person };
        const entries =
          query.filter === undefined ? await byAccount(search, fillPlaces(query.account ?? '', params)) : await searchEntries(search, query.filter, params);
        const complete = attributes.includes('member') ? await Promise.all(entries.map((entry) => withMembers(parts, search, entry))) : entries;
        return complete.flatMap((entry) => rowsOf(entry, attributes));
      },
    },
  };
}

async function byAccount(search: Search, account: string): Promise<readonly Entry[]> {
  const found = await findAccount(search, account);
  return found === undefined ? [] : [found];
}

/** Columns are independent of each other: a row for each place in the longest, and nothing where a shorter one has ended. */
function rowsOf(entry: Entry, attributes: readonly string[]): readonly StoreRow[] {
  const columns = attributes.map((name) => entry.get(name) ?? []);
  const length = Math.max(...columns.map((values) => values.length));
  return Array.from({ length }, (_, at) => columns.map((values) => values[at]));
}

/** The whole list, where somebody asks for it. */
async function withMembers({ users }: ActiveDirectoryParts, { settings }: Search, entry: Entry): Promise<Entry> {
  const name = nameInDn(entry.get('distinguishedname')?.[0] ?? '', 'Groups');
  if (name === undefined) return entry;
  const people = await users.list({ group: name }, { limit: MOST_MEMBERS + 1 });
  if (people.length > MOST_MEMBERS) throw new SignetError('invalid_input', `the group ${name} has more than ${String(MOST_MEMBERS)} members`);
  return new Map([...entry, ['member', people.map((user) => personDn(user.userName, settings))]]);
}
