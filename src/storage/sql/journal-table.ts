/** The journal's rows: written many at a time, read in the order of writing. */
import { type ExpressionBuilder, type ExpressionWrapper, type SqlBool, sql } from 'kysely';
import type { CheckRecord } from '../../core/checks/check.js';
import type { TraceRecord } from '../../core/checks/trace.js';
import type { SignOnFilter, SignOnRecord } from '../../core/ports.js';
import { normalizeUserName } from '../../core/model/user.js';
import type { Database, SqlValue } from './database.js';
import { createDocumentReader } from '../json-document.js';
import type { Tables } from './schema.js';

/** What is not a column. A check that passed and observed nothing is its id: that is most of them, in every record. */
interface Document extends Omit<SignOnRecord, 'id' | 'at' | 'reference' | 'event' | 'outcome' | 'trace'> {
  readonly trace: Omit<TraceRecord, 'checks'> & { readonly checks: readonly (CheckRecord | CheckRecord['id'])[] };
}

const readDocument = createDocumentReader<Document>('sign-on record', {
  protocol: 'string?',
  relyingParty: 'string?',
  user: 'string?',
  userId: 'string?',
  tokenId: 'string?',
  inResponseTo: 'string?',
  check: 'string?',
  code: 'string?',
  clientAddress: 'string?',
  trace: 'object',
});

const EVENTS: readonly SignOnRecord['event'][] = ['sign-on', 'sign-in', 'sign-out'];
const OUTCOMES: readonly SignOnRecord['outcome'][] = ['issued', 'succeeded', 'refused', 'failed'];

const COLUMNS = ['id', 'at', 'reference', 'user_key', 'relying_party', 'event', 'outcome', 'document'] as const;
type Cells = readonly [string, number, string, string | null, string | null, string, string, string];

/** PostgreSQL indexes at most 2,700 bytes of a value, and what somebody typed as a user name may be longer. The document keeps it whole. */
const KEY_LENGTH = 500;

/** Any number that no other application on the database is likely to use. */
const GATE = 7_364_638_002;

/** Records that were read, and up to where the journal was looked through. */
export interface JournalPage {
  readonly entries: readonly SignOnRecord[];
  readonly upTo: number;
}

export interface JournalTable {
  /** All of them in one transaction, durable when it resolves; a record that is there already is left alone. */
  insert(entries: readonly SignOnRecord[]): Promise<void>;
  /** The first `limit` records written after `after` that fit the filter. */
  readOn(filter: SignOnFilter, after: number, limit: number): Promise<JournalPage>;
  /** The last `limit` records that fit the filter. */
  readLast(filter: SignOnFilter, limit: number): Promise<JournalPage>;
}

/** The table over a database. */
export function createJournalTable(database: Database): JournalTable {
  const insertRows = createInsert(database);
  const horizonOf = createHorizon(database);

  const read = async (filter: SignOnFilter, after: number, limit: number, direction: 'asc' | 'desc'): Promise<JournalPage> => {
    const horizon = await horizonOf();
    // With the sign the planner leaves the primary key alone and goes by the index of what is asked for.
    const seq = searchesByFilter(database.kind, filter) ? sql.raw<number>('+seq') : sql.raw<number>('seq');
    const rows = await database.kysely
      .selectFrom('journal')
      .select(['seq', 'id', 'at', 'reference', 'event', 'outcome', 'document'])
      // The seqs first: from an index, without the documents.
      .where('seq', 'in', (from) =>
        from
          .selectFrom('journal')
          .select('seq')
          .where((on) => matches(on, filter))
          .where(sql<boolean>`${seq} > ${after} and ${seq} <= ${horizon}`)
          .orderBy(seq, direction)
          .limit(limit),
      )
      .orderBy('seq')
      .execute();
    const entries = rows.map(readRow).sort((one, other) => one.at - other.at);
    return { entries, upTo: rows.length < limit ? Math.max(after, horizon) : (rows.at(-1)?.seq ?? after) };
  };

  return {
    insert: async (entries) => {
      await insertRows(entries.map(toCells));
    },
    readOn: async (filter, after, limit) => read(filter, after, limit, 'asc'),
    readLast: async (filter, limit) => read(filter, 0, limit, 'desc'),
  };
}

