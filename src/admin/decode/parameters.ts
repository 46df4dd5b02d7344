/** Parameters of a query or a form: those of SAML, WS-Federation and OAuth; of others only that they are there. */
import { Trace } from '../../core/checks/trace.js';
import { SignetError } from '../../core/errors.js';
import { decodeRedirect, type MessageParameter } from '../../protocols/saml/bindings/redirect.js';
import { verifyDetached } from '../../xml/verify.js';
import { type Field, note, personal, type Reading } from './decoded.js';
import { looksLikeJwt, readJwt } from './jwt.js';
import { judge } from './signatures.js';
import { messageIn, percentDecode } from './unwrap.js';
import { readXml } from './xml.js';

/** Shown under these names. */
const NAMES: Readonly<Record<string, string>> = {
  RelayState: 'state (RelayState)',
  SAMLEncoding: 'encoding (SAMLEncoding)',
  SigAlg: 'signature algorithm (SigAlg)',
  wa: 'action (wa)',
  wtrealm: 'application (wtrealm)',
  wreply: 'reply address (wreply)',
  wctx: 'state (wctx)',
  wct: 'issued (wct)',
  wfresh: 'no older than, in minutes (wfresh)',
  wauth: 'authentication (wauth)',
  whr: 'home realm (whr)',
  wreqptr: 'pointer to a request, never followed (wreqptr)',
};
const OAUTH =
  'client_id redirect_uri response_type response_mode grant_type scope resource audience state nonce prompt max_age acr_values code_challenge code_challenge_method error error_description iss'.split(
    ' ',
  );
const MESSAGES: readonly string[] = ['SAMLRequest', 'SAMLResponse', 'wreq', 'wresult'];
const TOKENS: readonly string[] = ['id_token', 'access_token', 'id_token_hint', 'client_assertion', 'assertion', 'request'];
const PEOPLE: readonly string[] = ['login_hint', 'username'];
const SECRETS: readonly string[] = ['password', 'client_secret', 'code', 'refresh_token', 'code_verifier', 'SAMLart'];
/** Whoever has one of these sends a message of a kind that is known. */
const TELLING = /(?:^|[?&#])(?:SAMLRequest|SAMLResponse|wa|wresult|wreq|client_id|response_type|grant_type|id_token|access_token)=/u;

export function looksLikeParameters(text: string): boolean {
  return TELLING.test(text);
}

/** True for the messages of a recording: SAML and WS-Federation. */
export function looksLikeMessage(raw: string): boolean {
  return /(?:^|&)(?:SAMLRequest=|SAMLResponse=|wresult=|wa=wsign)/u.test(raw);
}

/** Shows the parameters and the messages in them. Gives the title; undefined where nothing of it is known. */
export function readParameters(raw: string, reading: Reading): string | undefined {
  const all = raw.split('&').map((pair) => {
    const cut = pair.indexOf('=');
    const [name, value] = cut < 0 ? [pair, ''] : [pair.slice(0, cut), pair.slice(cut + 1)];
    return { name: percentDecode(name) ?? name, value: percentDecode(value) ?? value };
  });
  const value = (name: string): string | undefined => all.find((entry) => entry.name === name)?.value;
  reading.sections.push({ title: 'Parameters', verified: undefined, fields: all.flatMap((entry) => fieldOf(entry, reading)) });
  const others = all.map(({ name }) => name).filter((name) => !isKnown(name) && name !== '');
  if (others.length > 0)
    reading.sections.push({ title: 'Further parameters, values not shown', verified: undefined, fields: [{ name: 'names', value: others.join(', ') }] });

  const titles = all.flatMap((entry) => titleOf(entry, raw, reading) ?? []);
  const action = value('wa');
  if (action !== undefined) return `WS-Federation ${action}${titles[0] === undefined ? '' : `: ${titles[0]}`}`;
  if (titles[0] !== undefined) return titles[0];
  const unread = MESSAGES.find((name) => value(name) !== undefined);
  if (unread !== undefined) return `${unread} that cannot be read`;
  if (value('grant_type') !== undefined) return 'OAuth token request';
  return value('client_id') === undefined ? undefined : 'OAuth authorization request';
}

function isKnown(name: string): boolean {
  return Object.hasOwn(NAMES, name) || name === 'Signature' || [...OAUTH, ...MESSAGES, ...TOKENS, ...PEOPLE, ...SECRETS].includes(name);
}

function fieldOf({ name, value }: Field, reading: Reading): readonly Field[] {
  if (SECRETS.includes(name)) {
    note(reading, 'secret.hidden', `${name} is in it.`);
    return [{ name, value: '(not shown)' }];
  }
  if (PEOPLE.includes(name)) return [{ name, value: personal(reading, value) }];
  if (Object.hasOwn(NAMES, name) || OAUTH.includes(name)) return [{ name: NAMES[name] ?? name, value }];
  return [];
}

/** The message or token in a parameter. */
function titleOf({ name, value }: Field, raw: string, reading: Reading): string | undefined {
  if (TOKENS.includes(name) && looksLikeJwt(value)) return readJwt(value, reading);
  if (!MESSAGES.includes(name)) return undefined;
  const message = messageIn(value);
  if (message === undefined) {
    note(reading, 'xml.unreadable', `${name} is no XML, nor base64 of it, deflated or not.`);
    return undefined;
  }
  reading.steps.push(name, ...message.steps);
  const title = readXml(message.xml, reading);
  if (message.steps.includes('DEFLATE') && (name === 'SAMLRequest' || name === 'SAMLResponse')) {
    readQuerySignature(raw, name, reading);
    return title === undefined ? undefined : `${title} by HTTP-Redirect`;
  }
  return title;
}

/** Over the octets of the query as they stand, and read as our own endpoint would (SAML Bindings 3.4.4.1; threats S12). */
function readQuerySignature(raw: string, name: MessageParameter, reading: Reading): void {
  let signature: ReturnType<typeof decodeRedirect>['signature'];
  try {
    ({ signature } = decodeRedirect(raw, new Trace('', reading.context.now), name));
  } catch (error) {
    if (!(error instanceof SignetError)) throw error;
    note(reading, 'request.binding', `Our own endpoint would not take this query: ${error.check?.observed ?? error.message}.`);
    return;
  }
  if (signature === undefined) return;
  const { octets, algorithm, value } = signature;
  judge(reading, {
    of: 'the query',
    algorithms: [algorithm],
    covers: `it covers ${name}, ${octets.includes('&RelayState=') ? 'RelayState ' : ''}and SigAlg as they stand in the query`,
    check: (certificates) => {
      verifyDetached(octets, algorithm, value, certificates);
      return true;
    },
  });
}
