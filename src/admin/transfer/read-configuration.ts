/** Files of configuration as what they describe, each thing once (threats M10). */
import { SignetError } from '../../core/errors.js';
import { listed, show } from '../setting-values.js';
import { APPLICATION_SCHEMA, type ApplicationDocument, readShape } from './application-document.js';
import { DIRECTORY_SCHEMA, type DirectoryDocument } from './directory-document.js';
import { STORE_SCHEMA, type StoreDocument } from './store-document.js';
import { readYaml, type YamlDocument } from './yaml-read.js';

export interface ConfigurationFile {
  /** What sentences call it. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Files that it names are found from here. */
  readonly folder: string;
}

/** One document, and where its parts stand. */
export interface Described<T> {
  readonly document: T;
  readonly placeOf: YamlDocument['placeOf'];
  readonly folder: string;
}

export interface DescribedConfiguration {
  readonly applications: readonly Described<ApplicationDocument>[];
  readonly directories: readonly Described<DirectoryDocument>[];
  readonly stores: readonly Described<StoreDocument>[];
}

/** The key that says what a document is about. */
const KINDS = ['application', 'directory', 'store'] as const;
type Kind = (typeof KINDS)[number];

/** Throws invalid_input with file, line and column for the first thing that cannot be read, or stands twice. */
export function readConfiguration(files: readonly ConfigurationFile[]): DescribedConfiguration {
  const found: Record<Kind, Described<Readonly<Record<string, unknown>>>[]> = { application: [], directory: [], store: [] };
  const places = new Map<string, string>();
  for (const { name, bytes, folder } of files) {
    const documents = readYaml(name, bytes);
    if (documents.length === 0) throw new SignetError('invalid_input', `${name}: there is nothing in this file; remove it, or describe something in it.`);
    for (const { value, placeOf } of documents) {
      const kind = kindOf(value, placeOf);
      const document = value as Readonly<Record<string, unknown>>;
      const word = String(document[kind]);
      const named = `${kind} ${kind === 'store' ? word.toLowerCase() : word}`;
      const before = places.get(named);
      const place = placeOf([kind]);
      if (before !== undefined) throw new SignetError('invalid_input', `${place}: the ${show(named)} is described in ${before} already.`);
      places.set(named, place);
      found[kind].push({ document, placeOf, folder });
    }
  }
  const read = <T>(kind: Kind, schema: Parameters<typeof readShape<T>>[0]): readonly Described<T>[] =>
    found[kind].map(({ document, placeOf, folder }) => ({ document: readShape(schema, document, placeOf), placeOf, folder }));
  return {
    applications: read<ApplicationDocument>('application', APPLICATION_SCHEMA),
    directories: read<DirectoryDocument>('directory', DIRECTORY_SCHEMA),
    stores: read<StoreDocument>('store', STORE_SCHEMA),
  };
}

function kindOf(value: unknown, placeOf: YamlDocument['placeOf']): Kind {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const kinds = isObject ? KINDS.filter((kind) => Object.hasOwn(value, kind)) : [];
  const [kind] = kinds;
  if (kind !== undefined && kinds.length === 1) return kind;
  throw new SignetError('invalid_input', `${placeOf([])}: a document has exactly one of the keys ${listed(KINDS)}, which says what it is about.`);
}

/** Does something with a part of a document: a mistake in it is said with its place. */
export async function atPlace<T>(place: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SignetError) || (error.code !== 'invalid_input' && error.code !== 'conflict')) throw error;
    throw new SignetError(error.code, `${place}: ${error.message}`, { cause: error });
  }
}
