/**
 * The claims that people commonly have, and the names applications use for them: OIDs of the X.500/LDAP attribute profile
 * (SAML Profiles 8.2), plain names, and the claim types of WS-Federation, those of AD FS 1 included.
 */
import { CLAIM } from '../model/claim.js';
import type { ClaimMapping } from '../model/claim-mapping.js';
import type { AttributeConsumingService } from '../model/relying-party.js';
import type { ProtocolName } from '../model/security-token.js';

const ADFS1 = 'http://schemas.xmlsoap.org/claims/';

/** The names of one claim. */
interface StandardClaim {
  /** Claim types of the directory, in order: the first that has any value gives all of them. */
  readonly from: readonly string[];
  /** OIDs and claim types, taken exactly. */
  readonly names: readonly string[];
  /** Plain names: lower case, letters only. */
  readonly aliases: readonly string[];
}

/** SAML's names for what leaves by default, in this order. */
export const OID = {
  mail: 'urn:oid:0.9.2342.19200300.100.1.3',
  givenName: 'urn:oid:2.5.4.42',
  sn: 'urn:oid:2.5.4.4',
  displayName: 'urn:oid:2.16.840.1.113730.3.1.241',
  isMemberOf: 'urn:oid:1.3.6.1.4.1.5923.1.5.1.1',
} as const;
const UID = 'urn:oid:0.9.2342.19200300.100.1.1';

const STANDARD: readonly StandardClaim[] = [
  { from: [CLAIM.email], names: [OID.mail, CLAIM.email, `${ADFS1}EmailAddress`], aliases: ['mail', 'email', 'emailaddress', 'useremail'] },
  { from: [CLAIM.givenName], names: [OID.givenName, CLAIM.givenName], aliases: ['givenname', 'firstname', 'userfirstname'] },
  { from: [CLAIM.surname], names: [OID.sn, CLAIM.surname], aliases: ['sn', 'surname', 'lastname', 'familyname', 'userlastname'] },
  { from: [CLAIM.displayName], names: [OID.displayName, CLAIM.displayName, `${ADFS1}CommonName`], aliases: ['displayname', 'fullname'] },
  { from: [CLAIM.group], names: [OID.isMemberOf, CLAIM.group, CLAIM.role], aliases: ['ismemberof', 'memberof', 'groups', 'group'] },
  // Not sent unless asked for by name: the user name already is the name identifier by default.
  { from: [CLAIM.name], names: [UID, CLAIM.name], aliases: ['uid', 'username', 'userid', 'login'] },
  { from: [CLAIM.upn], names: [CLAIM.upn, `${ADFS1}UPN`], aliases: [] },
  { from: [CLAIM.groupSid], names: [CLAIM.groupSid], aliases: [] },
];

/** In WS-Federation this claim is what readers show as the person's name: never empty, and nobody is recognised by it. */
const WS_NAME = [CLAIM.displayName, CLAIM.name];

const BY_NAME: ReadonlyMap<string, readonly string[]> = new Map(STANDARD.flatMap(({ names, from }) => names.map((name) => [name, from] as const)));
const BY_ALIAS: ReadonlyMap<string, readonly string[]> = new Map(STANDARD.flatMap(({ aliases, from }) => aliases.map((alias) => [alias, from] as const)));

/**
 * What an application of a protocol means by a name: the claim types of the directory to look at, in order. Empty for
 * what is not sent unless an administrator says so.
 */
function sourcesOf(name: string, protocol: ProtocolName): readonly string[] {
  if (name === CLAIM.name && protocol !== 'saml') return WS_NAME;
  return BY_NAME.get(name) ?? BY_ALIAS.get(name.toLowerCase().replace(/[^a-z]/gu, '')) ?? [];
}

export const NAME_FORMAT = {
  uri: 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
  unspecified: 'urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified',
} as const;

/** The NameFormat of a SAML 2.0 attribute where nobody says: claim types go without, as AD FS sends them. */
export function nameFormatOf(name: string): string {
  return name.startsWith('urn:oid:') ? NAME_FORMAT.uri : NAME_FORMAT.unspecified;
}

/** What a SAML service provider gets that asks for nothing in particular. */
const SAML_DEFAULTS: readonly ClaimMapping[] = Object.entries(OID).map(([friendlyName, name]) => ({
  claim: name,
  from: claimsNamed(name, 'saml'),
  nameFormat: NAME_FORMAT.uri,
  friendlyName,
}));

/** A claim type as federation metadata offers it (WS-Federation 3.1.7, ClaimTypesOffered). */
export interface OfferedClaimType {
  readonly uri: string;
  readonly displayName: string;
  readonly description: string;
}

const offered = (uri: string, displayName: string, description: string): OfferedClaimType => ({ uri, displayName, description });

const WS_OFFERED: readonly OfferedClaimType[] = [
  offered(CLAIM.email, 'E-Mail Address', 'The e-mail address of the person'),
  offered(CLAIM.givenName, 'Given Name', 'The given name of the person'),
  offered(CLAIM.surname, 'Surname', 'The surname of the person'),
  offered(CLAIM.name, 'Name', 'What the person is called; the user name where there is no display name'),
  offered(CLAIM.role, 'Role', 'A group the person belongs to'),
];

/** What WS-Federation and WS-Trust get that ask for nothing in particular. */
const WS_DEFAULTS: readonly ClaimMapping[] = WS_OFFERED.map(({ uri }) => ({ claim: uri, from: claimsNamed(uri, 'wsfed') }));

/** What an application gets that neither an administrator nor its metadata says anything about. */
export function defaultMappings(protocol: ProtocolName): readonly ClaimMapping[] {
  return protocol === 'saml' ? SAML_DEFAULTS : WS_DEFAULTS;
}

/** What a service of an application's metadata asks for, under the names it uses. Of what it cannot have there is a mapping without a source. */
export function requestedMappings({ requested }: AttributeConsumingService, protocol: ProtocolName): readonly ClaimMapping[] {
  return requested.map(({ name, nameFormat = nameFormatOf(name), friendlyName, required }) => ({
    claim: name,
    from: claimsNamed(name, protocol),
    nameFormat,
    ...(friendlyName === undefined ? {} : { friendlyName }),
    required,
  }));
}

function claimsNamed(name: string, protocol: ProtocolName): ClaimMapping['from'] {
  return sourcesOf(name, protocol).map((claim) => ({ claim }));
}

/** Every claim type that an application can have by asking for it. */
export const OFFERED_CLAIM_TYPES: readonly OfferedClaimType[] = [
  offered(CLAIM.nameIdentifier, 'Name Identifier', 'By which the person is recognised'),
  ...WS_OFFERED,
  offered(CLAIM.displayName, 'Display Name', 'The display name of the person'),
  offered(CLAIM.upn, 'UPN', 'The user principal name of the person'),
  offered(CLAIM.groupSid, 'Group SID', 'The security identifier of a group the person belongs to'),
  offered(`${ADFS1}EmailAddress`, 'AD FS 1.x E-Mail Address', 'The e-mail address of the person, as AD FS 1.x calls it'),
  offered(`${ADFS1}CommonName`, 'Common Name', 'The display name of the person, as AD FS 1.x calls it'),
  offered(`${ADFS1}UPN`, 'AD FS 1.x UPN', 'The user principal name of the person, as AD FS 1.x calls it'),
  offered(CLAIM.group, 'Group', 'A group the person belongs to, as AD FS 1.x calls it'),
];
