/**
 * Sign-out across the protocols: the sessions end here first, then every application that got a token is told through the
 * browser, and whoever asked is answered last (docs/sign-out.md; SAML Profiles 4.4, WS-Federation 13.2.4).
 */
import { Trace } from '../../core/checks/trace.js';
import { type RelyingParty, WSFED_BINDING } from '../../core/model/relying-party.js';
import type { SsoSession } from '../../core/model/sso-session.js';
import type { Clock, EphemeralStore, RelyingPartyLookup, SignOnRecord, SsoSessions } from '../../core/ports.js';
import { type LogoutReason, planLogout, type PlannedLogout, type SamlNotice } from '../../core/sessions/logout-plan.js';
import type { HttpReply } from '../../http/reply.js';
import { DONE_PATH, doneForNobody, donePage, FRAME_PATH, framedPage, progressPage, RUN_PATH } from './sign-out-pages.js';
import { type Answered, createSignOutRuns, type Initiator, type PartyState, type SignOutRun, type WayBack } from './sign-out-run.js';

/** What only SAML can write. */
export interface SamlLogout {
  /** Bindings that LogoutRequests can go by, the preferred one first. */
  readonly bindings: readonly string[];
  /** A signed LogoutRequest: a redirect, or a form for a frame. */
  request(wish: { readonly relyingParty: RelyingParty; readonly notice: SamlNotice; readonly id: string; readonly reason: LogoutReason }): Promise<HttpReply>;
  /** The signed LogoutResponse to whoever asked, or undefined where it has no address for one. */
  answer(to: Extract<Initiator, { readonly protocol: 'saml' }>, outcome: { readonly partial: boolean }): Promise<HttpReply | undefined>;
}

export interface SignOutStart {
  readonly sessions: readonly SsoSession[];
  readonly reason: LogoutReason;
  readonly initiator?: Initiator;
  readonly clientAddress: string;
  readonly trace: Trace;
  /** The answer is the page itself, at the address that was asked: what asks is perhaps no browser window. */
  readonly inPlace?: true;
}

export interface SignOut {
  /**
   * Ends the sessions at the server, remembers whom to tell, and leads to the page that tells them, or gives at once the
   * answer to the initiator when there is nobody to tell.
   */
  begin(start: SignOutStart): Promise<HttpReply>;
}

/** A sign-out under way, as the addresses of its page and the protocols see it. */
export interface SignOutUnderWay {
  /** The page that opens each application and waits; once that is over, what came of it. */
  page(id: string): Promise<HttpReply>;
  /** `done` once nothing more is waited for; undefined for an id that nobody knows, or no longer. */
  progress(id: string): Promise<{ readonly run: SignOutRun; readonly states: readonly PartyState[]; readonly done: boolean } | undefined>;
  /** What begins in a frame of the page: a form, or a page that goes on to the party's address. */
  frame(id: string, party: number): Promise<HttpReply>;
  /** @param unreachable parties of WS-Federation that the page could not reach */
  finish(id: string, unreachable: ReadonlySet<number>): Promise<HttpReply>;
  /** Takes an answer. Throws check slo.response unless it is this party's, to a request of a sign-out under way (threats L05). */
  answered(answer: { readonly inResponseTo: string; readonly relyingParty: string; readonly outcome: Answered }, trace: Trace): Promise<void>;
}

export interface SignOutParts {
  readonly clock: Clock;
  readonly makeId: () => string;
  readonly ephemeral: Pick<EphemeralStore, 'put' | 'putIfAbsent' | 'get' | 'findByIndex'>;
  readonly ssoSessions: Pick<SsoSessions, 'end'>;
  readonly relyingParties: Pick<RelyingPartyLookup, 'byEntityId'>;
  readonly saml: SamlLogout;
  readonly box: { seal(plain: string, context: string): string; open(text: string, context: string): Buffer };
  /** A record for the journal and the log. */
  readonly note: (entry: SignOnRecord) => void;
}

const REQUEST_ID = 'logout-request';

