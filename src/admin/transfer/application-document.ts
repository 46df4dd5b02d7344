/** One application of the registry as it stands in a file of configuration. */
import { z } from 'zod';
import { RULE_SETS, type RelyingPartyRuleSet } from '../../core/claims/rule.js';
import { SignetError } from '../../core/errors.js';
import type { AccessPolicy } from '../../core/model/condition.js';
import type { ClaimMapping } from '../../core/model/claim-mapping.js';
import type { RelyingPartyRecord, RelyingPartyRules, UsedPreset } from '../../core/model/relying-party.js';
import { keyOf, MAPPINGS_SCHEMA, POLICY_SCHEMA, strict } from '../claim-schema.js';
import { settingsIn, SETTINGS_SCHEMA, type SettingValues } from './application-settings.js';
import { METADATA_SCHEMA, type MetadataDocument, metadataDocument, originDocument } from './metadata-document.js';

/** The version of the form. */
export const FORMAT = 1;

export interface ApplicationDocument {
  readonly signet: typeof FORMAT;
  /** Its entity id or realm. */
  readonly application: string;
  /** What is not named stays as it is; else it is as in a fresh installation. */
  readonly partial?: boolean;
  readonly enabled?: boolean;
  readonly settings?: SettingValues;
  readonly preset?: UsedPreset;
  /** The texts of `rp rules`, to the byte. */
  readonly rules?: RelyingPartyRules;
  /** The mappings of `rp rules`. */
  readonly claims?: readonly ClaimMapping[];
  /** The policy of `rp policy`. */
  readonly policy?: AccessPolicy;
  readonly metadata?: MetadataDocument;
}

const flag = z.boolean('give true or false').exactOptional();
const text = z.string('give a text');
const ruleText = z.string('give a text; an empty one is ""').exactOptional();
const RULES = { transform: ruleText, authorization: ruleText, delegation: ruleText, impersonation: ruleText, additional: ruleText } satisfies Record<
  RelyingPartyRuleSet,
  z.ZodType
>;
export const FORMAT_SCHEMA = z.literal(FORMAT, `give ${String(FORMAT)}, the form that this version knows`);

/** Known keys only (M10). */
export const APPLICATION_SCHEMA: z.ZodType<ApplicationDocument> = strict({
  signet: FORMAT_SCHEMA,
  application: text,
  partial: flag,
  enabled: flag,
  settings: SETTINGS_SCHEMA.exactOptional(),
  preset: strict({
    name: text,
    values: z.record(z.string(), z.array(text, 'give a list of texts').readonly(), 'give an object of lists').readonly(),
  }).exactOptional(),
  rules: strict(RULES).exactOptional(),
  claims: MAPPINGS_SCHEMA.exactOptional(),
  policy: POLICY_SCHEMA.exactOptional(),
  metadata: METADATA_SCHEMA.exactOptional(),
});

export interface DocumentOptions {
  /** Of metadata that was read from an address only the address: whoever applies it reads it there. */
  readonly metadata?: 'facts' | 'source';
}

/** Everything about an application that is configuration; keys always in the same order, nothing that is not set. */
export function applicationDocument(record: RelyingPartyRecord, options: DocumentOptions = {}): ApplicationDocument {
  const { metadata, overrides, source, enabled } = record;
  const { preset, claims, accessPolicy } = overrides;
  const settings = settingsIn(overrides);
  const rules = Object.fromEntries(RULE_SETS.flatMap((set) => (overrides.rules?.[set] === undefined ? [] : [[set, overrides.rules[set]]])));
  const origin = options.metadata === 'source' && source.kind === 'url' ? originDocument(source) : undefined;
  return {
    signet: FORMAT,
    application: metadata.entityId,
    enabled,
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
    ...(preset === undefined ? {} : { preset: { name: preset.name, values: preset.values } }),
    ...(Object.keys(rules).length === 0 ? {} : { rules }),
    ...(claims === undefined ? {} : { claims: MAPPINGS_SCHEMA.parse(claims) }),
    ...(accessPolicy === undefined ? {} : { policy: POLICY_SCHEMA.parse(accessPolicy) }),
    metadata: origin ?? metadataDocument(metadata, source),
  };
}

/**
 * The shape of a document, with known keys only. Throws invalid_input for the first thing that is wrong.
 * @param placeOf where something stands, for the sentence
 */
export function readShape<T>(schema: z.ZodType<T>, value: unknown, placeOf: (path: readonly PropertyKey[]) => string): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const { issues } = read.error;
  // A key that is misspelt explains the one that is missing.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  if (issue === undefined) throw new SignetError('invalid_input', `${placeOf([])}: it has another shape.`);
  const stray = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const key = keyOf(issue.path);
  throw new SignetError('invalid_input', `${placeOf([...issue.path, ...stray])}: ${key === '' ? '' : `${key}: `}${issue.message}.`);
}
