/** Password hashes: argon2id off the main thread, a few at once, with a bounded queue (threats U01, U02). */
import { hash as argonHash, verify as argonVerify } from '@node-rs/argon2';
import { availableParallelism } from 'node:os';
import { SignetError } from '../core/errors.js';

/** OWASP's first choice for argon2id: 19 MiB, two passes. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const CURRENT = `$argon2id$v=19$m=${String(COST.memoryCost)},t=${String(COST.timeCost)},p=${String(COST.parallelism)}$`;
/** A hash of the cost in force that nobody's password fits: checked where there is no user, so that the answer takes as long. */
const NOBODY = `${CURRENT}c2lnbmV0LW5vYm9keS1zYWx0$uVQkFVNbcqLyXmzwLdDBVGmHCPyNOVlKPHVqPTqYTLI`;

export interface PasswordHasher {
  /** A PHC string. */
  hash(password: string): Promise<string>;
  /** `phc` undefined costs the same and never matches. Throws too_many_requests when the queue is full. */
  verify(phc: string | undefined, password: string): Promise<{ readonly matches: boolean; readonly rehash: boolean }>;
}

export interface HasherSettings {
  /** How many hashes are computed at once; one processor less than there are, at least one. */
  readonly concurrency?: number;
  /** How many may wait. */
  readonly queueLimit?: number;
}

const RETRY_SECONDS = 2;

/** Hashing is the dearest thing an outsider can ask for: beyond the queue the answer is to come back later. */
export function createPasswordHasher(settings: HasherSettings = {}): PasswordHasher {
  const concurrency = settings.concurrency ?? Math.max(1, availableParallelism() - 1);
  const queueLimit = settings.queueLimit ?? 50;
  const waiting: (() => void)[] = [];
  let running = 0;

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= concurrency) {
      if (waiting.length >= queueLimit)
        throw new SignetError('too_many_requests', 'the queue of password checks is full', { retryAfterSeconds: RETRY_SECONDS });
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };

  return {
    hash: (password) => inTurn(() => argonHash(password.normalize('NFC'), COST)),
    verify: async (phc, password) => {
      const matches = await inTurn(() => argonVerify(phc ?? NOBODY, password.normalize('NFC')));
      return { matches: matches && phc !== undefined, rehash: phc !== undefined && !phc.startsWith(CURRENT) };
    },
  };
}
