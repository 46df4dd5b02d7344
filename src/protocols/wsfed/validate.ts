/**
 * Parameters -> SignInRequest, in the order of trust: first whose realm it is, then where the answer goes; only then what
 * is asked for. A refusal from there on can at least name the application.
 */
import type { Trace } from '../../core/checks/trace.js';
import { SignetError } from '../../core/errors.js';
import { describeContext, meetContext, wantedContext } from '../../core/issuance/authn-policy.js';
import type { SignInRequest } from '../../core/issuance/sign-in-request.js';
import type { Instant } from '../../core/model/ids.js';
import type { RelyingParty } from '../../core/model/relying-party.js';
import type { RelyingPartyLookup } from '../../core/ports.js';
import { readDateTime } from '../../xml/read.js';
import type { Received } from '../shared/passive.js';
import { findRelyingParty } from '../shared/relying-party.js';
import { contextOfMethods } from './methods.js';
import { chooseWreply } from './reply-address.js';
import { type Parameter, type Parameters, readContext } from './request.js';
import { readWreq, type WantedToken } from './wreq.js';

export interface ValidationParts {
  readonly relyingParties: RelyingPartyLookup;
  /** The strongest context class a sign-in can reach here. */
  readonly strongestContext: string;
  /** The names of this server that a home realm may say. */
  readonly ourNames: readonly string[];
}

const DAY_MS = 24 * 3600 * 1000;

/** Throws when the realm or the reply address cannot be trusted; otherwise gives the request, with its refusal where there is one. */
export async function validateSignIn(parts: ValidationParts, parameters: Parameters, now: Instant, trace: Trace): Promise<Received> {
  const wanted = readWanted(parameters, trace);
  const realm = wanted.realm ?? given(parameters, 'wtrealm');
  if (realm === undefined || realm === '') throw trace.failure('wsfed.wtrealm', { observed: 'missing' });
  const relyingParty = await findParty(parts, realm, { realm, now }, trace);
  const replyTo = chooseWreply(relyingParty, given(parameters, 'wreply'), trace);
  const base: SignInRequest = {
    reference: trace.reference,
    protocol: 'wsfed',
    relyingParty: relyingParty.id,
    relyingPartyName: relyingParty.name,
    entityId: relyingParty.entityId,
    audience: realm,
    receivedAt: now,
    replyTo,
    passive: false,
    fresh: relyingParty.forceAuthn,
    echo: {},
  };
  try {
    return { request: readRequest(parts, { parameters, wanted, relyingParty, now }, base, trace), refused: undefined };
  } catch (error) {
    if (error instanceof SignetError) return { request: base, refused: error };
    throw error;
  }
}

/**
 * The application under a name, if it still has that realm and speaks WS-Federation.
 * Errors: check wsfed.wtrealm, request.enabled, request.metadata-valid.
 */
export async function findParty(
  parts: Pick<ValidationParts, 'relyingParties'>,
  name: string,
  about: { readonly realm: string; readonly now: Instant },
  trace: Trace,
): Promise<RelyingParty> {
  const relyingParty = await findRelyingParty(parts.relyingParties, name, { now: about.now, unknown: 'wsfed.wtrealm' }, trace);
  const fits = relyingParty.identifiers.includes(about.realm) && relyingParty.protocols.includes('wsfed');
  trace.check('wsfed.wtrealm', fits, { observed: about.realm });
  return relyingParty;
}

/** A pointer is refused whether or not there is a wreq beside it: no address of a message is ever fetched. */
function readWanted(parameters: Parameters, trace: Trace): WantedToken {
  const pointer = given(parameters, 'wreqptr');
  if (pointer !== undefined) throw trace.failure('wsfed.wreqptr', { observed: pointer });
  const text = given(parameters, 'wreq');
  return text === undefined ? {} : readWreq(text, trace);
}

interface Known {
  readonly parameters: Parameters;
  readonly wanted: WantedToken;
  readonly relyingParty: RelyingParty;
  readonly now: Instant;
}

function readRequest(parts: ValidationParts, known: Known, base: SignInRequest, trace: Trace): SignInRequest {
  const { parameters, wanted, relyingParty, now } = known;
  const wctx = readContext(parameters, trace);
  checkTime(given(parameters, 'wct'), now, trace);
  const minutes = readMinutes(wanted.freshness ?? given(parameters, 'wfresh'), trace);
  const context = checkContext(parts, known, trace);
  const hint = given(parameters, 'login_hint') ?? given(parameters, 'username');
  noteHomeRealm(parts, relyingParty, given(parameters, 'whr'), trace);
  return {
    ...base,
    fresh: relyingParty.forceAuthn || minutes === 0 || parameters.get('prompt') === 'login',
    // The token should not outlive the freshness that is asked for (WS-Federation 13.2.2).
    ...(minutes === undefined || minutes === 0 ? {} : { maxAgeSeconds: minutes * 60, maxLifetimeSeconds: minutes * 60 }),
    ...(context === undefined ? {} : { context }),
    ...(hint === undefined ? {} : { userNameHint: hint }),
    ...(wanted.tokenType === undefined ? {} : { tokenType: wanted.tokenType.type }),
    echo: {
      ...base.echo,
      ...(wctx === undefined ? {} : { wctx }),
      ...(wanted.tokenType === undefined ? {} : { tokenTypeUri: wanted.tokenType.uri }),
    },
  };
}

/** Clocks of applications are off by hours where nobody looks at them; the message itself grants nothing. */
function checkTime(wct: string | undefined, now: Instant, trace: Trace): void {
  if (wct === undefined) return;
  const at = readTime(wct);
  trace.check('wsfed.wct', at !== undefined && Math.abs(now - at) <= DAY_MS, {
    observed: at === undefined ? 'not an xs:dateTime in UTC' : new Date(at).toISOString(),
    expected: `${new Date(now).toISOString()}, a day more or less`,
  });
}

function readTime(text: string): Instant | undefined {
  try {
    return readDateTime(text);
  } catch {
    return undefined;
  }
}

function readMinutes(wfresh: string | undefined, trace: Trace): number | undefined {
  if (wfresh === undefined) return undefined;
  trace.check('wsfed.wfresh', /^\d{1,9}$/u.test(wfresh), { observed: wfresh });
  return Number(wfresh);
}

/** What the request asks for, else what the administrator set; refused at once when nothing here could ever meet it. */
function checkContext(parts: ValidationParts, { parameters, wanted, relyingParty }: Known, trace: Trace): SignInRequest['context'] {
  const context = wantedContext(relyingParty, contextOfMethods(wanted.authenticationType ?? parameters.get('wauth') ?? ''));
  if (context === undefined || context.classes.length === 0) return context;
  trace.check('wsfed.wauth', meetContext(parts.strongestContext, context) !== undefined, {
    observed: describeContext(context),
    expected: parts.strongestContext,
  });
  return context;
}

/** Everybody signs in here: another home realm is worth a word in the trace, and the usual form comes. */
function noteHomeRealm(parts: ValidationParts, relyingParty: RelyingParty, whr: string | undefined, trace: Trace): void {
  if (whr === undefined || whr === relyingParty.issuer || parts.ourNames.includes(whr)) return;
  trace.note('wsfed.whr', { observed: whr });
}

/** A parameter that says something: applications send empty ones for what they do not want, Microsoft 365 `wfresh` among them. */
function given(parameters: Parameters, name: Parameter): string | undefined {
  const value = parameters.get(name);
  return value === '' ? undefined : value;
}
