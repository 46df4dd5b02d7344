/** Break something: each entry really sends a broken message, and says what Signet should make of it. */
import type { BreakButton } from '../shared/sections.js';

export interface Breakage extends BreakButton {
  /** The check that the trace of Signet names. */
  readonly check: string;
  /** The parameters that are wrong. */
  readonly changes: Readonly<Record<string, string>>;
}

export const BREAKAGES: readonly Breakage[] = [
  {
    name: 'realm',
    button: 'Unknown realm',
    sent: 'The request came from a realm (wtrealm) that nobody registered.',
    ends: 'at Signet',
    check: 'wsfed.wtrealm',
    changes: { wtrealm: 'https://nobody.example/wiki' },
  },
  {
    name: 'reply',
    button: 'Foreign reply address',
    sent: "The request asked for the token at somebody else's address (wreply).",
    ends: 'at Signet',
    check: 'wsfed.wreply',
    changes: { wreply: 'https://elsewhere.example/wsfed' },
  },
  {
    name: 'freshness',
    button: 'Unreadable freshness',
    sent: 'The request said how fresh the sign-in must be (wfresh) in a word instead of minutes.',
    ends: 'at Signet',
    check: 'wsfed.wfresh',
    changes: { wfresh: 'soon' },
  },
  {
    name: 'method',
    button: 'Unknown way to sign in',
    sent: 'The request demanded a way to sign in (wauth) that does not exist.',
    ends: 'at Signet',
    check: 'wsfed.wauth',
    changes: { wauth: 'urn:northwind:smoke-signals' },
  },
];
