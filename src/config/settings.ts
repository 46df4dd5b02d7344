/**
 * Every setting: its schema, its default and the sentence that explains it. `signet config` and docs/settings.md follow
 * from this table.
 */
import { z } from 'zod';
import { isRange } from '../core/network-ranges.js';
import { parseUrl } from '../core/model/uri.js';

/** One setting as the table describes it. Values arrive as text, wherever they come from. */
export interface Definition<T = unknown> {
  readonly schema: z.ZodType<T, string>;
  /** The text that stands when nobody says anything; undefined where the default depends on other settings, or there is none. */
  readonly fallback: string | undefined;
  readonly help: string;
  /** Shown masked; may be read from a file named by NAME_FILE. */
  readonly secret: boolean;
}

const define = <T>(schema: z.ZodType<T, string>, fallback: string | undefined, help: string, secret = false): Definition<T> => ({
  schema,
  fallback,
  help,
  secret,
});

const text = z.string().trim().min(1, 'must not be empty');

/** A whole number within bounds. */
function whole(least: number, most: number): z.ZodType<number, string> {
  const message = `must be a whole number from ${String(least)} to ${String(most)}`;
  return z
    .string()
    .trim()
    .regex(/^\d{1,15}$/u, message)
    .transform(Number)
    .refine((value) => value >= least && value <= most, message);
}

const webAddress = z
  .string()
  .trim()
  .refine(
    (value) => /^https?:\/\//iu.test(value) && !/[?#\s]/u.test(value) && parseUrl(value)?.username === '',
    'must be an absolute http:// or https:// address without query, fragment or user name',
  )
  // No slash at the end: paths are appended to it as they are.
  .transform((value) => value.replace(/\/+$/u, ''));

const entityId = z
  .string()
  .trim()
  .regex(/^[^\s\p{Cc}\p{Cf}]{1,256}$/u, 'must be 1 to 256 characters without white space (SAML Metadata 2.3.2)');

const databaseUrl = z
  .string()
  .trim()
  .regex(/^(?:sqlite:.+|postgres(?:ql)?:\/\/.+)$/u, 'must be sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/NAME');

const redisUrl = z
  .string()
  .trim()
  .regex(/^rediss?:\/\/.+$/u, 'must be redis://HOST:PORT or rediss://HOST:PORT');

/** A list separated by commas or white space. */
const list = z.string().transform((value) => value.split(/[\s,]+/u).filter((part) => part !== ''));

const cidrList = list.refine((parts) => parts.every(isRange), 'must be a list of addresses or CIDR ranges, such as 10.0.0.0/8');

/** Hop count, or the proxies by address; none of them is believed by default. */
const trustProxy = z
  .string()
  .trim()
  .transform((value): number | readonly string[] => (/^\d{1,2}$/u.test(value) ? Number(value) : value.split(/[\s,]+/u).filter((part) => part !== '')))
  .refine((value) => typeof value === 'number' || value.every(isRange), 'must be a number of proxies, or a list of addresses or CIDR ranges');

