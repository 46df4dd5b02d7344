/** Which name the subject gets: format, value and qualifiers (SAML Core 3.4.1.1, 8.3). */
import type { Trace } from '../checks/trace.js';
import { CLAIM, type Claim, firstValue } from '../model/claim.js';
import { attributeOf } from '../model/person.js';
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

/** The formats a mapping may give its value: what changes with every token, or is no name, cannot be mapped. */
export const MAPPABLE_FORMATS: readonly string[] = [...Object.keys(VALUE_FORMATS), NAME_ID.persistent];

function isSupported(format: string): boolean {
  return format === NAME_ID.persistent || format === NAME_ID.transient || Object.hasOwn(VALUE_FORMATS, format);
}

export interface NameParts {
  readonly entityId: string;
  readonly persistentNames: PersistentNames;
  /** A random NCName of 160 bits. */
  readonly makeId: () => string;
}

/**
 * Chooses the name. The request's NameIDPolicy comes first, then the administrator's format, then the metadata's list,
 * then unspecified. Errors: check request.nameid-format, request.nameid-qualifier, request.nameid-create, user.nameid,
 * request.subject.
 */
export async function chooseName(parts: NameParts, request: IssuanceRequest, mapped?: ReleasedClaims['name']): Promise<NameIdentifier> {
  const { trace, relyingParty, nameIdPolicy } = request;
  const qualifier = nameIdPolicy?.spNameQualifier;
  trace.check('request.nameid-qualifier', qualifier === undefined || relyingParty.identifiers.includes(qualifier), {
    observed: qualifier ?? '',
    expected: relyingParty.identifiers.join(', '),
  });
  const asked = askedFormat(request);
  const name = mapped === undefined ? await nameOf(parts, request, asked) : mappedName(request, mapped, asked);
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
 * What a mapping says is the name, whatever formats the metadata lists. It is the one name the person has there: a request
 * for another format than the mapping's is refused rather than answered with a name from elsewhere (SAML Core 3.4.1.1),
 * and a mapping without a format takes the one that is asked for, where the value is legal in it.
 */
function mappedName({ relyingParty, trace, subject }: IssuanceRequest, name: NonNullable<ReleasedClaims['name']>, asked: string | undefined): NameIdentifier {
  const given = name.format ?? mappable(asked) ?? mappable(relyingParty.nameIdFormat) ?? NAME_ID.unspecified;
  if (asked !== undefined && asked !== given) throw trace.failure('request.nameid-format', { observed: asked, expected: `a mapping gives ${given}` });
  if (!legalIn(given).test(name.value)) throw trace.failure('user.nameid', { observed: subject.userName, expected: given });
  return { value: name.value, format: given };
}

function mappable(format: string | undefined): string | undefined {
  return MAPPABLE_FORMATS.find((known) => known === format);
}

/** What a mapped value must look like: of a format without a rule of its own, 1 to 256 characters (SAML Core 8.3.7). */
function legalIn(format: string): RegExp {
  return (Object.hasOwn(VALUE_FORMATS, format) ? VALUE_FORMATS[format] : undefined)?.legal ?? /^.{1,256}$/su;
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
  return value !== undefined && rule.legal.test(value) ? { value, format } : undefined;
}

async function persistentValue(parts: NameParts, request: IssuanceRequest): Promise<string> {
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
