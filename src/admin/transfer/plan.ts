/** What files of configuration would change here: worked out and checked as a whole before anything is written. */
import { isDeepStrictEqual } from 'node:util';
import type { StoreCatalogue } from '../../core/claims/attribute-store.js';
import { identifiersOf, type RelyingPartyRecord } from '../../core/model/relying-party.js';
import { findRegistration, readRegistrations, STORES_SETTING, withoutPasswords } from '../../core/model/store-registration.js';
import type { ConfigurationChanges, LocalDirectories, RelyingParties, SettingReplacement, SigningKeys, StoredSettings } from '../../core/ports.js';
import { writeRegistrations } from '../attribute-stores.js';
import { checkAcceptance } from '../directories.js';
import { compareMetadata } from '../metadata-changes.js';
import { nameOf, refuseTakenNames } from '../relying-party-names.js';
import { NO_FACTS } from '../../core/model/no-facts.js';
import type { RegistrationParts } from '../relying-party-registration.js';
import { applicationDocument } from './application-document.js';
import { applicationRecord, type RecordContext } from './application-record.js';
import { compareDocuments, type KeyChange } from './differences.js';
import { directoryDocument, directoryRecord } from './directory-document.js';
import { allApplications } from './export.js';
import { atPlace, type DescribedConfiguration } from './read-configuration.js';
import { storeDocument, storeRegistration } from './store-document.js';

export interface PlanParts extends Pick<RegistrationParts, 'clock' | 'makeId' | 'ownNames' | 'fetchAllow' | 'maxDays'> {
  readonly relyingParties: Pick<RelyingParties, 'list'>;
  readonly signingKeys: Pick<SigningKeys, 'list'>;
  readonly storedSettings: Pick<StoredSettings, 'get'>;
  readonly localDirectories: Pick<LocalDirectories, 'read' | 'plan'>;
  /** The stores that rules may ask. @param coming names of stores that are saved with the rules */
  readonly catalogue: (coming: readonly string[]) => Promise<StoreCatalogue>;
}

export interface PlanOptions extends Pick<RecordContext, 'allowHttp' | 'allowPrivate'> {
  /** Applications with this label that are not described go. */
  readonly prune?: string;
}

/** One object that is not as described. */
export interface PlannedObject {
  readonly action: 'add' | 'change' | 'remove';
  readonly kind: 'application' | 'directory' | 'store';
  /** Entity id, or the name. */
  readonly id: string;
  readonly name: string;
  readonly reason: string;
  readonly changes: readonly KeyChange[];
}

export interface Plan {
  readonly objects: readonly PlannedObject[];
  /** Worth knowing, one sentence each, with its place. */
  readonly notes: readonly string[];
  readonly writes: ConfigurationChanges;
}

/** Of everything that is not as described. Throws invalid_input and conflict with the place in the files. */
export async function planConfiguration(described: DescribedConfiguration, parts: PlanParts, options: PlanOptions): Promise<Plan> {
  const stores = await planStores(described, parts);
  const catalogue = await parts.catalogue(stores.objects.map(({ name }) => name));
  const directory = await planDirectory(described, parts, catalogue);
  const applications = await planApplications(described, parts, { ...parts, ...options, catalogue, keys: await parts.signingKeys.list() }, options.prune);
  return {
    objects: [...stores.objects, ...directory.objects, ...applications.objects],
    notes: [...stores.notes, ...directory.notes, ...applications.notes],
    writes: { ...applications.writes, settings: [...stores.settings, ...directory.settings] },
  };
}

interface SettingPlan {
  readonly objects: readonly PlannedObject[];
  readonly notes: readonly string[];
  readonly settings: readonly SettingReplacement[];
}

async function planStores({ stores }: DescribedConfiguration, { storedSettings }: PlanParts): Promise<SettingPlan> {
  const before = await storedSettings.get(STORES_SETTING);
  const objects: PlannedObject[] = [];
  const notes: string[] = [];
  let registrations = readRegistrations(before);
  for (const { document, placeOf } of stores) {
    const old = findRegistration(registrations, document.store);
    const store = await atPlace(placeOf(['store']), () => storeRegistration(document, old));
    if (isDeepStrictEqual(store, old)) continue;
    registrations = [...registrations.filter((other) => other !== old), store];
    const changes = compareDocuments(old === undefined ? {} : storeDocument(old), storeDocument(store));
    objects.push({ ...actionOf(old), kind: 'store', id: store.name, name: store.name, changes });
    if (store.sealedPassword === undefined)
      notes.push(`the store ${store.name} has no password now: files hold none, and one is good for its address only; see: signet store add sql --help`);
  }
  const settings = objects.length === 0 ? [] : [{ name: STORES_SETTING, before, after: writeRegistrations(registrations), shown: withoutPasswords }];
  return { objects, notes, settings };
}

