/** Presets: read from folders of JSON files, checked as a whole before one is offered. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SignetError } from '../core/errors.js';
import { problemOf } from './preset-check.js';
import { type Preset, PRESET_SCHEMA } from './preset-format.js';
import { listed, show } from './setting-values.js';

/**
 * The presets of these folders by name, sorted; of two with the same name the later folder's counts. Throws invalid_input
 * with a sentence that names the file and what is wrong in it.
 */
export async function loadPresets(folders: readonly string[]): Promise<readonly Preset[]> {
  const found = new Map<string, Preset>();
  for (const folder of folders) {
    const files = (await readdir(folder)).filter((file) => file.endsWith('.json'));
    for (const file of files) {
      const preset = readPreset(await readFile(join(folder, file), 'utf8'), file);
      found.set(preset.name, preset);
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The one of that name. Throws not_found. */
export function findPreset(presets: readonly Preset[], name: string): Preset {
  const preset = presets.find((candidate) => candidate.name === name);
  if (preset === undefined) throw new SignetError('not_found', `There is no preset "${show(name)}"; there is ${listed(presets.map((known) => known.name))}.`);
  return preset;
}

/** A preset from its JSON text. Throws invalid_input. @param file its name, for the sentence about what is wrong */
export function readPreset(text: string, file: string): Preset {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new SignetError('invalid_input', `The preset ${file} is not JSON: ${error instanceof Error ? error.message : 'unreadable'}`, { cause: error });
  }
  const read = PRESET_SCHEMA.safeParse(json);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new SignetError('invalid_input', `The preset ${file} cannot be used: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unknown'}.`);
  }
  const problem = problemOf(read.data);
  if (problem !== undefined) throw new SignetError('invalid_input', `The preset ${file} cannot be used: ${problem}.`);
  return read.data;
}
