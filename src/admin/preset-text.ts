/** Placeholders and conditions of presets, resolved: in plain text, in commands, in JSON and in addresses. */
import { shellWord } from '../core/shell-word.js';
import type { Guard, Preset, PresetValues } from './preset-format.js';
import { readAssignment } from './setting-values.js';

const PLACEHOLDER = /\{([A-Za-z][A-Za-z0-9-]*(?:\.(?:key|value))?)\}/gu;

/** True when a condition of `when` holds, where there are any, and none of `unless`. */
export function applies({ when, unless }: Guard, filled: PresetValues): boolean {
  const holds = ({ field, is, several }: NonNullable<Guard['when']>[number]): boolean => {
    const given = filled[field] ?? [];
    return is !== undefined ? given.includes(is) : given.length > (several === true ? 1 : 0);
  };
  return (when === undefined || when.some(holds)) && !(unless ?? []).some(holds);
}

/** The names of the placeholders in a text. */
export function placeholdersIn(text: string): readonly string[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
}

/**
 * Looks up the values of a placeholder: what was filled in, what the preset derives from it, and our own values.
 * Empty for one that has no value.
 */
export type Lookup = (name: string) => readonly string[];

/**
 * @param filled decides conditions
 * @param only narrows a field to one of its values, for what is said once per value
 */
export function createLookup(preset: Preset, filled: PresetValues, own: PresetValues = {}, only: PresetValues = {}): Lookup {
  const lookup = (name: string): readonly string[] => {
    const [field = '', half] = name.split('.');
    if (half !== undefined) return lookup(field).map((pair) => readAssignment(pair)[half === 'key' ? 'key' : 'value']);
    const direct = only[name] ?? filled[name] ?? own[name];
    if (direct !== undefined) return direct;
    const derived = preset.values.find((value) => value.id === name && applies(value, filled));
    return derived === undefined ? [] : expand(derived.text, lookup);
  };
  return lookup;
}

/** One round for every value of the field, each with that value only; a single one without a field. */
export function roundsOf(each: string | undefined, filled: PresetValues): readonly PresetValues[] {
  return each === undefined ? [{}] : (filled[each] ?? []).map((value) => ({ [each]: [value] }));
}

/** A text with every combination of the values of its placeholders, each once; nothing where one has none. */
export function expand(text: string, lookup: Lookup): readonly string[] {
  const names = [...new Set(placeholdersIn(text))];
  let combinations: readonly (readonly string[])[] = [[]];
  for (const name of names) combinations = combinations.flatMap((before) => lookup(name).map((value) => [...before, value]));
  return [...new Set(combinations.map((values) => text.replaceAll(PLACEHOLDER, (_, name: string) => values[names.indexOf(name)] ?? '')))];
}

/** A text for people: several values side by side. Undefined where a placeholder has none. */
export function fill(text: string, lookup: Lookup): string | undefined {
  return substitute(text, lookup, (values) => values.join(', '));
}

/** An address: each value as it may stand in one. Undefined where a placeholder has none. */
export function fillAddress(text: string, lookup: Lookup): string | undefined {
  return substitute(text, lookup, (values) => values.map(encodeURI).join(','));
}

/** A line of PowerShell: each value a literal, several of them a list. Undefined where a placeholder has none. */
export function fillPowerShell(text: string, lookup: Lookup): string | undefined {
  return substitute(text, lookup, (values) => values.map(quotePowerShell).join(','));
}

/** A line for a shell of Unix: each value one word. Undefined where a placeholder has none. */
export function fillShell(text: string, lookup: Lookup): string | undefined {
  return substitute(text, lookup, (values) => values.map(shellWord).join(' '));
}

/** A literal in which nothing is looked at: PowerShell takes the typographic quotes for the plain one, doubled for itself. */
export function quotePowerShell(value: string): string {
  return `'${value.replaceAll(/['\u2018\u2019\u201A\u201B]/gu, '$&$&')}'`;
}

function substitute(text: string, lookup: Lookup, write: (values: readonly string[]) => string): string | undefined {
  if (placeholdersIn(text).some((name) => lookup(name).length === 0)) return undefined;
  return text.replaceAll(PLACEHOLDER, (_, name: string) => write(lookup(name)));
}
