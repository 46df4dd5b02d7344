/** The configuration of an installation as files that can be kept, reviewed and applied. No secret is among it (M13). */
import { everyApplication } from '../every-application.js';
import { createHash } from 'node:crypto';
import type { RelyingPartyRecord } from '../../core/model/relying-party.js';
import { readRegistrations, STORES_SETTING } from '../../core/model/store-registration.js';
import type { LocalDirectories, RelyingParties, StoredSettings } from '../../core/ports.js';
import { findApplication } from '../relying-party-names.js';
import { applicationDocument, type DocumentOptions } from './application-document.js';
import { directoryDocument } from './directory-document.js';
import { storeDocument } from './store-document.js';
import { writeYaml } from './yaml-write.js';

export interface ExportParts {
  readonly relyingParties: Pick<RelyingParties, 'findByEntityId' | 'list'>;
  readonly localDirectories: Pick<LocalDirectories, 'read'>;
  readonly storedSettings: Pick<StoredSettings, 'get'>;
}

export interface ExportOptions extends DocumentOptions {
  /** These applications only, by identifier or name. */
  readonly applications?: readonly string[];
  /** Applications with one of these labels only. */
  readonly labels?: readonly string[];
}

export interface ExportedObject {
  /** Where it goes in a folder; made of letters, digits and hyphens alone, whatever the object is called (M06). */
  readonly path: string;
  readonly document: object;
}

const LONGEST_SLUG = 60;

/** Every object, always in the same order. With applications or labels named, applications only. Throws not_found. */
export async function exportConfiguration(parts: ExportParts, options: ExportOptions): Promise<readonly ExportedObject[]> {
  const { applications = [], labels = [] } = options;
  const some = applications.length > 0 || labels.length > 0;
  const named = await Promise.all(applications.map((name) => findApplication(parts.relyingParties, name)));
  const all = some && labels.length === 0 ? [] : await allApplications(parts.relyingParties);
  const chosen = some ? [...named, ...all.filter(({ overrides }) => overrides.labels?.some((label) => labels.includes(label)))] : all;
  const records = [...new Map(chosen.map((record) => [record.metadata.entityId, record])).values()].sort(byEntityId);
  return [...(some ? [] : await exportSettings(parts)), ...records.map((record) => exportApplication(record, options))];
}

async function exportSettings({ localDirectories, storedSettings }: ExportParts): Promise<readonly ExportedObject[]> {
  const directory = directoryDocument(await localDirectories.read());
  const stores = readRegistrations(await storedSettings.get(STORES_SETTING));
  return [
    // Nothing was set where only the head is left.
    ...('settings' in directory || 'acceptance' in directory ? [{ path: 'directory.yaml', document: directory }] : []),
    ...stores.map((store) => ({ path: `stores/${fileName(store.name)}`, document: storeDocument(store) })),
  ];
}

function exportApplication(record: RelyingPartyRecord, options: DocumentOptions): ExportedObject {
  return { path: `applications/${fileName(record.metadata.entityId)}`, document: applicationDocument(record, options) };
}

function fileName(name: string): string {
  const slug = name.toLowerCase().replace(/^https?:\/\//u, '').replaceAll(/[^a-z0-9]+/gu, '-').slice(0, LONGEST_SLUG).replaceAll(/^-+|-+$/gu, ''); // prettier-ignore
  return `${slug === '' ? '' : `${slug}-`}${createHash('sha256').update(name).digest('hex').slice(0, 8)}.yaml`;
}

/** Objects as one text of YAML, a document each. @param heading a comment at the start */
export function writeConfiguration(objects: readonly ExportedObject[], heading: string): string {
  return `# ${heading}\n${objects.map(({ document }) => writeYaml(document)).join('---\n')}`;
}

/** The whole registry, by entity id. */
export async function allApplications(relyingParties: Pick<RelyingParties, 'list'>): Promise<readonly RelyingPartyRecord[]> {
  const all: RelyingPartyRecord[] = [];
  for await (const record of everyApplication(relyingParties)) all.push(record);
  return all.sort(byEntityId);
}

function byEntityId(one: RelyingPartyRecord, other: RelyingPartyRecord): number {
  return one.metadata.entityId < other.metadata.entityId ? -1 : 1;
}
