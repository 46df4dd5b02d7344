/** The options of `npm run demo -- …`. */
import { parseArgs } from 'node:util';
import { SignetError } from '../core/errors.js';

export interface DemoOptions {
  /** Keep the data here; undefined: a temporary folder, removed at the end. */
  readonly keep: string | undefined;
  readonly json: boolean;
  readonly help: boolean;
  /** Wished ports; another free one is taken where they are in use, 0 is any. */
  readonly port: number;
  readonly acmePort: number;
  readonly wikiPort: number;
}

export const HELP = `npm run demo -- [options]

Starts Signet with made-up people and two applications, Acme Expenses (SAML) and Northwind Wiki (WS-Federation), on
this machine. Ctrl+C ends it.

  --keep DIR        keep the data in DIR, and use it again next time
                    (otherwise a temporary folder, removed at the end)
  --json            print what to open as one line of JSON
  --port N          port of Signet (8080; a free one if taken; 0 is any)
  --acme-port N     port of Acme Expenses (8081; the same way)
  --wiki-port N     port of Northwind Wiki (8082; the same way)
  --help            this text
`;

/** Throws invalid_input with a sentence. */
export function readOptions(argv: readonly string[]): DemoOptions {
  const { values } = parse(argv);
  return {
    keep: values.keep,
    json: values.json ?? false,
    help: values.help ?? false,
    port: readPort('--port', values.port ?? '8080'),
    acmePort: readPort('--acme-port', values['acme-port'] ?? '8081'),
    wikiPort: readPort('--wiki-port', values['wiki-port'] ?? '8082'),
  };
}

const OPTIONS = {
  keep: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
  port: { type: 'string' },
  'acme-port': { type: 'string' },
  'wiki-port': { type: 'string' },
} as const;

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS });
  } catch (error) {
    throw new SignetError('invalid_input', `${(error instanceof Error ? error.message : 'The options are not readable').replace(/\.?$/u, '.')} See --help.`, {
      cause: error,
    });
  }
}

function readPort(name: string, text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/u.test(text) && port <= 65_535) return port;
  throw new SignetError('invalid_input', `${name} must be a port number from 0 to 65535.`);
}
