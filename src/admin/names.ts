/** The names by which applications know people: taken along from another server, or to one. */
import { SignetError } from '../core/errors.js';
import { NAME_ID } from '../core/issuance/name-identifier.js';
import type { UserId } from '../core/model/ids.js';
import type { User } from '../core/model/user.js';
import type { PersistentName, PersistentNameRegister, RelyingParties, Users } from '../core/ports.js';
import { changeBy, type Doing } from './doing.js';
import { type KnownName, readNameRows } from './name-rows.js';
import { atLine, refuseMistakes } from './row-mistakes.js';
import { show } from './setting-values.js';

export interface NameAdminParts {
  readonly names: PersistentNameRegister;
  readonly users: Pick<Users, 'findById' | 'findByName' | 'list'>;
  readonly relyingParties: Pick<RelyingParties, 'findByEntityId'>;
  /** The pairwise id of a person at an application. */
  readonly pairwiseId: (about: { readonly userId: UserId; readonly relyingParty: string }) => Promise<string>;
}

export interface NameFilter {
  readonly user?: User;
  /** Entity id. */
  readonly relyingParty?: string;
}

export interface NameAdmin {
  /** Persistent names; `gone` counts those of people who were removed, which nobody gets again. */
  list(filter: NameFilter): Promise<{ readonly names: readonly KnownName[]; readonly gone: number }>;
  /** The pairwise ids of everybody, or of one, at an application. */
  listPairwise(filter: NameFilter & { readonly relyingParty: string }): Promise<readonly KnownName[]>;
  /**
   * Takes persistent names over from a CSV file: all rows or none. Throws invalid_input with the first rows that cannot be
   * taken and why; what is there already as it stands is passed over.
   */
  load(bytes: Buffer, doing: Doing): Promise<{ readonly added: number; readonly known: number }>;
}

const PAGE = 1000;
/** SAML Core 8.3.7. */
const LONGEST = 256;

export function createNameAdmin(parts: NameAdminParts): NameAdmin {
  const { names, users } = parts;

  return {
    list: async ({ user, relyingParty }) => {
      const people = new Map<UserId, User | undefined>();
      const filter = { ...(user === undefined ? {} : { userId: user.id }), ...(relyingParty === undefined ? {} : { spNameQualifier: relyingParty }) };
      const found: KnownName[] = [];
      let gone = 0;
      for (let after: PersistentName | undefined; ;) {
        const page = await names.list(filter, { limit: PAGE, ...(after === undefined ? {} : { after }) });
        for (const { userId, spNameQualifier, value, createdAt } of page) {
          if (!people.has(userId)) people.set(userId, await users.findById(userId));
          const owner = people.get(userId);
          if (owner === undefined) gone += 1;
          else found.push({ user: owner.userName, relyingParty: spNameQualifier, format: NAME_ID.persistent, value, created: createdAt });
        }
        after = page.at(-1);
        if (page.length < PAGE) return { names: found, gone };
      }
    },

    listPairwise: async ({ user, relyingParty }) => {
      const found: KnownName[] = [];
      for await (const person of user === undefined ? everybody(users) : [user]) {
        found.push({
          user: person.userName,
          relyingParty,
          format: 'pairwise',
          value: await parts.pairwiseId({ userId: person.id, relyingParty }),
          created: undefined,
        });
      }
      return found;
    },

    load: async (bytes, doing) => {
      const taken = createTaking(parts);
      const mistakes: string[] = [];
      for (const row of readNameRows(bytes)) {
        try {
          await taken.take(row);
        } catch (error) {
          mistakes.push(atLine(row.line, error));
        }
      }
      refuseMistakes(mistakes, 'No name was taken over.');
      if (doing.dryRun !== true) await names.insertAll(taken.added, changeBy(doing, 'import names'));
      return { added: taken.added.length, known: taken.known() };
    },
  };
}

interface Taking {
  readonly added: readonly PersistentName[];
  /** How many rows say what is known already. */
  known(): number;
  /** Throws invalid_input when the row cannot be taken. */
  take(row: { readonly user: string; readonly relyingParty: string; readonly value: string }): Promise<void>;
}

/** Looks at one row after the other, with what is stored and what came before it. */
function createTaking({ names, users, relyingParties }: NameAdminParts): Taking {
  const added: PersistentName[] = [];
  const entityIds = new Map<string, string>();
  /** Of this file: the name of a person, and the person of a name, at an application. */
  const byPerson = new Map<string, string>();
  const byName = new Map<string, UserId>();
  let known = 0;

  const entityIdOf = async (identifier: string): Promise<string> => {
    const before = entityIds.get(identifier);
    if (before !== undefined) return before;
    const record = await relyingParties.findByEntityId(identifier);
    if (record === undefined) throw refused(`there is no application ${show(identifier)}.`);
    entityIds.set(identifier, record.metadata.entityId);
    return record.metadata.entityId;
  };

  return {
    added,
    known: () => known,
    take: async ({ user, relyingParty, value }) => {
      const person = await users.findByName(user);
      if (person === undefined) throw refused(`there is nobody called ${show(user)}.`);
      const spNameQualifier = await entityIdOf(relyingParty);
      if (value.trim() !== value || value === '' || value.length > LONGEST || /\p{Cc}/u.test(value)) {
        throw refused(`the name "${show(value)}" is not 1 to ${String(LONGEST)} characters, without white space around them and control characters.`);
      }
      const personKey = JSON.stringify([person.id, spNameQualifier]);
      const nameKey = JSON.stringify([value, spNameQualifier]);
      const has = byPerson.get(personKey) ?? (await names.find(person.id, spNameQualifier));
      if (has === value) {
        known += 1;
        return;
      }
      if (has !== undefined)
        throw refused(`${show(person.userName)} has the name "${show(has)}" at ${show(spNameQualifier)} already, and it is never changed.`);
      const owner = byName.get(nameKey) ?? (await names.findOwner(spNameQualifier, value));
      if (owner !== undefined) throw refused(`the name "${show(value)}" is somebody else's at ${show(spNameQualifier)}.`);
      byPerson.set(personKey, value);
      byName.set(nameKey, person.id);
      added.push({ userId: person.id, spNameQualifier, value });
    },
  };
}

async function* everybody(users: Pick<Users, 'list'>): AsyncGenerator<User> {
  for (let after: string | undefined; ;) {
    const page: readonly User[] = await users.list({}, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    yield* page;
    after = page.at(-1)?.userName;
    if (page.length < PAGE || after === undefined) return;
  }
}

function refused(sentence: string): SignetError {
  return new SignetError('invalid_input', sentence);
}
