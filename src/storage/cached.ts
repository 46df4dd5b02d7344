/** The registry and the people as the pipeline reads them: from memory, never later than the change feed allows. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { asId, type RelyingPartyId, type UserId } from '../core/model/ids.js';
import { type RelyingParty, type RelyingPartyRecord, resolveRelyingParty } from '../core/model/relying-party.js';
import type { User } from '../core/model/user.js';
import type { ChangeFeed, RelyingParties, RelyingPartyLookup, UserLookup, Users } from '../core/ports.js';
import { createBoundedMap } from '../core/bounded-map.js';
import { createReadThrough } from './read-through.js';

const MOST_RELYING_PARTIES = 20_000;
const MOST_USERS = 5000;
/** Few enough that reading a page holds nobody up. */
const PAGE = 100;

const byName = new Intl.Collator('en', { sensitivity: 'base', numeric: true });

/**
 * The registry, resolved. As long as an entry did not change it is the same object, whatever else changed: what others
 * computed from it and keep beside it stays good.
 */
export function createRelyingPartyLookup(parts: { readonly relyingParties: RelyingParties; readonly changes: ChangeFeed }): RelyingPartyLookup {
  const { relyingParties, changes } = parts;
  const resolved = createBoundedMap<RelyingPartyId, { readonly version: number; readonly updatedAt: number; readonly value: RelyingParty }>(
    MOST_RELYING_PARTIES,
  );

  const resolve = (record: RelyingPartyRecord): RelyingParty => {
    const { id, version, updatedAt } = record;
    const known = resolved.get(id);
    if (known?.version === version && known.updatedAt === updatedAt) return known.value;
    const value = resolveRelyingParty(record);
    resolved.set(id, { version, updatedAt, value });
    return value;
  };
  const resolveFound = (record: RelyingPartyRecord | undefined): RelyingParty | undefined => (record === undefined ? undefined : resolve(record));

  const listEnabled = async (): Promise<readonly RelyingParty[]> => {
    const all: RelyingParty[] = [];
    for (;;) {
      const after = all.at(-1)?.entityId;
      const page = await relyingParties.list({ enabled: true }, { limit: PAGE, ...(after === undefined ? {} : { after }) });
      all.push(...page.map(resolve));
      if (page.length < PAGE) break;
      await nextTurn();
    }
    return all.sort((one, other) => byName.compare(one.name, other.name));
  };

  const list = createReadThrough({ changes, load: listEnabled, mostKept: 1 });
  return {
    byEntityId: createReadThrough({ changes, load: async (key) => resolveFound(await relyingParties.findByEntityId(key)), mostKept: MOST_RELYING_PARTIES }),
    byId: createReadThrough({
      changes,
      load: async (key) => resolveFound(await relyingParties.findById(asId<'RelyingParty'>(key))),
      mostKept: MOST_RELYING_PARTIES,
    }),
    enabled: async () => (await list('enabled')) ?? [],
  };
}

/** People by id. A password hash in here may be one that was re-hashed since: compare against the one that Users gives. */
export function createUserLookup(parts: { readonly users: Users; readonly changes: ChangeFeed }): UserLookup {
  const { users, changes } = parts;
  const latest = createBoundedMap<UserId, User>(MOST_USERS);
  const load = async (key: string): Promise<User | undefined> => {
    const user = await users.findById(asId<'User'>(key));
    if (user === undefined) return undefined;
    const known = latest.get(user.id);
    if (known?.version === user.version && known.createdAt === user.createdAt) return known;
    latest.set(user.id, user);
    return user;
  };
  return { byId: createReadThrough({ changes, load, mostKept: MOST_USERS }) };
}
