/** Times and long names as people say them. */
import type { Instant } from '../../core/model/ids.js';
import { readDateTime } from '../../xml/read.js';

const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ['year', 31_557_600],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** '5 minutes ago', 'in 2 hours', 'now'. */
export function fromNow(at: Instant, now: Instant): string {
  const seconds = Math.round(Math.abs(now - at) / 1000);
  const [name, length] = UNITS.find(([, unit]) => seconds >= unit) ?? ['second', 1];
  const count = Math.floor(seconds / length);
  if (count === 0) return 'now';
  const span = `${String(count)} ${name}${count === 1 ? '' : 's'}`;
  return at < now ? `${span} ago` : `in ${span}`;
}

/** '2026-11-24 09:00:00Z, 5 minutes ago' */
export function sayTime(at: Instant, now: Instant): string {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return 'a time that does not exist';
  return `${time
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/u, 'Z')}, ${fromNow(at, now)}`;
}

/** The time that an attribute says, or undefined where it is none. */
export function timeIn(text: string | undefined): Instant | undefined {
  if (text === undefined) return undefined;
  try {
    return readDateTime(text);
  } catch {
    // Shown as it stands.
    return undefined;
  }
}

/** In words where it is a time, else as it stands. */
export function sayTimeText(text: string | undefined, now: Instant): string | undefined {
  const at = timeIn(text);
  return at === undefined ? text : sayTime(at, now);
}

/** What is behind the last colon, slash or hash sign of a name of an algorithm. */
export function shortName(uri: string): string {
  return /[^#:/]*$/u.exec(uri)?.[0] ?? uri;
}
