/** How the readers of metadata say what they find, and go on reading. */
import { SignetError } from '../../../core/errors.js';
import type { Finding } from '../../../core/model/finding.js';
import { NS } from '../../../xml/names.js';
import type { XmlElement } from '../../../xml/parse.js';
import { attribute, children, readBoolean, readDateTime, readUnsigned } from '../../../xml/read.js';
import { FINDINGS, type FindingId } from './findings/catalogue.js';
import type { FindingText } from './findings/finding-text.js';

/**
 * Adds one finding.
 * @param where the element it is about, or words where there is none
 * @param sentence what it is, quoting the value
 * @param instead what the catalogue does not know: a fix with a value in it
 */
export type Report = (id: FindingId, where: XmlElement | string, sentence: string, instead?: Partial<Pick<FindingText, 'fix' | 'ask'>>) => void;

/** @param findings added to */
export function createReport(findings: Finding[]): Report {
  return (id, where, sentence, instead = {}) => {
    const { level, why, fix, ask }: FindingText = { ...FINDINGS[id], ...instead };
    const place = clean(typeof where === 'string' ? where : placeOf(where));
    const text = clean(sentence);
    findings.push({ id, level, place, sentence: text, why, fix: clean(fix), textForThem: ask === '' ? '' : `${place}: ${text} ${ask}` });
  };
}

/** Runs a reader; what breaks the schema in a way of its own is reported as such. */
export function orBrokenSchema<T>(report: Report, where: XmlElement, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SignetError) || error.code !== 'malformed_request') throw error;
    report('metadata.schema', where, `The metadata breaks its schema: ${error.message}.`);
    return undefined;
  }
}

export interface ValueType<T> {
  /** Throws malformed_request. */
  readonly read: (text: string) => T;
  /** What the sentence says was expected. */
  readonly expected: string;
}

export const BOOLEAN: ValueType<boolean> = { read: readBoolean, expected: 'true or false' };
export const INDEX: ValueType<number> = { read: readUnsigned, expected: 'a number from 0 to 65535' };
export const TIME: ValueType<number> = { read: readDateTime, expected: 'a date and time such as 2030-01-01T00:00:00Z' };

/** An attribute that is typed; undefined without it, and reported where it cannot be read. */
export function readValue<T>(report: Report, element: XmlElement, name: string, type: ValueType<T>): T | undefined {
  const text = attribute(element, name);
  if (text === undefined) return undefined;
  try {
    return type.read(text);
  } catch (error) {
    if (!(error instanceof SignetError)) throw error;
    report('metadata.value-unreadable', element, `${element.local} ${name} is "${quote(text, 32)}"; expected ${type.expected}.`);
    return undefined;
  }
}

/** A value in a sentence. */
export function quote(text: string, most = 120): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** Metadata is written by others: nothing in it breaks a line or colours a terminal (threats M08). */
export function clean(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ').trim();
}

/** 'SPSSODescriptor/AssertionConsumerService[2], line 14' */
function placeOf(element: XmlElement): string {
  return `${pathOf(element)}${element.line === undefined ? '' : `, line ${String(element.line)}`}`;
}

function pathOf(element: XmlElement): string {
  const { parent, ns, local } = element;
  const twins = parent === undefined ? [] : children(parent, ns, local);
  const step = twins.length > 1 ? `${local}[${String(twins.indexOf(element) + 1)}]` : local;
  return parent === undefined || isEntity(parent) || isEntity(element) ? step : `${pathOf(parent)}/${step}`;
}

function isEntity({ ns, local }: XmlElement): boolean {
  return ns === NS.md && (local === 'EntityDescriptor' || local === 'EntitiesDescriptor');
}
