/** Documents in text columns: what is not searched is one JSON object, and its shape is looked at when it comes back. */

type PlainType = 'string' | 'number' | 'boolean' | 'object' | 'array';

/** The JSON type of a value of TypeScript type V. */
type JsonTypeOf<V> = V extends string
  ? 'string'
  : V extends number
    ? 'number'
    : V extends boolean
      ? 'boolean'
      : V extends readonly unknown[]
        ? 'array'
        : 'object';

/** The JSON type that each field of a document must have; a question mark where the field may be absent. */
export type Shape<T> = {
  readonly [Field in keyof T]-?: undefined extends T[Field] ? `${JsonTypeOf<Exclude<T[Field], undefined>>}?` : JsonTypeOf<T[Field]>;
};

/**
 * Makes the reader of one kind of document. It throws a plain error where a document does not fit its shape: such a
 * document was not written by us, and no administrator's input leads here.
 * @param what names the kind in the error
 */
export function createDocumentReader<T extends object>(what: string, shape: Shape<T>): (text: string) => T {
  const fields = Object.entries<string>(shape).map(([name, wanted]) => ({ name, type: wanted.replace('?', '') as PlainType, optional: wanted.endsWith('?') }));
  return (text) => {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`the stored ${what} is not an object`);
    for (const { name, type, optional } of fields) {
      const found: unknown = Reflect.get(value, name);
      if (found === undefined && optional) continue;
      if (typeOf(found) !== type) throw new Error(`the stored ${what} has no usable ${name}`);
    }
    return value as T;
  };
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
