/**
 * A claims provider trust of AD FS as a partner IdP of ours. Nobody signs in through partners in this version, so each wants a
 * look; what is known of it is kept until then.
 */
import type { PartnerEndpoint, PartnerIdp } from '../../core/model/partner-idp.js';
import { checkReplyAddress } from '../../core/model/reply-address.js';
import { show } from '../setting-values.js';
import { isMetadataAddress, NO_ADDRESS, noteUnreadable, readName, readNotes } from './convert.js';
import { readEndpoint, readIdentifiers, type SamlEndpoint } from './convert-addresses.js';
import { readCertificates } from './convert-keys.js';
import { noteQuotes, readRuleSet } from './convert-rules.js';
import type { Conversion, ConvertContext } from './conversion.js';
import type { AdfsTrust } from './export.js';
import { reasonFor } from './left-behind.js';
import { createReport, type Report } from './report.js';
import { createTrustReader, type TrustReader } from './trust-reader.js';

const USES: ReadonlyMap<string, PartnerEndpoint['use']> = new Map([
  ['samlsinglesignon', 'single-sign-on'],
  ['samllogout', 'logout'],
  ['samlartifactresolution', 'artifact-resolution'],
]);
const PASSIVE = 'http://docs.oasis-open.org/wsfed/federation/200706';
const LATER = 'metadata of partners is not read again in this version';

/** Every property of the trust is carried over or left behind with the reason; what is wrong is a finding, never an error. */
export function convertPartner(given: AdfsTrust, context: ConvertContext): Conversion {
  const trust = createTrustReader(given);
  const report = createReport(given.file);
  const named = trust.texts('Identifier')[0]?.trim() ?? '';
  const own = isOwnDirectory(trust, named);
  const [identifier = ''] = own ? [named] : readIdentifiers(trust);
  const name = readName(trust) ?? identifier;
  const text = trust.text('AcceptanceTransformRules') ?? '';
  const { rules, stores } = readRuleSet('acceptance', text, { property: 'AcceptanceTransformRules', catalogue: context.catalogue, report });
  noteQuotes(given, report);
  const partner = own ? undefined : readPartner(trust, { identifier, name, acceptance: text }, context, report);
  if (own) leaveDirectory(trust, report);
  else noteLater(name, report);
  if (identifier === '') noIdentifier(report);
  else if (context.ownNames.includes(identifier)) ownIdentifier(identifier, report);
  noteUnreadable(trust, report);
  const grade = report.grade();
  return {
    kind: 'claims-provider',
    file: given.file,
    name,
    identifier,
    grade,
    ...(partner === undefined || grade === 'cannot' ? {} : { partner }),
    rules,
    ...trust.account(own ? () => 'the built-in directory stands for it' : reasonFor),
    findings: report.findings(),
    missing: { groups: [], stores },
  };
}

/** Active Directory itself, and LDAP directories beside it: AD FS files them among its claims providers. */
function isOwnDirectory(trust: TrustReader, identifier: string): boolean {
  const local = trust.flag('IsLocal', false) || identifier === 'AD AUTHORITY';
  if (!local) trust.carry('IsLocal', 'a partner');
  return local;
}

function leaveDirectory(trust: TrustReader, report: Report): void {
  trust.leave('IsLocal', 'it is a directory of the company itself, which the built-in directory stands for');
  trust.leave('Identifier', 'the built-in directory has it: signet directory show local');
  trust.leave('Name', 'the built-in directory is named local');
  trust.leave('AcceptanceTransformRules', 'without acceptance rules every claim of the built-in directory counts, and none of its own making is missing');
  report.add('AcceptanceTransformRules', {
    id: 'adfs.own-directory',
    level: 'warn',
    sentence: 'This is a directory of the company itself. The built-in directory stands for it; its acceptance rules were left behind.',
    why: 'Rules of the company may add claims there that applications wait for.',
    fix: 'Look at the rules with --details. To put them in force, save them to a file and run: signet directory rules local FILE',
  });
}

