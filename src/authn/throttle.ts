/**
 * Brakes on guessing (threats U02, U03). Failures are counted per source and name, per name, and per source. Past a free
 * allowance one attempt is taken at a time, with a growing delay between them. The source is slowed rather than the owner:
 * a device or address from which the account signed in lately has counters of its own. Nothing here knows whether a name
 * exists, and nothing here ends a session. Counters may be lost with their store; a fresh one locks nobody out.
 */
import type { Instant } from '../core/model/ids.js';
import { normalizeUserName } from '../core/model/user.js';
import type { Clock, EphemeralStore } from '../core/ports.js';
import { printableName } from '../directory/local.js';
import { networkOf } from './network.js';

/** Where an attempt comes from, and whom it is for. */
export interface AttemptSource {
  /** As typed. */
  readonly name: string;
  readonly address: string;
  /** From a device on which this person signed in lately. */
  readonly familiar: boolean;
}

/** An attempt that was let through. Exactly one of `failed`, `succeeded` and `withdrawn` ends it. */
export interface Attempt {
  /**
   * Asked once the password was compared: undefined, or when to come back, if failures since the start closed the brake.
   * A volley of parallel guesses thus gains no more than the same guesses one by one.
   */
  stillAdmitted(): Promise<Instant | undefined>;
  /** Counts; gives the failures of this source for this name. */
  failed(): Promise<number>;
  /** Forgets the failures of this source for this name, and remembers the source as one of theirs. */
  succeeded(): Promise<void>;
  /** Nothing was compared: nothing is counted. */
  withdrawn(): Promise<void>;
}

export type Admission = { readonly kind: 'admitted'; readonly attempt: Attempt } | { readonly kind: 'slowed'; readonly retryAt: Instant };

export interface Throttle {
  enter(source: AttemptSource): Promise<Admission>;
}

interface Brake {
  /** Failures within the window before the first delay. */
  readonly free: number;
  readonly firstDelaySeconds: number;
  /** Doubling ends here. */
  readonly longestDelaySeconds: number;
  readonly windowSeconds: number;
}

/** About a hundred guesses a day from one source at one name (NIST SP 800-63B 5.2.2). */
const PAIR: Brake = { free: 5, firstDelaySeconds: 15, longestDelaySeconds: 15 * 60, windowSeconds: 24 * 3600 };
/** Many sources at one name; strangers only. */
const NAME: Brake = { free: 20, firstDelaySeconds: 5, longestDelaySeconds: 5 * 60, windowSeconds: 24 * 3600 };
/** One source at many names; roomy, since a whole office may share an address. */
const SOURCE: Brake = { free: 50, firstDelaySeconds: 1, longestDelaySeconds: 60, windowSeconds: 3600 };

export const BRAKES = { pair: PAIR, name: NAME, source: SOURCE } as const;

/** How long an address stays one of somebody's after their last sign-in from it. */
const KNOWN_SECONDS = 30 * 24 * 3600;

/** One counter an attempt stands under. */
interface Track {
  readonly key: string;
  readonly brake: Brake;
  /** The name it slows, when it is about one. */
  readonly name?: string;
}

/** `free`: under the allowance. `turn`: over it, and next in turn. */
type Passage = 'free' | 'turn' | { readonly retryAt: Instant };

/** Seconds between the n-th failure and the next attempt. */
export function delayAfter(brake: Brake, failures: number): number {
  const doublings = Math.min(Math.max(0, failures - brake.free), 30);
  return Math.min(brake.longestDelaySeconds, brake.firstDelaySeconds * 2 ** doublings);
}

/**
 * Brakes over the ephemeral store, shared by all nodes. Entries that slow a name are indexed by it in its normal form, so
 * that an administrator can let it go: `removeByIndex('attempts', normalizeUserName(name))`.
 */
