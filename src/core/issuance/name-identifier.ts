/** Which name the subject gets: format, value and qualifiers (SAML Core 3.4.1.1, 8.3). */
import type { Trace } from '../checks/trace.js';
import { CLAIM, type Claim, firstValue } from '../model/claim.js';
import type { IdentifierKind } from '../model/claim-mapping.js';
import type { UserId } from '../model/ids.js';
import { attributeOf } from '../model/person.js';
import type { RelyingParty } from '../model/relying-party.js';
import type { NameIdentifier } from '../model/security-token.js';
import type { Subject } from '../model/subject.js';
import type { PersistentNames } from '../ports.js';
import type { IssuanceRequest } from './issuance-request.js';
import type { ReleasedClaims } from './token-draft.js';

const V1 = 'urn:oasis:names:tc:SAML:1.1:nameid-format:';
const V2 = 'urn:oasis:names:tc:SAML:2.0:nameid-format:';

export const NAME_ID = {
  unspecified: `${V1}unspecified`,
  email: `${V1}emailAddress`,
  x509Subject: `${V1}X509SubjectName`,
  windows: `${V1}WindowsDomainQualifiedName`,
  kerberos: `${V2}kerberos`,
  persistent: `${V2}persistent`,
  transient: `${V2}transient`,
  encrypted: `${V2}encrypted`,
} as const;

interface ValueFormat {
  /** Where the value comes from when no rule gives one. */
  readonly from: (subject: Subject) => string | undefined;
  /** What a legal value looks like (SAML Core 8.3.2 to 8.3.5). */
  readonly legal: RegExp;
}

const VALUE_FORMATS: Readonly<Record<string, ValueFormat>> = {
  [NAME_ID.unspecified]: { from: ({ claims }) => firstValue(claims, CLAIM.name), legal: /^.{1,256}$/su },
  [NAME_ID.email]: { from: ({ claims }) => firstValue(claims, CLAIM.email), legal: /^[^\s<>()[\]\\,;:"@]{1,64}@[^\s<>()[\]\\,;:"@]{1,189}$/u },
  [NAME_ID.x509Subject]: { from: ({ person }) => attributeOf(person, 'x509SubjectName')[0], legal: /^[A-Za-z0-9.]+=.{1,250}$/su },
  [NAME_ID.windows]: { from: ({ person }) => attributeOf(person, 'windowsAccountName')[0], legal: /^[^\\\s]{1,128}\\[^\\\s]{1,127}$/u },
  [NAME_ID.kerberos]: { from: ({ person }) => attributeOf(person, 'kerberosPrincipal')[0], legal: /^[^@\s]{1,128}@[^@\s]{1,127}$/u },
};

/** The formats that metadata may offer: those every user has a value for. */
export const OFFERED_FORMATS: readonly string[] = [NAME_ID.unspecified, NAME_ID.email, NAME_ID.persistent, NAME_ID.transient];

/** The formats a value of the directory can have: what changes with every token, or is no name, is not among them. */
export const MAPPABLE_FORMATS: readonly string[] = [...Object.keys(VALUE_FORMATS), NAME_ID.persistent];

function isSupported(format: string): boolean {
  return format === NAME_ID.persistent || format === NAME_ID.transient || Object.hasOwn(VALUE_FORMATS, format);
}

export interface NameParts {
  readonly entityId: string;
  readonly persistentNames: PersistentNames;
  /** A random NCName of 160 bits. */
  readonly makeId: () => string;
  /** The pairwise identifier of a person for an application: computed, so that it is the same on every node. */
  readonly pairwiseId: (userId: UserId, entityId: string) => Promise<string>;
}

/** What of a request decides about names that are made here. */
type NamedRequest = Pick<IssuanceRequest, 'trace' | 'relyingParty' | 'subject' | 'nameIdPolicy'>;

