/** Every attribute store of this installation under its name: the one place that knows which there are. */
import { randomBytes } from 'node:crypto';
import type { AttributeStores, BuiltInStore, StoreCatalogue } from '../core/claims/attribute-store.js';
import { createOpaqueIdStore, type OpaqueHmac } from '../core/claims/opaque-ids.js';

export interface AttributeStoreParts {
  readonly hmac: OpaqueHmac;
  /** "Active Directory" and what else the directory answers. */
  readonly directory: readonly BuiltInStore[];
}

export interface OpenAttributeStores extends AttributeStores {
  /** As of now, for checking rules that are to be saved. */
  catalogue(): Promise<StoreCatalogue>;
}

/** Makes them; nothing is opened before it is asked. */
export function createAttributeStores({ hmac, directory }: AttributeStoreParts): OpenAttributeStores {
  const builtIn = [...directory, createOpaqueIdStore({ hmac, randomBytes })];
  const byName = new Map(builtIn.map((known) => [known.name.toLowerCase(), known]));
  return {
    find: (name) => byName.get(name.toLowerCase())?.store,
    catalogue: () =>
      Promise.resolve({
        names: builtIn.map(({ name }) => name),
        check: (name, question) => byName.get(name.toLowerCase())?.check(question),
      }),
  };
}
