/** What was imported beside what is there: new applications, and changes to those that were imported before. */
import { isDeepStrictEqual } from 'node:util';
import { asId, type Instant } from '../../core/model/ids.js';
import { identifiersOf, type RelyingPartyMetadata, type RelyingPartyRecord } from '../../core/model/relying-party.js';
import type { Conversion } from './conversion.js';

export type AppliedRecord = NonNullable<Conversion['application']>;

export function newApplication({ source, ...about }: AppliedRecord, { id, now }: { readonly id: string; readonly now: Instant }): RelyingPartyRecord {
  return { ...about, id: asId(id), version: 1, source: { ...source, readAt: now }, createdAt: now, updatedAt: now };
}

/**
 * The application with what AD FS says of it now. What AD FS says nothing about stays as it was set here; metadata that was read
 * again since the import is newer than what AD FS knows, and stays.
 */
export function mergeApplication(before: RelyingPartyRecord, given: AppliedRecord, now: Instant): RelyingPartyRecord {
  const { claims: _claims, ...kept } = before.overrides;
  const newer = before.source.kind === 'url' && before.source.readAt > before.createdAt;
  const { readAt, ...from } = before.source;
  return {
    ...before,
    enabled: given.enabled,
    metadata: newer ? before.metadata : withEntityId(given.metadata, before.metadata.entityId),
    overrides: {
      ...kept,
      ...given.overrides,
      ...(kept.rules === undefined && given.overrides.rules === undefined ? {} : { rules: { ...kept.rules, ...given.overrides.rules } }),
      ...(kept.refresh === undefined && given.overrides.refresh === undefined ? {} : { refresh: { ...kept.refresh, ...given.overrides.refresh } }),
      labels: [...new Set([...(kept.labels ?? []), ...(given.overrides.labels ?? [])])],
    },
    source: { ...given.source, readAt: isDeepStrictEqual(from, given.source) ? readAt : now },
    updatedAt: now,
  };
}

/** People are known to the application under the entity ID that it has here: another of its identifiers does not take its place. */
function withEntityId(metadata: RelyingPartyMetadata, entityId: string): RelyingPartyMetadata {
  const all = identifiersOf({ metadata, overrides: {} });
  if (metadata.entityId === entityId || !all.includes(entityId)) return metadata;
  return { ...metadata, entityId, identifiers: all.filter((identifier) => identifier !== entityId) };
}

/** The names of what differs, settings by their own names; when something was last written counts for nothing. */
export function fieldsChanged(before: object, after: object): readonly string[] {
  const [one, other] = [fieldsOf(before), fieldsOf(after)];
  const names = [...new Set([...one.keys(), ...other.keys()])].filter((name) => name !== 'updatedAt');
  return names.filter((name) => !isDeepStrictEqual(one.get(name), other.get(name)));
}

function fieldsOf(object: object): ReadonlyMap<string, unknown> {
  return new Map(
    Object.entries(object).flatMap(([name, value]: [string, unknown]) =>
      name === 'overrides' && typeof value === 'object' && value !== null ? Object.entries(value) : [[name, value] as const],
    ),
  );
}
