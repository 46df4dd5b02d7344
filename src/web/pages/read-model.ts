/** Reads the plain values of a PageReply: a presenter takes nothing on trust. */
import type { Instant } from '../../core/model/ids.js';

type Model = Readonly<Record<string, unknown>>;

export function readText(model: Model, name: string): string | undefined {
  const value = model[name];
  return typeof value === 'string' ? value : undefined;
}

export function readInstant(model: Model, name: string): Instant | undefined {
  const value = model[name];
  return typeof value === 'number' ? value : undefined;
}

export function readTexts(model: Model, name: string): readonly string[] {
  const value = model[name];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
