/** Where settings come from: flag over environment over file over default; one clear line for each mistake. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { z } from 'zod';
import { SignetError } from '../core/errors.js';
import { DEFINITIONS, LATER, type SettingName, type Settings } from './settings.js';

export type SettingSource = 'flag' | 'environment' | 'file' | 'default' | 'none';

/** One line of `signet config`. */
export interface SettingRow {
  readonly name: SettingName;
  /** Masked where it is secret; undefined when there is none. */
  readonly value: string | undefined;
  readonly source: SettingSource;
  readonly help: string;
}

export interface LoadedSettings {
  readonly settings: Settings;
  readonly rows: readonly SettingRow[];
  /** Sentences for the log and for `signet doctor`: unknown names and the like. */
  readonly warnings: readonly string[];
}

export interface SettingInputs {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Flags of the command line, by the names of the environment. */
  readonly flags?: Readonly<Record<string, string | undefined>>;
  /** Reads a file as text; from disk unless told. */
  readonly readFile?: (path: string) => string;
}

interface Found {
  readonly text: string;
  readonly source: SettingSource;
  /** Where to look for it, in the words of a sentence. */
  readonly place: string;
}

const CONFIG_FILE = 'signet.config.json';
const NAMES = Object.keys(DEFINITIONS).filter((name): name is SettingName => Object.hasOwn(DEFINITIONS, name));

/** Reads and checks all settings. Throws invalid_input with one line per mistake. */
export function loadSettings(inputs: SettingInputs): LoadedSettings {
  const readFile = inputs.readFile ?? ((path: string): string => readFileSync(path, 'utf8'));
  const mistakes: string[] = [];
  const warnings: string[] = [];
  const file = readConfigFile(inputs, readFile, mistakes);
  const found = new Map<SettingName, Found>();
  for (const name of NAMES) {
    const value = find(name, inputs, file, readFile, mistakes);
    if (value !== undefined) found.set(name, value);
  }
  warnings.push(...unknownNames(inputs.env, file));
  const settings = check(found, mistakes);
  if (settings === undefined || mistakes.length > 0) throw new SignetError('invalid_input', mistakes.join('\n'));
  return { settings, rows: NAMES.map((name) => toRow(name, found.get(name), settings)), warnings };
}

/** Names as in the environment, or without prefix in camel case: SIGNET_BASE_URL or baseUrl. */
function readConfigFile(inputs: SettingInputs, readFile: (path: string) => string, mistakes: string[]): ReadonlyMap<string, string> {
  const named = inputs.flags?.['SIGNET_CONFIG'] ?? inputs.env['SIGNET_CONFIG'];
  const path = named ?? CONFIG_FILE;
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    if (named !== undefined) mistakes.push(`SIGNET_CONFIG: the file ${path} cannot be read (${codeOf(error)}).`);
    return new Map();
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    mistakes.push(`${path} is not JSON.`);
    return new Map();
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    mistakes.push(`${path} must hold one JSON object.`);
    return new Map();
  }
  const values = new Map<string, string>();
  for (const [key, value] of Object.entries(content)) {
    const name = key.startsWith('SIGNET_') ? key : `SIGNET_${key.replaceAll(/[A-Z]/gu, '_$&').toUpperCase()}`;
    const written = asText(value);
    if (written === undefined) mistakes.push(`${name} in ${path} must be text, a number or a list of texts.`);
    else values.set(name, written);
  }
  return values;
}

function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value) && value.every((part): part is string => typeof part === 'string')) return value.join(',');
  return undefined;
}

function find(
  name: SettingName,
  inputs: SettingInputs,
  file: ReadonlyMap<string, string>,
  readFile: (path: string) => string,
  mistakes: string[],
): Found | undefined {
  const flag = inputs.flags?.[name];
  if (flag !== undefined) return { text: flag, source: 'flag', place: name };
  const direct = inputs.env[name];
  const byFile = inputs.env[`${name}_FILE`];
  // An empty variable is how compose files and units write "not set".
  if (direct !== undefined && direct !== '') {
    if (byFile !== undefined && byFile !== '') mistakes.push(`${name} and ${name}_FILE are both set; keep one.`);
    return { text: direct, source: 'environment', place: name };
  }
  if (byFile !== undefined && byFile !== '') {
    try {
      return { text: readFile(byFile).trim(), source: 'environment', place: `the file of ${name}_FILE` };
    } catch (error) {
      mistakes.push(`${name}_FILE: ${byFile} cannot be read (${codeOf(error)}).`);
      return undefined;
    }
  }
  const inFile = file.get(name);
  if (inFile !== undefined) return { text: inFile, source: 'file', place: `${name} in the configuration file` };
  const { fallback } = DEFINITIONS[name];
  return fallback === undefined ? undefined : { text: fallback, source: 'default', place: name };
}

function unknownNames(env: SettingInputs['env'], file: ReadonlyMap<string, string>): readonly string[] {
  const given = [...Object.keys(env).filter((name) => name.startsWith('SIGNET_') && env[name] !== ''), ...file.keys()];
  return [...new Set(given)].flatMap((name) => {
    const bare = name.replace(/_FILE$/u, '');
    if (name === 'SIGNET_CONFIG' || Object.hasOwn(DEFINITIONS, name) || Object.hasOwn(DEFINITIONS, bare)) return [];
    if (LATER.includes(bare)) return [`${name} is set, and nothing in this version reads it yet.`];
    return [`${name} is not a setting of Signet${nearest(name)}.`];
  });
}

