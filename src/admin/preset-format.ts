/** The format of a preset: what is known about one kind of application, as data (docs/presets.md). */
import { z } from 'zod';
import type { ClaimMapping } from '../core/model/claim-mapping.js';
import { MAPPING_KEYS, strict } from './claim-schema.js';

/** Holds when the field has the value, or has several. */
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
  /** What stands when nothing is given; without it the field must be given. */
  default: z.string().exactOptional(),
  repeatable: z.boolean().exactOptional(),
  /** Values are taken in lower case. */
  lowerCase: z.boolean().exactOptional(),
});

/** A mapping, with the conditions under which a preset has it. */
const claim = strict({ ...MAPPING_KEYS, ...guard });

const titled = { title: z.string(), each: z.string().exactOptional(), ...guard };
const command = z.discriminatedUnion('shell', [
  z.strictObject({ ...titled, shell: z.literal('powershell'), lines }),
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
  /** Whether the application's metadata is registered, or identifiers and addresses are written here. */
  metadata: z.enum(['none', 'required']),
  /** documented: from the vendor's documents; partly: some of it general knowledge; unchecked. None says it was tried. */
  confidence: z.enum(['documented', 'partly', 'unchecked']),
  fields: z.array(field).readonly(),
  /** Further placeholders: of those with the same id, the first whose conditions hold. */
  values: z.array(z.strictObject({ id: z.string(), text: z.string(), ...guard })).readonly(),
  identifiers: address,
  replyAddresses: address,
  tokenType: z.enum(['saml11', 'saml20']).exactOptional(),
  trustVersion: z.enum(['2005', '1.3']).exactOptional(),
  lifetimeSeconds: z.number().int().min(10).max(36_000).exactOptional(),
  /** Placeholders in sources and domains are the preset's; those in a template are the mapping's own. */
  claims: z.array(claim).readonly(),
  /** What the other side will ask for. */
  asks: lines,
  /** What it is told, with our values. */
  tell: lines,
  notes: lines,
  commands: z.array(command).readonly(),
});

export type Preset = Readonly<z.output<typeof PRESET_SCHEMA>>;
export type PresetField = Preset['fields'][number];
export type PresetCommand = Preset['commands'][number];
/** A mapping with the conditions under which a preset has it. */
export type PresetClaim = ClaimMapping & Guard;
export type PresetLine = Guard & { readonly text: string };
export type Condition = Readonly<z.output<typeof condition>>;

export interface Guard {
  readonly when?: readonly Condition[];
  readonly unless?: readonly Condition[];
}

/** What was filled in, by field; every value checked, defaults included. */
export type PresetValues = Readonly<Record<string, readonly string[]>>;
