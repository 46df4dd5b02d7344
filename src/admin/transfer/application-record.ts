/** From the document of an application to its record: everything is checked as the commands check it (threats M01, M04, M12, I02). */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { StoreCatalogue } from '../../core/claims/attribute-store.js';
import { checkAccessPolicy } from '../../core/claims/conditions/check-conditions.js';
import { checkRules } from '../../core/claims/language/check.js';
import { parseRules } from '../../core/claims/language/parse.js';
import { RULE_SETS, type RelyingPartyRuleSet } from '../../core/claims/rule.js';
import { SignetError } from '../../core/errors.js';
import { asId } from '../../core/model/ids.js';
import type { MetadataOrigin, RelyingPartyMetadata, RelyingPartyOverrides, RelyingPartyRecord, RelyingPartyRules } from '../../core/model/relying-party.js';
import type { SigningKey } from '../../core/model/signing-key.js';
import { readSource } from '../metadata-source.js';
import { BY_HAND, readMetadata, refuseMappings, type RegistrationParts } from '../relying-party-registration.js';
import { readIdentifier, show } from '../setting-values.js';
import type { ApplicationDocument } from './application-document.js';
import { assignSetting } from './application-settings.js';
import { factsOf, type MetadataDocument } from './metadata-document.js';
import { atPlace, type Described } from './read-configuration.js';

export interface RecordContext extends Pick<RegistrationParts, 'clock' | 'makeId' | 'fetchAllow' | 'maxDays'> {
  readonly keys: readonly SigningKey[];
  /** The stores that rules may ask, those of the same files among them. */
  readonly catalogue: StoreCatalogue;
  readonly allowHttp: boolean;
  readonly allowPrivate: boolean;
}

export interface DescribedRecord {
  readonly record: RelyingPartyRecord;
  /** Worth knowing, one sentence each, with its place. */
  readonly notes: readonly string[];
}

type Read = Described<ApplicationDocument>;
type Facts = Pick<RelyingPartyRecord, 'metadata' | 'source'>;

/**
 * The record as described. Throws invalid_input with the place of what cannot be used.
 * @param before what is stored of this application
 */
export async function applicationRecord(read: Read, before: RelyingPartyRecord | undefined, context: RecordContext): Promise<DescribedRecord> {
  const { document, placeOf } = read;
  const now = context.clock.now();
  const notes: string[] = [];
  if (before === undefined && document.partial === true) {
    throw new SignetError(
      'invalid_input',
      `${placeOf(['partial'])}: there is no application ${show(document.application)} here of which a part could be changed.`,
    );
  }
  const facts = await describedFacts(read, before, context, notes);
  const plain: RelyingPartyRecord = {
    ...(before ?? { id: asId(context.makeId()), version: 1, createdAt: now }),
    ...facts,
    enabled: document.enabled ?? before?.enabled ?? true,
    overrides: document.partial === true && before !== undefined ? before.overrides : {},
    updatedAt: now,
  };
  const allowHttp = context.allowHttp || facts.source.allowHttp === true;
  let record = plain;
  for (const [key, value] of Object.entries(document.settings ?? {})) {
    const about = { metadata: facts.metadata, keys: context.keys, allowHttp };
    record = await atPlace(placeOf(['settings', key]), () => assignSetting(record, key, value, about));
  }
  return { record: { ...record, overrides: await withClaims(read, record.overrides, context, notes) }, notes };
}

async function withClaims(
  { document, placeOf }: Read,
  base: RelyingPartyOverrides,
  { catalogue }: RecordContext,
  notes: string[],
): Promise<RelyingPartyOverrides> {
  const { claims, policy, preset, rules = {} } = document;
  if (claims !== undefined && rules.transform !== undefined) {
    throw new SignetError('invalid_input', `${placeOf(['claims'])}: the application has transform rules as well; what it is sent is said by one of the two.`);
  }
  for (const set of RULE_SETS) {
    const text = rules[set];
    if (text !== undefined && text !== '') notes.push(...(await atPlace(`${placeOf(['rules', set])}: rules.${set}`, () => notesOn(text, set, catalogue))));
  }
  await atPlace(placeOf(['claims']), () => {
    refuseMappings({ ...(claims === undefined ? {} : { claims }) });
  });
  const problem = policy === undefined ? undefined : checkAccessPolicy(policy);
  if (problem !== undefined) throw new SignetError('invalid_input', `${placeOf(['policy'])}: ${problem}`);
  // One takes the place of the other, as with `rp rules`.
  const { claims: _claims, rules: _rules, ...others } = base;
  const { transform: _transform, ...otherRules } = base.rules ?? {};
  const kept: RelyingPartyOverrides = {
    ...(base.claims === undefined || rules.transform !== undefined ? {} : { claims: base.claims }),
    ...withRules({ ...(claims === undefined ? base.rules : otherRules), ...rules }),
  };
  return {
    ...others,
    ...kept,
    ...(claims === undefined ? {} : { claims }),
    ...(policy === undefined ? {} : { accessPolicy: policy }),
    ...(preset === undefined ? {} : { preset }),
  };
}

