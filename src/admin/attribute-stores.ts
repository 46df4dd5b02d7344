/** What administrators do with attribute stores: register them, look at them, remove what no rule needs. */
import { everyApplication } from './every-application.js';
import { BUILT_IN_STORES } from '../core/claims/attribute-store.js';
import { SignetError } from '../core/errors.js';
import { findRegistration, readRegistrations, type StoreRegistration, STORES_SETTING, withoutPasswords } from '../core/model/store-registration.js';
import type { LocalDirectories, RelyingParties, StoredSettings } from '../core/ports.js';
import { shellWord } from '../core/shell-word.js';
import { changeBy, type Doing } from './doing.js';
import { show } from './setting-values.js';
import { readSqlAddress } from './store-address.js';

export interface StoreAdminParts {
  readonly storedSettings: Pick<StoredSettings, 'get' | 'replace'>;
  readonly relyingParties: Pick<RelyingParties, 'list'>;
  readonly localDirectories: Pick<LocalDirectories, 'read'>;
  /** Seals a password so that only this address gets it. */
  readonly seal: (password: string, url: string) => string;
}

export interface NewSqlStore {
  readonly name: string;
  readonly url: string;
  /** Unless it stands in the address. */
  readonly password?: string;
}

export interface Adding extends Doing {
  /** Over one of the same name. */
  readonly replace?: boolean;
}

export interface Removing extends Doing {
  /** Although rules ask it. */
  readonly force?: boolean;
}

export interface StoreAdmin {
  /** Those that were registered, by name. */
  list(): Promise<readonly StoreRegistration[]>;
  /** Without regard to case. Throws not_found. */
  find(name: string): Promise<StoreRegistration>;
  /** Whose rules ask the store: entity ids of applications, and the built-in directory. */
  usedBy(name: string): Promise<readonly string[]>;
  /** Throws invalid_input for a name or an address that cannot be used, `conflict` when the name is taken. */
  addSql(store: NewSqlStore, doing: Adding): Promise<StoreRegistration>;
  /** Throws invalid_input while rules ask it, unless forced; not_found. */
  remove(name: string, doing: Removing): Promise<StoreRegistration>;
}

const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u;

/** Use cases over the registered attribute stores. */
export function createStoreAdmin({ storedSettings, relyingParties, localDirectories, seal }: StoreAdminParts): StoreAdmin {
  const list = async (): Promise<readonly StoreRegistration[]> => readRegistrations(await storedSettings.get(STORES_SETTING));

  const find = async (name: string): Promise<StoreRegistration> => {
    const found = findRegistration(await list(), name);
    if (found !== undefined) return found;
    if (isBuiltIn(name)) throw new SignetError('not_found', `${show(name)} is built in; there is nothing to set or test about it.`);
    throw new SignetError('not_found', `There is no attribute store "${show(name)}"; see: signet store list`);
  };

  /** Saves what `change` makes of the list, unless somebody else saved meanwhile. */
  const save = async (doing: Doing, action: string, change: (all: readonly StoreRegistration[]) => readonly StoreRegistration[]): Promise<void> => {
    const before = await storedSettings.get(STORES_SETTING);
    const after = writeRegistrations(change(readRegistrations(before)));
    if (doing.dryRun !== true) await storedSettings.replace(STORES_SETTING, { before, after }, changeBy(doing, action), withoutPasswords);
  };

  const usedBy = async (name: string): Promise<readonly string[]> => {
    const { acceptance } = await localDirectories.read();
    const found: string[] = asksStore([acceptance], name) ? ['the directory "local"'] : [];
    for await (const { overrides, metadata } of everyApplication(relyingParties)) {
      if (asksStore(Object.values<string | undefined>({ ...overrides.rules }), name)) found.push(metadata.entityId);
    }
    return found;
  };

  return {
    list,
    find,
    usedBy,
    addSql: async (given, doing) => {
      const name = readStoreName(given.name);
      const { url, password: inUrl } = readSqlAddress(given.url);
      if (inUrl !== undefined && given.password !== undefined) {
        throw new SignetError('invalid_input', 'The password is given twice; take it out of the address.');
      }
      const password = given.password ?? inUrl;
      const store: StoreRegistration = { name, kind: 'sql', url, ...(password === undefined ? {} : { sealedPassword: seal(password, url) }) };
      await save(doing, 'add attribute store', (all) => {
        const taken = findRegistration(all, name);
        if (taken !== undefined && doing.replace !== true) {
          throw new SignetError('conflict', `There is an attribute store "${taken.name}" already; to change it, use --replace.`);
        }
        return [...all.filter((other) => other !== taken), store];
      });
      return store;
    },
    remove: async (name, doing) => {
      const store = await find(name);
      const users = doing.force === true ? [] : await usedBy(store.name);
      const [first] = users;
      if (first !== undefined) {
        const others = users.length === 1 ? '' : ` and ${String(users.length - 1)} more`;
        throw new SignetError(
          'invalid_input',
          `The rules of ${first}${others} ask "${store.name}": nobody could sign on there. Change them first, or use --force; see: signet store show ${shellWord(store.name)}`,
        );
      }
      await save(doing, 'remove attribute store', (all) => all.filter((other) => findRegistration([other], store.name) === undefined));
      return store;
    },
  };
}

/** The setting for all stores, by name. */
export function writeRegistrations(all: readonly StoreRegistration[]): string {
  return JSON.stringify([...all].sort((one, other) => one.name.localeCompare(other.name, 'en')));
}

/** A name as rules can ask for it. Throws invalid_input. */
export function readStoreName(text: string): string {
  const name = text.trim().normalize('NFC');
  if (isBuiltIn(name)) throw new SignetError('invalid_input', `"${show(name)}" is the name of a store that is built in; choose another.`);
  if (!NAME.test(name)) {
    const fix = 'use up to 64 letters, digits, spaces and - _ . with a letter or digit at the start';
    throw new SignetError('invalid_input', `The name of the store is "${show(name)}"; ${fix}.`);
  }
  return name;
}

function isBuiltIn(name: string): boolean {
  return BUILT_IN_STORES.some((known) => known.toLowerCase() === name.toLowerCase());
}

/** Strings of the rule language have no escapes, so a store is found in the text of rules. */
function asksStore(texts: readonly (string | undefined)[], name: string): boolean {
  return texts.some((text = '') =>
    [...text.matchAll(/\bstore\s*=\s*"(?<name>[^"\n]*)"/giu)].some(({ groups }) => groups?.['name']?.toLowerCase() === name.toLowerCase()),
  );
}
