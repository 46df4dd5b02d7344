/**
 * What is remembered of a sign-out while applications are told, shared by all nodes: what was planned, and each answer as
 * an entry of its own, so that two nodes cannot overwrite one another's.
 */
import type { Instant, UserId } from '../../core/model/ids.js';
import type { EphemeralStore } from '../../core/ports.js';
import type { LogoutReason, PlannedLogout } from '../../core/sessions/logout-plan.js';

/** An address of WS-Federation: the entity id and the name of its owner. */
export interface WayBack {
  readonly url: string;
  readonly relyingParty: string;
  readonly name: string;
}

/** Which party asked for it, and how it is answered. */
export type Initiator =
  | {
      readonly protocol: 'saml';
      readonly relyingParty: string;
      readonly name: string;
      readonly inResponseTo: string;
      /** Of the answer; undefined where none is wanted, or can be given. */
      readonly binding?: string;
      readonly relayState?: string;
    }
  | {
      readonly protocol: 'wsfed';
      readonly relyingParty?: string;
      /** Where the browser goes back to, checked against what is registered, and whose address it is. */
      readonly back?: WayBack;
    };

/** One sign-out. Its id is unguessable: whoever has it may watch. */
export interface SignOutRun {
  readonly id: string;
  readonly reference: string;
  readonly startedAt: Instant;
  readonly reason: LogoutReason;
  readonly user?: { readonly id: UserId; readonly name: string };
  readonly clientAddress: string;
  readonly initiator?: Initiator;
  /** A party is named by its place in this list. */
  readonly parties: readonly PlannedLogout[];
  /** What the page opens for each of them; null for whom there is no address. */
  readonly frames: readonly (string | null)[];
}

/**
 * confirmed: its LogoutResponse said so. asked: its clean-up address was opened, and that protocol has no answer. silent:
 * no answer in time, or not to be reached. refused: its answer was an error. cannot: there is no address to tell it at.
 */
export type PartyState = 'waiting' | 'confirmed' | 'asked' | 'silent' | 'refused' | 'cannot';
export type Answered = Extract<PartyState, 'confirmed' | 'refused'>;

export interface SignOutRuns {
  start(run: SignOutRun): Promise<void>;
  find(id: string): Promise<SignOutRun | undefined>;
  answered(run: SignOutRun, party: number, answer: Answered): Promise<void>;
  /** True once nobody is waited for any longer, whatever they said. */
  isLate(run: SignOutRun, now: Instant): boolean;
  /** Of each party in their order; nobody waits longer than the limit. */
  states(run: SignOutRun, now: Instant): Promise<readonly PartyState[]>;
  /** True for the first caller. */
  finish(run: SignOutRun): Promise<boolean>;
}

/** How long a sign-out can be watched and answered. */
const KEPT_SECONDS = 600;
/** How long an application has to answer (design 6.7). */
export const ANSWER_MS = 5000;

export function createSignOutRuns(ephemeral: Pick<EphemeralStore, 'put' | 'putIfAbsent' | 'get' | 'findByIndex'>): SignOutRuns {
  const isLate = ({ startedAt }: SignOutRun, now: Instant): boolean => now - startedAt >= ANSWER_MS;
  return {
    isLate,
    start: (run) => ephemeral.put('sign-out', `run ${run.id}`, JSON.stringify(run), KEPT_SECONDS),
    find: async (id) => {
      const text = await ephemeral.get('sign-out', `run ${id}`);
      return text === undefined ? undefined : (JSON.parse(text) as SignOutRun);
    },
    answered: ({ id }, party, answer) => {
      const value = `${String(party)} ${answer}`;
      return ephemeral.put('sign-out', `answer ${id} ${value}`, value, KEPT_SECONDS, id);
    },
    states: async (run, now) => {
      // A party that is asked a second time may refuse what it has done already: what it confirmed stays confirmed.
      const given = (await ephemeral.findByIndex('sign-out', run.id)).map(readAnswer);
      const answers = new Map([...given.filter(([, answer]) => answer === 'refused'), ...given.filter(([, answer]) => answer === 'confirmed')]);
      return run.parties.map((party, index) => stateOf(party, answers.get(index), isLate(run, now)));
    },
    finish: ({ id }) => ephemeral.putIfAbsent('sign-out', `finished ${id}`, '', KEPT_SECONDS),
  };
}

function readAnswer(text: string): readonly [party: number, answer: Answered] {
  const [party, answer] = text.split(' ');
  return [Number(party), answer === 'confirmed' ? 'confirmed' : 'refused'];
}

function stateOf({ notice }: PlannedLogout, answer: Answered | undefined, late: boolean): PartyState {
  switch (notice.kind) {
    case 'cannot':
      return 'cannot';
    case 'wsfed':
      return 'asked';
    case 'saml':
      return answer ?? (late ? 'silent' : 'waiting');
  }
}
