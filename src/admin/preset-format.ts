/** The format of a preset: what is known about one kind of application, as data (docs/presets.md). */
import { z } from 'zod';
import type { ClaimMapping } from '../core/model/claim-mapping.js';
import { MAPPING_KEYS, strict } from './claim-schema.js';

/** Holds when the field has a value, has this one, or has several. */
const condition = z.strictObject({ field: z.string(), is: z.string().exactOptional(), several: z.literal(true).exactOptional() });
/** Any of `when`, where there is one, and none of `unless`. */
const guard = { when: z.array(condition).readonly().exactOptional(), unless: z.array(condition).readonly().exactOptional() };

/** Left out where its conditions do not hold, or where one of its placeholders has no value. */
const line = z.union([z.string().transform((text): PresetLine => ({ text })), z.strictObject({ text: z.string(), ...guard })]);
const lines = z.array(line).readonly();

const field = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/u, 'must be lower case letters, digits and hyphens'),
  label: z.string(),
  hint: z.string(),
  example: z.string(),
  /** The whole value must fit it. */
  pattern: z.string().exactOptional(),
  choices: z.array(z.string()).readonly().exactOptional(),
  /** What stands when nothing is given; without it the field must be given, unless it is optional. */
  default: z.string().exactOptional(),
  /** May be left out: then it has no value. */
  optional: z.literal(true).exactOptional(),
  /** Says where the application is: not asked for where its metadata does. */
  withoutMetadata: z.literal(true).exactOptional(),
  repeatable: z.boolean().exactOptional(),
  /** Each value is KEY=VALUE: {field.key} and {field.value} are its halves. */
  pairs: z.literal(true).exactOptional(),
  /** Values are taken in lower case. */
  lowerCase: z.boolean().exactOptional(),
});

/**
 * A mapping, with the conditions under which a preset has it. `each`: one for every value of the field. `mapOf`: a field of
 * pairs; each value from the sources that is a key becomes what stands for it there, any other is left out.
 */
const claim = strict({ ...MAPPING_KEYS, ...guard, each: z.string().exactOptional(), mapOf: z.string().exactOptional() });

const titled = { title: z.string(), each: z.string().exactOptional(), ...guard };
const command = z.discriminatedUnion('shell', [
  z.strictObject({ ...titled, shell: z.enum(['powershell', 'sh']), lines }),
  // A name that ends in ? is left out where it has no value.
  z.strictObject({ ...titled, shell: z.literal('http'), request: z.string(), body: z.record(z.string(), z.string()).readonly() }),
]);

const address = z.array(z.string()).readonly();

export const PRESET_SCHEMA = z.strictObject({
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/u, 'must be lower case words and digits with hyphens'),
  title: z.string(),
  /** What people call the application, unless the administrator says otherwise. */
  application: z.string(),
  protocol: z.enum(['saml', 'wsfed']),
  /** Whether the application's metadata is registered, or identifiers and addresses are written here, or either. */
  metadata: z.enum(['none', 'optional', 'required']),
  /** documented: from the vendor's documents; partly: some of it general knowledge; unchecked. None says it was tried. */
  confidence: z.enum(['documented', 'partly', 'unchecked']),
  fields: z.array(field).readonly(),
  /** Further placeholders: of those with the same id, the first whose conditions hold. */
  values: z.array(z.strictObject({ id: z.string(), text: z.string(), ...guard })).readonly(),
  identifiers: address,
  replyAddresses: address,
  /** Regular expressions of further identifiers by which applications of this kind are recognised. */
  knownAs: address.exactOptional(),
  sign: z.enum(['assertion', 'response', 'both']).exactOptional(),
  /** `never` where it reads nothing encrypted, whatever its metadata says. */
  encrypt: z.enum(['auto', 'never']).exactOptional(),
  tokenType: z.enum(['saml11', 'saml20']).exactOptional(),
  trustVersion: z.enum(['2005', '1.3']).exactOptional(),
  lifetimeSeconds: z.number().int().min(10).max(36_000).exactOptional(),
  /**
   * Placeholders in the claim, its sources, domains and qualifiers are the preset's; those in a template are the mapping's own.
   * A mapping without a source left, or with a placeholder that has no value, is left out.
   */
  claims: z.array(claim).readonly(),
  /** What the other side will ask for. */
  asks: lines,
  /** What it is told, with our values. */
  tell: lines,
  notes: lines,
  /** How to see that it works. */
  test: lines,
  commands: z.array(command).readonly(),
});

export type Preset = Readonly<z.output<typeof PRESET_SCHEMA>>;
export type PresetField = Preset['fields'][number];
export type PresetCommand = Preset['commands'][number];
export type PresetClaim = ClaimMapping & Guard & { readonly each?: string; readonly mapOf?: string };
export type PresetLine = Guard & { readonly text: string };
export type Condition = Readonly<z.output<typeof condition>>;

export interface Guard {
  readonly when?: readonly Condition[];
  readonly unless?: readonly Condition[];
}

/** What was filled in, by field; every value checked, defaults included. */
export type PresetValues = Readonly<Record<string, readonly string[]>>;
