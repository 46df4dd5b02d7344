/** The rows of the table: each is one server with one kind of round. All are measured in turn, pass by pass. */
import type { ChildProcess } from 'node:child_process';
import type { KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACS, type BenchKey, ENTITY, REALM } from './applications.js';
import type { BenchNode } from './bench-node.js';
import { type Served, serveBeside } from './children.js';
import type { Job } from './load.js';
import type { BenchOptions } from './options.js';
import { type Verify, verifySaml, verifyWsfed } from './verify.js';
import { measure, median, runJob, type Window } from './windows.js';

export interface Row {
  readonly name: string;
  readonly pid: number;
  readonly job: (end: Job['end']) => Job;
  /** How a sample is verified; undefined where the answer is no response. */
  readonly verify: Verify | undefined;
}

export interface MeasuredRow {
  readonly name: string;
  readonly window: Window;
  readonly windows: readonly Window[];
  readonly verified: number;
}

export interface RowParts {
  readonly load: ChildProcess;
  readonly rawKey: KeyObject;
  readonly key: BenchKey;
  readonly options: BenchOptions;
}

/** The JIT needs a few thousand rounds before it runs at its pace; a slow server does more within a round, and needs fewer. */
const WARM_SECONDS = 4;
const WARM_ROUNDS = 1500;

export function signetRows(node: BenchNode, options: BenchOptions, key: BenchKey): readonly Row[] {
  const row = (name: string, entityId: string, responseSigned: boolean, more: Partial<Job> = {}): Row => ({
    name,
    pid: node.served.pid,
    job: (end) => node.job({ entityIds: [entityId], end, ...more }),
    verify: verifySaml({ certificates: node.idp.certificates, responseSigned, key }),
  });
  const wsfedRow = (name: string, realm: string): Row => ({
    name,
    pid: node.served.pid,
    job: (end) => node.job({ protocol: 'wsfed', entityIds: [realm], end }),
    verify: verifyWsfed({ name: node.idp.entityId, certificates: node.idp.certificates }),
  });
  return [
    row('Signet, assertion signed', ENTITY.assertion, false),
    row('Signet, assertion signed, ten claim rules', ENTITY.rules, false),
    row('Signet, assertion and response signed', ENTITY.both, true),
    wsfedRow('Signet, WS-Federation, SAML 1.1', REALM.saml11),
    wsfedRow('Signet, WS-Federation, SAML 2.0', REALM.saml20),
    ...(options.encrypt ? [row('Signet, assertion signed and encrypted', ENTITY.encrypted, false)] : []),
    ...(options.signedPost ? [row('Signet, signed request by POST', ENTITY.signedPost, false, { signWith: key })] : []),
  ];
}

export async function startBaselines(
  folder: string,
  parts: Pick<RowParts, 'options' | 'key'>,
): Promise<{ readonly rows: readonly Row[]; readonly servers: readonly Served[] }> {
  const { options, key } = parts;
  const path = join(folder, 'samlify.json');
  const wish = { sessions: options.sessions, privateKeyPem: key.privateKeyPem, certificate: key.certificate, acs: ACS, ...ENTITY };
  writeFileSync(path, JSON.stringify(wish), { mode: 0o600 });
  const samlify = await serveBeside('./plain-samlify.js', [path]);
  const express = await serveBeside('./express-route.js', []);
  const cookies = Array.from({ length: options.sessions }, (_, index) => `bench=session-${String(index)}`);
  const job = (url: string, entityId: string, marker: string, end: Job['end']): Job => ({
    protocol: 'saml',
    url,
    entityIds: [entityId],
    cookies,
    acs: ACS,
    destination: 'https://samlify.bench.example/saml/sso',
    inflight: options.inflight,
    samples: 10,
    marker,
    end,
  });
  const samlifyRow = (name: string, app: 'assertion' | 'both'): Row => ({
    name,
    pid: samlify.pid,
    job: (end) => job(`${samlify.url}/saml/sso?app=${app}`, ENTITY[app], 'name="SAMLResponse"', end),
    verify: verifySaml({ certificates: [key.certificate], responseSigned: app === 'both', key }),
  });
  return {
    servers: [samlify, express],
    rows: [
      samlifyRow('plain samlify on Express, assertion signed', 'assertion'),
      samlifyRow('plain samlify on Express, both signed', 'both'),
      {
        name: 'bare Express route',
        pid: express.pid,
        job: (end) => job(`${express.url}/saml/sso`, ENTITY.assertion, 'fixed', end),
        verify: undefined,
      },
    ],
  };
}

/** Warms every row, then measures all of them once in each pass; the middle window of each row counts. */
export async function measureRows(rows: readonly Row[], parts: RowParts, progress: (line: string) => void): Promise<readonly MeasuredRow[]> {
  const { load, options } = parts;
  for (const row of rows) {
    progress(`warming: ${row.name}`);
    const { rounds } = await runJob(load, row.job({ seconds: WARM_SECONDS }));
    if (rounds < WARM_ROUNDS) await runJob(load, row.job({ rounds: WARM_ROUNDS - rounds }));
  }
  const windows = new Map<Row, Window[]>(rows.map((row) => [row, []]));
  const verified = new Map<Row, number>();
  for (let pass = 1; pass <= options.passes; pass += 1) {
    for (const row of rows) {
      progress(`pass ${String(pass)}: ${row.name}`);
      const { window, result } = await measure(load, parts.rawKey, row.pid, row.job({ seconds: options.seconds }));
      windows.get(row)?.push(window);
      if (row.verify === undefined) continue;
      for (const sample of result.samples) await row.verify(sample);
      verified.set(row, (verified.get(row) ?? 0) + result.samples.length);
    }
  }
  return rows.map((row) => {
    const measured = windows.get(row) ?? [];
    return { name: row.name, windows: measured, window: median(measured), verified: verified.get(row) ?? 0 };
  });
}
