/** The SQL stores that administrators registered, opened when they are asked, and closed when they are changed or removed. */
import type { AttributeStore } from '../core/claims/attribute-store.js';
import { SignetError } from '../core/errors.js';
import { findRegistration, passwordContext, readRegistrations, type StoreRegistration, STORES_SETTING } from '../core/model/store-registration.js';
import type { ChangeFeed, StoredSettings } from '../core/ports.js';
import type { SecretBox } from '../crypto/secret-box.js';
import { createSqlStore, type SqlStore } from '../storage/attribute-stores/postgres.js';
import { createReadThrough } from '../storage/read-through.js';

export interface SqlStoresParts {
  readonly storedSettings: Pick<StoredSettings, 'get'>;
  readonly changes: ChangeFeed;
  readonly box: Pick<SecretBox, 'open'>;
  readonly onError: (error: unknown, what: string) => void;
}

export interface SqlStores {
  /** The store by its name, whether it is registered or not: what is not is said when it is asked. */
  byName(name: string): AttributeStore;
  names(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Makes them; fresh within the bound of the change feed. */
export function createSqlStores({ storedSettings, changes, box, onError }: SqlStoresParts): SqlStores {
  const load = createReadThrough({ changes, mostKept: 1, load: async (name) => readRegistrations(await storedSettings.get(name)) });
  const registered = async (): Promise<readonly StoreRegistration[]> => (await load(STORES_SETTING)) ?? [];
  const opened = new Map<string, { readonly registration: StoreRegistration; readonly store: SqlStore }>();

  const closeAllBut = (registrations: readonly StoreRegistration[]): void => {
    for (const [key, { registration, store }] of opened) {
      if (registrations.some((current) => isSame(current, registration))) continue;
      opened.delete(key);
      store.close().catch((error: unknown) => {
        onError(error, 'closing an attribute store');
      });
    }
  };

  const open = async (name: string): Promise<SqlStore> => {
    const registrations = await registered();
    const registration = findRegistration(registrations, name);
    if (registration === undefined) throw new SignetError('unavailable', 'there is no such store any more; see: signet store list');
    closeAllBut(registrations);
    const known = opened.get(registration.name);
    if (known !== undefined) return known.store;
    const store = openSqlStore(registration, box);
    opened.set(registration.name, { registration, store });
    return store;
  };

  changes.onChange(() => {
    if (opened.size === 0) return;
    registered().then(closeAllBut, (error: unknown) => {
      onError(error, 'reading the attribute stores');
    });
  });

  return {
    byName: (name) => ({ ask: async (question) => (await open(name)).ask(question) }),
    names: async () => (await registered()).map(({ name }) => name),
    close: async () => {
      await Promise.all([...opened.values()].map(({ store }) => store.close()));
    },
  };
}

/** One registered store, for whoever closes it. Throws `unavailable` when its password was sealed under another key. */
export function openSqlStore({ name, url, sealedPassword }: StoreRegistration, box: Pick<SecretBox, 'open'>): SqlStore {
  if (sealedPassword === undefined) return createSqlStore({ url });
  try {
    return createSqlStore({ url, password: box.open(sealedPassword, passwordContext(url)).toString('utf8') });
  } catch (error) {
    if (!(error instanceof SignetError)) throw error;
    throw new SignetError('unavailable', `the password of the store "${name}" cannot be opened; check SIGNET_SECRET_KEY, or add the store again`, {
      cause: error,
    });
  }
}

function isSame(one: StoreRegistration, other: StoreRegistration): boolean {
  return one.name === other.name && one.url === other.url && one.sealedPassword === other.sealedPassword;
}