function createInsert(database: Database): (rows: readonly Cells[]) => Promise<void> {
  const columns = COLUMNS.join(', ');
  if (database.kind === 'sqlite') {
    const text = `insert into journal (${columns}) values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (at, id) do nothing`;
    return (rows) => {
      database.insertMany(text, rows);
      return Promise.resolve();
    };
  }
  // Numbers are given out before they are committed: whoever reads waits at the gate for those who hold one (createHorizon).
  const insert = database.statement(
    `with gate as materialized (select pg_advisory_xact_lock_shared(${String(GATE)}))
    insert into journal (${columns})
    select entry.* from gate, unnest(?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[]) as entry (${columns})
    on conflict (at, id) do nothing`,
    { repeatable: true },
  );
  return async (rows) => {
    const arrays = COLUMNS.map((_, index): SqlValue => rows.map((row) => row[index] ?? null));
    await insert(...arrays);
  };
}

/** Up to which number nothing can be added any more: a reader that has gone so far has missed nothing. */
function createHorizon(database: Database): () => Promise<number> {
  const newest = '(select coalesce(max(seq), 0) from journal) as newest';
  const select = database.statement<{ readonly newest: number }>(
    database.kind === 'sqlite' ? `select ${newest}` : `select ${newest}, pg_advisory_xact_lock(${String(GATE)})`,
    { repeatable: true },
  );
  return async () => (await select())[0]?.newest ?? 0;
}

/** PostgreSQL has indexes that combine user and relying party with the order of writing. */
function searchesByFilter(kind: Database['kind'], filter: SignOnFilter): boolean {
  if (filter.since !== undefined) return true;
  return kind === 'sqlite' && (filter.reference !== undefined || filter.user !== undefined || filter.relyingParty !== undefined);
}

function matches(on: ExpressionBuilder<Tables, 'journal'>, filter: SignOnFilter): ExpressionWrapper<Tables, 'journal', SqlBool> {
  return on.and([
    ...(filter.since === undefined ? [] : [on('at', '>=', filter.since)]),
    ...(filter.reference === undefined ? [] : [on('reference', '=', filter.reference)]),
    ...(filter.user === undefined ? [] : [on('user_key', '=', userKey(filter.user))]),
    ...(filter.relyingParty === undefined ? [] : [on('relying_party', '=', filter.relyingParty.slice(0, KEY_LENGTH))]),
  ]);
}

function toCells(entry: SignOnRecord): Cells {
  const { id, at, reference, event, outcome, ...rest } = entry;
  const document: Document = { ...rest, trace: { ...entry.trace, checks: entry.trace.checks.map(shorten) } };
  return [
    id,
    at,
    reference,
    entry.user === undefined ? null : userKey(entry.user),
    entry.relyingParty?.slice(0, KEY_LENGTH) ?? null,
    event,
    outcome,
    JSON.stringify(document),
  ];
}

function shorten(check: CheckRecord): CheckRecord | CheckRecord['id'] {
  return check.result === 'passed' && check.observed === undefined && check.expected === undefined ? check.id : check;
}

function userKey(name: string): string {
  return normalizeUserName(name).slice(0, KEY_LENGTH);
}

interface StoredRow {
  readonly seq: number;
  readonly id: string;
  readonly at: number;
  readonly reference: string;
  readonly event: string;
  readonly outcome: string;
  readonly document: string;
}

function readRow(row: StoredRow): SignOnRecord {
  const { trace, ...rest } = readDocument(row.document);
  return {
    ...rest,
    trace: { ...trace, checks: trace.checks.map((check) => (typeof check === 'string' ? { id: check, result: 'passed' } : check)) },
    id: row.id,
    at: row.at,
    reference: row.reference,
    event: oneOf(EVENTS, row.event),
    outcome: oneOf(OUTCOMES, row.outcome),
  };
}

function oneOf<T extends string>(known: readonly T[], text: string): T {
  const found = known.find((value) => value === text);
  if (found === undefined) throw new Error(`the stored sign-on record has an unknown ${text}`);
  return found;
}
