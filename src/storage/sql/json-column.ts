/** Documents in text columns: what is not searched is one JSON object, and its shape is looked at when it comes back. */

/** The JSON types that the fields of a document must have. A question mark allows the field to be absent. */
export type Shape = Readonly<Record<string, FieldType>>;
type Plain = 'string' | 'number' | 'boolean' | 'object' | 'array';
export type FieldType = Plain | `${Plain}?`;

/**
 * Reads a document and checks its fields against a shape. Throws a plain error: a document that does not fit was not
 * written by us, and no administrator's input leads here.
 */
export function readDocument<T>(text: string, shape: Shape, what: string): T {
  const value: unknown = JSON.parse(text);
  if (typeOf(value) !== 'object') throw new Error(`the stored ${what} is not an object`);
  const fields = value as Readonly<Record<string, unknown>>;
  for (const [name, wanted] of Object.entries(shape)) {
    const found = fields[name];
    if (found === undefined && wanted.endsWith('?')) continue;
    if (typeOf(found) !== wanted.replace('?', '')) throw new Error(`the stored ${what} has no usable ${name}`);
  }
  return value as T;
}

/** The pattern of a LIKE that finds the text anywhere, with backslash as escape character. */
export function containsPattern(text: string): string {
  return `%${text.toLowerCase().replace(/[\\%_]/gu, (character) => `\\${character}`)}%`;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
