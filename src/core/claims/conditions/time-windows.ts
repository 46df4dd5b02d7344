/** Stretches of the week by the clock on the wall of a time zone, daylight saving included. */
import { createBoundedMap } from '../../bounded-map.js';
import type { TimeWindow, Weekday } from '../../model/condition.js';
import type { Instant } from '../../model/ids.js';

export const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
export const DEFAULT_ZONE = 'UTC';

interface WallClock {
  readonly day: Weekday;
  /** HH:MM: compares as text as it does as time. */
  readonly time: string;
}

const ZONES_KEPT = 100;
/** A formatter takes as long to make as thousands of uses. */
const formatters = createBoundedMap<string, Intl.DateTimeFormat>(ZONES_KEPT);

/** True when the instant lies in the window: its start belongs to it, its end does not. Throws RangeError for an unknown time zone. */
export function inWindow(window: TimeWindow, at: Instant): boolean {
  const { days = WEEKDAYS, from, to, zone = DEFAULT_ZONE } = window;
  const { day, time } = wallClock(at, zone);
  const today = days.includes(day);
  if (from === undefined || to === undefined) return today;
  if (from < to) return today && time >= from && time < to;
  return (today && time >= from) || (days.includes(dayBefore(day)) && time < to);
}

/** 'tue 19:05 Europe/Berlin' */
export function describeInstant(at: Instant, zone: string = DEFAULT_ZONE): string {
  const { day, time } = wallClock(at, zone);
  return `${day} ${time} ${zone}`;
}

/** True for a name of the IANA time zone database, as far as this system knows it. */
export function isTimeZone(zone: string): boolean {
  try {
    formatterOf(zone);
    return true;
  } catch {
    return false;
  }
}

function wallClock(at: Instant, zone: string): WallClock {
  const parts = new Map(
    formatterOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const day = WEEKDAYS.find((name) => name === parts.get('weekday')?.toLowerCase()) ?? 'mon';
  return { day, time: `${parts.get('hour') ?? ''}:${parts.get('minute') ?? ''}` };
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  formatters.set(zone, made);
  return made;
}

function dayBefore(day: Weekday): Weekday {
  return WEEKDAYS.at(WEEKDAYS.indexOf(day) - 1) ?? day;
}
