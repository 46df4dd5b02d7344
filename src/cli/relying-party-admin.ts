/** What the commands about applications share: the use cases over the open store, and where metadata comes from. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { MetadataSource, SourceOptions } from '../admin/metadata-source.js';
import { createRelyingPartyAdmin, type RelyingPartyAdmin } from '../admin/relying-parties.js';
import { randomToken } from '../crypto/random.js';
import type { Opened, Session } from './context.js';
import { readBytes } from './files.js';

/** Options of commands that read metadata. */
export function withSourceOptions(command: Command): Command {
  return command
    .option('--allow-http', 'plain http, for the metadata and for reply addresses')
    .option('--allow-private', 'fetch from loopback and private addresses');
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
  });
}

/** An address, or a file, whose full path is kept so that it can be read again from anywhere. */
export async function readSource(text: string): Promise<MetadataSource> {
  if (/^[a-z][a-z0-9+.-]+:\/\//iu.test(text)) return { kind: 'url', location: text };
  const location = resolve(text);
  return { kind: 'file', location, bytes: await readBytes(location) };
}

/** Every option with its value. */
export function sourceOptions({ allowHttp, allowPrivate }: SourceOptions): SourceOptions {
  return { allowHttp: allowHttp === true, allowPrivate: allowPrivate === true };
}