/** A name of Signet's own making, for a rule to send. Errors: check request.nameid-create. */
export async function identifierFor(parts: NameParts, kind: IdentifierKind, request: NamedRequest): Promise<string> {
  if (kind === 'persistent') return persistentValue(parts, request);
  return kind === 'pairwise' ? parts.pairwiseId(request.subject.userId, request.relyingParty.entityId) : parts.makeId();
}

/**
 * Chooses the name. The request's NameIDPolicy comes first, then the administrator's format, then the metadata's list,
 * then unspecified. Errors: check request.nameid-format, request.nameid-qualifier, request.nameid-create, user.nameid,
 * request.subject.
 */
export async function chooseName(parts: NameParts, request: IssuanceRequest, given?: ReleasedClaims['name']): Promise<NameIdentifier> {
  const { trace, relyingParty, nameIdPolicy } = request;
  const qualifier = nameIdPolicy?.spNameQualifier;
  trace.check('request.nameid-qualifier', qualifier === undefined || relyingParty.identifiers.includes(qualifier), {
    observed: qualifier ?? '',
    expected: relyingParty.identifiers.join(', '),
  });
  const asked = askedFormat(request);
  const name = given === undefined ? await nameOf(parts, request, asked) : ruleName(request, given, asked);
  trace.step('name identifier', name.format);
  checkSubject(request, name, trace);
  return name;
}

/** The format a request insists on; undefined when any will do. */
function askedFormat({ nameIdPolicy, trace }: IssuanceRequest): string | undefined {
  const asked = nameIdPolicy?.format;
  // 'encrypted' asks for any name, encrypted by whoever writes the token (SAML Core 8.3, E6).
  if (asked === undefined || asked === NAME_ID.unspecified || asked === NAME_ID.encrypted) return undefined;
  trace.check('request.nameid-format', isSupported(asked), { observed: asked, expected: `offered are ${OFFERED_FORMATS.join(', ')}` });
  return asked;
}

/**
 * What a rule says is the name. It is the one name the person has there: a request for another format than the rule's is
 * refused rather than answered with a name from elsewhere (SAML Core 3.4.1.1). The format is the one that is asked for, else
 * the administrator's, else one that the metadata lists (SAML Metadata 2.4.1), else the rule's.
 */
function ruleName({ relyingParty, trace, subject }: IssuanceRequest, name: NonNullable<ReleasedClaims['name']>, asked: string | undefined): NameIdentifier {
  const fits = asked === undefined || asked === name.format || (name.format === undefined && MAPPABLE_FORMATS.includes(asked));
  if (!fits) throw trace.failure('request.nameid-format', { observed: asked, expected: `a rule gives ${name.format ?? 'a lasting name'}` });
  const format = asked ?? listedFormat(relyingParty, name) ?? name.format ?? NAME_ID.unspecified;
  if (name.format !== undefined && format !== name.format) trace.step('name identifier', `the rule gives ${name.format}; the application takes ${format}`);
  if (!isLegal(name.value, format)) throw trace.failure('user.nameid', { observed: subject.userName, expected: format });
  const { value, nameQualifier, spNameQualifier } = name;
  return { value, format, ...(nameQualifier === undefined ? {} : { nameQualifier }), ...(spNameQualifier === undefined ? {} : { spNameQualifier }) };
}

/** Of the formats an administrator or the metadata lists: the rule's own if it is there, else the first in which the value is legal. */
function listedFormat({ nameIdFormat, nameIdFormats }: RelyingParty, { value, format }: NonNullable<ReleasedClaims['name']>): string | undefined {
  const listed = nameIdFormat === undefined ? nameIdFormats : [nameIdFormat];
  if (format !== undefined && (listed.includes(format) || listed.includes(NAME_ID.unspecified))) return format;
  return listed.find((candidate) => MAPPABLE_FORMATS.includes(candidate) && isLegal(value, candidate));
}

