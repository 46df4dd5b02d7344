/** A connection that listens for changes announced by other nodes. A hint for speed: what it misses, the poll finds. */
import { randomInt } from 'node:crypto';
import pg from 'pg';
import { CHANGES_CHANNEL } from './database.js';
import { connectionOptions } from './postgres-connection.js';

const RECONNECT_MS = 1000;

export interface Listener {
  start(heard: () => void): void;
  stop(): Promise<void>;
}

/** Makes a listener that connects on start, and again after each loss until stopped. */
export function createListener(url: string): Listener {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const connect = async (heard: () => void): Promise<void> => {
    const made = new pg.Client(connectionOptions(url));
    client = made;
    let lost = false;
    const again = (): void => {
      if (lost || stopped) return;
      lost = true;
      // Also ends what is half open; an end of a broken connection may fail without consequence.
      made.end().catch(() => undefined);
      timer = setTimeout(() => void connect(heard), RECONNECT_MS + randomInt(500));
      timer.unref();
    };
    made.on('error', again);
    made.on('end', again);
    made.on('notification', heard);
    try {
      await made.connect();
      await made.query(`listen ${CHANGES_CHANNEL}`);
      // Whatever was announced while nobody listened.
      heard();
    } catch {
      again();
    }
  };

  return {
    start: (heard) => {
      void connect(heard);
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
