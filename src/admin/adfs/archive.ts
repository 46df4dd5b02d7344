/**
 * Zip archives of exports. Nothing of one is written anywhere and no name in it becomes a path, but what plays tricks is
 * refused as a whole (threats M06): the archive is not what an exporter makes. Sizes are counted while the data is inflated;
 * what headers say about them is not believed.
 */
import { crc32 } from 'node:zlib';
import { fromBufferPromise, getFileNameLowLevel, type Entry, type ZipFile } from 'yauzl';
import { SignetError } from '../../core/errors.js';
import { show } from '../setting-values.js';

const MIB = 1024 * 1024;
const LIMITS = { entries: 5000, entry: 20 * MIB, total: 64 * MIB, ratio: 200 } as const;
const STORED = 0;
const DEFLATED = 8;
const LINK = 0o120000;

/** A file, or one out of an archive with the archive's name before its own: 'ADFSApps.zip/apps/RPT - Slack.xml'. */
export interface NamedFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** By content, as everything here: the mark of a first entry, or of the end of an empty archive. */
export function isArchive(bytes: Buffer): boolean {
  return ['PK\x03\x04', 'PK\x05\x06'].includes(bytes.toString('latin1', 0, 4));
}

/** The files of an archive; of none of them when there is anything wrong with one. Throws invalid_input. @param file its name, as it may be shown */
export async function readArchive(file: string, bytes: Buffer): Promise<readonly NamedFile[]> {
  try {
    return await readEntries(file, await fromBufferPromise(bytes, { decodeStrings: false, lazyEntries: true }));
  } catch (error) {
    if (error instanceof SignetError) throw error;
    throw new SignetError('invalid_input', `${file} cannot be read as a zip archive: it is cut off, damaged or strongly encrypted; make it again.`, {
      cause: error,
    });
  }
}

async function readEntries(file: string, archive: ZipFile): Promise<readonly NamedFile[]> {
  if (archive.entryCount > LIMITS.entries) throw refused(file, `has ${String(archive.entryCount)} entries; at most ${String(LIMITS.entries)}`);
  const files: NamedFile[] = [];
  const names = new Set<string>();
  let total = 0;
  for await (const entry of archive.eachEntry()) {
    const name = nameOf(file, entry);
    if (name.endsWith('/')) continue;
    const shown = `${file}/${show(name)}`;
    if (names.has(name.toLowerCase())) throw refused(shown, 'stands twice in the archive; make the archive again');
    names.add(name.toLowerCase());
    const bytes = await readEntry(shown, archive, entry, LIMITS.total - total);
    if (isArchive(bytes)) throw refused(shown, 'is an archive in an archive; unpack it and give what it holds');
    total += bytes.length;
    files.push({ name: shown, bytes });
  }
  return files;
}

/** With slashes; PowerShell 5 writes backslashes between folders. */
function nameOf(file: string, entry: Entry): string {
  const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true).replaceAll('\\', '/');
  const tricks = name === '' || name.includes('\0') || name.startsWith('/') || /^[A-Za-z]:/u.test(name) || name.split('/').includes('..');
  if (tricks) throw refused(file, `holds an entry named "${show(name)}", which would leave its folder; make the archive again`);
  return name;
}

async function readEntry(shown: string, archive: ZipFile, entry: Entry, left: number): Promise<Buffer> {
  if (((entry.externalFileAttributes >>> 16) & 0o170000) === LINK) throw refused(shown, 'is a link; put the file itself into the archive');
  if (entry.isEncrypted()) throw refused(shown, 'is encrypted; make the archive without a password');
  if (![STORED, DEFLATED].includes(entry.compressionMethod))
    throw refused(shown, 'is packed in a way other than deflate; make the archive with Compress-Archive');
  const most = Math.min(LIMITS.entry, left);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of (await archive.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) throw refused(shown, `unpacks to more than ${String(Math.floor(most / MIB))} MiB`);
    if (size > MIB && size > entry.compressedSize * LIMITS.ratio) throw refused(shown, `unpacks to more than ${String(LIMITS.ratio)} times its size`);
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  if (crc32(bytes) !== entry.crc32) throw refused(shown, 'is damaged; make the archive again');
  return bytes;
}

function refused(what: string, sentence: string): SignetError {
  return new SignetError('invalid_input', `${what} ${sentence}.`);
}
