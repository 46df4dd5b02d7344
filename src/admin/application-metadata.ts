/** Metadata of an application, whichever protocols it speaks: its roles, each read by its protocol, as one party. */
import { SignetError } from '../core/errors.js';
import type { Finding } from '../core/model/finding.js';
import type { RelyingPartyMetadata } from '../core/model/relying-party.js';
import { hasServiceProvider, readServiceProvider, reportNoServiceProvider } from '../protocols/saml/metadata/read.js';
import { type Entity, readEntity } from '../protocols/shared/metadata/read-entity.js';
import { readCacheDuration } from '../protocols/shared/metadata/read-cache-duration.js';
import { readContacts, readOrganization } from '../protocols/shared/metadata/read-display.js';
import { createReport, orBrokenSchema, quote, type Report } from '../protocols/shared/metadata/report.js';
import type { EntityElement, ReadOptions, RoleFacts } from '../protocols/shared/metadata/role.js';
import { hasApplicationService, readApplicationService, reportNoApplicationService } from '../protocols/wsfed/metadata/read.js';

export interface ReadResult {
  readonly metadata: RelyingPartyMetadata;
  /** What works and will hurt, and what could be better: none of them is a stop. */
  readonly findings: readonly Finding[];
}

export interface LintResult {
  /** Of the entity that was read; undefined when none could be chosen, or it has none. */
  readonly entityId: string | undefined;
  /** Undefined when anything stands in the way. */
  readonly metadata: RelyingPartyMetadata | undefined;
  /** Everything that one reading found, in the order of reading. */
  readonly findings: readonly Finding[];
}

/** Reads one application. Throws invalid_input with a sentence for the administrator: what is in the way, and the fix. */
export function readApplicationMetadata(xml: string, options: ReadOptions): ReadResult {
  const { metadata, findings } = lintApplicationMetadata(xml, options);
  if (metadata === undefined) throw refusal(findings);
  return { metadata, findings };
}

/** Reads one application and says everything there is to say about its metadata; whatever is in the text, it throws nothing. */
export function lintApplicationMetadata(xml: string, options: ReadOptions): LintResult {
  const findings: Finding[] = [];
  const report = createReport(findings);
  const entity = readEntity(xml, options, isApplication, report);
  const metadata = entity === undefined ? undefined : readApplication(entity, options, report);
  const entityId = entity === undefined || entity.entityId === '' ? undefined : entity.entityId;
  return { entityId, metadata: stopsOf(findings).length === 0 ? metadata : undefined, findings };
}

function stopsOf(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ level }) => level === 'stop');
}

/** The first thing that is in the way, and how many more there are. */
function refusal(findings: readonly Finding[]): SignetError {
  const [first, ...others] = stopsOf(findings);
  const more = others.length === 0 ? '' : ` And ${String(others.length)} more; see all of them with: signet lint FILE`;
  return new SignetError('invalid_input', `${first?.sentence ?? ''} ${first?.fix ?? ''}${more}`);
}

function readApplication({ element, entityId, validUntil }: Entity, options: ReadOptions, report: Report): RelyingPartyMetadata | undefined {
  const context = { entityId, allowHttp: options.allowHttp === true, now: options.now, report, seen: new Set<string>() };
  if (!isApplication(element)) {
    reportNoRole(element, entityId, report);
    return undefined;
  }
  const saml = orBrokenSchema(report, element, () => readServiceProvider(element, context));
  const wsfed = orBrokenSchema(report, element, () => readApplicationService(element, context, !hasServiceProvider(element)));
  const about = orBrokenSchema(report, element, () => ({ ...readOrganization(element), contacts: readContacts(element, report) }));
  const facts = saml === undefined || wsfed === undefined ? (saml ?? wsfed) : joined(saml, wsfed);
  if (facts === undefined || about === undefined) return undefined;
  if (facts.displayName === undefined) report('metadata.display-name-missing', element, 'The metadata has no name for people.');
  return { entityId, ...facts, ...about, ...(validUntil === undefined ? {} : { validUntil }), ...readCacheDuration(element) };
}

function reportNoRole(entity: EntityElement, entityId: string, report: Report): void {
  if (reportNoApplicationService(entity, entityId, report) || reportNoServiceProvider(entity, entityId, report)) return;
  const sentence = `${quote(entityId)} has no SPSSODescriptor and no role of type ApplicationServiceType: it does not describe an application.`;
  report('metadata.role-missing', entity, sentence);
}

function isApplication(entity: EntityElement): boolean {
  return hasServiceProvider(entity) || hasApplicationService(entity);
}

/** SAML's word first where one is enough. Algorithms and signed requests are SAML's alone. */
function joined(saml: RoleFacts, wsfed: RoleFacts): RoleFacts {
  const logoutEndpoints = [...(saml.logoutEndpoints ?? []), ...(wsfed.logoutEndpoints ?? [])];
  const known = saml.encryptionKeys.map((key) => key.certificate);
  return {
    ...wsfed,
    ...saml,
    replyAddresses: [...saml.replyAddresses, ...wsfed.replyAddresses],
    ...(logoutEndpoints.length === 0 ? {} : { logoutEndpoints }),
    attributeServices: [...saml.attributeServices, ...wsfed.attributeServices],
    encryptionKeys: [...saml.encryptionKeys, ...wsfed.encryptionKeys.filter((key) => !known.includes(key.certificate))],
  };
}
