/**
 * What a change of an application's metadata means, in words, and whether it waits for a person: whatever could send
 * tokens somewhere else, let somebody else speak for the application, or leave a token less protected (threats M05).
 */
import { identifiersOf, type RelyingPartyMetadata, type RelyingPartyRecord, resolveRelyingParty } from '../core/model/relying-party.js';
import { addressIn, answerIn, compareMetadata, type MetadataChange, type MetadataPart } from './metadata-changes.js';
import { parseUrl } from '../core/model/uri.js';

export interface WeighedChange extends MetadataChange {
  /** What is different once it is in force. */
  readonly effect: string;
  /** Why it waits for a person; undefined for a harmless change. */
  readonly danger: string | undefined;
}

/**
 * Which keys may differ: `any` where a pinned certificate signed, or an administrator asked for this reading; `beside` where
 * https names the server it came from (the other proof that the deployment profile takes, SDP-MD02): keys come and go while
 * one that was known stays, as in a rollover; `none` where anybody on the way could have put one in.
 */
export type KeyChanges = 'any' | 'beside' | 'none';

/** Who vouches for the metadata that is compared. */
export interface Vouching {
  readonly keys: KeyChanges;
}

interface Weighing extends Vouching {
  readonly before: RelyingPartyRecord;
  readonly after: RelyingPartyMetadata;
  /** Hosts that tokens or sign-outs went to already. */
  readonly hosts: ReadonlySet<string>;
}

type Weight = Pick<WeighedChange, 'effect' | 'danger'>;
type Weigh = (change: MetadataChange, weighing: Weighing) => Weight;

/** Everything that differs between what an application has and what was read, weighed; empty when nothing does. */
export function weighMetadata(before: RelyingPartyRecord, after: RelyingPartyMetadata, vouching: Vouching): readonly WeighedChange[] {
  const { replyAddresses, logoutEndpoints } = resolveRelyingParty(before);
  const hosts = new Set([...replyAddresses, ...logoutEndpoints].map(({ url }) => hostOf(url)));
  const weighing = { ...vouching, before, after, hosts };
  return compareMetadata(before.metadata, after).map((change) => ({ ...change, ...weigh(change, weighing) }));
}

/** Why changes wait: every reason once. */
export function dangersOf(changes: readonly WeighedChange[]): readonly string[] {
  return [...new Set(changes.flatMap(({ danger }) => danger ?? []))];
}

const weigh: Weigh = (change, weighing) => WEIGHTS[change.what](change, weighing);

function harmless(effect: string): Weight {
  return { effect, danger: undefined };
}

const shown: Weigh = () => harmless('Only what people see of it changes.');
const order: Weigh = () => harmless('Where a choice is ours, the first one counts.');

const identifier: Weigh = ({ before, after }, weighing) => {
  if (after === undefined) {
    const effect = `Requests in the name of ${before ?? ''} are refused.`;
    return { effect, danger: keptByHand(before, weighing) ? undefined : 'an identifier is gone' };
  }
  const effect = `It is known as ${after} as well, and may ask for tokens under that name.`;
  return { effect, danger: identifiersOf(weighing.before).includes(after) ? undefined : 'there is an identifier that it did not have' };
};

function keptByHand(identifierGone: string | undefined, { before: { overrides } }: Weighing): boolean {
  return identifierGone !== undefined && overrides.identifiers?.includes(identifierGone) === true;
}

const protocol: Weigh = ({ before, after }) =>
  after === undefined
    ? { effect: `Nobody can sign on to it over ${before ?? ''} any more.`, danger: 'a protocol is gone' }
    : harmless(`People can sign on to it over ${after} as well.`);

const replyAddress: Weigh = ({ before, after }, weighing) =>
  after === undefined
    ? harmless(stays(before, weighing) ? `How ${addressIn(before ?? '')} is chosen changes.` : 'Requests that ask for their answer there are refused.')
    : addressWeight(addressIn(after), 'Tokens may be sent there.', 'reply', weighing);

const signOutAddress: Weigh = ({ after }, weighing) =>
  after === undefined
    ? harmless('It is not told there any more that somebody signed out.')
    : // Its answers may go elsewhere: the worse of the two counts.
      [answerIn(after) ?? [], addressIn(after)]
        .flat()
        .map((url) => addressWeight(url, 'It is told there who signed out.', 'sign-out', weighing))
        .reduce((one, other) => (one.danger === undefined ? other : one));

function stays(description: string | undefined, { after }: Weighing): boolean {
  return after.replyAddresses.some(({ url }) => url === addressIn(description ?? ''));
}

