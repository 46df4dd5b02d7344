/** The store _ProxyCredentialStore: AD FS asks it which accounts its proxies have. Signet has no such proxies. */
import type { BuiltInStore } from '../core/claims/attribute-store.js';

/** Answers every question with nothing, and says so when a rule is saved. */
export function createProxyCredentialStore(): BuiltInStore {
  return {
    name: '_ProxyCredentialStore',
    check: () => ({ level: 'note', sentence: '_ProxyCredentialStore knows the proxies of AD FS; here it gives nothing, so the rule issues nothing' }),
    store: { ask: () => Promise.resolve([]) },
  };
}
