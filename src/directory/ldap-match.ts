/** Whether a filter holds for an entry. Letter case does not count, but in binary values; in names of places neither do spaces beside commas. */
import { fillValue, type FilterValue, type LdapFilter, RULE } from './ldap-filter.js';

/** Attributes by their names in lower case. */
export type Entry = ReadonlyMap<string, readonly string[]>;

const BINARY: ReadonlySet<string> = new Set(['objectguid', 'ms-ds-consistencyguid']);
const PLACES: ReadonlySet<string> = new Set(['distinguishedname', 'member', 'memberof', 'manager']);

/** A value in the form in which it is compared. */
export function comparable(attribute: string, value: string): string {
  if (BINARY.has(attribute)) return value;
  const text = value.trim().normalize('NFC').toLowerCase().replaceAll(/\s+/gu, ' ');
  return PLACES.has(attribute) ? text.replaceAll(/ ?(?<!\\), ?/gu, ',') : text;
}

/** Whether an entry has this value. */
export function hasValue(entry: Entry, attribute: string, value: string): boolean {
  const wanted = comparable(attribute, value);
  return (entry.get(attribute) ?? []).some((own) => comparable(attribute, own) === wanted);
}

/** Evaluates a filter with its parameters. What an entry has no value of does not fit, so its negation does. */
export function matches(filter: LdapFilter, params: readonly string[], entry: Entry): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => matches(part, params, entry));
    case 'or':
      return filter.parts.some((part) => matches(part, params, entry));
    case 'not':
      return !matches(filter.part, params, entry);
    case 'present':
      return (entry.get(filter.attribute)?.length ?? 0) > 0;
    case 'equals': {
      const value = fillValue(filter.value, params);
      if (filter.rule === RULE.allBits || filter.rule === RULE.anyBit) return hasBits(entry, filter.attribute, value, filter.rule);
      return hasValue(entry, filter.attribute, value);
    }
    case 'from':
    case 'to':
      return (entry.get(filter.attribute) ?? []).some((own) => {
        const order = compare(comparable(filter.attribute, own), comparable(filter.attribute, fillValue(filter.value, params)));
        return filter.kind === 'from' ? order >= 0 : order <= 0;
      });
    case 'substrings':
      return (entry.get(filter.attribute) ?? []).some((own) => hasPieces(filter.attribute, own, filter.pieces, params));
  }
}

function hasBits(entry: Entry, attribute: string, value: string, rule: string): boolean {
  if (!/^\d{1,9}$/u.test(value)) return false;
  const wanted = Number(value);
  return (entry.get(attribute) ?? []).some((own) => {
    const set = Number(own) & wanted;
    return rule === RULE.allBits ? set === wanted : set !== 0;
  });
}

/** Numbers by size, others in the order of their characters. */
function compare(one: string, other: string): number {
  if (/^-?\d{1,15}$/u.test(one) && /^-?\d{1,15}$/u.test(other)) return Number(one) - Number(other);
  return one === other ? 0 : one < other ? -1 : 1;
}

function hasPieces(attribute: string, own: string, pieces: readonly FilterValue[], params: readonly string[]): boolean {
  const text = comparable(attribute, own);
  // Spaces at the edges of a piece count: they are inside the value.
  const wanted = pieces.map((piece) => (BINARY.has(attribute) ? fillValue(piece, params) : fillValue(piece, params).normalize('NFC').toLowerCase()));
  const first = wanted[0] ?? '';
  const last = wanted.at(-1) ?? '';
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of wanted.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
