/** The presets that come along, and those of an administrator's own folder: a mistake in one's own file hides no other preset. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SignetError } from '../core/errors.js';
import type { Preset } from './preset-format.js';
import { findPreset, loadPresets, readPreset } from './presets.js';

export interface PresetCollection {
  /** By name; one's own instead of one that came along under the same name. */
  readonly presets: readonly Preset[];
  /** The names of one's own. */
  readonly own: ReadonlySet<string>;
  /** One sentence for each file that cannot be used. */
  readonly problems: readonly PresetProblem[];
}

interface PresetProblem {
  readonly sentence: string;
  /** The presets it may have been meant to be. */
  readonly names: readonly string[];
}

/** A folder with presets of one's own. */
export interface OwnFolder {
  readonly path: string;
  /** Somebody named it: then it has to be there. */
  readonly named: boolean;
}

/** Reads both folders. Throws invalid_input for what came along only. */
export async function collectPresets(builtIn: string, folder: OwnFolder): Promise<PresetCollection> {
  const presets = new Map((await loadPresets([builtIn])).map((preset) => [preset.name, preset]));
  const own = new Set<string>();
  const problems: PresetProblem[] = [];
  for (const file of await filesOf(folder, problems)) {
    let text = '';
    try {
      text = await readFile(join(folder.path, file), 'utf8');
      const preset = readPreset(text, file);
      if (own.has(preset.name)) throw new SignetError('invalid_input', `The preset ${file} cannot be used: another file is named ${preset.name} already.`);
      own.add(preset.name);
      presets.set(preset.name, preset);
    } catch (error) {
      problems.push({ sentence: sentenceOf(error, file), names: [file.replace(/\.json$/u, ''), ...nameIn(text)] });
    }
  }
  return { presets: [...presets.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), own, problems };
}

/**
 * The one of that name. Throws invalid_input where a file that cannot be used may have been meant to be it, so that nobody gets
 * the other preset of the same name unawares; else not_found.
 */
export function choosePreset({ presets, problems }: PresetCollection, name: string): Preset {
  const problem = problems.find(({ names }) => names.includes(name));
  if (problem !== undefined) throw new SignetError('invalid_input', problem.sentence);
  return findPreset(presets, name);
}

async function filesOf({ path, named }: OwnFolder, problems: PresetProblem[]): Promise<readonly string[]> {
  try {
    return (await readdir(path)).filter((file) => file.endsWith('.json')).sort();
  } catch (error) {
    const code = codeOf(error);
    if (named || code !== 'ENOENT') problems.push({ sentence: `The folder of presets ${path} cannot be read (${code}); see SIGNET_PRESETS.`, names: [] });
    return [];
  }
}

function sentenceOf(error: unknown, file: string): string {
  return error instanceof SignetError ? error.message : `The preset ${file} cannot be read (${codeOf(error)}).`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
}

function nameIn(text: string): readonly string[] {
  const [, name] = /"name"\s*:\s*"([^"]*)"/u.exec(text) ?? [];
  return name === undefined ? [] : [name];
}