export function createThrottle(parts: { readonly ephemeral: EphemeralStore; readonly clock: Clock }): Throttle {
  const { ephemeral, clock } = parts;

  const pass = async ({ key, brake }: Track): Promise<Passage> => {
    const level = await ephemeral.get('attempts', `level ${key}`);
    if (level === undefined) return 'free';
    const delay = delayAfter(brake, Number(level));
    // One caller has the turn; the entry ends by itself when the next one may try.
    if (await ephemeral.putIfAbsent('attempts', `turn ${key}`, inSeconds(delay), delay)) return 'turn';
    const until = await ephemeral.get('attempts', `turn ${key}`);
    return { retryAt: Math.max(Number(until ?? 0), clock.now() + 1000) };
  };

  const fail = async ({ key, brake, name }: Track): Promise<number> => {
    const failures = await ephemeral.count('attempts', `count ${key}`, brake.windowSeconds);
    if (failures >= brake.free) {
      const delay = delayAfter(brake, failures);
      await ephemeral.put('attempts', `turn ${key}`, inSeconds(delay), delay);
      await ephemeral.put('attempts', `level ${key}`, String(failures), brake.windowSeconds, name);
    }
    return failures;
  };

  const forget = async ({ key }: Track): Promise<void> => {
    await Promise.all(['count', 'level', 'turn'].map((what) => ephemeral.remove('attempts', `${what} ${key}`)));
  };

  const leaveTurn = ({ key }: Track): Promise<void> => ephemeral.remove('attempts', `turn ${key}`);

  const inSeconds = (seconds: number): string => String(clock.now() + seconds * 1000);

  return {
    enter: async (source) => {
      const name = printableName(normalizeUserName(source.name));
      const pair = `${networkOf(source.address)} ${name}`;
      const known = `known ${pair}`;
      const own: Track = { key: `${source.familiar ? 'device' : 'pair'} ${pair}`, brake: PAIR, name };
      const shared = await sharedTracks(source, { name, isKnown: async () => (await ephemeral.get('attempts', known)) !== undefined });
      const turns = new Set<Track>();

      /** Takes the turn wherever one is needed; when one is refused, gives back those just taken. */
      const passAll = async (): Promise<Instant | undefined> => {
        const asked = [own, ...shared].filter((track) => !turns.has(track));
        const passages = await Promise.all(asked.map(async (track) => ({ track, passage: await pass(track) })));
        const taken = passages.flatMap(({ track, passage }) => (passage === 'turn' ? [track] : []));
        const refused = passages.flatMap(({ passage }) => (typeof passage === 'string' ? [] : [passage.retryAt]));
        if (refused.length > 0) {
          await Promise.all(taken.map(leaveTurn));
          return Math.max(...refused);
        }
        for (const track of taken) turns.add(track);
        return undefined;
      };

      const retryAt = await passAll();
      if (retryAt !== undefined) return { kind: 'slowed', retryAt };
      const attempt: Attempt = {
        stillAdmitted: passAll,
        failed: async () => {
          const [failures] = await Promise.all([fail(own), ...shared.map(fail)]);
          return failures;
        },
        succeeded: async () => {
          // What strangers did to the name, or the source to other names, is not made good by this.
          const others = [...turns].filter((track) => track !== own);
          await Promise.all([forget(own), ...others.map(leaveTurn), ephemeral.put('attempts', known, '1', KNOWN_SECONDS)]);
        },
        withdrawn: async () => {
          await Promise.all([...turns].map(leaveTurn));
        },
      };
      return { kind: 'admitted', attempt };
    },
  };
}

/** The counters an attempt shares with others. A familiar device, or a known address, stands under none that strangers can fill. */
async function sharedTracks(source: AttemptSource, about: { readonly name: string; readonly isKnown: () => Promise<boolean> }): Promise<readonly Track[]> {
  if (source.familiar) return [{ key: `devices ${about.name}`, brake: NAME, name: about.name }];
  if (await about.isKnown()) return [];
  return [
    { key: `name ${about.name}`, brake: NAME, name: about.name },
    { key: `source ${networkOf(source.address)}`, brake: SOURCE },
  ];
}
