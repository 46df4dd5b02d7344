/**
 * Short-lived facts in Redis: each an expiring hash of value and index, each operation one command or script, so that
 * of many callers at once one wins. Not for what must not be lost: a flush takes it all.
 */
import type { EphemeralKind, EphemeralStore } from '../../core/ports.js';
import { boundedKey } from './keys.js';
import type { RedisConnection } from './redis-connection.js';

const PUT = `redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'value', ARGV[1], 'index', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
if KEYS[2] then
  redis.call('SADD', KEYS[2], KEYS[1])
  if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[2], ARGV[2]) end
end`;

const PUT_IF_ABSENT = `if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'value', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`;

const TAKE = `local value = redis.call('HGET', KEYS[1], 'value')
redis.call('DEL', KEYS[1])
return value`;

const COUNT = `local count = redis.call('HINCRBY', KEYS[1], 'value', 1)
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return count`;

const FIND_BY_INDEX = `local found = {}
for _, key in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local entry = redis.call('HMGET', key, 'value', 'index')
  if entry[1] and entry[2] == ARGV[1] then found[#found + 1] = entry[1] else redis.call('SREM', KEYS[1], key) end
end
return found`;

const REMOVE_BY_INDEX = `for _, key in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if redis.call('HGET', key, 'index') == ARGV[1] then redis.call('DEL', key) end
end
redis.call('DEL', KEYS[1])`;

export interface RedisEphemeralParts {
  readonly connection: RedisConnection;
  /** In front of every key: several installations may share a Redis. */
  readonly prefix: string;
}

/** The store over a connection. Rejects with RedisFailure. */
export function createRedisEphemeral({ connection, prefix }: RedisEphemeralParts): EphemeralStore {
  const entryKey = (kind: EphemeralKind, key: string): string => `${prefix}entry:${kind}:${boundedKey(key)}`;
  const indexKey = (kind: EphemeralKind, index: string): string => `${prefix}index:${kind}:${boundedKey(index)}`;
  const run = async (script: string, keys: readonly string[], values: readonly string[]): Promise<unknown> =>
    connection.send(['EVAL', script, String(keys.length), ...keys, ...values]);

  return {
    put: async (kind, key, value, ttlSeconds, index) => {
      const keys = [entryKey(kind, key), ...(index === undefined ? [] : [indexKey(kind, index)])];
      await run(PUT, keys, [value, milliseconds(ttlSeconds), index === undefined ? '' : boundedKey(index)]);
    },
    putIfAbsent: async (kind, key, value, ttlSeconds) => (await run(PUT_IF_ABSENT, [entryKey(kind, key)], [value, milliseconds(ttlSeconds)])) === 1,
    get: async (kind, key) => readText(await connection.send(['HGET', entryKey(kind, key), 'value'])),
    take: async (kind, key) => readText(await run(TAKE, [entryKey(kind, key)], [])),
    remove: async (kind, key) => {
      await connection.send(['DEL', entryKey(kind, key)]);
    },
    count: async (kind, key, ttlSeconds) => Number(await run(COUNT, [entryKey(kind, key)], [milliseconds(ttlSeconds)])),
    findByIndex: async (kind, index) => {
      const found = await run(FIND_BY_INDEX, [indexKey(kind, index)], [boundedKey(index)]);
      return Array.isArray(found) ? found.map(String) : [];
    },
    removeByIndex: async (kind, index) => {
      await run(REMOVE_BY_INDEX, [indexKey(kind, index)], [boundedKey(index)]);
    },
  };
}

function readText(reply: unknown): string | undefined {
  return typeof reply === 'string' ? reply : undefined;
}

function milliseconds(seconds: number): string {
  return String(Math.round(seconds * 1000));
}