/** "; did you mean …": the name that shares the longest beginning, when it shares more than the prefix. */
function nearest(name: string): string {
  const shared = (other: string): number => {
    let at = 0;
    while (at < name.length && name.charAt(at) === other.charAt(at)) at += 1;
    return at;
  };
  const best = [...NAMES].sort((a, b) => shared(b) - shared(a))[0];
  return best !== undefined && shared(best) > 'SIGNET_'.length + 1 ? `; did you mean ${best}?` : '';
}

function check(found: ReadonlyMap<SettingName, Found>, mistakes: string[]): Settings | undefined {
  const before = mistakes.length;
  const read = <N extends SettingName>(name: N): z.output<(typeof DEFINITIONS)[N]['schema']> | undefined => {
    const value = found.get(name);
    if (value === undefined) return undefined;
    const result = DEFINITIONS[name].schema.safeParse(value.text);
    if (result.success) return result.data as z.output<(typeof DEFINITIONS)[N]['schema']>;
    mistakes.push(`${value.place} ${sentence(result.error, name, value.text)}.`);
    return undefined;
  };
  const port = read('SIGNET_PORT') ?? 0;
  const cert = read('SIGNET_TLS_CERT');
  const key = read('SIGNET_TLS_KEY');
  if ((cert === undefined) !== (key === undefined)) mistakes.push('SIGNET_TLS_CERT and SIGNET_TLS_KEY go together; set both or none.');
  const baseUrl = read('SIGNET_BASE_URL') ?? `${cert === undefined ? 'http' : 'https'}://localhost:${String(port)}`;
  const entityId = read('SIGNET_ENTITY_ID') ?? `${baseUrl}/saml/metadata`;
  const databaseUrl = read('SIGNET_DATABASE_URL');
  const secretKey = read('SIGNET_SECRET_KEY');
  if (databaseUrl?.startsWith('postgres') === true && secretKey === undefined && !mistakes.some((line) => line.includes('SIGNET_SECRET_KEY'))) {
    mistakes.push('SIGNET_SECRET_KEY is required with PostgreSQL: all nodes share it. Make one with openssl rand -base64 32.');
  }
  const data = read('SIGNET_DATA');
  const settings: Settings = {
    data: resolve(data ?? '.'),
    host: read('SIGNET_HOST') ?? '',
    port,
    baseUrl,
    entityId,
    wsfedIssuer: read('SIGNET_WSFED_ISSUER') ?? entityId,
    organization: read('SIGNET_ORGANIZATION') ?? '',
    helpDesk: read('SIGNET_HELP_DESK'),
    databaseUrl,
    redisUrl: read('SIGNET_REDIS_URL'),
    secretKey,
    trustProxy: read('SIGNET_TRUST_PROXY') ?? 0,
    intranet: read('SIGNET_INTRANET') ?? [],
    presets: read('SIGNET_PRESETS'),
    fetchAllow: read('SIGNET_FETCH_ALLOW') ?? [],
    metadataMaxDays: read('SIGNET_METADATA_MAX_DAYS'),
    tls: cert === undefined || key === undefined ? undefined : { cert, key },
    logLevel: read('SIGNET_LOG_LEVEL') ?? 'info',
    workers: read('SIGNET_WORKERS') ?? 1,
    sessionLifetimeSeconds: read('SIGNET_SESSION_LIFETIME') ?? 0,
    sessionIdleSeconds: read('SIGNET_SESSION_IDLE') ?? 0,
    drainMs: read('SIGNET_DRAIN_MS') ?? 0,
  };
  return mistakes.length === before ? settings : undefined;
}

/** The rule that was broken, with the value where it is no secret. */
function sentence(error: z.ZodError, name: SettingName, text: string): string {
  const rule = error.issues[0]?.message ?? 'is not usable';
  const said = /^(?:must|is)\b/u.test(rule) ? rule : `is not usable (${rule})`;
  return DEFINITIONS[name].secret ? said : `is "${text.slice(0, 100)}"; it ${said}`;
}

/** Derived values are shown as they are in force, so that nobody has to guess them. */
function toRow(name: SettingName, found: Found | undefined, settings: Settings): SettingRow {
  const { help, secret } = DEFINITIONS[name];
  if (found !== undefined) return { name, value: secret ? mask(found.text) : found.text, source: found.source, help };
  const derived: Readonly<Partial<Record<SettingName, string>>> = {
    SIGNET_BASE_URL: settings.baseUrl,
    SIGNET_ENTITY_ID: settings.entityId,
    SIGNET_WSFED_ISSUER: settings.wsfedIssuer,
  };
  const value = derived[name];
  return { name, value, source: value === undefined ? 'none' : 'default', help };
}

/** A connection address keeps all but its password; anything else shows nothing. */
function mask(text: string): string {
  if (!/^[a-z]+:\/\//u.test(text)) return text.startsWith('sqlite:') ? text : '********';
  return text.replace(/\/\/([^:@/]*):[^@/]*@/u, '//$1:********@').replace(/([?&](?:password|sslpassword)=)[^&]*/giu, '$1********');
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
}
