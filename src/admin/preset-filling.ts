/** Other values for an application that was added with a preset: one more domain, one more site. */
import { SignetError } from '../core/errors.js';
import type { RelyingPartyOverrides, RelyingPartyRecord } from '../core/model/relying-party.js';
import { changeBy, type Doing } from './doing.js';
import { handMadeOf, overridesOf } from './preset-build.js';
import { choosePreset, type PresetCollection } from './preset-collection.js';
import type { Preset, PresetValues } from './preset-format.js';
import { type Described, readPresetValues } from './preset-values.js';
import { findApplication, nameOf, refuseTakenNames } from './relying-party-names.js';
import { describeByHand, refuseMappings, type RegistrationParts } from './relying-party-registration.js';
import type { Assignment } from './setting-values.js';

export interface FilledAgain {
  readonly record: RelyingPartyRecord;
  /** Empty when nothing changed: then nothing was written. */
  readonly changes: readonly { readonly field: string; readonly before: readonly string[]; readonly after: readonly string[] }[];
}

/**
 * Fills in other values: the fields that are named get what is given, an empty value is the default again, all others keep
 * theirs. Mappings, further identifiers and reply addresses follow. Throws invalid_input, not_found, conflict when an
 * identifier is taken.
 */
export async function fillAgain(
  parts: Pick<RegistrationParts, 'relyingParties' | 'clock' | 'ownNames'>,
  collection: PresetCollection,
  application: string,
  assignments: readonly Assignment[],
  doing: Doing,
): Promise<FilledAgain> {
  const before = await findApplication(parts.relyingParties, application);
  const { preset, values } = presetOf(before, collection);
  const named = new Set(assignments.map(({ key }) => key));
  const kept = asAssignments(values).filter(({ key }) => !named.has(key));
  const filled = readPresetValues(preset, [...kept, ...assignments.filter(({ value }) => value.trim() !== '')], describedBy(before));
  const changes = preset.fields
    .map(({ id }) => ({ field: id, before: values[id] ?? [], after: filled[id] ?? [] }))
    .filter((change) => change.before.join('\n') !== change.after.join('\n'));
  const { claims, rules } = before.overrides;
  // Taken away with `rp rules --clear`: they come back, beside whatever else is filled in.
  if (claims === undefined && rules?.transform === undefined) changes.push({ field: 'claims', before: [], after: ['those of the preset'] });
  if (changes.length === 0) return { record: before, changes };
  const after = { ...withOverrides(before, overridesOf(preset, filled)), ...describedAgain(before, preset, filled), updatedAt: parts.clock.now() };
  refuseMappings(after.overrides);
  await refuseTakenNames(before, after, parts);
  return { record: doing.dryRun === true ? after : await parts.relyingParties.save(after, changeBy(doing, 'fill in preset')), changes };
}

/** The preset of an application with what was filled in. Throws not_found without one. */
export function presetOf(record: RelyingPartyRecord, collection: PresetCollection): { readonly preset: Preset; readonly values: PresetValues } {
  const used = record.overrides.preset;
  if (used === undefined) throw new SignetError('not_found', `${nameOf(record)} was not added with a preset; see: signet rp preset list`);
  return { preset: choosePreset(collection, used.name), values: used.values };
}

/** Whether it is described by metadata of its own. */
export function describedBy({ source }: RelyingPartyRecord): Described {
  return { metadata: source.kind !== 'hand' };
}

/** What was filled in, as it would be typed. */
export function asAssignments(values: PresetValues): readonly Assignment[] {
  return Object.entries(values).flatMap(([key, list]) => list.map((value) => ({ key, value })));
}

/** Only what values decide: anything else an administrator may have set since. Transform rules stand in place of mappings. */
function withOverrides(record: RelyingPartyRecord, { claims, preset }: RelyingPartyOverrides): RelyingPartyRecord {
  const { overrides } = record;
  const mapped = claims === undefined || overrides.rules?.transform !== undefined ? {} : { claims };
  return { ...record, overrides: { ...overrides, ...mapped, ...(preset === undefined ? {} : { preset }) } };
}

function describedAgain({ source, metadata }: RelyingPartyRecord, preset: Preset, filled: PresetValues): Pick<RelyingPartyRecord, 'metadata'> {
  if (source.kind !== 'hand') return { metadata };
  const described = describeByHand(handMadeOf(preset, filled));
  if (described.entityId !== metadata.entityId) {
    throw new SignetError(
      'invalid_input',
      `With these values it would be ${described.entityId} instead of ${metadata.entityId}; add that as an application of its own.`,
    );
  }
  return { metadata: described };
}
