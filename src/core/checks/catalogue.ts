/**
 * Every check by id: what an administrator reads, the clause it comes from, whose turn it is, and the error
 * family it belongs to. Sentences may quote {observed} and {expected}. What employees read is in views/texts.
 */
import type { ErrorCode } from '../errors.js';

export type Turn = 'user' | 'admin' | 'application' | 'caller';

export interface CheckEntry {
  readonly code: ErrorCode;
  readonly sentence: string;
  readonly clause: string;
  readonly turn: Turn;
}

const application = (code: ErrorCode, sentence: string, clause: string): CheckEntry => ({ code, sentence, clause, turn: 'application' });
const admin = (code: ErrorCode, sentence: string, clause: string): CheckEntry => ({ code, sentence, clause, turn: 'admin' });
const user = (code: ErrorCode, sentence: string, clause: string): CheckEntry => ({ code, sentence, clause, turn: 'user' });

export const CHECKS = {
  'request.size': application('malformed_request', 'The message of {observed} is over the limit of {expected}.', 'local'),
  'request.binding': application('malformed_request', 'The parameters do not fit one binding: {observed}; expected {expected}.', 'SAML Bindings 3.4.4, 3.5.4'),
  'request.decodable': application('malformed_request', 'The message is not readable: {observed}.', 'SAML Bindings 3.4.4, 3.5.4'),
  'request.schema': application('malformed_request', 'The message breaks its schema: {observed}; expected {expected}.', 'SAML Core 3.2.1, 3.4.1'),
  'request.id': application('malformed_request', 'The ID {observed} is not an XML name of at most 256 characters.', 'SAML Core 1.3.4'),
  'request.relaystate': application('malformed_request', 'RelayState is {observed}; the limit is {expected}.', 'SAML Bindings 3.4.3, 3.5.3'),
  'request.issuer-known': admin('unknown_relying_party', '{observed} is not an application here.', 'SAML Profiles 4.1.4.1'),
  'request.enabled': admin('unknown_relying_party', '{observed} is switched off.', 'local'),
  'request.metadata-valid': admin('unknown_relying_party', 'The metadata of this application ended on {observed}.', 'SAML Metadata 2.3.2'),
  'request.signature-present': application('invalid_signature', '{observed} must sign its requests; this one is not signed.', 'SAML Metadata 2.4.4'),
  'request.signature-valid': application('invalid_signature', 'The signature was refused: {observed}.', 'SAML Core 5.4, Bindings 3.4.4.1'),
  'request.signature-algorithm': application('invalid_signature', '{observed} is not allowed; allowed are {expected}.', 'SAML Core 5.4, errata E81'),
  'request.destination': application('malformed_request', 'Sent to {observed}; this is {expected}.', 'SAML Core 3.2.1, Bindings 3.4.5.2, 3.5.5.2'),
  'request.version': application('unsupported_version', 'Version {observed}; only {expected}.', 'SAML Core 3.2.1'),
  'request.age': application('expired_message', 'Issued at {observed}; accepted is {expected}.', 'local'),
  'request.acs-known': application('untrusted_reply_address', 'Reply address {observed} is not one of {expected}.', 'SAML Core 3.4.1, Profiles 4.1.4.1'),
  'request.acs-index': application('unsupported_request', 'Reply index {observed} does not exist; there are {expected}.', 'SAML Core 3.4.1'),
  'request.acs-exclusive': application('malformed_request', 'AssertionConsumerServiceIndex excludes {observed}.', 'SAML Core 3.4.1'),
  'request.acs-binding': application('unsupported_binding', 'The answer is wanted by {observed}; offered is {expected}.', 'SAML Profiles 4.1.2'),
  'request.attribute-index': application('unsupported_request', 'Attribute index {observed} does not exist; there are {expected}.', 'SAML Core 3.4.1'),
  'request.nameid-format': application('name_id_policy_unmet', 'Name identifier format {observed} cannot be given: {expected}.', 'SAML Core 3.4.1.1'),
  'request.nameid-qualifier': application(
    'name_id_policy_unmet',
    'SPNameQualifier {observed} is not the application itself ({expected}).',
    'SAML Core 3.4.1.1',
  ),
  'request.nameid-create': application(
    'name_id_policy_unmet',
    'No persistent name exists yet for {observed}, and the request does not allow making one.',
    'SAML Core 3.4.1.1',
  ),
  'request.subject': application('unknown_principal', 'The request names {observed}; signed in is {expected}.', 'SAML Core 3.4.1.4'),
  'request.subject-confirmation': application(
    'unsupported_request',
    'The request names a Subject with SubjectConfirmation, which browser sign-on does not take.',
    'SAML Profiles 4.1.4.1',
  ),
  'request.idp-list': application('no_supported_idp', 'The request lists {observed}; this is {expected}.', 'SAML Core 3.4.1.3'),
  'request.authn-context': application('authn_context_unmet', 'Asked for {observed}; offered is {expected}.', 'SAML Core 3.3.2.2.1'),
  'request.passive': application('interaction_required', 'No page was allowed, and {observed}.', 'SAML Core 3.4.1'),
  'wsfed.action': application('malformed_request', 'wa is {observed}; expected {expected}.', 'WS-Federation 13.2.1'),
  'wsfed.parameters': application('malformed_request', 'The parameters are not readable: {observed}; expected {expected}.', 'WS-Federation 13.1.1'),
  'wsfed.wtrealm': admin('unknown_relying_party', 'wtrealm is {observed}; expected the realm of an application here.', 'WS-Federation 13.2.2'),
  'wsfed.wreply': application('untrusted_reply_address', 'Reply address {observed} is not one of {expected}.', 'WS-Federation 13.2.2, 16.8'),
  'wsfed.wctx': application('malformed_request', 'wctx is {observed}; the limit is {expected}.', 'WS-Federation 13.2.1'),
  'wsfed.wct': application('expired_message', 'wct is {observed}; accepted is {expected}.', 'WS-Federation 13.2.1'),
  'wsfed.wfresh': application('malformed_request', 'wfresh is {observed}; expected a number of minutes.', 'WS-Federation 13.2.2'),
  'wsfed.wauth': application('authn_context_unmet', 'Asked for {observed}; offered is {expected}.', 'WS-Federation 13.2.2'),
  'wsfed.wreq': application('malformed_request', 'wreq is not usable: {observed}; expected {expected}.', 'WS-Federation 13.2.2, WS-Trust 1.3, 4'),
  'wsfed.wreqptr': application('unsupported_request', '{observed} points to a request; send it in wreq, addresses are never fetched.', 'WS-Federation 13.2.2'),
  'wsfed.token-type': application('unsupported_request', 'Token type {observed}; offered are {expected}.', 'WS-Trust 1.3, 4.1'),
  'wsfed.whr': {
    code: 'no_supported_idp',
    sentence: 'Nobody here is the home realm {observed}; asked as usual.',
    clause: 'WS-Federation 13.2.2',
    turn: 'application',
  },
  'slo.expired': application('expired_message', 'NotOnOrAfter was {observed}; it is {expected}.', 'SAML Core 3.7.1'),
  'slo.replay': application('expired_message', 'The request {observed} was taken before.', 'SAML Core 1.3.4, 3.7.3.2'),
  'slo.nameid': application('unknown_principal', '{observed} names nobody who is signed in there.', 'SAML Core 3.7.3.2, 3.3.4'),
  'slo.session': application('unknown_principal', 'SessionIndex {observed} is no session of this person there.', 'SAML Core 3.7.3.2'),
  'slo.encrypted': application('unsupported_request', 'The name is encrypted, and our metadata offers no key for that.', 'SAML Core 3.7.1'),
  'slo.endpoint': admin('unsupported_binding', '{observed} lists no address where the answer could go.', 'SAML Metadata 2.4.2'),
  'slo.response': application('malformed_request', 'The answer to {observed} fits no sign-out under way.', 'SAML Profiles 4.4.4.2'),
  'slo.frame': user('malformed_request', 'A sign-out was asked for from inside {observed}; it counts only as a page of its own.', 'local'),
  'user.password': user('authentication_failed', 'User name and password do not match for {observed}.', 'local'),
  'user.locked': user('too_many_requests', 'Too many attempts for {observed}; next one in {expected}.', 'local'),
  'user.enabled': admin('access_denied', '{observed} is disabled or removed.', 'local'),
  'user.session': user('authentication_failed', '{observed} was signed out while the token was made.', 'local'),
  'user.source': admin('access_denied', '{observed} comes from elsewhere than this application takes people from: {expected}.', 'local'),
  'user.authn-context': admin('authn_context_unmet', '{observed} signed in otherwise than this application allows: {expected}.', 'SAML Core 3.3.2.2.1'),
  'user.allowed': admin('access_denied', '{observed} is in none of {expected}.', 'local'),
  'user.policy': admin('access_denied', '{observed} may not use it by the access policy: {expected}.', 'local'),
  'user.authorized': admin('access_denied', '{observed} gets no token by the authorization rules: {expected}.', 'local'),
  'user.second-factor': admin('authn_context_unmet', '{observed} needs a second factor here and signed in without one: {expected}.', 'local'),
  'claims.store': admin('unavailable', 'A store that the claim rules ask failed: {expected} ({observed}).', 'local'),
  'claims.rules': admin('access_denied', 'The claim rules could not be carried out: {expected} ({observed}).', 'local'),
  'claims.required': admin('access_denied', '{observed} asks for {expected}; there is no value.', 'SAML Metadata 2.4.4.1'),
  'request.replay': { code: 'expired_message', sentence: 'Already answered at {observed}; answered again.', clause: 'local', turn: 'application' },
  'user.nameid': admin('name_id_policy_unmet', '{observed} has no value for a name identifier of format {expected}.', 'SAML Core 2.2.3, 8.3'),
  'page.expired': user('malformed_request', 'The page was open for too long, or belongs to another browser: {observed}.', 'local'),
  'store.reachable': admin('unavailable', 'The store did not answer: {observed}.', 'local'),
  'key.active': admin('unavailable', 'There is no usable signing key: {observed}.', 'local'),
  'encryption.possible': admin('unsupported_request', '{observed} must be sent encrypted, and {expected}.', 'SAML Core 6, Metadata 2.4.1.1'),
  'signing.possible': admin('unsupported_request', '{observed} takes only signatures that are not made here: {expected}.', 'SAML algorithm support 2.4'),
  'claims.issuer': admin('access_denied', 'The issuer that a mapping of {observed} gives the token is not an absolute URI.', 'SAML Core 8.3.6'),
  'claims.text': admin('access_denied', 'A value of {observed} holds a character that XML cannot carry.', 'XML 1.0, 2.2'),
  internal: admin('internal', 'An unexpected error: {observed}.', 'local'),
} as const satisfies Readonly<Record<string, CheckEntry>>;

export type CheckId = keyof typeof CHECKS;

/** True when the text names a check of the catalogue. */
export function isCheckId(text: string): text is CheckId {
  return Object.hasOwn(CHECKS, text);
}

/** The administrator's sentence of a check with its values in place. */
export function checkSentence(id: string, values: { readonly observed?: string | undefined; readonly expected?: string | undefined }): string {
  if (!isCheckId(id)) return id;
  return CHECKS[id].sentence.replace('{observed}', () => values.observed ?? 'unknown').replace('{expected}', () => values.expected ?? 'unknown');
}