async function planDirectory({ directories }: DescribedConfiguration, { localDirectories }: PlanParts, catalogue: StoreCatalogue): Promise<SettingPlan> {
  const [read] = directories;
  if (read === undefined) return { objects: [], notes: [], settings: [] };
  const { document, placeOf } = read;
  const before = await localDirectories.read();
  const after = await atPlace(placeOf(['directory']), () => directoryRecord(document, before));
  const changes = compareDocuments(directoryDocument(before), directoryDocument(after));
  if (changes.length === 0) return { objects: [], notes: [], settings: [] };
  const { acceptance } = document;
  const notes = acceptance === undefined ? [] : await atPlace(placeOf(['acceptance']), () => checkAcceptance(acceptance, catalogue));
  return {
    objects: [{ ...actionOf(before), kind: 'directory', id: 'local', name: 'local', changes }],
    notes: notes.map((note) => `acceptance: ${note}`),
    settings: [await localDirectories.plan(() => after)],
  };
}

async function planApplications(
  { applications }: DescribedConfiguration,
  { relyingParties, ownNames }: PlanParts,
  context: RecordContext,
  prune: string | undefined,
): Promise<Pick<Plan, 'objects' | 'notes' | 'writes'>> {
  const stored = new Map((await allApplications(relyingParties)).map((record) => [record.metadata.entityId, record]));
  const objects: PlannedObject[] = [];
  const notes: string[] = [];
  const changed: { readonly before: RelyingPartyRecord | undefined; readonly record: RelyingPartyRecord; readonly place: string }[] = [];
  for (const read of applications) {
    const { document, placeOf } = read;
    const before = stored.get(document.application);
    const asItIs = before === undefined ? undefined : applicationDocument(before);
    // What is there already is not checked again: what was right when it was set need not be so for ever.
    if (isDeepStrictEqual(document, asItIs)) continue;
    const described = await applicationRecord(read, before, context);
    const { record } = described;
    if (isDeepStrictEqual(applicationDocument(record), asItIs)) continue;
    notes.push(...described.notes.map((note) => `${document.application}: ${note}`));
    changed.push({ before, record, place: placeOf(['application']) });
    objects.push({ ...actionOf(before), kind: 'application', id: document.application, name: nameOf(record), changes: changesOf(before, record) });
  }
  const named = new Set(applications.map(({ document }) => document.application));
  const remove = prune === undefined ? [] : [...stored.values()].filter(({ metadata, overrides }) => !named.has(metadata.entityId) && overrides.labels?.includes(prune) === true); // prettier-ignore
  objects.push(...remove.map((record) => removalOf(record, prune ?? '')));
  await refuseNames(changed, remove, stored, ownNames);
  return {
    objects,
    notes,
    writes: {
      insert: changed.filter(({ before }) => before === undefined).map(({ record }) => record),
      save: changed.filter(({ before }) => before !== undefined).map(({ record }) => record),
      remove,
    },
  };
}

/** As every command that names an application, against the registry as it will be. */
async function refuseNames(
  changed: readonly { readonly before: RelyingPartyRecord | undefined; readonly record: RelyingPartyRecord; readonly place: string }[],
  removed: readonly RelyingPartyRecord[],
  stored: ReadonlyMap<string, RelyingPartyRecord>,
  ownNames: readonly string[],
): Promise<void> {
  const after = new Map([...stored.values(), ...changed.map(({ record }) => record)].map((record) => [record.id, record]));
  for (const { id } of removed) after.delete(id);
  const owners = new Map<string, RelyingPartyRecord[]>();
  for (const record of after.values()) for (const name of identifiersOf(record)) owners.set(name, [...(owners.get(name) ?? []), record]);
  for (const { before, record, place } of changed) {
    const findByEntityId = (name: string): Promise<RelyingPartyRecord | undefined> => Promise.resolve(owners.get(name)?.find(({ id }) => id !== record.id));
    await atPlace(place, () => refuseTakenNames(before, record, { relyingParties: { findByEntityId }, ownNames }));
  }
}

function actionOf(before: unknown): Pick<PlannedObject, 'action' | 'reason'> {
  return before === undefined ? { action: 'add', reason: 'in the files, and not here yet' } : { action: 'change', reason: 'not as in the files' };
}

function removalOf(record: RelyingPartyRecord, label: string): PlannedObject {
  const reason = `not in the files, and has the label ${label}`;
  return { action: 'remove', kind: 'application', id: record.metadata.entityId, name: nameOf(record), reason, changes: [] };
}

function changesOf(before: RelyingPartyRecord | undefined, after: RelyingPartyRecord): readonly KeyChange[] {
  const old = before === undefined ? {} : applicationDocument(before);
  const facts = before?.metadata ?? { ...NO_FACTS, entityId: after.metadata.entityId };
  const keys = compareDocuments(old, applicationDocument(after));
  const metadata = compareMetadata(facts, after.metadata).map(({ what, ...values }): KeyChange => ({ key: `metadata, ${what}`, ...values }));
  const origin = compareDocuments({ from: originText(before) }, { from: originText(after) }).map((change) => ({ ...change, key: 'metadata.from' }));
  const all = [...keys, ...metadata, ...origin];
  return all.length > 0 ? all : [{ key: 'metadata', before: 'as it is', after: 'other details' }];
}

function originText(record: RelyingPartyRecord | undefined): string | undefined {
  if (record === undefined) return undefined;
  const { kind, location, allowHttp, allowPrivate } = record.source;
  if (kind === 'hand' && allowHttp !== true) return undefined;
  return [location, ...(allowHttp === true ? ['with http'] : []), ...(allowPrivate === true ? ['in private networks'] : [])].join(', ');
}
