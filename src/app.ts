/**
 * The composition root: settings in, a running node out. Every part is made here and handed exactly what it uses.
 * The socket opens first, so that probes get an answer while the node waits for its database.
 */
import { readFileSync } from 'node:fs';
import { packageFolder } from './app/package.js';
import { createFirstAdmin } from './admin/first-admin.js';
import { createMetadataRefresh } from './admin/metadata-refresh.js';
import { assembleClaims } from './app/claims.js';
import { createEarlyListener } from './app/early.js';
import { logRecord } from './app/log-record.js';
import { assembleProtocols } from './app/protocols.js';
import { ensureSigningKey, openPatiently } from './app/storage.js';
import { createDevices } from './authn/device.js';
import { createFlowStore } from './authn/flow-store.js';
import { createPasswordSignIn } from './authn/password.js';
import { createSessions } from './authn/sessions.js';
import { createThrottle } from './authn/throttle.js';
import { openDataFolder } from './config/data-folder.js';
import type { Settings } from './config/settings.js';
import { createUsableBy } from './core/issuance/usable-applications.js';
import { CONTEXT_PASSWORD, CONTEXT_PASSWORD_PROTECTED } from './core/issuance/authn-policy.js';
import type { SignOnRecord } from './core/ports.js';
import { createKeyRing } from './crypto/key-ring.js';
import { createPasswordHasher } from './crypto/password-hash.js';
import { randomId, randomReference, randomToken } from './crypto/random.js';
import { createSecretBox } from './crypto/secret-box.js';
import { createRefreshJob } from './jobs/refresh-metadata.js';
import { type Scheduler, startJobs } from './jobs/scheduler.js';
import { createClockGuard } from './ops/clock-guard.js';
import { systemClock } from './ops/clock.js';
import { createHealth, type Health } from './ops/health.js';
import type { Log } from './ops/log.js';
import { createMetrics, type Metrics } from './ops/metrics.js';
import type { Storage } from './storage/open.js';
import { listen, type RequestListener } from './web/listener.js';
import { createErrorPage } from './web/pages/error.js';
import { createWebServer } from './web/server.js';

export interface NodeParts {
  readonly version: string;
  readonly log: Log;
  /** The one-time link for the first administrator: shown to whoever started the node, never logged. */
  readonly setUpLink: (url: string) => void;
  /** Puts into the store what has to be there before anything is served; told the addresses that follow from the port. */
  readonly prepare?: (settings: Settings, storage: Storage) => Promise<void>;
  /** How often the jobs in the background look for work; as each of them says unless given. */
  readonly jobsEveryMs?: number;
}

export interface RunningNode {
  /** The public address. */
  readonly url: string;
  readonly port: number;
  ready(): { readonly ready: boolean; readonly reasons: readonly string[] };
  /** Not ready at once; serves on for `drainMs`, finishes what is in hand, writes what waits. */
  close(drainMs: number): Promise<void>;
}

/** Starts a node and resolves once it can issue. Rejects when it never can: address taken, files unusable, wrong schema. */
export async function startNode(given: Settings, parts: NodeParts): Promise<RunningNode> {
  const { log } = parts;
  const folder = openDataFolder(given);
  const early = createEarlyListener();
  const listener = await listen({ host: given.host, port: given.port, tls: readTls(given), early: early.listener });
  const settings = withPort(given, listener.port);
  const stop = new AbortController();
  const onError = (error: unknown, what: string): void => {
    log.error(what, { error });
  };
  try {
    const storage = await openPatiently(
      { databaseUrl: folder.databaseUrl, ...(settings.redisUrl === undefined ? {} : { redisUrl: settings.redisUrl }) },
      { clock: systemClock, onError },
      {
        signal: stop.signal,
        waiting: (reason) => {
          early.reason(reason);
          log.warn('waiting for the database', { reason });
        },
      },
    );
    await parts.prepare?.(settings, storage);
    const node = await assemble(
      settings,
      storage,
      { secretKey: folder.secretKey, folder: folder.databaseUrl.startsWith('sqlite:') ? settings.data : undefined },
      parts,
    );
    listener.use(node.listener);
    return {
      url: settings.baseUrl,
      port: listener.port,
      ready: node.health.ready,
      close: async (drainMs) => {
        node.health.drain();
        await listener.close(drainMs);
        node.health.close();
        await node.close();
        await storage.close();
      },
    };
  } catch (error) {
    stop.abort();
    await listener.close(0);
    throw error;
  }
}

interface Assembled {
  readonly listener: RequestListener;
  readonly health: Health;
  /** Ends the jobs in the background, and connections to attribute stores. */
  close(): Promise<void>;
}