/** Controls, invisible formats, half characters, line separators: with them a name looks like somebody else's, or is cut into one (threats A12). */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * Whether a value can be a name of a format; of a format without a rule of its own, 1 to 256 characters (SAML Core 8.3.7).
 * Applications trim names: one with white space around it would be the name of whoever has it without.
 */
function isLegal(value: string, format: string): boolean {
  const { legal } = (Object.hasOwn(VALUE_FORMATS, format) ? VALUE_FORMATS[format] : undefined) ?? { legal: /^.{1,256}$/su };
  return legal.test(value) && value.trim() === value && !UNPRINTABLE.test(value);
}

async function nameOf(parts: NameParts, request: IssuanceRequest, asked: string | undefined): Promise<NameIdentifier> {
  const { trace, relyingParty } = request;
  if (asked !== undefined) {
    const name = await tryFormat(parts, request, asked);
    if (name !== undefined) return name;
    throw trace.failure('user.nameid', { observed: request.subject.userName, expected: asked });
  }
  const configured = relyingParty.nameIdFormat === undefined ? relyingParty.nameIdFormats : [relyingParty.nameIdFormat];
  const candidates = configured.filter(isSupported);
  for (const format of candidates.length > 0 ? candidates : [NAME_ID.unspecified]) {
    const name = await tryFormat(parts, request, format);
    if (name !== undefined) return name;
  }
  throw trace.failure('user.nameid', { observed: request.subject.userName, expected: candidates.join(' or ') || NAME_ID.unspecified });
}

async function tryFormat(parts: NameParts, request: IssuanceRequest, format: string): Promise<NameIdentifier | undefined> {
  const { relyingParty, subject } = request;
  const nameQualifier = relyingParty.issuer ?? parts.entityId;
  if (format === NAME_ID.transient) {
    return { value: parts.makeId(), format, nameQualifier, spNameQualifier: relyingParty.entityId };
  }
  if (format === NAME_ID.persistent) {
    return { value: await persistentValue(parts, request), format, nameQualifier, spNameQualifier: relyingParty.entityId };
  }
  const rule = VALUE_FORMATS[format];
  if (rule === undefined) return undefined;
  const value = rule.from(subject);
  return value !== undefined && isLegal(value, format) ? { value, format } : undefined;
}

async function persistentValue(parts: NameParts, request: NamedRequest): Promise<string> {
  const { trace, relyingParty, subject, nameIdPolicy } = request;
  const existing = await parts.persistentNames.find(subject.userId, relyingParty.entityId);
  if (existing !== undefined) return existing;
  // A request without NameIDPolicy leaves the choice to us; one with it must say AllowCreate (SAML Core 3.4.1.1, E14).
  trace.check('request.nameid-create', nameIdPolicy === undefined || nameIdPolicy.allowCreate, { observed: subject.userName });
  return parts.persistentNames.findOrCreate(subject.userId, relyingParty.entityId, parts.makeId());
}

/** SAML Core 3.4.1.4: a Subject in the request must be the one who signed in. */
function checkSubject(request: IssuanceRequest, name: NameIdentifier, trace: Trace): void {
  const wanted = request.requestedSubject;
  if (wanted === undefined) return;
  const format = wanted.format ?? NAME_ID.unspecified;
  const same =
    (format === name.format && wanted.value === name.value) ||
    (format === NAME_ID.unspecified && isKnownAs(request.subject.claims, wanted.value)) ||
    (format === NAME_ID.email && firstValue(request.subject.claims, CLAIM.email)?.toLowerCase() === wanted.value.toLowerCase());
  trace.check('request.subject', same, { observed: wanted.value, expected: request.subject.userName });
}

function isKnownAs(claims: readonly Claim[], value: string): boolean {
  const lower = value.toLowerCase();
  return firstValue(claims, CLAIM.name)?.toLowerCase() === lower || firstValue(claims, CLAIM.email)?.toLowerCase() === lower;
}
