/** The sign-on log for people: one line per sign-on, and the trace of one in plain words. */
import { checkSentence, CHECKS, type CheckId, isCheckId } from '../core/checks/catalogue.js';
import type { CheckRecord } from '../core/checks/check.js';
import { SignetError } from '../core/errors.js';
import type { Instant } from '../core/model/ids.js';
import type { Clock, Journal, SignOnFilter, SignOnRecord } from '../core/ports.js';
import { claimLines } from './claim-lines.js';
import { show } from './setting-values.js';

/** A record as `signet log --json` prints it; null where there is nothing. */
export interface LogLine {
  readonly time: string;
  readonly reference: string;
  readonly outcome: SignOnRecord['outcome'];
  readonly protocol: string | null;
  readonly relyingParty: string | null;
  readonly user: string | null;
  readonly tokenId: string | null;
  readonly inResponseTo: string | null;
  readonly check: string | null;
}

export interface LogQuery {
  /** An ISO time, a duration back from now (90s, 15m, 2h, 7d), or the reference of a record: then what came after it. */
  readonly since?: string;
  readonly user?: string;
  /** Entity id. */
  readonly relyingParty?: string;
  /** Begin with at most so many of the newest. */
  readonly newest?: number;
  /** Sign-ins and sign-outs that went well, too. */
  readonly everything?: boolean;
}

/** Gives what follows, in the order of writing; nothing when nothing is left for now. It can be asked again later. */
export type LogReader = () => Promise<readonly SignOnRecord[]>;

const PAGE = 500;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Begins to read. Throws invalid_input for a `since` that is none of the three, not_found for a reference nobody knows. */
export async function openLog(parts: { readonly journal: Pick<Journal, 'read'>; readonly clock: Clock }, query: LogQuery): Promise<LogReader> {
  const { journal, clock } = parts;
  const start = await readSince(journal, clock, query.since);
  const wanted = (entry: SignOnRecord): boolean =>
    entry.reference !== start.besides && (query.everything === true || entry.event === 'sign-on' || entry.outcome !== 'succeeded');
  const filter: SignOnFilter = {
    ...(start.since === undefined ? {} : { since: start.since }),
    ...(query.user === undefined ? {} : { user: query.user }),
    ...(query.relyingParty === undefined ? {} : { relyingParty: query.relyingParty }),
  };
  let cursor: string | undefined;
  let begun = query.newest === undefined;

  /** Pages on while there is nothing but what is left out. */
  const readOn = async (): Promise<readonly SignOnRecord[]> => {
    for (;;) {
      const page = await journal.read(filter, { limit: PAGE, ...(cursor === undefined ? {} : { after: cursor }) });
      cursor = page.cursor ?? cursor;
      const left = page.entries.filter(wanted);
      if (left.length > 0 || page.entries.length < PAGE) return left;
    }
  };

  /** The newest ones, looked for in ever longer stretches while much of them is left out. */
  const readNewest = async (count: number): Promise<readonly SignOnRecord[]> => {
    for (let limit = Math.max(PAGE, count); ; limit *= 4) {
      const page = await journal.read(filter, { from: 'newest', limit });
      cursor = page.cursor ?? cursor;
      const left = page.entries.filter(wanted);
      if (left.length >= count || page.entries.length < limit) return count === 0 ? [] : left.slice(-count);
    }
  };

  return async () => {
    if (begun) return readOn();
    begun = true;
    return readNewest(query.newest ?? 0);
  };
}

/** `besides`: the record that was named; what came after it is wanted, not the record itself. */
interface Start {
  readonly since?: Instant;
  readonly besides?: string;
}

async function readSince(journal: Pick<Journal, 'read'>, clock: Clock, text: string | undefined): Promise<Start> {
  if (text === undefined) return {};
  const reference = readReference(text);
  if (reference !== undefined) {
    const last = (await journal.read({ reference }, { limit: PAGE })).entries.at(-1);
    if (last === undefined) throw unknownReference(reference);
    return { since: last.at, besides: reference };
  }
  return { since: readStart(clock, text) };
}

/** A time, or how long before now. Throws invalid_input. */
export function readStart(clock: Clock, text: string): Instant {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/u.exec(text.trim()) ?? [];
  if (count !== undefined) return clock.now() - Number(count) * (UNIT_MS[unit] ?? 0);
  const time = /^\d{4}-\d{2}-\d{2}/u.test(text.trim()) ? Date.parse(text.trim()) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new SignetError(
      'invalid_input',
      `since is "${show(text)}"; give a time (2026-11-24T09:00:00Z) or how long ago (15m, 2h, 7d); for the log also a reference (SGN-XXXX-XXXX).`,
    );
  }
  return time;
}

/** SGN-XXXX-XXXX, also typed in lower case or without SGN; undefined for anything else. */
export function readReference(text: string): string | undefined {
  const [, first, second] = /^(?:SGN-)?([0-9A-Z]{4})-([0-9A-Z]{4})$/u.exec(text.trim().toUpperCase()) ?? [];
  return first === undefined || second === undefined ? undefined : `SGN-${first}-${second}`;
}

