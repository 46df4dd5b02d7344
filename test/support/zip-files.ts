/** Zip archives, well made and badly made, byte by byte: what a test changes is what the archive lies about. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string | Buffer;
  readonly bytes: Buffer | string;
  /** Kept as it is instead of deflated. */
  readonly stored?: boolean;
  /** General purpose flags; bit 0 says encrypted. UTF-8 names without it. */
  readonly flags?: number;
  /** What the upper half of the external attributes says on Unix, such as 0o120777 for a link. */
  readonly unixMode?: number;
  /** Said instead of the truth. */
  readonly says?: { readonly size?: number; readonly crc?: number; readonly method?: number };
  /** Sizes and offset only in the extra field, as archives over 4 GiB have them. */
  readonly zip64?: boolean;
}

const UTF8_NAME = 0x800;

/** A whole archive. @param options.zip64 with the end records of large archives too */
export function zipOf(entries: readonly ZipEntry[], options: { readonly zip64?: boolean; readonly comment?: string } = {}): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { local, central } = recordsOf(entry, offset);
    locals.push(local);
    centrals.push(central);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  return Buffer.concat([...locals, directory, endOf(entries.length, directory.length, offset, options)]);
}

function recordsOf(entry: ZipEntry, offset: number): { readonly local: Buffer; readonly central: Buffer } {
  const name = Buffer.from(entry.name);
  const plain = typeof entry.bytes === 'string' ? Buffer.from(entry.bytes) : entry.bytes;
  const data = entry.stored === true ? plain : deflateRawSync(plain);
  const size = entry.says?.size ?? plain.length;
  const far = entry.zip64 === true;
  const extra = far ? zip64Extra(size, data.length, offset) : Buffer.alloc(0);
  // Version 4.5, flags, method, time, date, CRC, sizes: the same in both records.
  const shared = Buffer.alloc(26);
  shared.writeUInt16LE(45, 0);
  shared.writeUInt16LE(entry.flags ?? UTF8_NAME, 2);
  shared.writeUInt16LE(entry.says?.method ?? (entry.stored === true ? 0 : 8), 4);
  shared.writeUInt32LE(entry.says?.crc ?? crc32(plain), 10);
  shared.writeUInt32LE(far ? 0xffffffff : data.length, 14);
  shared.writeUInt32LE(far ? 0xffffffff : size, 18);
  shared.writeUInt16LE(name.length, 22);
  shared.writeUInt16LE(extra.length, 24);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE((entry.unixMode ?? 0) * 0x10000, 6);
  tail.writeUInt32LE(far ? 0xffffffff : offset, 10);
  return {
    local: Buffer.concat([signature(0x04034b50), shared, name, extra, data]),
    central: Buffer.concat([signature(0x02014b50), Buffer.from([45, entry.unixMode === undefined ? 0 : 3]), shared, tail, name, extra]),
  };
}

function zip64Extra(size: number, compressed: number, offset: number): Buffer {
  const extra = Buffer.alloc(28);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(24, 2);
  [size, compressed, offset].forEach((value, index) => extra.writeBigUInt64LE(BigInt(value), 4 + index * 8));
  return extra;
}

function endOf(entries: number, size: number, offset: number, { zip64, comment = '' }: { readonly zip64?: boolean; readonly comment?: string }): Buffer {
  const end = Buffer.alloc(18);
  end.writeUInt16LE(zip64 === true ? 0xffff : entries, 4);
  end.writeUInt16LE(zip64 === true ? 0xffff : entries, 6);
  end.writeUInt32LE(zip64 === true ? 0xffffffff : size, 8);
  end.writeUInt32LE(zip64 === true ? 0xffffffff : offset, 12);
  end.writeUInt16LE(Buffer.byteLength(comment), 16);
  const plain = Buffer.concat([signature(0x06054b50), end, Buffer.from(comment)]);
  if (zip64 !== true) return plain;
  const record = Buffer.alloc(52);
  record.writeBigUInt64LE(44n, 0);
  record.writeUInt16LE(45, 8);
  record.writeUInt16LE(45, 10);
  [entries, entries, size, offset].forEach((value, index) => record.writeBigUInt64LE(BigInt(value), 20 + index * 8));
  const locator = Buffer.alloc(16);
  locator.writeBigUInt64LE(BigInt(offset + size), 4);
  locator.writeUInt32LE(1, 12);
  return Buffer.concat([signature(0x06064b50), record, signature(0x07064b50), locator, plain]);
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
