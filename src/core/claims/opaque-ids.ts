/**
 * Ids that say nothing about the person and differ from application to application: AD FS's store _OpaqueIdStore, and the
 * pairwise ids of Signet's own mappings.
 */
import { SignetError } from '../errors.js';
import type { UserId } from '../model/ids.js';
import type { AskedQuestion, AttributeStore, BuiltInStore, StoreProblem, StoreQuestion } from './attribute-store.js';

/** HMAC-SHA-256 under the key that all nodes of this installation share. Rejects with `unavailable` when there is no key to be had. */
export type OpaqueHmac = (text: Buffer) => Promise<Buffer>;

export interface OpaqueIdParts {
  readonly hmac: OpaqueHmac;
  /** So many random bytes. */
  readonly randomBytes: (count: number) => Buffer;
}

const NAME = '_OpaqueIdStore';
const BYTES = 32;

/** By the number of parameters: the only query, and the word that stands first. */
const FORMS: readonly { readonly params: number; readonly query: string; readonly mode: string }[] = [
  { params: 3, query: '{0};{1};{2}', mode: 'ppid' },
  { params: 5, query: '{0};{1};{2};{3};{4}', mode: 'useEntropy' },
];

/**
 * The store of AD FS with its two documented questions, each with one row of one value, base64 of 256 bits:
 * - `{0};{1};{2}` with `ppid`, the user's value, its original issuer: the same for as long as this installation lives.
 * - `{0};{1};{2};{3};{4}` with `useEntropy`, value, issuer, one more text, and what tells sessions apart (the
 *   authentication instant, in Microsoft's recipe for transient names): the same as long as those are; new each time where
 *   that last one is empty.
 */
export function createOpaqueIdStore({ hmac, randomBytes }: OpaqueIdParts): BuiltInStore {
  const store: AttributeStore = {
    ask: async (question) => {
      const [mode, value, ...more] = readParams(question);
      const entropy = mode === 'useEntropy' ? more.at(-1) : undefined;
      const id = entropy === '' ? randomBytes(BYTES) : await hmac(unambiguous([mode, relyingPartyOf(question), value, ...more]));
      return [[id.toString('base64')]];
    },
  };
  return { name: NAME, store, check: checkQuestion };
}

/**
 * A pairwise id: the same for a person and an application at all times, and of no use to another (SAML Subject Identifiers
 * 3.4). 52 characters of a-z and 2-7: a uniqueID as 3.4 wants it, without a scope.
 */
export async function pairwiseId(hmac: OpaqueHmac, about: { readonly userId: UserId; readonly relyingParty: string }): Promise<string> {
  return base32(await hmac(unambiguous(['pairwise', about.relyingParty, about.userId])));
}

function checkQuestion({ query, columns, params }: AskedQuestion): StoreProblem | undefined {
  if (columns !== 1) return { level: 'error', sentence: `${NAME} gives one value for each question; name one type` };
  const form = FORMS.find((known) => known.params === params);
  if (form === undefined)
    return { level: 'error', sentence: `${NAME} takes 3 parameters ("ppid", value, issuer) or 5 ("useEntropy", value, issuer, text, session)` };
  if (query === form.query) return undefined;
  return { level: 'error', sentence: `${NAME} knows only the query "${form.query}" for ${String(params)} parameters` };
}

/** The parameters of a question that can be answered. Throws invalid_input. */
function readParams(question: StoreQuestion): readonly [string, string, ...string[]] {
  const { query, columns, params } = question;
  const problem = checkQuestion({ query, columns, params: params.length });
  if (problem !== undefined) throw new SignetError('invalid_input', problem.sentence);
  const [mode = '', value = '', ...more] = params;
  const form = FORMS.find((known) => known.params === params.length && known.mode.toLowerCase() === mode.toLowerCase());
  if (form === undefined) {
    const wanted = FORMS.find((known) => known.params === params.length)?.mode ?? '';
    throw new SignetError('invalid_input', `${NAME} wants "${wanted}" as the first of ${String(params.length)} parameters`);
  }
  // Everybody without a value would be the same person.
  if (value === '') throw new SignetError('invalid_input', `${NAME} was asked for an id of an empty value`);
  return [form.mode, value, ...more];
}

function relyingPartyOf({ about }: StoreQuestion): string {
  if (about.relyingParty === undefined) {
    throw new SignetError(
      'invalid_input',
      `${NAME} makes ids for one application each; acceptance rules are for none, so use it in the rules of the application`,
    );
  }
  return about.relyingParty;
}

/** Texts as bytes from which they can be told again: each behind its length. */
function unambiguous(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** RFC 4648 section 6 in small letters, without padding. */
function base32(bytes: Buffer): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32.charAt((value >>> bits) & 31);
    }
    value &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + BASE32.charAt((value << (5 - bits)) & 31);
}