function withRules(rules: RelyingPartyRules): Pick<RelyingPartyOverrides, 'rules'> {
  return Object.keys(rules).length === 0 ? {} : { rules };
}

function notesOn(text: string, set: RelyingPartyRuleSet, catalogue: StoreCatalogue): readonly string[] {
  return checkRules(parseRules(text), set, catalogue).map(
    ({ line, column, sentence }) => `rules.${set}: line ${String(line)}, column ${String(column)}: ${sentence}`,
  );
}

/** The metadata with where it came from: of the document, or read where it says. */
async function describedFacts(read: Read, before: RelyingPartyRecord | undefined, context: RecordContext, notes: string[]): Promise<Facts> {
  const { document, placeOf } = read;
  const { metadata } = document;
  const place = placeOf(['metadata']);
  if (metadata === undefined) {
    if (before !== undefined) return before;
    throw new SignetError('invalid_input', `${placeOf(['application'])}: there is no application ${show(document.application)} here yet; give its metadata.`);
  }
  return atPlace(place, async () => {
    if (metadata.replyAddresses === undefined) return readFacts(read, metadata, before, context, notes);
    const entityId = readIdentifier('application', document.application);
    return { metadata: factsOf(metadata, entityId, context.allowHttp || metadata.allowHttp === true), source: originOf(metadata, before, context) };
  });
}

function originOf({ from, allowHttp, allowPrivate }: MetadataDocument, before: RelyingPartyRecord | undefined, { clock }: RecordContext): MetadataOrigin {
  const origin = {
    ...(from === undefined ? BY_HAND : { kind: isAddress(from) ? ('url' as const) : ('file' as const), location: from }),
    ...(allowHttp === true ? { allowHttp } : {}),
    ...(allowPrivate === true ? { allowPrivate } : {}),
  };
  const same = before?.source.kind === origin.kind && before.source.location === origin.location;
  return { ...origin, readAt: same ? before.source.readAt : clock.now() };
}

function isAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//iu.test(text);
}

/**
 * An address that the application has already is not read again: keeping metadata fresh is the business of the refresh,
 * which holds back what could hurt.
 */
async function readFacts(
  { document, folder }: Read,
  metadata: MetadataDocument,
  before: RelyingPartyRecord | undefined,
  context: RecordContext,
  notes: string[],
): Promise<Facts> {
  const { from = '' } = metadata;
  const source = originOf(metadata, before, context);
  if (before !== undefined && source.kind === 'url' && before.source.location === from) return { metadata: before.metadata, source };
  const location = source.kind === 'url' ? from : resolve(folder, from);
  const allow = { allowHttp: context.allowHttp || metadata.allowHttp === true, allowPrivate: context.allowPrivate || metadata.allowPrivate === true };
  const text = await readSource(
    source.kind === 'url' ? { kind: 'url', location } : { kind: 'file', location, bytes: await readBytes(location, from) },
    context.fetchAllow,
    allow,
  );
  const { application: entityId } = document;
  const pinned = pinnedBy(document) ?? before?.overrides.refresh?.certificates;
  const found = readMetadata(text, {
    now: context.clock.now(),
    maxDays: context.maxDays,
    entityId,
    keepEntityId: entityId,
    allowHttp: allow.allowHttp,
    ...(pinned === undefined ? {} : { certificates: pinned }),
  });
  notes.push(...found.findings.filter(({ level }) => level === 'warn').map(({ sentence, fix }) => `metadata: ${sentence} ${fix}`));
  // The same file lies elsewhere on every machine.
  const moved = before === undefined || source.kind === 'url' || !isDeepStrictEqual(plainOf(before.metadata), plainOf(found.metadata));
  return moved ? { metadata: found.metadata, source: { ...source, location, readAt: context.clock.now() } } : before;
}

/** The signature of what is read has to be by one of these (threats M05). */
function pinnedBy({ settings }: ApplicationDocument): readonly string[] | undefined {
  const given = settings?.['metadata-certificate'];
  return given === undefined ? undefined : (Array.isArray(given) ? given : [given]).map(String);
}

/** Without fields that are there and undefined. */
function plainOf(metadata: RelyingPartyMetadata): unknown {
  return JSON.parse(JSON.stringify(metadata));
}

async function readBytes(location: string, from: string): Promise<Buffer> {
  try {
    return await readFile(location);
  } catch (error) {
    throw new SignetError('invalid_input', `the metadata ${show(from)} cannot be read from ${show(location)}: is it there, and may it be read?`, {
      cause: error,
    });
  }
}
