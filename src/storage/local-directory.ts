/** What was set about the built-in directory: one document among the stored settings. */
import { z } from 'zod';
import { SignetError } from '../core/errors.js';
import { type LocalDirectoryRecord, type LocalDirectorySettings, resolveDirectory } from '../core/model/directory.js';
import type { ChangeFeed, DirectorySettings, LocalDirectories, StoredSettings } from '../core/ports.js';
import { createReadThrough } from './read-through.js';

const NAME = 'directory:local';
const SHAPE = z.strictObject({
  authority: z.string().min(1).exactOptional(),
  domain: z.string().min(1).exactOptional(),
  upnSuffix: z.string().min(1).exactOptional(),
  groupSids: z.record(z.string(), z.string().min(1)).exactOptional(),
  primaryGroup: z.string().min(1).exactOptional(),
  acceptance: z.string().exactOptional(),
  passwordMaxAgeDays: z.number().int().positive().exactOptional(),
});

/** The document over the stored settings. Reading throws `unavailable` where somebody wrote it who is not us: nobody is signed on by half of it. */
export function createLocalDirectories(settings: StoredSettings): LocalDirectories {
  const plan: LocalDirectories['plan'] = async (make) => {
    const before = await settings.get(NAME);
    return { name: NAME, before, after: JSON.stringify(make(read(before))), shown: (text) => text };
  };
  return {
    read: async () => read(await settings.get(NAME)),
    plan,
    update: async (make, change) => {
      const { name, before, after, shown } = await plan(make);
      await settings.replace(name, { before, after }, change, shown);
    },
    installation: async () => (await settings.get('installation')) ?? '',
  };
}

function read(text: string | undefined): LocalDirectoryRecord {
  if (text === undefined) return {};
  try {
    return SHAPE.parse(JSON.parse(text));
  } catch (error) {
    throw new SignetError('unavailable', 'the stored settings of the directory cannot be read', { cause: error });
  }
}

/** The settings in force, as the change feed vouches for them. */
export function createDirectorySettings(parts: {
  readonly directories: LocalDirectories;
  readonly changes: ChangeFeed;
  readonly baseUrl: string;
}): DirectorySettings {
  const { directories, baseUrl } = parts;
  let latest: { readonly text: string; readonly value: LocalDirectorySettings } | undefined;
  const load = async (): Promise<LocalDirectorySettings> => {
    const record = await directories.read();
    const text = JSON.stringify(record);
    // Other changes of configuration leave the object as it is, and with it what was made of it.
    if (latest?.text !== text) latest = { text, value: resolveDirectory(record, { baseUrl, installation: await directories.installation() }) };
    return latest.value;
  };
  const known = createReadThrough({ changes: parts.changes, load, mostKept: 1 });
  return { current: async () => (await known(NAME)) ?? load() };
}
