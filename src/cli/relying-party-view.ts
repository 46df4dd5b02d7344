/** An application as the command line shows it. */
import { describeCertificate, describeLogoutEndpoint, describeProtocols, describeReplyAddress } from '../admin/metadata-changes.js';
import { nameOf } from '../admin/relying-party-names.js';
import { concerns } from '../admin/relying-party-assignments.js';
import { RELYING_PARTY_SETTINGS } from '../admin/relying-party-settings.js';
import { RULE_SETS, RuleTextError } from '../core/claims/rule.js';
import { parseRules } from '../core/claims/language/parse.js';
import { describePolicy } from '../core/issuance/policies.js';
import { shellWord } from '../core/shell-word.js';
import { describeMapping } from '../core/claims/mappings/describe.js';
import { identifiersOf, protocolsOf, type RelyingPartyRecord } from '../core/model/relying-party.js';
import { pairs, showTime, table } from './output.js';

/** Acme Expenses (https://app.example/metadata) */
export function title(record: RelyingPartyRecord): string {
  const { entityId } = record.metadata;
  const name = nameOf(record);
  return name === entityId ? entityId : `${name} (${entityId})`;
}

/** enabled or disabled. */
export function stateOf(record: RelyingPartyRecord): string {
  return record.enabled ? 'enabled' : 'disabled';
}

/** The settings of a record that concern its protocols, and any that was set: what was set, beside what the metadata says. */
function settingsOf({
  metadata,
  overrides,
}: RelyingPartyRecord): readonly { readonly key: string; readonly metadata: string | null; readonly override: string | null; readonly otherwise: string }[] {
  return RELYING_PARTY_SETTINGS.filter((setting) => concerns(setting, metadata) || setting.override(overrides) !== undefined).map((setting) => ({
    key: setting.key,
    metadata: setting.fromMetadata(metadata) ?? null,
    override: setting.override(overrides) ?? null,
    otherwise: setting.fallback,
  }));
}

/** As JSON. */
export function toView(record: RelyingPartyRecord): Readonly<Record<string, unknown>> {
  const { metadata, source, enabled, id, version, createdAt, updatedAt } = record;
  return {
    entityId: metadata.entityId,
    name: nameOf(record),
    enabled,
    protocols: protocolsOf(metadata),
    identifiers: identifiersOf(record),
    settings: settingsOf(record),
    claims: record.overrides.claims ?? [],
    claimsFrom: claimsFrom(record),
    rules: record.overrides.rules ?? {},
    accessPolicy: record.overrides.accessPolicy ?? null,
    preset: record.overrides.preset ?? null,
    metadata: { ...metadata, ...(metadata.validUntil === undefined ? {} : { validUntil: new Date(metadata.validUntil).toISOString() }) },
    source: { ...source, readAt: new Date(source.readAt).toISOString() },
    id,
    version,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
  };
}

/** What decides which claims leave (docs/claims.md): the first of these that there is. */
function claimsFrom({ overrides, metadata }: RelyingPartyRecord): 'rules' | 'mappings' | 'requested' | 'default' {
  if (overrides.rules?.transform !== undefined) return 'rules';
  if ((overrides.claims ?? []).length > 0) return 'mappings';
  return metadata.attributeServices.length > 0 ? 'requested' : 'default';
}

function describeClaims(record: RelyingPartyRecord): string {
  const { rules, claims = [] } = record.overrides;
  switch (claimsFrom(record)) {
    case 'rules':
      return `${countRules(rules?.transform ?? '')}; see: signet rp rules ${shellWord(record.metadata.entityId)}`;
    case 'mappings':
      return `${String(claims.length)} ${claims.length === 1 ? 'mapping' : 'mappings'}`;
    case 'requested':
      return 'what its metadata requests';
    case 'default':
      return 'the default claims';
  }
}

/** Who gets a token, beside the setting `groups`. */
function describeAccess({ overrides: { accessPolicy, rules } }: RelyingPartyRecord): readonly (readonly [string, string])[] {
  const policy: readonly (readonly [string, string])[] = accessPolicy === undefined ? [] : [['access policy', describePolicy(accessPolicy)]];
  const sets = RULE_SETS.flatMap((set): readonly (readonly [string, string])[] => {
    const text = set === 'transform' ? undefined : rules?.[set];
    return text === undefined ? [] : [[`${set} rules`, countRules(text)]];
  });
  return [...policy, ...sets];
}

/** A text that a version before took and this one does not is counted as one that cannot be read. */
function countRules(text: string): string {
  try {
    const { length } = parseRules(text);
    return `${String(length)} ${length === 1 ? 'rule' : 'rules'} in the claim rule language`;
  } catch (error) {
    if (error instanceof RuleTextError) return `a text that cannot be read: ${error.message}`;
    throw error;
  }
}

/**
 * As text: the facts, then the settings.
 * @param further facts that are not in the record
 */
export function describe(record: RelyingPartyRecord, further: readonly (readonly [string, string | undefined])[] = []): string {
  const { metadata, source } = record;
  const facts = pairs([
    ...identifiersOf(record).map((identifier): readonly [string, string] => ['identifier', identifier]),
    ['name', nameOf(record)],
    ['state', stateOf(record)],
    ['protocol', describeProtocols(metadata)],
    ['description', metadata.description],
    ['organization', metadata.organization],
    ...metadata.replyAddresses.map((address): readonly [string, string] => ['reply address', describeReplyAddress(address)]),
    ...(metadata.logoutEndpoints ?? []).map((endpoint): readonly [string, string] => ['sign-out address', describeLogoutEndpoint(endpoint)]),
    ...metadata.signingCertificates.map((certificate): readonly [string, string] => ['signing certificate', describeCertificate(certificate)]),
    ...metadata.encryptionKeys.map((key): readonly [string, string] => ['encryption certificate', describeCertificate(key.certificate)]),
    ['claims', describeClaims(record)],
    ...(record.overrides.claims ?? []).map((mapping): readonly [string, string] => ['claim', describeMapping(mapping)]),
    ...describeAccess(record),
    ['preset', record.overrides.preset?.name],
    ['metadata ends', metadata.validUntil === undefined ? undefined : showTime(metadata.validUntil)],
    source.kind === 'hand' ? ['registered', `by hand, ${showTime(source.readAt)}`] : ['read from', `${source.location}, ${showTime(source.readAt)}`],
    ...further,
  ]);
  const rows = settingsOf(record).map(({ key, override, metadata: said, otherwise }) => [key, override ?? undefined, said ?? undefined, otherwise]);
  return `${facts}\n\n${table(['setting', 'set here', 'metadata', 'otherwise'], rows)}`;
}
