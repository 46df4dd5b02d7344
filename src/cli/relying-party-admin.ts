/** What the commands about applications share: the use cases over the open store, and where metadata comes from. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { createMetadataRefresh, type MetadataRefresh, type MetadataRefreshParts } from '../admin/metadata-refresh.js';
import { readPinnedCertificate } from '../admin/metadata-settings.js';
import type { MetadataSource, SourceOptions } from '../admin/metadata-source.js';
import { createMetadataVersions, type MetadataVersions } from '../admin/metadata-versions.js';
import { createRelyingPartyAdmin, type RelyingPartyAdmin } from '../admin/relying-parties.js';
import type { Assignment } from '../admin/setting-values.js';
import { readCertificate } from '../crypto/certificate.js';
import { randomToken } from '../crypto/random.js';
import { collect, type Opened, type Session } from './context.js';
import { namingFile, readBytes } from './files.js';

/** Options of commands that read metadata. */
export function withSourceOptions(command: Command): Command {
  return command
    .option('--allow-http', 'plain http, for the metadata and for reply addresses')
    .option('--allow-private', 'fetch from loopback and private addresses');
}

/** The option of commands that pin the signature of metadata for later readings, too. */
export function withCertificateOption(command: Command): Command {
  return command.option('--certificate <file>', 'certificate that the metadata is signed with, now and at each reading (repeatable)', collect);
}

/** The use cases over the store that the settings name. @param opened the store, where it is open already */
export async function openAdmin(session: Session, opened?: Opened): Promise<RelyingPartyAdmin> {
  const { storage, loaded } = opened ?? (await session.open());
  return createRelyingPartyAdmin({
    relyingParties: storage.relyingParties,
    signingKeys: storage.signingKeys,
    clock: session.clock,
    makeId: randomToken,
    ownNames: [loaded.settings.entityId, loaded.settings.wsfedIssuer],
    fetchAllow: loaded.settings.fetchAllow,
    maxDays: loaded.settings.metadataMaxDays,
  });
}

/** The use cases about metadata that changes. */
export function openMetadata(
  session: Session,
  { storage, loaded: { settings } }: Opened,
): { readonly refresh: MetadataRefresh; readonly versions: MetadataVersions } {
  const { relyingParties, metadataHistory } = storage;
  const { entityId, wsfedIssuer, fetchAllow, metadataMaxDays: maxDays } = settings;
  const parts: MetadataRefreshParts = { relyingParties, metadataHistory, clock: session.clock, ownNames: [entityId, wsfedIssuer], fetchAllow, maxDays };
  return { refresh: createMetadataRefresh(parts), versions: createMetadataVersions(parts) };
}

/** An address, or a file, whose full path is kept so that it can be read again from anywhere. */
export async function readSource(text: string): Promise<MetadataSource> {
  if (/^[a-z][a-z0-9+.-]+:\/\//iu.test(text)) return { kind: 'url', location: text };
  const location = resolve(text);
  return { kind: 'file', location, bytes: await readBytes(location) };
}

/** Certificates of the metadata's signature: each a file, or base64 text. */
export async function readPinned(assignments: readonly Assignment[]): Promise<readonly Assignment[]> {
  return Promise.all(
    assignments.map(async ({ key, value }) => ({
      key,
      value: key === 'metadata-certificate' && value.trim() !== '' ? await readCertificateFile(value) : value,
    })),
  );
}

/** A certificate as PEM or base64: of a file, or the text itself. Throws invalid_input with the name of the file. */
export async function readCertificateFile(text: string): Promise<string> {
  // As long as no path, as no certificate is short.
  if (text.length > 400 || text.includes('BEGIN CERTIFICATE')) return readPinnedCertificate(text);
  const bytes = await readBytes(text);
  return namingFile(text, () => Promise.resolve(readCertificate(bytes.toString(bytes[0] === DER_SEQUENCE ? 'base64' : 'latin1')).certificate));
}

const DER_SEQUENCE = 0x30;

/** Of options that name files of certificates; undefined without any. */
export async function readCertificates(files: readonly string[] | undefined): Promise<{ readonly certificates?: readonly string[] }> {
  return files === undefined ? {} : { certificates: await Promise.all(files.map(readCertificateFile)) };
}

/** Every option with its value. */
export function sourceOptions({ allowHttp, allowPrivate }: SourceOptions): SourceOptions {
  return { allowHttp: allowHttp === true, allowPrivate: allowPrivate === true };
}