function addressWeight(url: string, effect: string, kind: string, { before, hosts }: Weighing): Weight {
  const known = resolveRelyingParty(before);
  const addresses = [...known.replyAddresses, ...known.logoutEndpoints].map((address) => address.url);
  if (addresses.includes(url)) return harmless(effect);
  if (!/^https:/iu.test(url)) return { effect, danger: `the ${kind} address ${url} uses http, so what is sent there can be read on the way` };
  return { effect, danger: hosts.has(hostOf(url)) ? undefined : `the ${kind} address ${url} is on a host that was not among its addresses` };
}

function hostOf(url: string): string {
  return parseUrl(url)?.host ?? url;
}

/** Why keys that differ wait; undefined where they need not. */
function unvouched(keys: KeyChanges, before: readonly string[], after: readonly string[]): string | undefined {
  const unsigned = 'the metadata is not signed by a certificate that is pinned here';
  if (keys === 'none') return `keys differ, and ${unsigned}`;
  return keys === 'any' || before.length === 0 || before.some((key) => after.includes(key)) ? undefined : `none of its keys stays, and ${unsigned}`;
}

const signingCertificate: Weigh = ({ after }, { before, after: { signingCertificates }, keys }) => {
  const effect = after === undefined ? 'Requests signed by its key are refused.' : 'Requests signed by its key are accepted.';
  if (signingCertificates.length === 0) return { effect, danger: 'its last signing certificate is gone' };
  return { effect, danger: unvouched(keys, before.metadata.signingCertificates, signingCertificates) };
};

const encryptionCertificate: Weigh = ({ after }, { before, after: { encryptionKeys }, keys }) => {
  const effect = after === undefined ? 'Tokens are not encrypted to its key any more.' : 'Tokens may be encrypted to its key.';
  const encrypted = before.overrides.encrypt !== 'never';
  if (encryptionKeys.length === 0 && encrypted) return { effect, danger: 'its last encryption certificate is gone, so tokens would leave unencrypted' };
  const [old, now] = [before.metadata.encryptionKeys, encryptionKeys].map((list) => list.map(({ certificate }) => certificate));
  return { effect, danger: encrypted ? unvouched(keys, old ?? [], now ?? []) : undefined };
};

const signsRequests: Weigh = ({ after }, { before: { overrides } }) => {
  if (overrides.requireSignedRequests !== undefined) return harmless('None: require-signed-requests is set here.');
  if (after === 'yes') return harmless('Requests that are not signed are refused.');
  return { effect: 'Requests that are not signed are accepted.', danger: 'it no longer says that its requests are signed' };
};

const wantsSigned: Weigh = ({ after }, { before: { overrides } }) => {
  if (after === 'yes') return harmless('Its assertions are signed, whatever is set here.');
  const effect =
    overrides.sign === 'response' ? 'Only the response around its assertions is signed, as it is set here.' : 'Its assertions are signed as before.';
  return { effect, danger: 'it no longer asks for signed assertions' };
};

const WEIGHTS: Readonly<Record<MetadataPart, Weigh>> = {
  identifier,
  protocol,
  name: shown,
  description: shown,
  organization: shown,
  'information address': shown,
  logo: shown,
  contact: () => harmless('Whom to ask changes.'),
  'reply address': replyAddress,
  'sign-out address': signOutAddress,
  'name identifier format': ({ after }, { before: { overrides } }) =>
    harmless(
      overrides.nameIdFormat !== undefined
        ? 'Only for requests that ask for it: nameid-format is set here.'
        : after === undefined
          ? 'People are not named in this format any more, unless a request asks for it.'
          : 'People may be named in this format.',
    ),
  'requested attribute': ({ after }, { before: { overrides } }) =>
    harmless(
      overrides.claims !== undefined || overrides.rules?.transform !== undefined
        ? 'None: its rules say what it gets.'
        : after === undefined
          ? 'It does not get this attribute any more.'
          : 'It gets this attribute of people who have it.',
    ),
  'signing certificate': signingCertificate,
  'encryption certificate': encryptionCertificate,
  'signs its requests': signsRequests,
  'wants assertions signed': wantsSigned,
  'signature algorithm': () => harmless('We sign with the first of its algorithms that we have a key for.'),
  'digest algorithm': () => harmless('We digest with the first of its algorithms that we have.'),
  'valid until': ({ after }) => harmless(after === undefined ? 'It has no end any more.' : `Without a newer copy its sign-ons are refused from ${after} on.`),
  'read again after': () => harmless('When its source is read next changes.'),
  'order of identifier': order,
  'order of protocol': order,
  'order of contact': order,
  'order of reply address': order,
  'order of sign-out address': order,
  'order of name identifier format': order,
  'order of requested attribute': order,
  'order of signing certificate': () => harmless('None: any of them may sign.'),
  'order of encryption certificate': order,
  'order of signature algorithm': order,
  'order of digest algorithm': order,
};
