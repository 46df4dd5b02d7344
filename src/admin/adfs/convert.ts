/** A relying party trust of AD FS as an application of ours (adfs.md 10, 11). Pure: nothing is asked, nothing is written. */
import { NO_FACTS } from '../../core/model/no-facts.js';
import type { MetadataRefresh, RelyingPartyMetadata, RelyingPartyOverrides, RelyingPartyRules } from '../../core/model/relying-party.js';
import { WSFED_BINDING } from '../../core/model/relying-party.js';
import type { RelyingPartyRuleSet } from '../../core/claims/rule.js';
import { checkReplyAddress } from '../../core/model/reply-address.js';
import { BINDING } from '../../xml/names.js';
import { readLine, show } from '../setting-values.js';
import { readAccess } from './convert-access.js';
import { type Addresses, readAddresses, readIdentifiers } from './convert-addresses.js';
import { asEncryptionKey, readCertificates } from './convert-keys.js';
import { noteQuotes, type ReadRules, readRuleSet, SET_PROPERTIES } from './convert-rules.js';
import { readTokens } from './convert-tokens.js';
import type { Conversion, ConvertContext } from './conversion.js';
import type { AdfsTrust } from './export.js';
import { reasonFor } from './left-behind.js';
import { missingGroups } from './missing.js';
import { createReport, type Report } from './report.js';
import { createTrustReader, type TrustReader } from './trust-reader.js';

/** On everything that was imported: what is changed by the next import, and found by it. */
export const IMPORT_LABEL = 'ad-fs';

/** Every property of the trust is carried over or left behind with the reason; what is wrong is a finding, never an error. */
export function convertTrust(given: AdfsTrust, context: ConvertContext): Conversion {
  const trust = createTrustReader(given);
  const report = createReport(given.file);
  const identifiers = readIdentifiers(trust);
  const [entityId = ''] = identifiers;
  const addresses = readAddresses(trust, report);
  const { signingCertificates, encryptionKeys } = readKeys(trust, context, report);
  const access = readAccess(trust, context, report);
  const sets = readSets(trust, access.policy !== undefined, context, report);
  const saml = addresses.replyAddresses.some(({ binding }) => binding !== WSFED_BINDING);
  noteQuotes(given, report);
  const tokens = readTokens(trust, { saml, encryptionKeys: encryptionKeys.length }, report);
  const signed = readSignedRequests(trust, signingCertificates.length, report);
  checkIdentity(identifiers, addresses, context, report);
  const missing = {
    groups: missingGroups([...access.groups, ...sets.flatMap(({ groupSids }) => groupSids)], context, report),
    stores: [...new Set(sets.flatMap(({ stores }) => stores))],
  };

  const metadata: RelyingPartyMetadata = {
    entityId,
    ...(identifiers.length > 1 ? { identifiers: identifiers.slice(1) } : {}),
    ...NO_FACTS,
    replyAddresses: addresses.replyAddresses,
    ...(addresses.logoutEndpoints.length === 0 ? {} : { logoutEndpoints: addresses.logoutEndpoints }),
    signingCertificates,
    encryptionKeys,
    authnRequestsSigned: signed,
  };
  const { source, refresh } = readSource(trust, addresses, report);
  const name = readName(trust) ?? entityId;
  const overrides: RelyingPartyOverrides = {
    name,
    ...readNotes(trust),
    labels: [IMPORT_LABEL, ...context.labels],
    ...tokens,
    ...(saml && signed ? { requireSignedRequests: true } : {}),
    ...(access.fresh ? { forceAuthn: true } : {}),
    rules: Object.assign({}, ...sets.map(({ kept }) => kept)) as RelyingPartyRules,
    ...(access.policy === undefined ? {} : { accessPolicy: access.policy }),
    ...(refresh === undefined ? {} : { refresh }),
  };
  const enabled = trust.flag('Enabled', true);
  trust.carry('Enabled', enabled ? 'switched on' : 'switched off');
  noteUnreadable(trust, report);
  const grade = report.grade();
  return {
    kind: 'relying-party',
    file: given.file,
    name,
    identifier: entityId,
    grade,
    ...(grade === 'cannot' ? {} : { application: { metadata, overrides, enabled, source } }),
    rules: sets.flatMap(({ rules }) => rules),
    ...trust.account(reasonFor),
    findings: report.findings(),
    missing,
  };
}

