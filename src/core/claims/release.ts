/**
 * What leaves for a relying party without rules of its own: e-mail, given name, surname, display name and groups.
 * Names follow what its metadata requests (SAML Metadata 2.4.4.2), else the LDAP names of the X.500/LDAP attribute
 * profile with FriendlyName (SAML Profiles 8.2).
 */
import type { Trace } from '../checks/trace.js';
import { CLAIM, type Claim } from '../model/claim.js';
import { type AttributeConsumingService, chooseDefault, type RelyingParty, type RequestedAttribute } from '../model/relying-party.js';
import { type ReleasedAttribute, type ReleasedClaims, valuesOf } from '../issuance/token-draft.js';

const URI_FORMAT = 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri';
const UNSPECIFIED_FORMAT = 'urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified';

interface StandardAttribute {
  readonly claim: string;
  readonly oid: string;
  readonly friendlyName: string;
  /** Plain names applications use for it: lower case, letters only. */
  readonly aliases: readonly string[];
  /** Claim type URIs applications use for it. */
  readonly uris: readonly string[];
}

const STANDARD: readonly StandardAttribute[] = [
  {
    claim: CLAIM.email,
    oid: 'urn:oid:0.9.2342.19200300.100.1.3',
    friendlyName: 'mail',
    aliases: ['mail', 'email', 'emailaddress', 'useremail'],
    uris: [CLAIM.email, 'http://schemas.xmlsoap.org/claims/EmailAddress'],
  },
  { claim: CLAIM.givenName, oid: 'urn:oid:2.5.4.42', friendlyName: 'givenName', aliases: ['givenname', 'firstname', 'userfirstname'], uris: [CLAIM.givenName] },
  {
    claim: CLAIM.surname,
    oid: 'urn:oid:2.5.4.4',
    friendlyName: 'sn',
    aliases: ['sn', 'surname', 'lastname', 'familyname', 'userlastname'],
    uris: [CLAIM.surname],
  },
  {
    claim: CLAIM.displayName,
    oid: 'urn:oid:2.16.840.1.113730.3.1.241',
    friendlyName: 'displayName',
    aliases: ['displayname', 'fullname'],
    uris: [CLAIM.displayName, 'http://schemas.xmlsoap.org/claims/CommonName'],
  },
  {
    claim: CLAIM.group,
    oid: 'urn:oid:1.3.6.1.4.1.5923.1.5.1.1',
    friendlyName: 'isMemberOf',
    aliases: ['ismemberof', 'memberof', 'groups', 'group'],
    uris: [CLAIM.group],
  },
];

/** Not sent unless asked for by name: the same value already is the name identifier by default. */
const ON_REQUEST: readonly StandardAttribute[] = [
  { claim: CLAIM.name, oid: 'urn:oid:0.9.2342.19200300.100.1.1', friendlyName: 'uid', aliases: ['uid', 'username', 'userid', 'login'], uris: [CLAIM.name] },
];

const BY_NAME: ReadonlyMap<string, StandardAttribute> = new Map(
  [...STANDARD, ...ON_REQUEST].flatMap((attribute) => [attribute.oid, ...attribute.uris].map((name) => [name, attribute] as const)),
);
const BY_ALIAS: ReadonlyMap<string, StandardAttribute> = new Map(
  [...STANDARD, ...ON_REQUEST].flatMap((attribute) => attribute.aliases.map((alias) => [alias, attribute] as const)),
);

function find(name: string): StandardAttribute | undefined {
  return BY_NAME.get(name) ?? BY_ALIAS.get(name.toLowerCase().replace(/[^a-z]/gu, ''));
}

function serviceFor(relyingParty: RelyingParty, index: number | undefined): AttributeConsumingService | undefined {
  if (index === undefined) return chooseDefault(relyingParty.attributeServices);
  return relyingParty.attributeServices.find((service) => service.index === index);
}

/** The attributes of a token, in a stable order. Writes what was asked for and has no value into the trace. */
export function releaseByDefault(
  relyingParty: RelyingParty,
  claims: readonly Claim[],
  attributeServiceIndex: number | undefined,
  trace: Trace,
): ReleasedClaims {
  const service = serviceFor(relyingParty, attributeServiceIndex);
  const released = service === undefined ? byDefaultNames(claims) : service.requested.flatMap((wanted) => byRequest(wanted, claims, relyingParty, trace));
  trace.step('claims', released.map((attribute) => `${attribute.friendlyName ?? attribute.name} (${String(attribute.values.length)})`).join(', ') || 'none');
  return { attributes: released };
}

function byDefaultNames(claims: readonly Claim[]): readonly ReleasedAttribute[] {
  const released: ReleasedAttribute[] = [];
  for (const { claim, oid, friendlyName } of STANDARD) {
    const values = valuesOf(claims, claim);
    if (values.length > 0) released.push({ name: oid, nameFormat: URI_FORMAT, friendlyName, values });
  }
  return released;
}

function byRequest(wanted: RequestedAttribute, claims: readonly Claim[], relyingParty: RelyingParty, trace: Trace): readonly ReleasedAttribute[] {
  const standard = find(wanted.name);
  const values = standard === undefined ? [] : valuesOf(claims, standard.claim);
  if (values.length === 0) {
    if (wanted.required) trace.note('claims.required', { observed: relyingParty.name, expected: wanted.friendlyName ?? wanted.name });
    return [];
  }
  const nameFormat = wanted.nameFormat ?? (wanted.name.startsWith('urn:oid:') ? URI_FORMAT : UNSPECIFIED_FORMAT);
  return [{ name: wanted.name, nameFormat, ...(wanted.friendlyName === undefined ? {} : { friendlyName: wanted.friendlyName }), values }];
}
