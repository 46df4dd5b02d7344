/** A Signet under test: its data folder filled, its server started, its people signed in. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type IdentityProvider, readIdentityProvider } from '../../src/demo/acme/idp.js';
import { ACS, type BenchKey, WREPLY } from './applications.js';
import { type Served, serveSignet } from './children.js';
import type { Job } from './load.js';
import { fillRegistry } from './registry.js';
import { signInAll } from './sessions.js';

export interface BenchNode {
  readonly served: Served;
  readonly idp: IdentityProvider;
  /** A job for the load generator against this node; of SAML unless it says otherwise. */
  job(about: Pick<Job, 'entityIds' | 'end'> & Partial<Job>): Job;
  end(): Promise<void>;
}

export interface BenchNodeWish {
  readonly key: BenchKey;
  readonly sessions: number;
  readonly inflight: number;
  /** Applications beyond the usual ones. */
  readonly more?: number;
  readonly profileDir?: string;
}

/** Room for everything a run writes; removed at the end. */
export function makeWorkFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'signet-bench-'));
  const remove = (): void => {
    rmSync(path, { recursive: true, force: true });
  };
  process.once('exit', remove);
  return { path, remove };
}

export async function startBenchNode(folder: string, name: string, wish: BenchNodeWish): Promise<BenchNode> {
  const data = join(folder, name);
  mkdirSync(data, { mode: 0o700 });
  await fillRegistry({ data, people: wish.sessions, more: wish.more ?? 0, key: wish.key });
  const served = await serveSignet(data, wish.profileDir === undefined ? {} : { profileDir: wish.profileDir });
  const metadata = await (await fetch(`${served.url}/saml/metadata`)).text();
  const cookies = await signInAll(served.url, wish.sessions);
  const common = { cookies, inflight: wish.inflight, samples: 10 };
  const sso = `${served.url}/saml/sso`;
  const saml = { protocol: 'saml', url: sso, destination: sso, acs: ACS, marker: 'name="SAMLResponse"' } as const;
  const wsfed = { protocol: 'wsfed', url: `${served.url}/wsfed`, destination: '', acs: WREPLY, marker: 'name="wresult"' } as const;
  return {
    served,
    idp: readIdentityProvider(metadata),
    job: (about) => ({ ...common, ...(about.protocol === 'wsfed' ? wsfed : saml), ...about }),
    end: served.end,
  };
}
