/** An installation with one person, to import into. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConvertContext } from '../../../src/admin/adfs/conversion.js';
import type { AdfsTrust } from '../../../src/admin/adfs/export.js';
import { type AdfsImport, createAdfsImport, type ImportOptions, type ImportPlan } from '../../../src/admin/adfs/import.js';
import type { MakePreview } from '../../../src/admin/preview.js';
import { assembleClaims } from '../../../src/app/claims.js';
import { assemblePreview } from '../../../src/app/preview.js';
import { loadSettings } from '../../../src/config/load.js';
import { createSecretBox } from '../../../src/crypto/secret-box.js';
import { openStorage, type Storage } from '../../../src/storage/open.js';
import { aUser, fakeClock } from '../../support/builders.js';
import { aContext } from './trusts.js';

export const CHANGE = { actor: 'test', action: 'set' };
export const DOING = { actor: 'cli' };

export interface Installation {
  readonly storage: Storage;
  readonly admin: AdfsImport;
  readonly preview: MakePreview;
  readonly context: ConvertContext;
  plan(trusts: readonly AdfsTrust[], options?: Partial<ImportOptions>): Promise<ImportPlan>;
  /** Plans and applies. */
  run(trusts: readonly AdfsTrust[], options?: Partial<ImportOptions>): Promise<boolean>;
  /** Entity ids of the applications. */
  stored(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Maria of CORP, in Sales and in a group for AWS. */
export async function openInstallation(): Promise<Installation> {
  const clock = fakeClock();
  const folder = mkdtempSync(join(tmpdir(), 'signet-adfs-'));
  const storage = await openStorage({ databaseUrl: `sqlite:${join(folder, 'signet.db')}` }, { clock, onError: () => undefined });
  let made = 0;
  const admin = createAdfsImport({ ...storage, clock, makeId: () => `imported-${String((made += 1))}` });
  const { settings } = loadSettings({ env: {}, flags: {} });
  const about = { settings, storage, box: createSecretBox('the secret of a test'), clock, onError: () => undefined };
  const { preview } = assemblePreview(about);
  const context = aContext({ catalogue: await assembleClaims(about).stores.catalogue() });
  const person = { userName: 'maria', email: 'maria@corp.example', groups: ['Sales', 'CL-AWS-123456789012-Admin'] };
  await storage.users.insert(aUser({ ...person, attributes: { userPrincipalName: ['maria@corp.example'], department: ['Purchasing'] } }), CHANGE);
  await storage.localDirectories.update((record) => ({ ...record, domain: 'CORP', upnSuffix: 'corp.example' }), CHANGE);
  const plan: Installation['plan'] = (trusts, options = {}) => admin.plan({ trusts }, context, { only: [], includeLook: false, update: false, ...options });
  return {
    storage,
    admin,
    preview,
    context,
    plan,
    run: async (trusts, options) => admin.apply(await plan(trusts, options), DOING),
    stored: async () => (await storage.relyingParties.list({}, { limit: 500 })).map(({ metadata }) => metadata.entityId),
    close: async () => {
      await storage.close();
      rmSync(folder, { recursive: true });
    },
  };
}