function noteLater(name: string, report: Report): void {
  report.add('Name', {
    id: 'adfs.partner',
    level: 'warn',
    sentence: `People cannot sign in through partners in this version: ${show(name)} is kept with all that is known of it, and nobody comes in by it.`,
    why: 'Applications that its people use go on with AD FS until then.',
    fix: 'Take it along with --include look; see: signet idp list',
  });
}

function noIdentifier(report: Report): void {
  report.add('Identifier', {
    id: 'adfs.identifier-missing',
    level: 'stop',
    sentence: 'It has no identifier that can be used.',
    why: 'Nothing of a partner can be told from others without one.',
    fix: 'Give the trust an identifier in AD FS and export again.',
  });
}

function ownIdentifier(identifier: string, report: Report): void {
  report.add('Identifier', {
    id: 'adfs.identifier-ours',
    level: 'stop',
    sentence: `${show(identifier)} is a name of this Signet; a partner has one of its own.`,
    why: 'What we issue would count as issued by the partner, and the other way round.',
    fix: 'Leave it out with --only.',
  });
}

type Named = Pick<PartnerIdp, 'identifier' | 'name' | 'acceptance'>;

function readPartner(trust: TrustReader, named: Named, { now }: ConvertContext, report: Report): PartnerIdp {
  trust.carry('Identifier', `identifier ${named.identifier}`);
  trust.carry('AcceptanceTransformRules', named.acceptance === '' ? 'no acceptance rules: no claim passes' : 'acceptance rules, to the byte');
  const property = trust.value('TokenSigningCertificates') === undefined ? 'TokenSigningCertificate' : 'TokenSigningCertificates';
  const certificates = readCertificates(trust, property, { report, now });
  trust.carry(property, `signing certificates: ${String(certificates.length)}`);
  const [encryption] = readCertificates(trust, 'EncryptionCertificate', { report, now });
  trust.carry('EncryptionCertificate', encryption === undefined ? 'no certificate' : 'encryption certificate');
  const enabled = trust.flag('Enabled', true);
  trust.carry('Enabled', enabled ? 'switched on' : 'switched off');
  const domains = [...new Set(trust.texts('OrganizationalAccountSuffix').map((suffix) => suffix.toLowerCase().replace(/^@/u, '')))];
  trust.carry('OrganizationalAccountSuffix', domains.length === 0 ? 'no domains' : `domains ${domains.join(', ')}`);
  const metadataUrl = trust.text('MetadataUrl');
  const usable = metadataUrl !== undefined && isMetadataAddress(metadataUrl);
  if (metadataUrl !== undefined && !usable) trust.leave('MetadataUrl', NO_ADDRESS);
  else trust.carry('MetadataUrl', metadataUrl === undefined ? 'no address of metadata' : `metadata at ${metadataUrl}`);
  for (const name of ['AutoUpdateEnabled', 'MonitoringEnabled']) trust.leave(name, LATER);
  const secondFactor = trust.flag('SupportsMFA', false);
  trust.carry('SupportsMFA', secondFactor ? 'can ask for a second factor' : 'is not asked for a second factor');
  const anchorClaim = trust.text('AnchorClaimType');
  trust.carry('AnchorClaimType', anchorClaim === undefined ? 'no claim of its own' : `people are known by ${anchorClaim}`);
  return {
    ...named,
    enabled,
    ...readNotes(trust),
    certificates,
    ...(encryption === undefined ? {} : { encryptionCertificate: encryption }),
    ...readEndpoints(trust, report),
    domains,
    ...(usable ? { metadataUrl } : {}),
    requests: readRequests(trust),
    secondFactor,
    ...(anchorClaim === undefined ? {} : { anchorClaim }),
  };
}

