/**
 * The properties of a trust, read by type, whatever form an export gave them. Each is accounted for once: carried over, or
 * left behind with the reason. What nobody reads is left behind as well, and said so.
 */
import { show } from '../setting-values.js';
import type { AdfsObject, AdfsTrust, AdfsValue } from './export.js';

export interface Carried {
  /** As AD FS calls it. */
  readonly property: string;
  readonly value: string;
  /** What it became: 'lifetime 1h'. */
  readonly as: string;
}

export interface LeftBehind {
  readonly property: string;
  readonly value: string;
  readonly reason: string;
}

/** Readers give nothing, or the default named, for what the export does not have; letter case of names does not count. */
export interface TrustReader {
  value(name: string): AdfsValue | undefined;
  /** As it stands; undefined for an empty one, too. */
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  flag(name: string, otherwise: boolean): boolean;
  count(name: string): number | undefined;
  objects(name: string): readonly AdfsObject[];
  /** Names of properties that hold something, and not of the kind that they were read as. */
  unreadable(): readonly string[];
  /** Accounts for a property; nothing happens when the export does not have it. The last word counts. */
  carry(name: string, as: string): void;
  leave(name: string, reason: string): void;
  /** Everything that is in the export, in its order. @param reasonFor why a property that nobody read is left behind; undefined: it says nothing */
  account(reasonFor: (name: string) => string | undefined): { readonly carried: readonly Carried[]; readonly leftBehind: readonly LeftBehind[] };
}

type Fate = { readonly as: string } | { readonly reason: string };

/** Reads one trust. */
export function createTrustReader({ properties }: Pick<AdfsTrust, 'properties'>): TrustReader {
  const fates = new Map<string, Fate>();
  const value = (name: string): AdfsValue | undefined => valueIn(properties, name);
  const unreadable = new Set<string>();
  /** @param given what is read, one by one */
  const read = <T>(name: string, given: readonly AdfsValue[], found: readonly T[]): readonly T[] => {
    if (given.filter((entry) => entry !== null && entry !== '' && !(isList(entry) && entry.length === 0)).length > found.length) unreadable.add(name);
    return found;
  };
  return {
    value,
    text: (name) =>
      read(
        name,
        [value(name) ?? null],
        [textOf(value(name))].filter((text) => text !== undefined),
      )[0],
    texts: (name) => read(name, listOf(value(name)), textsOf(value(name))),
    flag: (name, otherwise) =>
      read(
        name,
        [value(name) ?? null],
        [flagOf(value(name))].filter((flag) => flag !== undefined),
      )[0] ?? otherwise,
    unreadable: () => [...unreadable],
    count: (name) => countOf(value(name)),
    objects: (name) => listOf(value(name)).filter(isObject),
    carry: (name, as) => fates.set(name.toLowerCase(), { as }),
    leave: (name, reason) => fates.set(name.toLowerCase(), { reason }),
    account: (reasonFor) => {
      const carried: Carried[] = [];
      const leftBehind: LeftBehind[] = [];
      for (const [property, given] of Object.entries(properties)) {
        const shown = shownValue(given);
        const fate = fates.get(property.toLowerCase());
        if (fate !== undefined && 'as' in fate) carried.push({ property, value: shown, as: fate.as });
        else {
          const reason = fate?.reason ?? reasonFor(property) ?? (saysNothing(given) ? undefined : 'Signet knows no such property');
          if (reason !== undefined) leftBehind.push({ property, value: shown, reason });
        }
      }
      return { carried, leftBehind };
    },
  };
}

/** A property of an object of the export, whatever the letter case of its name. */
export function valueIn(object: AdfsObject, name: string): AdfsValue | undefined {
  if (Object.hasOwn(object, name)) return object[name];
  const wanted = name.toLowerCase();
  return Object.entries(object).find(([known]) => known.toLowerCase() === wanted)?.[1];
}

/** A text, or an address that was exported as an object; undefined for an empty one. */
export function textOf(value: AdfsValue | undefined): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'number') return String(value);
  if (value === undefined || !isObject(value)) return undefined;
  return textOf(valueIn(value, 'OriginalString') ?? valueIn(value, 'AbsoluteUri') ?? valueIn(value, 'Value'));
}

export function textsOf(value: AdfsValue | undefined): readonly string[] {
  return listOf(value).flatMap((entry) => textOf(entry) ?? []);
}

export function flagOf(value: AdfsValue | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 1 || value === 0) return value === 1;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

export function countOf(value: AdfsValue | undefined): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  return typeof value === 'string' && /^\d{1,9}$/u.test(value) ? Number(value) : undefined;
}

/** One value alone is a list of one: PowerShell does not tell them apart. */
export function listOf(value: AdfsValue | undefined): readonly AdfsValue[] {
  if (value === undefined || value === null) return [];
  return isList(value) ? value : [value];
}

export function isObject(value: AdfsValue): value is AdfsObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

function isList(value: AdfsValue): value is readonly AdfsValue[] {
  return Array.isArray(value);
}

/** A name and a password before a host (threats M13). */
const USER_IN_ADDRESS = /\/\/[^/\s?#@]*@/gu;

/** Empty, off or none: what a property holds that nobody set. */
function saysNothing(value: AdfsValue): boolean {
  if (value === null || value === '' || value === false || value === 0) return true;
  if (isList(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

function shownValue(value: AdfsValue): string {
  if (value === null) return '';
  if (isList(value)) return show(value.map(shownValue).join(', '));
  if (isObject(value)) return show(JSON.stringify(value).replaceAll(USER_IN_ADDRESS, '//…@'));
  return show(String(value).replaceAll(USER_IN_ADDRESS, '//…@'));
}
