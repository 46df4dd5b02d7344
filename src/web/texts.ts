/** What people read, by key: views/texts, one catalogue per language. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Texts {
  /** The language's tag, for `lang`. */
  readonly language: string;
  has(key: string): boolean;
  /** The text of a key with its values in place. Throws on a key that is not in the catalogue: a mistake of ours, found by tests. */
  text(key: string, values?: Readonly<Record<string, string>>): string;
  /** The text before and after one of its values, for pages that set the value apart. */
  around(key: string, name: string, values?: Readonly<Record<string, string>>): readonly [string, string];
}

/** Reads the catalogue of a language. */
export function readTexts(folder: string, language: string): Texts {
  const catalogue = readCatalogue(join(folder, `${language}.json`));
  const find = (key: string): string => {
    const text = catalogue.get(key);
    if (text === undefined) throw new Error(`no text for ${key}`);
    return text;
  };
  return {
    language,
    has: (key) => catalogue.has(key),
    text: (key, values = {}) => fill(find(key), values),
    around: (key, name, values = {}) => {
      const [before = '', after = ''] = find(key).split(`{${name}}`);
      return [fill(before, values), fill(after, values)];
    },
  };
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/gu, (whole, name: string) => values[name] ?? whole);
}

function readCatalogue(path: string): ReadonlyMap<string, string> {
  const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (typeof parsed !== 'object' || parsed === null) throw new Error(`${path} is not a catalogue`);
  const entries = Object.entries(parsed).map(([key, value]): [string, string] => {
    if (typeof value !== 'string') throw new Error(`${path}: ${key} is not a text`);
    return [key, value];
  });
  return new Map(entries);
}
