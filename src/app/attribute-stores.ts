/** Every attribute store of this installation under its name: the one place that knows which there are. */
import { randomBytes } from 'node:crypto';
import type { AttributeStores, StoreCatalogue } from '../core/claims/attribute-store.js';
import { createOpaqueIdStore, type OpaqueHmac } from '../core/claims/opaque-ids.js';
import { createDirectoryStores, type DirectoryStoreParts } from '../directory/stores.js';
import { checkSqlQuestion } from '../storage/attribute-stores/statement.js';
import { createSqlStores, type SqlStoresParts } from './sql-stores.js';

export { openSqlStore } from './sql-stores.js';

export interface AttributeStoreParts extends SqlStoresParts, DirectoryStoreParts {
  readonly hmac: OpaqueHmac;
}

export interface OpenAttributeStores extends AttributeStores {
  /** As of now, for checking rules that are to be saved. @param coming names of SQL stores that are saved with them */
  catalogue(coming?: readonly string[]): Promise<StoreCatalogue>;
  /** Ends the connections of SQL stores. */
  close(): Promise<void>;
}

/** Makes them; nothing is opened before it is asked. A name that is none of theirs is said to be none when it is asked. */
export function createAttributeStores(parts: AttributeStoreParts): OpenAttributeStores {
  const builtIn = [...createDirectoryStores(parts), createOpaqueIdStore({ hmac: parts.hmac, randomBytes })];
  const byName = new Map(builtIn.map((known) => [known.name.toLowerCase(), known]));
  const sql = createSqlStores(parts);
  return {
    find: (name) => byName.get(name.toLowerCase())?.store ?? sql.byName(name),
    catalogue: async (coming = []) => {
      const registered = [...new Set([...(await sql.names()), ...coming])];
      const lower = new Set(registered.map((name) => name.toLowerCase()));
      return {
        names: [...builtIn.map(({ name }) => name), ...registered],
        check: (name, question) => {
          const known = byName.get(name.toLowerCase());
          if (known !== undefined) return known.check(question);
          return lower.has(name.toLowerCase()) ? checkSqlQuestion(question) : undefined;
        },
      };
    },
    close: () => sql.close(),
  };
}
