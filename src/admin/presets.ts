/** Presets: read from folders of JSON files, checked as a whole before one is offered. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkClaimMappings } from '../core/claims/mappings/check-mappings.js';
import { SignetError } from '../core/errors.js';
import { claimsOf } from './preset-build.js';
import { OWN_NAMES } from './preset-commands.js';
import { type Guard, type Preset, PRESET_SCHEMA, type PresetLine } from './preset-format.js';
import { createLookup, expand, placeholdersIn } from './preset-text.js';
import { fits } from './preset-values.js';
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

/** What the form alone does not tell, as the end of a sentence. */
function problemOf(preset: Preset): string | undefined {
  return problemOfFields(preset) ?? problemOfNames(preset) ?? problemOfResult(preset);
}

function problemOfFields({ fields }: Preset): string | undefined {
  for (const { id, example, pattern, choices, default: otherwise } of fields) {
    if (OWN_NAMES.some((name) => name === id) || fields.filter((other) => other.id === id).length > 1) return `the field name ${id} is taken`;
    const samples = otherwise === undefined ? [example] : [example, otherwise];
    try {
      const stray = samples.find((sample) => (pattern !== undefined && !fits(pattern, sample)) || (choices !== undefined && !choices.includes(sample)));
      if (stray !== undefined) return `${stray} is no value of the field ${id}`;
    } catch {
      return `the pattern of the field ${id} is no regular expression`;
    }
  }
  return undefined;
}

function problemOfNames(preset: Preset): string | undefined {
  const fields = new Set(preset.fields.map(({ id }) => id));
  const given = new Set<string>([...fields, ...OWN_NAMES]);
  const all = new Set([...given, ...preset.values.map(({ id }) => id)]);
  const guards: readonly Guard[] = [
    preset.values,
    preset.claims,
    preset.asks,
    preset.tell,
    preset.notes,
    preset.commands,
    preset.commands.flatMap(linesOf),
  ].flat();
  const conditions = guards.flatMap(({ when = [], unless = [] }) => [...when, ...unless].map(({ field }) => field));
  const each = preset.commands.flatMap((command) => (command.each === undefined ? [] : [command.each]));
  const unknownField = [...conditions, ...each].find((name) => !fields.has(name));
  if (unknownField !== undefined) return `there is no field ${unknownField}`;
  const unknown =
    preset.values.flatMap(({ text }) => placeholdersIn(text)).find((name) => !given.has(name)) ??
    textsOf(preset)
      .flatMap(placeholdersIn)
      .find((name) => !all.has(name));
  return unknown === undefined ? undefined : `nothing fills the placeholder {${unknown}}`;
}

function linesOf(command: Preset['commands'][number]): readonly PresetLine[] {
  return command.shell === 'powershell' ? command.lines : [];
}

/** Every text in which placeholders are filled. */
function textsOf(preset: Preset): readonly string[] {
  const sources = preset.claims.flatMap(({ from, domains = [] }) => [...from.flatMap((source) => Object.values(source)), ...domains]);
  const commands = preset.commands.flatMap((command) => [
    command.title,
    ...(command.shell === 'http' ? [command.request, ...Object.values(command.body)] : command.lines.map(({ text }) => text)),
  ]);
  const sentences = [preset.asks, preset.tell, preset.notes].flat().map(({ text }) => text);
  return [preset.application, ...preset.identifiers, ...preset.replyAddresses, ...sources, ...commands, ...sentences];
}

/** What comes out with the examples. */
function problemOfResult(preset: Preset): string | undefined {
  const examples = Object.fromEntries(preset.fields.map(({ id, example }) => [id, [example]]));
  const lookup = createLookup(preset, examples);
  const addresses = [preset.identifiers, preset.replyAddresses].map((texts) => texts.flatMap((text) => expand(text, lookup)));
  if (preset.metadata === 'none' && addresses.some((list) => list.length === 0)) return 'it has no identifier or no reply address';
  return checkClaimMappings(claimsOf(preset, examples))?.replace(/\.$/u, '');
}