/** Letters that only layout tools need are taken out: a name is one line for people. */
export function readName(trust: TrustReader): string | undefined {
  const text = trust
    .text('Name')
    ?.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ')
    .trim()
    .slice(0, 256);
  trust.carry('Name', text === undefined || text === '' ? 'the identifier' : `name ${show(text)}`);
  return text === undefined || text === '' ? undefined : readLine('name', text, 256);
}

export function readNotes(trust: TrustReader): { readonly notes?: string } {
  const notes = trust.text('Notes')?.replaceAll(/\r\n?/gu, '\n').trim();
  trust.carry('Notes', notes === undefined || notes === '' ? 'no notes' : 'notes');
  return notes === undefined || notes === '' ? {} : { notes };
}

function readKeys(trust: TrustReader, { now }: ConvertContext, report: Report): Pick<RelyingPartyMetadata, 'signingCertificates' | 'encryptionKeys'> {
  const signing = readCertificates(trust, 'RequestSigningCertificate', { report, now });
  trust.carry('RequestSigningCertificate', signing.length === 0 ? 'no certificate' : `signing certificates: ${String(signing.length)}`);
  const encryption = readCertificates(trust, 'EncryptionCertificate', { report, now });
  trust.carry('EncryptionCertificate', encryption.length === 0 ? 'no certificate' : 'encryption certificate, used as AD FS uses it (AES-256-CBC, RSA-OAEP)');
  return { signingCertificates: signing, encryptionKeys: encryption.map(asEncryptionKey) };
}

function readSignedRequests(trust: TrustReader, certificates: number, report: Report): boolean {
  const signed = trust.flag('SignedSamlRequestsRequired', false);
  trust.carry('SignedSamlRequestsRequired', `require-signed-requests ${String(signed)}`);
  if (signed && certificates === 0) {
    report.add('SignedSamlRequestsRequired', {
      id: 'adfs.signing-certificate-missing',
      level: 'stop',
      sentence: 'Its requests have to be signed, and there is no certificate to check them with.',
      why: 'No request could be accepted.',
      fix: 'Ask the application for its certificate, set it in AD FS, and export again.',
      textForThem: 'Please send us the certificate that you sign your requests with.',
    });
  }
  return signed;
}

interface KeptSet extends ReadRules {
  readonly kept: RelyingPartyRules;
}

/** A set that is empty in AD FS is empty here: no claim leaves by it, nobody gets in by it. Only additional authentication asks nobody then. */
function readSets(trust: TrustReader, hasPolicy: boolean, { catalogue }: ConvertContext, report: Report): readonly KeptSet[] {
  return SET_PROPERTIES.map(([property, set]) => {
    const given = trust.text(property) ?? '';
    const text = given.trim() === '' ? '' : given;
    const left = text === '' && (set === 'additional' || (set === 'authorization' && hasPolicy));
    trust.carry(property, left ? `no ${set} rules` : text === '' ? EMPTY[set] : `${set} rules, to the byte`);
    if (set === 'authorization' && text === '' && !hasPolicy) noteNobody(property, report);
    if (left || text === '') return { rules: [], groupSids: [], stores: [], kept: left ? {} : { [set]: '' } };
    return { ...readRuleSet(set, text, { property, catalogue, report }), kept: { [set]: text } };
  });
}

const EMPTY: Readonly<Record<RelyingPartyRuleSet, string>> = {
  transform: 'empty transform rules: no claim leaves but a name identifier',
  authorization: 'empty authorization rules: nobody gets in',
  delegation: 'empty delegation rules: nobody acts for others',
  impersonation: 'empty impersonation rules: nobody asks about others',
  additional: 'no additional rules',
};

function noteNobody(property: string, report: Report): void {
  report.add(property, {
    id: 'adfs.nobody',
    level: 'tip',
    sentence: 'It has neither authorization rules nor an access control policy: nobody gets in.',
    why: 'That is so in AD FS, too.',
    fix: 'Leave it out, or give it a policy afterwards with: signet rp policy APP "Permit everyone"',
  });
}

