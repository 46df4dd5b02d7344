/** The options of `npm run bench -- …`. */
import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Length of one measured window. */
  readonly seconds: number;
  /** Windows of each row; the median counts. */
  readonly passes: number;
  readonly inflight: number;
  readonly sessions: number;
  /** Compare a registry of this many applications with one of one. */
  readonly rps: number | undefined;
  /** Memory: this many rounds in one go, RSS every 10,000. */
  readonly rounds: number | undefined;
  readonly signedPost: boolean;
  readonly encrypt: boolean;
  readonly json: boolean;
  /** Where `--cpu-prof` of the server goes; prints its dearest functions. */
  readonly profile: string | undefined;
  /** Profile the round of WS-Federation instead of SAML's. */
  readonly wsfed: boolean;
}

export const HELP = `npm run bench -- [options]

Rounds of sign-on by SAML 2.0 and WS-Federation of people who are signed in, against signet serve on SQLite with its journal
on; beside it, in the same minutes, raw RSA-2048 signatures, a bare Express route, and the same work by plain samlify behind Express.

  --seconds N      length of one measured window (5)
  --passes N       windows of each row; the median counts (3)
  --inflight N     requests under way at a time (16)
  --sessions N     people signed in (24)
  --signed-post    adds rounds with a signed AuthnRequest by HTTP-POST
  --encrypt        adds rounds with an encrypted assertion
  --rps N          only: compares N registered applications with one
  --rounds N       only: N rounds in one go, memory every 10,000
  --profile DIR    only: profiles the server into DIR and prints its dearest functions
  --wsfed          with --profile: the round of WS-Federation (SAML 1.1)
  --json           prints one JSON object
`;

const OPTIONS = {
  seconds: { type: 'string' },
  passes: { type: 'string' },
  inflight: { type: 'string' },
  sessions: { type: 'string' },
  rps: { type: 'string' },
  rounds: { type: 'string' },
  'signed-post': { type: 'boolean' },
  encrypt: { type: 'boolean' },
  json: { type: 'boolean' },
  profile: { type: 'string' },
  wsfed: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** undefined: help was asked for. Throws for an unknown option or a number that is none. */
export function readOptions(argv: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  if (values.help === true) return undefined;
  return {
    seconds: readNumber('--seconds', values.seconds ?? '5'),
    passes: readNumber('--passes', values.passes ?? '3'),
    inflight: readNumber('--inflight', values.inflight ?? '16'),
    sessions: readNumber('--sessions', values.sessions ?? '24'),
    rps: values.rps === undefined ? undefined : readNumber('--rps', values.rps),
    rounds: values.rounds === undefined ? undefined : readNumber('--rounds', values.rounds),
    signedPost: values['signed-post'] ?? false,
    encrypt: values.encrypt ?? false,
    json: values.json ?? false,
    profile: values.profile,
    wsfed: values.wsfed ?? false,
  };
}

function readNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`${name} must be a number above 0.`);
}
