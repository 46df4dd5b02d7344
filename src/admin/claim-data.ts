/** Simple mappings as people write them, in JSON, and back. */
import { checkClaimMappings } from '../core/claims/mappings/check-mappings.js';
import { SignetError } from '../core/errors.js';
import type { ClaimMapping } from '../core/model/claim-mapping.js';
import { keyOf, MAPPINGS_SCHEMA } from './claim-schema.js';
import { readJson } from './json-text.js';
import { show } from './setting-values.js';

/**
 * Mappings from a JSON list of them, or from {"claims": […]}. Throws invalid_input with a sentence that names the place of
 * a mistake in the JSON by line and column, else the mapping by its place in the list, its key, and the fix.
 */
export function readClaimMappings(text: string): readonly ClaimMapping[] {
  const read = MAPPINGS_SCHEMA.safeParse(unwrap(readJson(text)));
  if (!read.success) {
    const [first] = read.error.issues;
    // A key that is misspelt explains the one that is missing.
    const stray = read.error.issues.find(({ code, path }) => code === 'unrecognized_keys' && path[0] === first?.path[0]);
    const { path, message } = stray ?? first ?? { path: [], message: 'it has another shape' };
    throw new SignetError('invalid_input', wrongShape(path, message));
  }
  const problem = checkClaimMappings(read.data);
  if (problem !== undefined) throw new SignetError('invalid_input', problem);
  return read.data;
}

/** What readClaimMappings reads: keys always in the same order, two spaces deep, a line end at the end. */
export function writeClaimMappings(mappings: readonly ClaimMapping[]): string {
  return `${JSON.stringify(MAPPINGS_SCHEMA.parse(mappings), null, 2)}\n`;
}

function unwrap(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json;
  const { claims, ...more } = json as Readonly<Record<string, unknown>>;
  const [stray] = Object.keys(more);
  if (stray === undefined) return claims;
  throw new SignetError('invalid_input', `There is no key ${show(stray)}; give a list of mappings, or an object with the key claims.`);
}

function wrongShape([position, ...path]: readonly PropertyKey[], message: string): string {
  if (typeof position !== 'number') return 'Give a list of mappings, or an object with the key claims.';
  return `Mapping ${String(position + 1)} cannot be used: ${path.length === 0 ? '' : `key ${keyOf(path)}: `}${message}.`;
}
