/**
 * What PowerShell's Export-Clixml writes ([MS-PSRP] 2.2.5): objects with their type names, each written once and referred to
 * afterwards. Read into plain values; what a document refers to again and again counts each time, so that a small file
 * cannot stand for a huge value.
 */
import { SignetError } from '../../core/errors.js';
import { parseXml, type XmlElement } from '../../xml/parse.js';
import { attribute, childElements, exactText } from '../../xml/read.js';
import { decodeEscapes, isSimple, simpleValue } from './clixml-values.js';
import type { AdfsObject, AdfsValue } from './export.js';

const NAMESPACE = 'http://schemas.microsoft.com/powershell/2004/04';
const XML_LIMITS = { bytes: 64 * 1024 * 1024, depth: 64, elements: 300_000, attributes: 16, comments: 'drop', cdata: 'text' } as const;
const MOST_VALUES = 300_000;
const LISTS = new Set(['LST', 'IE', 'STK', 'QUE']);
const PARTS = new Set(['TN', 'TNRef', 'ToString', 'DCT', 'Props', 'MS', ...LISTS]);
const DECLARATION = /^\s*<\?xml\s[^<>?]*\?>/u;

/** An object of a document, or a simple value, which has no types. */
export interface CliObject {
  /** Most special first: 'Microsoft.IdentityServer.Management.Resources.RelyingPartyTrust'. */
  readonly types: readonly string[];
  readonly value: AdfsValue;
}

interface Known extends CliObject {
  /** What a list holds. */
  readonly items: readonly Known[] | undefined;
  /** How many values it stands for, references followed. */
  readonly size: number;
}

interface Reading {
  /** By RefId; 'open' while the object is being read. */
  readonly objects: Map<string, Known | 'open'>;
  readonly types: Map<string, readonly string[]>;
}

/**
 * The objects of a document, those of a list each for itself. Throws invalid_input with what is wrong with it.
 * @param text already decoded, so that the encoding that an XML declaration names counts no more
 */
export function readClixml(text: string): readonly CliObject[] {
  const root = parse(text.replace(DECLARATION, ''));
  if (root.ns !== NAMESPACE || root.local !== 'Objs') throw mistake('its root is not Objs of PowerShell');
  const reading: Reading = { objects: new Map(), types: new Map() };
  const found = inside(root).map((element) => readValue(reading, element));
  limited(sum(found));
  return found.flatMap((object) => object.items ?? [object]);
}

function parse(text: string): XmlElement {
  try {
    return parseXml(text, XML_LIMITS);
  } catch (error) {
    throw error instanceof SignetError ? mistake(error.message) : error;
  }
}

function readValue(reading: Reading, element: XmlElement): Known {
  if (element.local === 'Obj') return readObject(reading, element);
  if (element.local === 'Ref') return referred(reading, element);
  if (!isSimple(element.local)) throw mistake(`an element ${element.local} stands where a value is expected`);
  return { types: [], value: simpleValue(element.local, exactText(element)), items: undefined, size: 1 };
}

function referred(reading: Reading, element: XmlElement): Known {
  const id = attribute(element, 'RefId') ?? '';
  const known = reading.objects.get(id);
  if (known === undefined) throw mistake(`a Ref names the object "${id.slice(0, 20)}", which does not stand before it`);
  if (known === 'open') throw mistake(`the object "${id.slice(0, 20)}" holds itself`);
  return known;
}

function readObject(reading: Reading, element: XmlElement): Known {
  const id = attribute(element, 'RefId');
  if (id !== undefined) reading.objects.set(id, 'open');
  const known = content(reading, element);
  limited(known.size);
  if (id !== undefined) reading.objects.set(id, known);
  return known;
}

