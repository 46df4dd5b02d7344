/** The protocols put together over the issuer: every route that is answered in front of the pages. */
import type { Flows } from '../authn/flow-store.js';
import { createSessionIndex } from '../authn/session-index.js';
import type { Sessions } from '../authn/sessions.js';
import { createSignIn } from '../authn/sign-in.js';
import type { Settings } from '../config/settings.js';
import { OFFERED_CLAIM_TYPES } from '../core/claims/standard-claims.js';
import type { Instant } from '../core/model/ids.js';
import { WSFED_PATH } from '../core/model/start-path.js';
import type { Clock, KeyRing, SignOnRecord } from '../core/ports.js';
import { randomId, randomReference } from '../crypto/random.js';
import type { SecretBox } from '../crypto/secret-box.js';
import type { Route } from '../http/route.js';
import type { Log } from '../ops/log.js';
import type { Metrics } from '../ops/metrics.js';
import { createLogoutMessages, createSaml, SLO_PATH, SSO_PATH } from '../protocols/saml/index.js';
import { createAdfsRoutes } from '../protocols/shared/adfs-paths.js';
import type { PassiveParts } from '../protocols/shared/passive.js';
import { createResumeRoute, resumeAddress } from '../protocols/shared/resume.js';
import { createSignOut, type SignOut } from '../protocols/shared/sign-out.js';
import { createSignOutRoutes } from '../protocols/shared/sign-out-routes.js';
import { createFederationMetadataRoute, createWsfed } from '../protocols/wsfed/index.js';
import type { Storage } from '../storage/open.js';
import { chooseAlgorithms } from '../tokens/assertion.js';
import { createSamlToolkit } from '../xml/samlify.js';
import type { Claims } from './claims.js';
import { assembleIssuer } from './issuance.js';
import { logRecord } from './log-record.js';

export interface ProtocolParts {
  readonly settings: Settings;
  readonly storage: Storage;
  readonly keyRing: KeyRing;
  readonly box: SecretBox;
  readonly clock: Clock;
  /** The guarded clock: its value goes into tokens. */
  readonly now: () => Instant;
  /** The strongest context class a sign-in can reach here. */
  readonly contextClass: string;
  readonly sessions: Sessions;
  readonly flows: Flows;
  readonly claims: Claims;
  readonly errorPage: PassiveParts['errorPage'];
  /** True while this node can issue. */
  readonly ready: () => boolean;
  readonly metrics: Metrics;
  readonly log: Log;
  /** A record for the journal and the log. */
  readonly note: (entry: SignOnRecord) => void;
}

/** Every protocol over one issuer. */
export function assembleProtocols(parts: ProtocolParts): { readonly routes: readonly Route[]; readonly signOut: SignOut } {
  const { settings, storage, clock, log, metrics } = parts;
  const { baseUrl, entityId, wsfedIssuer, organization } = settings;

  const passive: PassiveParts = {
    clock,
    makeReference: randomReference,
    makeId: randomId,
    signIn: createSignIn({ sessions: parts.sessions, users: storage.userLookup, flows: parts.flows, contextClass: parts.contextClass }),
    issue: createIssue(parts),
    flows: parts.flows,
    resumeAddress,
    isIntranet: parts.claims.isIntranet,
    errorPage: parts.errorPage,
    refused: (entry, error, seconds) => {
      parts.note(entry);
      metrics.signOn(entry, seconds);
      if (entry.outcome === 'failed') log.error('a sign-on failed on our side', { ref: entry.reference, error });
    },
  };
  const common = {
    ...passive,
    keyRing: parts.keyRing,
    relyingParties: storage.relyingPartyLookup,
    subjectOf: parts.claims.subjectOf,
    strongestContext: parts.contextClass,
    chooseAlgorithms,
  };

  const { ephemeral, ssoSessions } = storage;
  const logoutMessages = createLogoutMessages({ ...common, entityId });
  const signOut = createSignOut({ ...common, ephemeral, ssoSessions, saml: logoutMessages, box: parts.box, note: parts.note });
  const ssoUrl = `${baseUrl}${SSO_PATH}`;
  const saml = createSaml({
    ...common,
    entityId,
    ephemeral,
    ssoSessions,
    logoutMessages,
    signOut,
    note: parts.note,
    toolkit: createSamlToolkit({ entityId, ssoUrl }),
    describe: { entityId, ssoUrl, sloUrl: `${baseUrl}${SLO_PATH}`, supportUrl: `${baseUrl}/support`, organization, baseUrl },
  });
  const wsfed = createWsfed({
    ...common,
    ourNames: [wsfedIssuer, entityId, baseUrl],
    sessions: parts.sessions,
    ssoSessions,
    signOut,
    note: parts.note,
  });
  const federationMetadata = createFederationMetadataRoute({
    ...common,
    describe: { entityId: wsfedIssuer, passiveUrl: `${baseUrl}${WSFED_PATH}`, claimTypes: OFFERED_CLAIM_TYPES, organization, baseUrl },
    describeSaml: wsfedIssuer === entityId ? saml.describe : undefined,
  });
  const adfs = createAdfsRoutes({ protocols: { saml: saml.adfs, wsfed: wsfed.adfs }, relyingParties: storage.relyingPartyLookup, ready: parts.ready });
  const resume = createResumeRoute({
    ...passive,
    protocols: { saml: saml.passive, wsfed: wsfed.passive },
    onError: (error, reference) => {
      log.error('a kept sign-in could not go on', { ref: reference, error });
    },
  });
  return { routes: [...saml.routes, ...wsfed.routes, federationMetadata, ...adfs, ...createSignOutRoutes(signOut), resume], signOut };
}

function createIssue({ settings, storage, keyRing, box, claims, now, metrics, log }: ProtocolParts): PassiveParts['issue'] {
  return assembleIssuer({
    entityId: settings.entityId,
    wsfedIssuer: settings.wsfedIssuer,
    changes: storage.changes,
    journal: storage.journal,
    keyRing,
    names: claims.names,
    makeInput: claims.makeInput,
    ssoSessions: storage.ssoSessions,
    sessionIndex: createSessionIndex(box),
    now,
    issued: (entry) => {
      logRecord(log, entry);
      metrics.signOn(entry, (entry.at - entry.trace.startedAt) / 1000);
    },
  });
}
