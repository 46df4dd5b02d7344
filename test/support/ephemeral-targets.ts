/** Every implementation of the EphemeralStore that can be had, each as two nodes that share it. */
import type { EphemeralKind, EphemeralStore } from '../../src/core/ports.js';
import { targets } from './storage-targets.js';

export interface EphemeralTarget {
  readonly name: string;
  readonly kinds: readonly EphemeralKind[];
  open(): Promise<{ readonly stores: readonly [EphemeralStore, EphemeralStore]; readonly close: () => Promise<void> }>;
}

export const ephemeralTargets: readonly EphemeralTarget[] = targets.map((target) => ({
  name: target.name,
  kinds: ['message-id'],
  open: async () => {
    const home = await target.makeHome();
    const [one, other] = [await home.open(), await home.open()];
    return { stores: [one.ephemeral, other.ephemeral], close: home.remove };
  },
}));