export const DEFINITIONS = {
  SIGNET_DATA: define(text, './data', 'Data folder: database, secret key.'),
  SIGNET_HOST: define(text, '127.0.0.1', 'Address to listen on.'),
  SIGNET_PORT: define(whole(0, 65_535), '8080', 'Port to listen on; 0 takes a free one.'),
  SIGNET_BASE_URL: define(
    webAddress,
    undefined,
    'Public address, where browsers and applications reach Signet; may have a path. Default: http://localhost:PORT.',
  ),
  SIGNET_ENTITY_ID: define(entityId, undefined, 'SAML entity ID, free text. Default: BASE_URL/saml/metadata.'),
  SIGNET_WSFED_ISSUER: define(entityId, undefined, 'Issuer of WS-Federation tokens, free text. Default: the entity ID.'),
  SIGNET_ORGANIZATION: define(text.pipe(z.string().max(200)), 'Signet', 'Name of the organisation, shown on pages and in metadata.'),
  SIGNET_HELP_DESK: define(
    z
      .string()
      .trim()
      .regex(/^(?:mailto:\S+@\S+|https?:\/\/\S+|[^\s@:]+@[^\s@]+)$/u, 'must be an e-mail address or a web address'),
    undefined,
    'Where people turn when they cannot sign in: an e-mail or web address, linked from every page.',
  ),
  SIGNET_DATABASE_URL: define(
    databaseUrl,
    undefined,
    'sqlite:PATH or postgres://…; a password in it may come by SIGNET_DATABASE_URL_FILE. Default: SQLite in the data folder.',
    true,
  ),
  SIGNET_REDIS_URL: define(redisUrl, undefined, 'Redis for counters and copies of sessions. Default: all of it lives in the database.', true),
  SIGNET_SECRET_KEY: define(
    z.string().trim().min(16, 'must have at least 16 characters; use 32 random bytes, for example from openssl rand -base64 32'),
    undefined,
    'Encrypts private keys at rest and signs cookies. Default: made in the data folder with SQLite; required with PostgreSQL.',
    true,
  ),
  SIGNET_TRUST_PROXY: define(trustProxy, '0', 'Proxies in front whose X-Forwarded-For counts: how many, or their addresses.'),
  SIGNET_INTRANET: define(cidrList, '', 'Address ranges of the corporate network: rules and access policies tell inside from outside by them.'),
  SIGNET_PRESETS: define(text, undefined, "Folder with presets of one's own. Default: presets in the data folder, where there is one."),
  SIGNET_FETCH_ALLOW: define(cidrList, '', 'Private address ranges that metadata may be fetched from.'),
  SIGNET_METADATA_MAX_DAYS: define(
    whole(1, 3660),
    undefined,
    'Metadata of applications is taken only where it says until when it counts (validUntil), and that is at most so many days ahead. Default: any.',
  ),
  SIGNET_TLS_CERT: define(text, undefined, 'File with the certificate chain (PEM), to serve HTTPS itself.'),
  SIGNET_TLS_KEY: define(text, undefined, 'File with the private key (PEM) of SIGNET_TLS_CERT.'),
  SIGNET_LOG_LEVEL: define(z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']), 'info', 'Least level that is logged.'),
  SIGNET_WORKERS: define(z.union([z.literal('auto'), whole(1, 128)]), '1', 'Processes in this node that share the port; auto is one per core.'),
  SIGNET_SESSION_LIFETIME: define(whole(60, 31_536_000), '36000', 'Seconds after which a person signs in again, whatever they did.'),
  SIGNET_SESSION_IDLE: define(whole(60, 31_536_000), '14400', 'Seconds without a visit after which a person signs in again.'),
  SIGNET_DRAIN_MS: define(whole(0, 600_000), '5000', 'Milliseconds between SIGTERM and closing the listener, for balancers to notice.'),
} as const satisfies Readonly<Record<string, Definition>>;

export type SettingName = keyof typeof DEFINITIONS;

/** Names of the outward contract that a later version will read: set, they are told apart from misspelt ones. */
export const LATER: readonly string[] = ['SIGNET_TLS_CLIENT_CA', 'SIGNET_CERT_PORT', 'SIGNET_CLIENT_CERT_HEADER', 'SIGNET_WSTRUST', 'SIGNET_SMTP_URL'];

/** The settings in force, checked. */
export interface Settings {
  readonly data: string;
  readonly host: string;
  readonly port: number;
  readonly baseUrl: string;
  readonly entityId: string;
  /** Our name in tokens of WS-Federation and WS-Trust. */
  readonly wsfedIssuer: string;
  readonly organization: string;
  readonly helpDesk: string | undefined;
  /** undefined: SQLite in the data folder. */
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  /** undefined: the key in the data folder. */
  readonly secretKey: string | undefined;
  readonly trustProxy: number | readonly string[];
  readonly intranet: readonly string[];
  /** Folder with presets of one's own; undefined: `presets` in the data folder, where there is one. */
  readonly presets: string | undefined;
  readonly fetchAllow: readonly string[];
  /** undefined: metadata need not say until when it counts. */
  readonly metadataMaxDays: number | undefined;
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  readonly workers: number | 'auto';
  readonly sessionLifetimeSeconds: number;
  readonly sessionIdleSeconds: number;
  readonly drainMs: number;
}