function checkIdentity(identifiers: readonly string[], { replyAddresses }: Addresses, { ownNames }: ConvertContext, report: Report): void {
  const ours = identifiers.find((identifier) => ownNames.includes(identifier));
  if (identifiers.length === 0 || ours !== undefined) {
    report.add('Identifier', {
      id: ours === undefined ? 'adfs.identifier-missing' : 'adfs.identifier-ours',
      level: 'stop',
      sentence: ours === undefined ? 'It has no identifier that can be used.' : `${show(ours)} is a name of this Signet; an application needs one of its own.`,
      why: 'Requests name the application by its identifier.',
      fix: 'Leave it out with --only, or give the trust an identifier of its own in AD FS and export again.',
    });
  }
  if (!replyAddresses.some(({ binding }) => binding === WSFED_BINDING || binding === BINDING.post)) {
    report.add('SamlEndpoints', {
      id: 'adfs.reply-missing',
      level: 'stop',
      sentence: 'It has no address that answers can go to: neither of SAML by HTTP-POST nor of WS-Federation.',
      why: 'Without a registered address no token leaves.',
      fix: 'Ask the application for its metadata, and register it with: signet rp add FILE',
      textForThem: 'Please send us your SAML metadata with an AssertionConsumerService for HTTP-POST.',
    });
  }
}

function noteHttpMetadata(url: string, report: Report): void {
  report.add('MetadataUrl', {
    id: 'adfs.metadata-http',
    level: 'warn',
    sentence: `Its metadata is read from ${show(url)}, which is plain http.`,
    why: 'Whoever is on the way can change it.',
    fix: 'Ask the application for an https address, or pin the certificate that signs its metadata: signet rp set APP metadata-certificate=FILE',
  });
}

/** What was not understood must not count as not set: a demand could be lost (threats, rule 1). */
export function noteUnreadable(trust: TrustReader, report: Report): void {
  for (const property of trust.unreadable()) {
    report.add(property, {
      id: 'adfs.property-unreadable',
      level: 'warn',
      sentence: `${show(property)} holds something of a kind that AD FS does not write there; it counts as not set.`,
      why: 'What the property asks for would be lost.',
      fix: 'Export again with Export-Clixml -Depth 4, and look at the property with Get-AdfsRelyingPartyTrust.',
    });
  }
}

export const NO_ADDRESS = 'it is no web address that metadata could be read from';

/** A web address as metadata is read from: without user name and password. */
export function isMetadataAddress(url: string): boolean {
  return checkReplyAddress(url, { allowHttp: true }) === undefined;
}

/** Where its metadata is read again: as AD FS does, or not at all. */
function readSource(
  trust: TrustReader,
  { http }: Addresses,
  report: Report,
): { readonly source: NonNullable<Conversion['application']>['source']; readonly refresh?: MetadataRefresh } {
  const url = trust.text('MetadataUrl');
  const [monitored, updated] = [trust.flag('MonitoringEnabled', false), trust.flag('AutoUpdateEnabled', false)];
  const usable = url !== undefined && isMetadataAddress(url);
  if (!usable) {
    if (url === undefined) trust.carry('MetadataUrl', 'no address of metadata');
    else trust.leave('MetadataUrl', NO_ADDRESS);
    for (const name of ['MonitoringEnabled', 'AutoUpdateEnabled']) trust.leave(name, 'there is no metadata to read again');
    return { source: { kind: 'hand', location: 'AD FS', ...(http ? { allowHttp: true } : {}) } };
  }
  const mode = !monitored ? 'off' : updated ? 'apply' : 'hold';
  trust.carry('MetadataUrl', `metadata from ${url}`);
  trust.carry('MonitoringEnabled', `refresh ${mode}`);
  trust.carry('AutoUpdateEnabled', `refresh ${mode}`);
  const plain = /^http:/iu.test(url);
  if (plain) noteHttpMetadata(url, report);
  return { source: { kind: 'url', location: url, ...(http || plain ? { allowHttp: true } : {}) }, refresh: { mode } };
}