/** Every record under a reference, oldest first. Throws invalid_input for what is no reference, not_found for one nobody knows. */
export async function findByReference(journal: Pick<Journal, 'read'>, text: string): Promise<readonly SignOnRecord[]> {
  const reference = readReference(text);
  if (reference === undefined) throw new SignetError('invalid_input', `"${show(text)}" is not a reference; it looks like SGN-7Q4M-X2KD.`);
  const { entries } = await journal.read({ reference }, { limit: PAGE });
  if (entries.length === 0) throw unknownReference(reference);
  return entries;
}

/** Exactly the fields that the contract names. */
export function toLogLine(entry: SignOnRecord): LogLine {
  return {
    time: new Date(entry.at).toISOString(),
    reference: entry.reference,
    outcome: entry.outcome,
    protocol: entry.protocol ?? null,
    relyingParty: entry.relyingParty ?? null,
    user: entry.user ?? null,
    tokenId: entry.tokenId ?? null,
    inResponseTo: entry.inResponseTo ?? null,
    check: entry.check ?? null,
  };
}

/** The trace of a record as lines: what happened, every check with its sentence, every decision, whose turn it is. */
export function traceLines(entry: SignOnRecord): readonly string[] {
  const { startedAt, checks, steps } = entry.trace;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['reference', entry.reference],
    ['time', new Date(entry.at).toISOString()],
    ['took', `${String(Math.max(0, Math.round(entry.at - startedAt)))} ms`],
    ['event', entry.event],
    ['outcome', entry.outcome],
    ['protocol', entry.protocol],
    ['application', entry.relyingParty],
    ['user', entry.user],
    ['token', entry.tokenId],
    ['in response to', entry.inResponseTo],
    ['from', entry.clientAddress],
  ];
  const failed = checks.filter((check) => check.result === 'failed').at(-1);
  return [
    ...facts.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(15)} ${show(value)}`])),
    '',
    'Checks',
    ...checks.map(checkLine),
    ...(checks.length === 0 ? ['  none'] : []),
    '',
    'Decisions',
    ...steps.map((step) => `  ${step.name}: ${show(step.detail)}`),
    ...(steps.length === 0 ? ['  none'] : []),
    ...claimLines(entry.trace.claims),
    ...(failed !== undefined && isCheckId(failed.id) ? ['', ...nextLines(failed.id)] : []),
  ];
}

const MARKS: Readonly<Record<CheckRecord['result'], string>> = { passed: 'ok    ', failed: 'FAILED', noted: 'noted ' };

const TURNS = {
  user: 'the person has to act',
  admin: 'an administrator here has to act',
  application: 'the application has to act',
  caller: 'the caller has to act',
} as const;

/** What an administrator here can do about it. Words of the message are left out on purpose: what is read here gets pasted. */
const REMEDIES: Partial<Readonly<Record<CheckId, string>>> = {
  'request.issuer-known': 'If you know it: signet rp add FILE_OR_URL, or as a further name of an application: signet rp set APP identifier=NAME',
  'request.enabled': 'If people are to use it: signet rp enable APP',
  'request.metadata-valid': 'Read its metadata again: signet rp refresh APP',
  'request.acs-known': 'If the address is theirs: signet rp refresh APP, or signet rp set APP reply=URL',
  'user.source': 'Whose people may use it: signet rp set APP sources=NAME',
  'user.authn-context': 'Which kinds of sign-in are allowed: signet rp set APP allowed-authn-contexts=CLASS',
  'user.allowed': 'What would let them in: signet explain USER APP; who may use it: signet rp set APP groups=NAME',
  'user.policy': 'What would let them in: signet explain USER APP; the policy: signet rp policy APP',
  'user.authorized': 'What would let them in: signet explain USER APP; the rules: signet rp rules APP --set authorization',
  'user.second-factor': 'Who asks for it: signet rp policy APP, or signet rp rules APP --set additional',
  'claims.required': 'Why there is no value: signet explain USER APP',
  'claims.store': 'Whether it answers: signet store test NAME',
  'claims.rules': 'The rules: signet rp rules APP',
  'wsfed.wtrealm': 'If you know it: signet rp add-wsfed REALM --reply URL, or as a further realm of an application: signet rp set APP identifier=REALM',
  'wsfed.wreply': 'If the address is theirs: signet rp refresh APP, or signet rp set APP reply=URL',
};

function nextLines(id: CheckId): readonly string[] {
  const remedy = REMEDIES[id];
  return [`Next: ${TURNS[CHECKS[id].turn]} (${CHECKS[id].clause})`, ...(remedy === undefined ? [] : [`      ${remedy}`])];
}

/** A sentence where there is something to say; the name alone where all was well. */
function checkLine(check: CheckRecord): string {
  const words = check.result === 'passed' ? '' : ` ${checkSentence(check.id, check).replaceAll(/[\p{Cc}\p{Cf}]/gu, '?')}`;
  return `  ${MARKS[check.result]} ${check.id}${words}`;
}

function unknownReference(reference: string): SignetError {
  return new SignetError('not_found', `Nothing is on record under ${reference}.`);
}
