/** What an administrator fills into a preset: read, checked, completed (threats M08). */
import { SignetError } from '../core/errors.js';
import { shellWord } from '../core/shell-word.js';
import type { Preset, PresetField, PresetValues } from './preset-format.js';
import { type Assignment, listed, readLine, show, wrongValue } from './setting-values.js';

const LIMITS = { characters: 512, values: 200 } as const;

/** Where the application is described by its metadata: then nothing is asked for that the metadata says. */
export interface Described {
  readonly metadata: boolean;
}

/**
 * Every field that has values with its values, defaults in place. Throws invalid_input with a sentence that names the field,
 * the value and the fix; with one for all fields that are missing.
 */
export function readPresetValues(preset: Preset, assignments: readonly Assignment[], described: Described = { metadata: false }): PresetValues {
  const known = new Set(preset.fields.map(({ id }) => id));
  const stranger = assignments.find(({ key }) => !known.has(key));
  if (stranger !== undefined) {
    const fields = known.size === 0 ? 'it asks for nothing' : `it asks for ${listed([...known])}`;
    throw new SignetError('invalid_input', `${preset.name} has no field "${show(stranger.key)}"; ${fields}.`);
  }
  const given = preset.fields.map((field) => ({ field, values: assignments.filter(({ key }) => key === field.id).map(({ value }) => value) }));
  const missing = given.filter(({ field, values }) => values.length === 0 && isAsked(field, described)).map(({ field }) => field);
  if (missing.length > 0) throw new SignetError('invalid_input', missing.map(sayMissing).join(' '));
  return Object.fromEntries(given.flatMap(({ field, values }) => readField(field, values).map((list) => [field.id, list])));
}

/** Whether somebody has to give a value. */
export function isAsked({ default: otherwise, optional, withoutMetadata }: PresetField, { metadata }: Described): boolean {
  return otherwise === undefined && optional !== true && !(withoutMetadata === true && metadata);
}

function sayMissing({ id, hint, example }: PresetField): string {
  return `${id} is missing: ${hint}; for example --value ${shellWord(`${id}=${example}`)}.`;
}

/** The list of its values, or nothing. */
function readField(field: PresetField, given: readonly string[]): readonly (readonly string[])[] {
  const { id } = field;
  if (given.length === 0) return field.default === undefined ? [] : [[field.default]];
  if (given.length > 1 && field.repeatable !== true) throw new SignetError('invalid_input', `${id} is given ${String(given.length)} times; give it once.`);
  if (given.length > LIMITS.values)
    throw new SignetError('invalid_input', `${id} is given ${String(given.length)} times; give at most ${String(LIMITS.values)}.`);
  return [[...new Set(given.map((value) => readValue(field, value)))]];
}

function readValue(field: PresetField, given: string): string {
  const line = readLine(field.id, given, LIMITS.characters);
  const value = field.lowerCase === true ? line.toLowerCase() : line;
  if (field.choices !== undefined && !field.choices.includes(value)) throw wrongValue(field.id, value, `use ${listed(field.choices)}`);
  if (field.pattern !== undefined && !fits(field.pattern, value)) throw wrongValue(field.id, value, `give something like ${field.example}: ${field.hint}`);
  if (field.pairs === true && !/^[^=]+=./u.test(value)) throw wrongValue(field.id, value, `give something like ${field.example}: ${field.hint}`);
  return value;
}

/** Whether a value is wholly what a pattern describes. */
export function fits(pattern: string, value: string): boolean {
  return new RegExp(`^(?:${pattern})$`, 'u').test(value);
}
