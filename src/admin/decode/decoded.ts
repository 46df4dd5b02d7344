/** What decoding gives, and what it works with: nothing of it is stored, sent, or believed without saying so. */
import { mask } from '../../core/claims/explanation/mask.js';
import type { Finding } from '../../core/model/finding.js';
import type { Instant } from '../../core/model/ids.js';
import { FINDINGS, type FindingId } from './findings.js';

export interface Field {
  readonly name: string;
  readonly value: string;
}

/** Facts that belong together: the parameters, the message, one assertion. */
export interface Section {
  readonly title: string;
  /** Whether every octet of it is covered by a signature that was verified; undefined where nothing of it could be. */
  readonly verified: boolean | undefined;
  readonly fields: readonly Field[];
}

export interface SignatureView {
  /** What carries it: 'Assertion _12ab', 'query', 'token'. */
  readonly of: string;
  readonly algorithm: string;
  readonly verified: boolean;
  /** Whose key it is, what it covers, or why it is not verified. */
  readonly sentence: string;
}

export type DecodeFinding = Pick<Finding, 'level' | 'sentence' | 'fix'> & { readonly id: FindingId };

export interface DecodedMessage {
  /** 'SAML 2.0 AuthnRequest' */
  readonly title: string;
  /** How it was unwrapped: 'base64', 'DEFLATE', 'XML'. */
  readonly steps: readonly string[];
  /** Where it was found in a recording. The address is without its query. */
  readonly request?: { readonly time: string; readonly method: string; readonly url: string };
  readonly sections: readonly Section[];
  readonly signatures: readonly SignatureView[];
  readonly findings: readonly DecodeFinding[];
  /** As it stands; left out where values are masked. */
  readonly xml?: string;
}

export interface Decoded {
  readonly messages: readonly DecodedMessage[];
}

/** A certificate, and in words whose it is. */
export interface KnownKey {
  /** base64 DER. */
  readonly certificate: string;
  /** 'our signing key 3f9a (active)', 'Acme Expenses' */
  readonly whose: string;
}

/** What is known here of an application. */
export interface KnownParty {
  readonly name: string;
  readonly identifiers: readonly string[];
  readonly replyAddresses: readonly string[];
}

export interface DecodeContext {
  readonly now: Instant;
  readonly keys: readonly KnownKey[];
  /** Undefined without a store: then nothing is said about who is registered here. */
  readonly here?: {
    /** Names under which we issue. */
    readonly issuers: readonly string[];
    readonly baseUrl: string;
    readonly parties: readonly KnownParty[];
  };
  /** Values of people are masked as in the sign-on log. */
  readonly mask?: boolean;
}

/** One message while it is read. */
export interface Reading {
  readonly context: DecodeContext;
  readonly steps: string[];
  readonly sections: Section[];
  readonly signatures: SignatureView[];
  readonly findings: DecodeFinding[];
  /** The last document that was read, as it stands. */
  xml?: string;
}

export function beginReading(context: DecodeContext, steps: readonly string[]): Reading {
  return { context, steps: [...steps], sections: [], signatures: [], findings: [] };
}

/** Notes a finding, once for each sentence. */
export function note({ findings }: Reading, id: FindingId, sentence: string): void {
  if (!findings.some((finding) => finding.id === id && finding.sentence === sentence)) findings.push({ id, sentence, ...FINDINGS[id] });
}

/** A value that says something about a person. */
export function personal({ context }: Reading, value: string): string {
  return context.mask === true ? mask(value) : value;
}

/** Fields of those that have a value. */
export function fieldsOf(entries: readonly (readonly [name: string, value: string | undefined])[]): readonly Field[] {
  return entries.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}