/** Everything between the store and the socket. */
async function assemble(
  settings: Settings,
  storage: Storage,
  about: { readonly secretKey: string; readonly folder: string | undefined },
  parts: NodeParts,
): Promise<Assembled> {
  const { log } = parts;
  const { baseUrl } = settings;
  const base = new URL(baseUrl);
  const clock = systemClock;
  const box = createSecretBox(about.secretKey);
  const metrics = createMetrics({ version: parts.version, metadata: storage.metadataHistory.overview });
  const guard = createClockGuard(clock);
  const hasher = createPasswordHasher();

  await ensureSigningKey(storage.signingKeys, { box, clock, commonName: base.hostname });
  const keyRing = createKeyRing({ keys: storage.signingKeys, box, changes: storage.changes });

  const note = (entry: SignOnRecord): void => {
    storage.journal.note(entry);
    logRecord(log, entry);
    if (entry.event === 'sign-in') metrics.signIn(entry.outcome, entry.check);
  };
  const contextClass = isProtected(base) ? CONTEXT_PASSWORD_PROTECTED : CONTEXT_PASSWORD;
  const sessions = createSessions({ ssoSessions: storage.ssoSessions, clock, makeId: randomId, lifetimeSeconds: settings.sessionLifetimeSeconds });
  const flows = createFlowStore({ box, clock });
  const onError = (error: unknown, what: string): void => {
    log.error(what, { error });
  };
  const claims = assembleClaims({ settings, storage, box, clock, onError, asked: metrics.storeAsked });
  const errorPage = createErrorPage({ clock });

  const health = createHealth({
    clock,
    guard,
    ping: storage.ping,
    signingKey: () => keyRing.signerFor(undefined),
    folder: about.folder,
    changed: (ready, reasons) => {
      metrics.ready(ready);
      if (ready) log.info('ready to issue');
      else log.warn('not ready to issue', { reasons });
    },
  });
  const protocols = assembleProtocols({
    settings,
    storage,
    keyRing,
    box,
    clock,
    now: guard.now,
    contextClass,
    sessions,
    flows,
    claims,
    errorPage,
    ready: () => health.ready().ready,
    metrics,
    log,
    note,
  });

  const firstAdmin = createFirstAdmin({ users: storage.users, ephemeral: storage.ephemeral, hasher, clock, makeToken: randomToken, makeId: randomToken });
  watchCertificates(storage, metrics, log);
  await health.look();

  const web = createWebServer({
    baseUrl,
    organization: settings.organization,
    helpDesk: settings.helpDesk,
    trustProxy: settings.trustProxy,
    packageFolder: packageFolder(),
    routes: protocols.routes,
    box,
    ephemeral: storage.ephemeral,
    sessionIdleSeconds: settings.sessionIdleSeconds,
    sessions,
    ssoSessions: storage.ssoSessions,
    signOut: protocols.signOut,
    passwordSignIn: createPasswordSignIn({
      users: storage.users,
      hasher,
      throttle: createThrottle({ ephemeral: storage.ephemeral, clock }),
      clock,
      makeId: randomId,
      contextClass,
      note,
    }),
    devices: createDevices({ box, clock }),
    flows,
    applications: {
      byEntityId: (entityId) => storage.relyingPartyLookup.byEntityId(entityId),
      usableBy: createUsableBy({
        relyingParties: storage.relyingPartyLookup,
        makeInput: claims.makeInput,
        context: (clientAddress) => ({ at: clock.now(), clientAddress, path: '/', insideCorporateNetwork: claims.isIntranet(clientAddress) }),
      }),
    },
    subjectOf: claims.subjectOf,
    firstAdmin,
    health,
    metrics,
    clock,
    makeReference: randomReference,
    makeId: randomId,
    onError: (error, what, reference) => {
      log.error(what, { error, ...(reference === undefined ? {} : { ref: reference }) });
    },
    onRefused: (refused, what, reference) => {
      log.info(what, { ref: reference, reason: refused.reason, detail: refused.message });
    },
    onRequest: metrics.request,
  });

  const token = await firstAdmin.issueToken();
  if (token !== undefined) parts.setUpLink(`${baseUrl}/welcome/${token}`);
  const jobs = startBackground(settings, storage, parts, onError);
  return {
    listener: web.listener,
    health,
    close: async () => {
      await jobs.close();
      await claims.stores.close();
    },
  };
}

/** What happens without anybody asking for it; nothing of it counts for readiness. */
function startBackground(settings: Settings, storage: Storage, parts: NodeParts, onError: (error: unknown, what: string) => void): Scheduler {
  const { relyingParties, metadataHistory, ephemeral } = storage;
  const refresh = createMetadataRefresh({
    relyingParties,
    metadataHistory,
    clock: systemClock,
    ownNames: [settings.entityId, settings.wsfedIssuer],
    fetchAllow: settings.fetchAllow,
    maxDays: settings.metadataMaxDays,
  });
  const everyMs = parts.jobsEveryMs === undefined ? {} : { everyMs: parts.jobsEveryMs };
  const jobs = [createRefreshJob({ relyingParties, metadataHistory, refresh, clock: systemClock, log: parts.log, ...everyMs })];
  return startJobs(jobs, { ephemeral, makeId: randomToken, onError });
}

/** When our certificates end, for whoever watches the metrics; read again after each change of keys. */
function watchCertificates(storage: Storage, metrics: Metrics, log: Log): void {
  const look = (): void => {
    storage.signingKeys.list().then(
      (keys) => {
        metrics.certificates(keys.map((key) => ({ use: key.state === 'active' ? 'signing' : `signing-${key.state}`, expiresAt: key.expiresAt })));
      },
      (error: unknown) => {
        log.warn('the ends of the certificates could not be read', { error });
      },
    );
  };
  storage.changes.onChange(look);
  look();
}

/** Browsers and applications keep the password from others' eyes by https, and on this very machine. */
function isProtected(base: URL): boolean {
  return base.protocol === 'https:' || /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\])$/u.test(base.hostname);
}

function readTls(settings: Settings): { readonly cert: string; readonly key: string } | undefined {
  return settings.tls === undefined ? undefined : { cert: readFileSync(settings.tls.cert, 'utf8'), key: readFileSync(settings.tls.key, 'utf8') };
}

/** Port 0 takes a free one: addresses that follow from it are known only now. */
function withPort(settings: Settings, port: number): Settings {
  if (settings.port !== 0) return settings;
  const put = (text: string): string => text.replace(/^(https?:\/\/localhost):0(?=\/|$)/u, `$1:${String(port)}`);
  return { ...settings, port, baseUrl: put(settings.baseUrl), entityId: put(settings.entityId), wsfedIssuer: put(settings.wsfedIssuer) };
}