/** An object is what of its parts says most: list, dictionary, simple value, properties, and only then its text. */
function content(reading: Reading, element: XmlElement): Known {
  const parts = partsOf(element);
  const types = typesOf(reading, parts);
  const text = parts.get('ToString');
  const made = (value: AdfsValue, size = 1, items?: readonly Known[]): Known => ({ types, value, items, size });
  for (const part of parts.values()) {
    if (LISTS.has(part.local)) return listOf(reading, part, made);
    if (part.local === 'DCT') return dictionaryOf(reading, part, made);
  }
  // An enumeration is a number with a text; the text is what AD FS's own commands take.
  if (types.includes('System.Enum') && text !== undefined) return made(decodeEscapes(exactText(text)));
  for (const part of parts.values()) if (isSimple(part.local)) return made(simpleValue(part.local, exactText(part)));
  const props = parts.get('Props');
  const members = parts.get('MS');
  if (props === undefined && members === undefined) return made(text === undefined ? {} : decodeEscapes(exactText(text)));
  // Of a property and a member of one name the property counts.
  const found = [...namedValues(reading, members), ...namedValues(reading, props)];
  return made(objectOf(found), sum(found.map(([, known]) => known)));
}

function partsOf(element: XmlElement): ReadonlyMap<string, XmlElement> {
  const all = inside(element);
  const parts = new Map(all.map((part) => [part.local, part]));
  const strange = all.find(({ local }) => !PARTS.has(local) && !isSimple(local));
  if (strange !== undefined) throw mistake(`an Obj holds an element ${strange.local}, which PowerShell does not write there`);
  if (parts.size < all.length) throw mistake('an Obj holds two elements of one kind');
  return parts;
}

function typesOf(reading: Reading, parts: ReadonlyMap<string, XmlElement>): readonly string[] {
  const written = parts.get('TN');
  if (written !== undefined) {
    const types = inside(written).map((type) => decodeEscapes(exactText(type)));
    reading.types.set(attribute(written, 'RefId') ?? '', types);
    return types;
  }
  const reference = parts.get('TNRef');
  if (reference === undefined) return [];
  const types = reading.types.get(attribute(reference, 'RefId') ?? '');
  if (types === undefined) throw mistake('a TNRef names types that do not stand before it');
  return types;
}

type Made = (value: AdfsValue, size?: number, items?: readonly Known[]) => Known;

function listOf(reading: Reading, part: XmlElement, made: Made): Known {
  const items = inside(part).map((item) => readValue(reading, item));
  return made(
    items.map(({ value }) => value),
    sum(items),
    items,
  );
}

function dictionaryOf(reading: Reading, part: XmlElement, made: Made): Known {
  const found = inside(part).map((entry): [string, Known] => {
    const [key, value] = ['Key', 'Value'].map((name) => inside(entry).find((element) => attribute(element, 'N') === name));
    if (key === undefined || value === undefined) throw mistake('an entry of a dictionary has no Key or no Value');
    const name = readValue(reading, key).value;
    if (typeof name !== 'string' && typeof name !== 'number') throw mistake('a key of a dictionary is neither text nor number');
    return [String(name), readValue(reading, value)];
  });
  return made(objectOf(found), sum(found.map(([, known]) => known)));
}

function namedValues(reading: Reading, part: XmlElement | undefined): readonly [string, Known][] {
  if (part === undefined) return [];
  return inside(part).map((element) => [decodeEscapes(attribute(element, 'N') ?? ''), readValue(reading, element)]);
}

function objectOf(found: readonly (readonly [string, Known])[]): AdfsObject {
  return Object.fromEntries(found.map(([name, { value }]) => [name, value]));
}

function inside(element: XmlElement): readonly XmlElement[] {
  const found = childElements(element);
  if (found.some(({ ns }) => ns !== NAMESPACE)) throw mistake('an element of a foreign namespace stands in it');
  return found;
}

function sum(values: readonly Known[]): number {
  return values.reduce((total, { size }) => total + size, 1);
}

function limited(size: number): void {
  if (size > MOST_VALUES) throw mistake(`it stands for more than ${String(MOST_VALUES)} values`);
}

function mistake(sentence: string): SignetError {
  return new SignetError('invalid_input', sentence);
}
