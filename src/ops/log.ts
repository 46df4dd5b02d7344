/**
 * The log: one JSON object per line with time, level, msg, and the reference of the sign-on it belongs to. What could be
 * a secret is struck out by name wherever it stands; messages and assertions are never handed in at all.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
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

const SECRETS = [
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
];

/** The reference of the sign-on that the code below runs for; it carries nothing else. */
const reference = new AsyncLocalStorage<string>();

/** Runs work whose log lines carry the reference. */
export function withReference<T>(ref: string, work: () => T): T {
  return reference.run(ref, work);
}

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
      redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: CENSORED },
      mixin: () => {
        const ref = reference.getStore();
        return ref === undefined ? {} : { ref };
      },
      // A field given at the call wins over the one of the context.
      mixinMergeStrategy: (fields: object, context: object) => ({ ...context, ...fields }),
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
      logger[level](describeErrors(fields), message);
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
