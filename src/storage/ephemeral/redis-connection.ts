/**
 * A connection to Redis on which nothing takes longer than 200 ms: what does not answer in time has failed, and is not
 * asked again before it has shown that it answers. Whoever calls has another way.
 */
import { createClient } from 'redis';
import type { Clock } from '../../core/ports.js';

const ANSWER_MS = 200;
const PROBE_MS = 1000;
const CONNECT_MS = 1000;
const PAUSE_MS = 1000;
const RECONNECT_MS = 500;
const MOST_QUEUED = 1000;

/** Redis did not answer, or with an error. Never leaves the folder. */
export class RedisFailure extends Error {
  override readonly name = 'RedisFailure';
}

export interface RedisConnection {
  /** Sends one command. Rejects with RedisFailure. */
  send(command: readonly string[]): Promise<unknown>;
  close(): void;
}

export interface RedisConnectionParts {
  readonly url: string;
  readonly clock: Clock;
  readonly onError: (error: unknown, what: string) => void;
}

type Client = ReturnType<typeof makeClient>;

/** Resolves when connected, or when that takes too long: it goes on trying in the background. */
export async function connectRedis({ url, clock, onError }: RedisConnectionParts): Promise<RedisConnection> {
  /** A frozen or half open server still accepts connections: only an answer shows that it is there. */
  let answers = false;
  let pausedUntil = -Infinity;
  let told = false;
  let client: Client;

  /** One outage is told about once. */
  const tell = (error: unknown): void => {
    if (!told) onError(error, 'Redis');
    told = true;
  };

  const connect = (first: () => void): void => {
    const made = makeClient(url);
    client = made;
    made.on('error', (error: unknown) => {
      if (client === made) answers = false;
      tell(error);
    });
    made.on('ready', () => {
      inTime(made.sendCommand(['PING']), PROBE_MS).then(
        () => {
          if (client !== made) return;
          answers = true;
          told = false;
          first();
        },
        (error: unknown) => {
          tell(error);
          renew(made);
        },
      );
    });
    // It ends only when it is destroyed; what goes wrong meanwhile is told by the event.
    made.connect().catch(tell);
  };

  /** What is not answered on a connection may never be. */
  const renew = (silent: Client): void => {
    if (client !== silent || !silent.isOpen) return;
    answers = false;
    silent.destroy();
    connect(() => undefined);
  };

  await new Promise<void>((resolve) => {
    setTimeout(resolve, CONNECT_MS).unref();
    connect(resolve);
  });

  return {
    send: async (command) => {
      const current = client;
      if (!answers || !current.isReady || clock.monotonic() < pausedUntil) throw new RedisFailure('Redis is not there at the moment');
      try {
        return await inTime(current.sendCommand<unknown>([...command]), ANSWER_MS);
      } catch (error) {
        tell(error);
        if (error instanceof RedisFailure) renew(current);
        // It answered, but it cannot: full, loading, read-only.
        else pausedUntil = clock.monotonic() + PAUSE_MS;
        throw new RedisFailure('Redis failed', { cause: error });
      }
    },
    close: () => {
      client.destroy();
    },
  };
}

function makeClient(url: string) {
  return createClient({
    url,
    RESP: 2,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    commandsQueueMaxLength: MOST_QUEUED,
    socket: { connectTimeout: CONNECT_MS, reconnectStrategy: RECONNECT_MS },
  });
}

async function inTime<T>(answer: Promise<T>, milliseconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      // After a moment in which we were busy ourselves the answer may be here already, unread.
      setImmediate(() => {
        reject(new RedisFailure(`Redis did not answer within ${String(milliseconds)} ms`));
      });
    }, milliseconds);
    answer.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}
