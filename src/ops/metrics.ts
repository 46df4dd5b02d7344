/** What operators watch, as Prometheus text. No names of people in it (threats M13). */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { createMetricsText } from './cluster-metrics.js';
import type { Instant } from '../core/model/ids.js';
import type { MetadataOverview, SignOnRecord } from '../core/ports.js';

export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  /** A sign-on that ended, with a token or without. */
  signOn(entry: Pick<SignOnRecord, 'protocol' | 'outcome' | 'check'>, seconds: number): void;
  /** An attempt with a password. */
  signIn(outcome: SignOnRecord['outcome'], check: string | undefined): void;
  request(route: string, status: number, seconds: number): void;
  /** A question of a claim rule to an attribute store. */
  storeAsked(store: string, outcome: 'answered' | 'failed', seconds: number): void;
  certificates(ends: readonly { readonly use: string; readonly expiresAt: Instant }[]): void;
  ready(ready: boolean): void;
}

const DURATIONS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface MetricsParts {
  readonly version: string;
  /** Asked for when somebody reads the metrics. */
  readonly metadata?: () => Promise<MetadataOverview>;
}

/** Makes the metrics of one node in a registry of their own. */
export function createMetrics(about: MetricsParts): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const signOns = new Counter({
    name: 'signet_signons_total',
    help: 'Sign-ons that ended, by protocol, result and the check that refused them.',
    labelNames: ['protocol', 'result', 'reason'],
    registers,
  });
  const signOnSeconds = new Histogram({
    name: 'signet_signon_duration_seconds',
    help: 'Time from the first request of a sign-on to its answer, time at the sign-in page included.',
    labelNames: ['protocol', 'result'],
    buckets: DURATIONS,
    registers,
  });
  const signIns = new Counter({ name: 'signet_signins_total', help: 'Attempts to sign in with a password.', labelNames: ['result', 'reason'], registers });
  const requestSeconds = new Histogram({
    name: 'signet_http_request_duration_seconds',
    help: 'Time from request to answer.',
    labelNames: ['route', 'status'],
    buckets: DURATIONS,
    registers,
  });
  const storeSeconds = new Histogram({
    name: 'signet_attribute_store_duration_seconds',
    help: 'Time that attribute stores took to answer claim rules, by store and result.',
    labelNames: ['store', 'result'],
    buckets: DURATIONS,
    registers,
  });
  const expiry = new Gauge({
    name: 'signet_certificate_expiry_timestamp_seconds',
    help: 'When our certificates end.',
    aggregator: 'first',
    labelNames: ['use'],
    registers,
  });
  if (about.metadata !== undefined) watchMetadata(registry, about.metadata);
  const readiness = new Gauge({ name: 'signet_ready', help: '1 while this node can issue.', aggregator: 'min', registers });
  new Gauge({ name: 'signet_build_info', help: 'The version that runs.', labelNames: ['version'], aggregator: 'first', registers }).set(
    { version: about.version },
    1,
  );

  return {
    contentType: registry.contentType,
    text: createMetricsText(registry),
    signOn: ({ protocol = 'none', outcome, check = '' }, seconds) => {
      signOns.inc({ protocol, result: outcome, reason: check });
      signOnSeconds.observe({ protocol, result: outcome }, seconds);
    },
    signIn: (result, check = '') => {
      signIns.inc({ result, reason: check });
    },
    request: (route, status, seconds) => {
      requestSeconds.observe({ route, status }, seconds);
    },
    storeAsked: (store, result, seconds) => {
      storeSeconds.observe({ store, result }, seconds);
    },
    certificates: (ends) => {
      expiry.reset();
      for (const { use, expiresAt } of ends) expiry.set({ use }, expiresAt / 1000);
    },
    ready: (ready) => {
      readiness.set(ready ? 1 : 0);
    },
  };
}

/** What the background readings of applications' metadata come to, for all nodes together. Without names of applications. */
function watchMetadata(registry: Registry, look: () => Promise<MetadataOverview>): void {
  const registers = [registry];
  const oldest = new Gauge({
    name: 'signet_metadata_last_success_timestamp_seconds',
    help: 'When the metadata was last read that could not be read for the longest time.',
    aggregator: 'first',
    registers,
  });
  new Gauge({
    name: 'signet_metadata_applications',
    help: 'Applications whose metadata is read by itself, in all, whose source cannot be used, and with a change that waits.',
    aggregator: 'first',
    labelNames: ['state'],
    registers,
    async collect() {
      try {
        const { sources, failing, held, oldestSuccess } = await look();
        this.set({ state: 'refreshed' }, sources);
        this.set({ state: 'failing' }, failing.length);
        this.set({ state: 'held' }, held.length);
        if (oldestSuccess !== undefined) oldest.set(oldestSuccess / 1000);
      } catch {
        // The database is away, which other metrics say: what was known stays.
      }
    },
  });
}
