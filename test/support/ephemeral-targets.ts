/** Every implementation of the EphemeralStore that can be had, each as two nodes that share it. */
import { randomBytes } from 'node:crypto';
import type { EphemeralKind, EphemeralStore } from '../../src/core/ports.js';
import { createRedisEphemeral } from '../../src/storage/ephemeral/redis.js';
import { connectRedis, type RedisConnection } from '../../src/storage/ephemeral/redis-connection.js';
import { realClock, redisUrl, type Target, targets, targetsWithRedis } from './storage-targets.js';

export interface EphemeralTarget {
  readonly name: string;
  readonly kinds: readonly EphemeralKind[];
  open(): Promise<{ readonly stores: readonly [EphemeralStore, EphemeralStore]; readonly close: () => Promise<void> }>;
}

const overStorage = (target: Target, kinds: readonly EphemeralKind[]): EphemeralTarget => ({
  name: target.name,
  kinds,
  open: async () => {
    const home = await target.makeHome();
    const [one, other] = [await home.open(), await home.open()];
    return { stores: [one.ephemeral, other.ephemeral], close: home.remove };
  },
});

const inRedis = (url: string): EphemeralTarget => ({
  name: 'Redis',
  kinds: ['attempts'],
  open: async () => {
    const prefix = `signet-test-${randomBytes(6).toString('hex')}:`;
    const connect = async (): Promise<RedisConnection> => connectRedis({ url, clock: realClock, onError: () => undefined });
    const connections = [await connect(), await connect()] as const;
    const [one, other] = connections;
    return {
      stores: [createRedisEphemeral({ connection: one, prefix }), createRedisEphemeral({ connection: other, prefix })],
      close: () => {
        for (const connection of connections) connection.close();
        return Promise.resolve();
      },
    };
  },
});

export const ephemeralTargets: readonly EphemeralTarget[] = [
  ...targets.map((target) => overStorage(target, ['message-id'])),
  ...(redisUrl === undefined ? [] : [inRedis(redisUrl)]),
  // One kind for each place it may live in.
  ...targetsWithRedis.map((target) => overStorage(target, ['sso-session', 'attempts', 'message-id'])),
];
