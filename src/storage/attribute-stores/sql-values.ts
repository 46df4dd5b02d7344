/** Values of PostgreSQL as the text of a claim. */
import { SignetError } from '../../core/errors.js';

/** Object ids of types, as PostgreSQL numbers them (pg_type). */
const OID = { bool: 16, bytea: 17, timestamp: 1114, timestamptz: 1184 } as const;
const ARRAYS: ReadonlySet<number> = new Set([199, 1000, 1001, 1003, 1005, 1007, 1009, 1014, 1015, 1016, 1021, 1022, 1115, 1182, 1183, 1185, 1231, 2951, 3807]);

/**
 * What a session is told, so that one value is always the same text: times in UTC by ISO 8601, bytes in hex; and so that a
 * backslash in quotes is a backslash.
 */
export const SESSION_FORMATS = [
  "set local datestyle = 'ISO, YMD'",
  "set local timezone = 'UTC'",
  "set local intervalstyle = 'iso_8601'",
  "set local bytea_output = 'hex'",
  'set local standard_conforming_strings = on',
].join('; ');

/** Classes of SQLSTATE whose messages quote values: of data, of constraints, raised by functions. Others quote names of the statement. */
const QUOTES_VALUES = /^(?:22|23|P0)/u;

/** A message of the server as it may be kept and shown: on one line, and without a value of a person (threats M13). */
export function messageWithoutValues(message: string, sqlState: string): string {
  const line = message.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ');
  return QUOTES_VALUES.test(sqlState) ? line.replace(/".*"/u, '"…"') : line;
}

/** Refuses columns that hold several values: a claim has one. @param dataTypeIDs of the columns, in order. Throws invalid_input. */
export function refuseArrays(dataTypeIDs: readonly number[]): void {
  const at = dataTypeIDs.findIndex((oid) => ARRAYS.has(oid));
  if (at >= 0) throw new SignetError('invalid_input', `column ${String(at + 1)} of the statement is an array; use unnest(…), which gives a row for each value`);
}

/**
 * The text of a value: true and false, numbers as the server writes them, times as xs:dateTime (with Z where they have a zone), bytes in base64.
 * @param text as the server sent it
 */
export function toText(text: string, dataTypeID: number): string {
  switch (dataTypeID) {
    case OID.bool:
      return text === 't' ? 'true' : 'false';
    case OID.bytea:
      return Buffer.from(text.replace(/^\\x/u, ''), 'hex').toString('base64');
    case OID.timestamp:
      return text.replace(/^(\d+-\d\d-\d\d) /u, '$1T');
    case OID.timestamptz:
      return text.replace(/^(\d+-\d\d-\d\d) ([\d:.]+)\+00/u, '$1T$2Z');
    default:
      return text;
  }
}
