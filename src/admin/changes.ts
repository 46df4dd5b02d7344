/** The change history for people: who changed what, when, and what stood there before and after. */
import type { ChangeEntry } from '../core/ports.js';

/** One place that differs: undefined where there was nothing, or is nothing any more. */
export interface ChangedValue {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** A change with what it is about and what differs, in the order of the keys. */
export interface ReadableChange extends Omit<ChangeEntry, 'before' | 'after'> {
  /** What people call the object: a name, an identifier; its id where there is neither. */
  readonly name: string;
  readonly changed: readonly ChangedValue[];
}

/** Keys that change with every save. */
const BOOKKEEPING: readonly string[] = ['version', 'updatedAt'];

export function readChange({ before, after, ...entry }: ChangeEntry): ReadableChange {
  const [one, other] = [parse(before), parse(after)];
  return { ...entry, name: nameOf(other) ?? nameOf(one) ?? entry.objectId, changed: differences(one, other, '') };
}

/** Settings are text that need not be JSON. */
function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}

/** Objects are looked into; lists and plain values are compared as they are. */
function differences(before: unknown, after: unknown, path: string): readonly ChangedValue[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isRecord(before) || !isRecord(after)) return [{ path, before, after }];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => path !== '' || !BOOKKEEPING.includes(key));
  return keys.flatMap((key) => differences(before[key], after[key], path === '' ? key : `${path}.${key}`));
}

function nameOf(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  const { overrides, metadata, userName } = value;
  const candidates = [
    isRecord(overrides) ? overrides['name'] : undefined,
    isRecord(metadata) ? (metadata['displayName'] ?? metadata['entityId']) : undefined,
    userName,
  ];
  return candidates.find((candidate) => typeof candidate === 'string');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
