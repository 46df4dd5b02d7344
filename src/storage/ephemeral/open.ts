/** Puts the ephemeral store together: in the database alone, or with Redis beside it. */
import type { Clock, EphemeralStore } from '../../core/ports.js';
import type { Database } from '../sql/database.js';
import { createComposedEphemeral } from './composed.js';
import { createRedisEphemeral } from './redis.js';
import { connectRedis } from './redis-connection.js';
import { createSessionCopies } from './session-copies.js';
import { createSqlEphemeral } from './sql.js';

export interface EphemeralParts {
  readonly database: Database;
  readonly redisUrl: string | undefined;
  readonly clock: Clock;
  readonly onError: (error: unknown, what: string) => void;
}

export interface OpenedEphemeral {
  readonly ephemeral: EphemeralStore;
  readonly closeEphemeral: () => void;
}

/** Opens it. That Redis is away is no failure. */
export async function openEphemeral({ database, redisUrl, clock, onError }: EphemeralParts): Promise<OpenedEphemeral> {
  if (redisUrl === undefined) {
    const ephemeral = createSqlEphemeral({ database, onError });
    return { ephemeral, closeEphemeral: ephemeral.close };
  }
  const prefix = await prefixOf(database);
  const connection = await connectRedis({ url: redisUrl, clock, onError });
  const sql = createSqlEphemeral({ database, onError });
  const copies = createSessionCopies({ connection, prefix, sql, clock });
  return {
    ephemeral: createComposedEphemeral({ sql, redis: createRedisEphemeral({ connection, prefix }), copies, clock }),
    closeEphemeral: () => {
      copies.close();
      connection.close();
      sql.close();
    },
  };
}

/** In front of every key: several installations may share a Redis. */
async function prefixOf(database: Database): Promise<string> {
  const installation = database.statement<{ readonly setting_value: string }>("select setting_value from settings where name = 'installation'");
  return `signet:${(await installation())[0]?.setting_value.replaceAll('"', '') ?? ''}:`;
}
