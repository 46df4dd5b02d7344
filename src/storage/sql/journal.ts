/**
 * The journal: no token leaves without its durable record. Group commit: records that arrive together, or while the
 * transaction before theirs runs, share the next one. What is only noted (refusals, failures) rides along or waits a moment.
 */
import { SignetError } from '../../core/errors.js';
import type { Journal, SignOnRecord } from '../../core/ports.js';
import type { Database } from './database.js';
import { unavailable } from './failures.js';
import { createJournalTable } from './journal-table.js';

/** Rows of one transaction: it must not hold the event loop for long. */
const MOST_PER_TRANSACTION = 100;
const MOST_WAITING = 2000;
const MOST_NOTES = 2000;
const NOTES_WAIT_MS = 200;
const RETRY_MS = 1000;
/**
 * A commit costs SQLite as much CPU as a signature, a further record in it a tenth of that. So where records came in
 * company lately, one waits for the next as long as they keep coming: looked at each millisecond, a few times at most.
 */
const GATHER_MS = 1;
const MOST_LOOKS = 4;

export interface SqlJournal extends Journal {
  /** Notes dropped since the start because too many waited. */
  dropped(): number;
}

export interface JournalParts {
  readonly database: Database;
  readonly onError: (error: unknown, what: string) => void;
}

interface Waiting {
  readonly entry: SignOnRecord;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Makes the journal. `record` and `flush` reject with `unavailable` when the database cannot take it. */
export function createJournal({ database, onError }: JournalParts): SqlJournal {
  const table = createJournalTable(database);
  const waiting: Waiting[] = [];
  const notes: SignOnRecord[] = [];
  let dropped = 0;
  let dropsTold = 0;
  /** False when the database was away. */
  let writing: Promise<boolean> | undefined;
  let due: NodeJS.Immediate | undefined;
  let gathering: NodeJS.Timeout | undefined;
  let lastGroup = 0;
  let notesDue: NodeJS.Timeout | undefined;

  const writeGroup = async (): Promise<boolean> => {
    const group = waiting.splice(0, MOST_PER_TRANSACTION);
    lastGroup = group.length;
    const aside = notes.splice(0, MOST_PER_TRANSACTION);
    try {
      await table.insert([...aside, ...group.map(({ entry }) => entry)].sort((one, other) => one.at - other.at));
      for (const { resolve } of group) resolve();
      return true;
    } catch (error) {
      if (!(error instanceof SignetError) || error.code !== 'unavailable') return writeSingly(aside, group);
      const kept = aside.slice(0, MOST_NOTES - notes.length);
      notes.unshift(...kept);
      dropped += aside.length - kept.length;
      if (aside.length > 0) onError(error, 'writing records of refused sign-ons');
      // Those behind would wait as long again for the same answer.
      for (const { reject } of [...group, ...waiting.splice(0)]) reject(error);
      return false;
    }
  };

  /** One record that cannot be written must not take the others with it. */
  const writeSingly = async (aside: readonly SignOnRecord[], group: readonly Waiting[]): Promise<true> => {
    for (const entry of aside) {
      await table.insert([entry]).catch((error: unknown) => {
        onError(error, 'writing the record of a refused sign-on');
      });
    }
    for (const { entry, resolve, reject } of group) await table.insert([entry]).then(resolve, reject);
    return true;
  };

  const write = async (): Promise<boolean> => {
    clearImmediate(due);
    clearTimeout(gathering);
    clearTimeout(notesDue);
    due = undefined;
    gathering = undefined;
    notesDue = undefined;
    if (writing !== undefined) return writing;
    if (dropped > dropsTold) {
      onError(new Error(`${String(dropped - dropsTold)} records of refused sign-ons were dropped: too many waited to be written`), 'journal');
      dropsTold = dropped;
    }
    writing = writeGroup().then((written) => {
      writing = undefined;
      if (waiting.length > 0) void write();
      else if (notes.length > 0) writeNotesIn(written ? 0 : RETRY_MS);
      return written;
    });
    return writing;
  };

  const gather = (seen: number, looks: number): void => {
    gathering = setTimeout(() => {
      if (waiting.length > seen && waiting.length < MOST_PER_TRANSACTION && looks < MOST_LOOKS) gather(waiting.length, looks + 1);
      else void write();
    }, GATHER_MS);
  };

  const writeSoon = (): void => {
    if (writing !== undefined || due !== undefined || gathering !== undefined) return;
    if (database.kind === 'sqlite' && lastGroup > 1) gather(waiting.length, 1);
    // What else this turn of the event loop brings goes into the same transaction.
    else due = setImmediate(() => void write());
  };

  const writeNotesIn = (delay: number): void => {
    notesDue ??= setTimeout(() => void write(), delay).unref();
  };

  return {
    record: async (entry) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= MOST_WAITING) {
          reject(unavailable('too many records wait for the database', undefined, 1));
          return;
        }
        waiting.push({ entry, resolve, reject });
        writeSoon();
      }),
    note: (entry) => {
      if (notes.length >= MOST_NOTES) {
        dropped += 1;
        return;
      }
      notes.push(entry);
      writeNotesIn(NOTES_WAIT_MS);
    },
    read: async (filter, { after, limit, from }) => {
      const page = after === undefined && from === 'newest' ? await table.readLast(filter, limit) : await table.readOn(filter, readCursor(after), limit);
      return { entries: page.entries, cursor: String(page.upTo) };
    },
    flush: async () => {
      while (writing !== undefined || waiting.length > 0 || notes.length > 0) {
        if (!(await write())) throw unavailable('the journal cannot be written', undefined, 1);
      }
    },
    dropped: () => dropped,
  };
}

function readCursor(text: string | undefined): number {
  if (text === undefined) return 0;
  if (!/^\d{1,15}$/u.test(text)) throw new SignetError('invalid_input', 'this is not a cursor of the sign-on log');
  return Number(text);
}
