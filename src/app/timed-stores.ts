/** Attribute stores with a watch: how long each question took, and whether it was answered. */
import type { AttributeStore, AttributeStores } from '../core/claims/attribute-store.js';
import type { Clock } from '../core/ports.js';

/** @param store as rules call it, in lower case */
export type Asked = (store: string, outcome: 'answered' | 'failed', seconds: number) => void;

/** The same stores; `asked` is told of each question. */
export function timeStores(stores: AttributeStores, clock: Pick<Clock, 'monotonic'>, asked: Asked): AttributeStores {
  const time = (name: string, store: AttributeStore): AttributeStore => ({
    ask: async (question) => {
      const start = clock.monotonic();
      const tell = (outcome: 'answered' | 'failed'): void => {
        asked(name.toLowerCase(), outcome, (clock.monotonic() - start) / 1000);
      };
      try {
        const rows = await store.ask(question);
        tell('answered');
        return rows;
      } catch (error) {
        tell('failed');
        throw error;
      }
    },
  });
  return {
    find: (name) => {
      const store = stores.find(name);
      return store === undefined ? undefined : time(name, store);
    },
  };
}