/** The one service behind every protocol and the page /logout. */
export function createSignOut(parts: SignOutParts): SignOut & SignOutUnderWay {
  const runs = createSignOutRuns(parts.ephemeral);

  /** Names the sign-out and the party to us alone: parties cannot tell from it who else was told. */
  const requestId = (run: string, party: number): string => `_${parts.box.seal(`${run} ${String(party)}`, REQUEST_ID)}`;

  const message = async (run: SignOutRun, index: number): Promise<HttpReply | undefined> => {
    const { notice, relyingParty: entityId } = run.parties[index] ?? {};
    const relyingParty = entityId === undefined ? undefined : await parts.relyingParties.byEntityId(entityId);
    if (notice?.kind !== 'saml' || relyingParty === undefined) return undefined;
    return parts.saml.request({ relyingParty, notice, id: requestId(run.id, index), reason: run.reason });
  };

  /** What the page opens in a frame, with the party as one that cannot be told when its message cannot be made. */
  const prepare = async (
    run: SignOutRun,
    party: PlannedLogout,
    index: number,
    trace: Trace,
  ): Promise<{ readonly party: PlannedLogout; readonly frame: string | null }> => {
    if (party.notice.kind !== 'saml') return { party, frame: party.notice.kind === 'wsfed' ? party.notice.url : null };
    try {
      const reply = await message(run, index);
      return { party, frame: reply?.kind === 'redirect' ? reply.location : `${FRAME_PATH}?id=${encodeURIComponent(run.id)}&n=${String(index)}` };
    } catch (error) {
      trace.step('not told', `${party.name}: ${error instanceof Error ? error.message : 'unknown'}`);
      return { party: { ...party, notice: { kind: 'cannot' } }, frame: null };
    }
  };

  const plan = async (start: SignOutStart): Promise<readonly PlannedLogout[]> => {
    // First of all the sessions: a window that is closed now must not leave one.
    const ended = await Promise.all(start.sessions.map(async ({ id }) => parts.ssoSessions.end(id)));
    const participants = ended.flatMap((found) => found ?? []);
    start.trace.step('sessions', `${String(ended.filter((found) => found !== undefined).length)} ended`);
    const entityIds = [...new Set(participants.map(({ relyingParty }) => relyingParty))];
    const found = await Promise.all(entityIds.map(async (entityId) => [entityId, await parts.relyingParties.byEntityId(entityId)] as const));
    const relyingParties = new Map(found.flatMap(([entityId, party]) => (party === undefined ? [] : [[entityId, party] as const])));
    const initiator = start.initiator?.protocol === 'saml' ? start.initiator.relyingParty : undefined;
    return planLogout({ participants, relyingParties, ...(initiator === undefined ? {} : { initiator }), bindings: parts.saml.bindings });
  };

  /** Asked again: the party may have been switched off, or its addresses changed, while the others were told. */
  const goBack = async ({ url, relyingParty }: WayBack): Promise<HttpReply | undefined> => {
    const owner = await parts.relyingParties.byEntityId(relyingParty);
    const holds = owner?.enabled === true && owner.replyAddresses.some((address) => address.binding === WSFED_BINDING && address.url === url);
    return holds ? { kind: 'redirect', location: url, status: 303 } : undefined;
  };

  const answer = async (run: SignOutRun, states: readonly PartyState[], trace: Trace): Promise<HttpReply | undefined> => {
    const { initiator } = run;
    try {
      if (initiator?.protocol === 'saml') return await parts.saml.answer(initiator, { partial: !states.every(isWell) });
      return initiator?.back === undefined ? undefined : await goBack(initiator.back);
    } catch (error) {
      // The sessions are gone whatever happens: the person is told so here.
      trace.step('answer', `not possible: ${error instanceof Error ? error.message : 'unknown'}`);
      return undefined;
    }
  };

  const note = (run: SignOutRun, trace: Trace): void => {
    const { initiator, user } = run;
    parts.note({
      id: parts.makeId(),
      reference: run.reference,
      at: parts.clock.now(),
      event: 'sign-out',
      outcome: 'succeeded',
      ...(initiator === undefined ? {} : { protocol: initiator.protocol }),
      ...(initiator?.relyingParty === undefined ? {} : { relyingParty: initiator.relyingParty }),
      ...(initiator?.protocol === 'saml' ? { inResponseTo: initiator.inResponseTo } : {}),
      ...(user === undefined ? {} : { user: user.name, userId: user.id }),
      clientAddress: run.clientAddress,
      trace: trace.toRecord(),
    });
  };

  return {
    begin: async (start) => {
      const { trace } = start;
      const [session] = start.sessions;
      const planned: SignOutRun = {
        id: parts.makeId(),
        reference: trace.reference,
        startedAt: parts.clock.now(),
        reason: start.reason,
        ...(session === undefined ? {} : { user: { id: session.userId, name: session.userName } }),
        clientAddress: start.clientAddress,
        ...(start.initiator === undefined ? {} : { initiator: start.initiator }),
        parties: await plan(start),
        frames: [],
      };
      const prepared = await Promise.all(planned.parties.map((party, index) => prepare(planned, party, index, trace)));
      const run: SignOutRun = { ...planned, parties: prepared.map(({ party }) => party), frames: prepared.map(({ frame }) => frame) };
      for (const { name, notice } of run.parties) trace.step('to be told', `${name}: ${notice.kind === 'cannot' ? 'no address' : notice.url}`);
      if (run.parties.some(({ notice }) => notice.kind !== 'cannot')) {
        note(run, trace);
        await runs.start(run);
        if (start.inPlace === true) return progressPage(run);
        // A page of its own address: loading it again repeats neither the message nor the form that asked for this.
        return { kind: 'redirect', location: `${RUN_PATH}?id=${encodeURIComponent(run.id)}`, status: 303 };
      }
      const states = run.parties.map((): PartyState => 'cannot');
      const reply = (await answer(run, states, trace)) ?? donePage(run, states);
      note(run, trace);
      return reply;
    },
    page: async (id) => {
      const run = await runs.find(id);
      if (run === undefined) return doneForNobody();
      // Long over: whoever comes back to the page must not have applications asked again.
      return runs.isLate(run, parts.clock.now()) ? { kind: 'redirect', location: `${DONE_PATH}?id=${encodeURIComponent(id)}`, status: 303 } : progressPage(run);
    },
    progress: async (id) => {
      const run = await runs.find(id);
      if (run === undefined) return undefined;
      const states = await runs.states(run, parts.clock.now());
      return { run, states, done: !states.includes('waiting') };
    },
    frame: async (id, party) => {
      const run = await runs.find(id);
      const notice = run?.parties[party]?.notice;
      if (run === undefined || notice === undefined || notice.kind === 'cannot') return framedPage();
      if (notice.kind === 'wsfed') return framedPage(notice.url);
      const reply = await message(run, party);
      return reply?.kind === 'redirect' ? framedPage(reply.location) : (reply ?? framedPage());
    },
    finish: async (id, unreachable) => {
      const run = await runs.find(id);
      if (run === undefined) return doneForNobody();
      const states = (await runs.states(run, parts.clock.now())).map((state, index): PartyState => {
        if (state === 'waiting' || (state === 'asked' && unreachable.has(index))) return 'silent';
        return state;
      });
      const trace = new Trace(run.reference, run.startedAt);
      run.parties.forEach(({ name }, index) => {
        trace.step('told', `${name}: ${states[index] ?? ''}`);
      });
      const back = await answer(run, states, trace);
      if (await runs.finish(run)) note(run, trace);
      return back !== undefined && states.every(isWell) ? back : donePage(run, states, back);
    },
    answered: async ({ inResponseTo, relyingParty, outcome }, trace) => {
      const [id = '', party = ''] = open(parts.box, inResponseTo).split(' ');
      const run = id === '' ? undefined : await runs.find(id);
      const told = run?.parties[Number(party)];
      if (run === undefined || told?.notice.kind !== 'saml' || told.relyingParty !== relyingParty) {
        throw trace.failure('slo.response', { observed: inResponseTo });
      }
      await runs.answered(run, Number(party), outcome);
    },
  };
}

/** Nothing went wrong that can be known. */
function isWell(state: PartyState): boolean {
  return state === 'confirmed' || state === 'asked';
}

/** What a request id of ours holds, or '' for any other text. */
function open(box: SignOutParts['box'], id: string): string {
  try {
    return box.open(id.slice(1), REQUEST_ID).toString();
  } catch {
    return '';
  }
}