function readEndpoints(trust: TrustReader, report: Report): Pick<PartnerIdp, 'endpoints' | 'protocols'> {
  const passive = trust.texts('WSFedEndpoint').map((url): PartnerEndpoint => ({ use: 'wsfed', binding: PASSIVE, url }));
  const saml = trust.objects('SamlEndpoints').map(readEndpoint).flatMap(asPartnerEndpoint);
  trust.carry('WSFedEndpoint', passive.length === 0 ? 'no address' : 'the sign-in address of WS-Federation');
  trust.carry('SamlEndpoints', saml.length === 0 ? 'no address' : 'addresses of SAML');
  trust.carry('ProtocolProfile', 'the protocols it speaks');
  const all = [...saml, ...passive];
  const problemsOf = ({ url, responseUrl = url }: PartnerEndpoint, allowHttp: boolean): readonly string[] =>
    [url, responseUrl].flatMap((address) => checkReplyAddress(address, { allowHttp }) ?? []);
  const endpoints = all.filter((endpoint) => problemsOf(endpoint, true).length === 0);
  const [problem] = all.flatMap((endpoint) => problemsOf(endpoint, false));
  if (problem !== undefined) {
    report.add('SamlEndpoints', {
      id: 'adfs.partner-address',
      level: 'warn',
      sentence: `An address of the partner${endpoints.length < all.length ? ' was left out' : ''}: ${problem}`,
      why: 'People would be sent there to sign in.',
      fix: 'Ask the partner for its current metadata.',
    });
  }
  const profile = trust.text('ProtocolProfile')?.toLowerCase() ?? '';
  return { endpoints, protocols: [...(profile === 'wsfederation' ? [] : (['saml'] as const)), ...(profile === 'saml' ? [] : (['wsfed'] as const))] };
}

function asPartnerEndpoint({ protocol, binding, url, responseUrl, index, isDefault }: SamlEndpoint): readonly PartnerEndpoint[] {
  const use = USES.get(protocol.toLowerCase());
  if (use === undefined) return [];
  return [
    {
      use,
      binding,
      url,
      ...(responseUrl === undefined ? {} : { responseUrl }),
      ...(index === undefined ? {} : { index }),
      ...(isDefault === true ? { isDefault } : {}),
    },
  ];
}

function readRequests(trust: TrustReader): PartnerIdp['requests'] {
  const signed = trust.flag('SignedSamlRequestsRequired', false);
  const encryptedNameId = trust.flag('EncryptedNameIdRequired', false);
  const allowCreate = trust.flag('AllowCreate', true);
  const signatureAlgorithm = trust.text('SignatureAlgorithm');
  const nameIdFormat = trust.text('RequiredNameIdFormat');
  const binding = trust.text('SamlAuthenticationRequestProtocolBinding');
  const parameters = trust.text('SamlAuthenticationRequestParameters');
  const index = trust.count('SamlAuthenticationRequestIndex');
  for (const [property, as] of [
    ['SignedSamlRequestsRequired', `requests are ${signed ? '' : 'not '}signed`],
    ['EncryptedNameIdRequired', `the name identifier is ${encryptedNameId ? '' : 'not '}encrypted`],
    ['AllowCreate', `requests ${allowCreate ? '' : 'do not '}allow a new name`],
    ['SignatureAlgorithm', `the algorithm of signatures`],
    ['RequiredNameIdFormat', `the format of names that is asked for`],
    ['SamlAuthenticationRequestProtocolBinding', `the binding that is asked for`],
    ['SamlAuthenticationRequestParameters', `how the answer is asked for`],
    ['SamlAuthenticationRequestIndex', `the index that is asked for`],
  ] as const) {
    trust.carry(property, as);
  }
  return {
    signed,
    ...(signatureAlgorithm === undefined ? {} : { signatureAlgorithm }),
    ...(nameIdFormat === undefined ? {} : { nameIdFormat }),
    encryptedNameId,
    allowCreate,
    ...(binding === undefined ? {} : { binding }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(index === undefined ? {} : { index }),
  };
}
