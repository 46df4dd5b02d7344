/** Which preset an application is of, told by its identifier. */
import type { Preset } from './preset-format.js';
import { placeholdersIn } from './preset-text.js';

/** A pattern with less fixed text than this would fit all kinds of applications. */
const LEAST_FIXED = 5;

/** The preset whose identifiers fit best: the one with the longest fixed text. @param protocol where it is known */
export function presetFor(presets: readonly Preset[], identifier: string, protocol?: Preset['protocol']): Preset | undefined {
  const fitting = presets
    .filter((preset) => protocol === undefined || preset.protocol === protocol)
    .flatMap((preset) => patternsOf(preset).map((pattern) => ({ preset, ...pattern })))
    .filter(({ source, fixed }) => fixed >= LEAST_FIXED && new RegExp(`^(?:${source})$`, 'iu').test(identifier));
  return fitting.sort((a, b) => b.fixed - a.fixed)[0]?.preset;
}

interface Pattern {
  readonly source: string;
  /** Characters that are always the same. */
  readonly fixed: number;
}

function patternsOf(preset: Preset): readonly Pattern[] {
  const known = (preset.knownAs ?? []).map((source) => ({ source, fixed: source.replaceAll(/\\[a-z]|[^A-Za-z0-9]/gu, '').length }));
  return [...preset.identifiers.flatMap((text) => spelled(preset, text)).map(patternOf(preset)), ...known];
}

/** The text with each value of the preset, and each choice, in place of its placeholder: what stays are fields to be typed. */
function spelled(preset: Preset, text: string): readonly string[] {
  for (const name of placeholdersIn(text)) {
    const values = preset.values.filter(({ id }) => id === name).map((value) => value.text);
    const known = values.length > 0 ? values : preset.fields.find(({ id }) => id === name)?.choices;
    if (known !== undefined) return known.flatMap((word) => spelled(preset, text.replaceAll(`{${name}}`, word)));
  }
  return [text];
}

const patternOf =
  ({ fields }: Preset) =>
  (text: string): Pattern => {
    const parts = text.split(/\{([^}]*)\}/u);
    const source = parts.map((part, at) => (at % 2 === 0 ? escapePattern(part) : `(?:${fields.find(({ id }) => id === part)?.pattern ?? '.+'})`));
    const fixed = parts.filter((_, at) => at % 2 === 0).join('');
    return { source: source.join(''), fixed: fixed.replace(/^https?:\/\//u, '').length };
  };

function escapePattern(text: string): string {
  return text.replaceAll(/[$()*+./?[\\\]^{|}]/gu, String.raw`\$&`);
}
