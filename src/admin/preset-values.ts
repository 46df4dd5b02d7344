/** What an administrator fills into a preset: read, checked, completed (threats M08). */
import { SignetError } from '../core/errors.js';
import type { Preset, PresetField, PresetValues } from './preset-format.js';
import { type Assignment, listed, readLine, show, wrongValue } from './setting-values.js';

const LIMITS = { characters: 256, values: 200 } as const;

/**
 * Every field with its values, defaults in place. Throws invalid_input with a sentence that names the field, the value and
 * the fix.
 */
export function readPresetValues(preset: Preset, assignments: readonly Assignment[]): PresetValues {
  const known = new Set(preset.fields.map(({ id }) => id));
  const stranger = assignments.find(({ key }) => !known.has(key));
  if (stranger !== undefined) {
    const fields = known.size === 0 ? 'it asks for nothing' : `it asks for ${listed([...known])}`;
    throw new SignetError('invalid_input', `${preset.name} has no field "${show(stranger.key)}"; ${fields}.`);
  }
  return Object.fromEntries(
    preset.fields.map((field) => [
      field.id,
      readField(
        field,
        assignments.filter(({ key }) => key === field.id).map(({ value }) => value),
      ),
    ]),
  );
}

function readField(field: PresetField, given: readonly string[]): readonly string[] {
  const { id, hint, example } = field;
  if (given.length === 0) {
    if (field.default !== undefined) return [field.default];
    throw new SignetError('invalid_input', `${id} is missing: ${hint}; for example --value ${id}=${example}.`);
  }
  if (given.length > 1 && field.repeatable !== true) throw new SignetError('invalid_input', `${id} is given ${String(given.length)} times; give it once.`);
  if (given.length > LIMITS.values)
    throw new SignetError('invalid_input', `${id} is given ${String(given.length)} times; give at most ${String(LIMITS.values)}.`);
  return [...new Set(given.map((value) => readValue(field, value)))];
}

function readValue(field: PresetField, given: string): string {
  const line = readLine(field.id, given, LIMITS.characters);
  const value = field.lowerCase === true ? line.toLowerCase() : line;
  if (field.choices !== undefined && !field.choices.includes(value)) throw wrongValue(field.id, value, `use ${listed(field.choices)}`);
  if (field.pattern !== undefined && !fits(field.pattern, value)) throw wrongValue(field.id, value, `give something like ${field.example}: ${field.hint}`);
  return value;
}

/** Whether a value is wholly what a pattern describes. */
export function fits(pattern: string, value: string): boolean {
  return new RegExp(`^(?:${pattern})$`, 'u').test(value);
}
