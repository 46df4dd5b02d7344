/**
 * The log: one JSON object per line with time, level, msg, and for a sign-on its reference as `ref`. What could be
 * a secret is struck out by name wherever it stands; messages and assertions are never handed in at all.
 */
import { pino } from 'pino';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** Structured values beside the message: `ref`, `check`, `app`, … */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Writes what waits; before the process ends. */
  flush(): void;
}

const FLUSH_MS = 200;
const BUFFER_BYTES = 4096;
const CENSORED = '[removed]';

/** Names of fields that are struck out, at the top and one level below. */
const SECRETS: ReadonlySet<string> = new Set([
  'password',
  'secret',
  'secretKey',
  'token',
  'cookie',
  'authorization',
  'SAMLRequest',
  'SAMLResponse',
  'RelayState',
  'privateKey',
  'pending',
  'csrf',
]);

export interface LogSettings {
  readonly level: LogLevel;
  /** Names the node, for logs of several. */
  readonly node: string;
  /** Receives each line; standard output, buffered for a fifth of a second, unless told. */
  readonly write?: (line: string) => void;
}

/** Makes the log. */
export function createLog(settings: LogSettings): Log {
  const destination = settings.write === undefined ? pino.destination({ dest: 1, sync: false, minLength: BUFFER_BYTES }) : { write: settings.write };
  const logger = pino(
    {
      level: settings.level,
      base: { node: settings.node },
      messageKey: 'msg',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  if ('flush' in destination) {
    const timer = setInterval(() => {
      destination.flush();
    }, FLUSH_MS);
    timer.unref();
  }
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: LogFields = {}): void => {
      logger[level](strike(describeErrors(fields), 1), message);
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    flush: () => {
      if ('flushSync' in destination) destination.flushSync();
    },
  };
}

/** The fields without what could be a secret. Looked through here: pino's own paths cost more than the line. */
function strike(fields: LogFields, below: number): LogFields {
  let struck: Record<string, unknown> | undefined;
  for (const name in fields) {
    const value = fields[name];
    const replaced = SECRETS.has(name) && value !== undefined ? CENSORED : below > 0 && isPlain(value) ? strike(value, below - 1) : value;
    if (replaced === value) continue;
    struck ??= { ...fields };
    struck[name] = replaced;
  }
  return struck ?? fields;
}

function isPlain(value: unknown): value is LogFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Errors as text with their causes: no stack below error level would help, and none may quote a message. */
function describeErrors(fields: LogFields): LogFields {
  const { error } = fields;
  return error === undefined ? fields : { ...fields, error: describe(error, 3) };
}

function describe(error: unknown, depth: number): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const cause = error.cause === undefined || depth === 0 ? {} : { cause: describe(error.cause, depth - 1) };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return { type: error.name, message: error.message, ...code, ...(error.name === 'SignetError' ? {} : { stack: error.stack }), ...cause };
}
