/** Importing trusts of AD FS: first a plan, in which nothing is written, then all of it in one transaction. */
import { SignetError } from '../../core/errors.js';
import { PARTNERS_SETTING, type PartnerIdp, readPartners, writePartners } from '../../core/model/partner-idp.js';
import { identifiersOf, type RelyingPartyRecord } from '../../core/model/relying-party.js';
import type { Clock, Configuration, RelyingParties, StoredSettings } from '../../core/ports.js';
import { changeBy, type Doing } from '../doing.js';
import { listed, show } from '../setting-values.js';
import { convertTrust, IMPORT_LABEL } from './convert.js';
import { convertPartner } from './convert-partner.js';
import type { Conversion, ConvertContext } from './conversion.js';
import { type AppliedRecord, fieldsChanged, mergeApplication, newApplication } from './import-merge.js';
import type { AdfsExport, AdfsTrust } from './export.js';

export interface ImportOptions {
  /** Names or identifiers of trusts; empty is all. */
  readonly only: readonly string[];
  /** Those that a person should see as well. */
  readonly includeLook: boolean;
  /** Over applications that were not imported. */
  readonly update: boolean;
}

/** What is to become of one trust. */
export interface ImportEntry {
  readonly conversion: Conversion;
  readonly action: 'add' | 'change' | 'same' | 'leave';
  /** Why it is left, or what changes. */
  readonly why: string | undefined;
  readonly record?: RelyingPartyRecord;
  readonly partner?: PartnerIdp;
}

export interface ImportPlan {
  readonly entries: readonly ImportEntry[];
  /** Names and SIDs of groups, and stores, that what is in the files asks for and that are not here. */
  readonly missing: Conversion['missing'];
  /** What the setting of partners was when it was read. */
  readonly partnersBefore: string | undefined;
}

export interface AdfsImportParts {
  readonly relyingParties: Pick<RelyingParties, 'findByEntityId'>;
  readonly storedSettings: Pick<StoredSettings, 'get'>;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly makeId: () => string;
}

export interface AdfsImport {
  /** Throws invalid_input where two files hold one trust and do not agree, not_found for a name that no trust has. */
  plan(read: Pick<AdfsExport, 'trusts'>, context: ConvertContext, options: ImportOptions): Promise<ImportPlan>;
  /** All that the plan adds and changes, or nothing of it. False when there is nothing to change. Throws conflict when somebody changed one of them meanwhile. */
  apply(plan: ImportPlan, doing: Doing): Promise<boolean>;
}

type Decision = Omit<ImportEntry, 'conversion'>;

/** Use cases over the registry. */
export function createAdfsImport(parts: AdfsImportParts): AdfsImport {
  const { relyingParties, storedSettings, clock } = parts;

  const ownersOf = async (identifiers: readonly string[]): Promise<readonly RelyingPartyRecord[]> => {
    const found = await Promise.all(identifiers.map((identifier) => relyingParties.findByEntityId(identifier)));
    return [...new Map(found.flatMap((record) => (record === undefined ? [] : [[record.id, record] as const]))).values()];
  };

  const decideApplication = async (application: AppliedRecord, { update }: ImportOptions): Promise<Decision> => {
    const identifiers = identifiersOf(application);
    const [before, ...others] = await ownersOf(identifiers);
    if (before === undefined) return { action: 'add', why: undefined, record: newApplication(application, { id: parts.makeId(), now: clock.now() }) };
    if (others.length > 0) return leave(`its identifiers belong to ${String(others.length + 1)} applications here`);
    if (!(before.overrides.labels ?? []).includes(IMPORT_LABEL) && !update) {
      return leave('an application of this identifier is registered already and was not imported; to change it, use --update');
    }
    const record = mergeApplication(before, application, clock.now());
    const changed = fieldsChanged(before, record);
    return changed.length === 0 ? { action: 'same', why: undefined } : { action: 'change', why: `changes ${changed.join(', ')}`, record };
  };

  return {
    plan: async ({ trusts }, context, options) => {
      const partnersBefore = await storedSettings.get(PARTNERS_SETTING);
      const partners = readPartners(partnersBefore);
      const taken = new Map<string, string>();
      const entries: ImportEntry[] = [];
      for (const trust of chosen(onceEach(trusts), options.only)) {
        const conversion = trust.kind === 'relying-party' ? convertTrust(trust, context) : convertPartner(trust, context);
        const { application, partner } = conversion;
        const why =
          whyNot(conversion, options) ??
          (application === undefined ? undefined : alreadyIn(application, conversion.name, taken)) ??
          (partner === undefined ? undefined : partnerTaken(partner, [...partners, ...coming(entries)], coming(entries)));
        if (why !== undefined) entries.push({ conversion, ...leave(why) });
        else if (application !== undefined) entries.push({ conversion, ...(await decideApplication(application, options)) });
        else if (partner !== undefined) entries.push({ conversion, ...decidePartner(partner, partners) });
        else entries.push({ conversion, ...leave('the built-in directory stands for it') });
      }
      const all = entries.map(({ conversion }) => conversion.missing);
      const missing = { groups: unique(all.flatMap(({ groups }) => groups)), stores: unique(all.flatMap(({ stores }) => stores)) };
      return { entries, missing, partnersBefore };
    },

    apply: async ({ entries, partnersBefore }, doing) => {
      const records = (action: ImportEntry['action']): readonly RelyingPartyRecord[] =>
        entries.flatMap((entry) => (entry.action === action && entry.record !== undefined ? [entry.record] : []));
      const partners = entries.flatMap(({ action, partner }) => (partner === undefined || action === 'same' ? [] : [partner]));
      const changes = {
        insert: records('add'),
        save: records('change'),
        settings:
          partners.length === 0
            ? []
            : [{ name: PARTNERS_SETTING, before: partnersBefore, after: withPartners(partnersBefore, partners), shown: (text: string) => text }],
      };
      if (Object.values(changes).every((list) => list.length === 0)) return false;
      if (doing.dryRun !== true) await parts.configuration.apply(changes, changeBy(doing, 'import from AD FS'));
      return true;
    },
  };
}

function leave(why: string): Decision {
  return { action: 'leave', why };
}

function whyNot({ grade }: Conversion, { includeLook }: ImportOptions): string | undefined {
  if (grade === 'cannot') return 'it cannot be used so';
  return grade === 'look' && !includeLook ? 'look at it first; to take it as it is, use --include look' : undefined;
}

/** Two applications cannot answer to one identifier, in AD FS neither: then the files are of two farms. */
function alreadyIn(application: AppliedRecord, name: string, taken: Map<string, string>): string | undefined {
  const identifiers = identifiersOf(application);
  const same = identifiers.find((identifier) => taken.has(identifier));
  if (same !== undefined) return `its identifier ${same} is in these files a second time, as that of ${taken.get(same) ?? ''}`;
  for (const identifier of identifiers) taken.set(identifier, name);
  return undefined;
}

function coming(entries: readonly ImportEntry[]): readonly PartnerIdp[] {
  return entries.flatMap(({ partner }) => partner ?? []);
}

/** One partner has an identifier, and a domain (threats M01). @param inFiles those of the files before it */
function partnerTaken({ identifier, domains }: PartnerIdp, others: readonly PartnerIdp[], inFiles: readonly PartnerIdp[]): string | undefined {
  const same = inFiles.find((other) => other.identifier === identifier);
  if (same !== undefined) return `its identifier ${identifier} is in these files a second time, as that of ${same.name}`;
  const owned = domains.map((domain) => ({ domain, owner: others.find((other) => other.identifier !== identifier && other.domains.includes(domain)) }));
  const [taken] = owned.filter(({ owner }) => owner !== undefined);
  return taken === undefined ? undefined : `its domain ${taken.domain} belongs to the partner ${taken.owner?.name ?? ''}`;
}

function decidePartner(partner: PartnerIdp, known: readonly PartnerIdp[]): Decision {
  const before = known.find(({ identifier }) => identifier === partner.identifier);
  if (before === undefined) return { action: 'add', why: undefined, partner };
  const changed = fieldsChanged(before, partner);
  return changed.length === 0 ? { action: 'same', why: undefined } : { action: 'change', why: `changes ${changed.join(', ')}`, partner };
}

function withPartners(before: string | undefined, partners: readonly PartnerIdp[]): string {
  const kept = readPartners(before).filter(({ identifier }) => !partners.some((partner) => partner.identifier === identifier));
  return writePartners([...kept, ...partners]);
}

/** A trust that several files hold counts once, as long as they agree. */
function onceEach(trusts: readonly AdfsTrust[]): readonly AdfsTrust[] {
  const seen = new Map<string, AdfsTrust>();
  for (const trust of trusts) {
    const key = JSON.stringify([trust.kind, trust.properties['Name'] ?? null, trust.properties['Identifier'] ?? null]);
    const before = seen.get(key);
    if (before === undefined) seen.set(key, trust);
    else if (fieldsChanged(before.properties, trust.properties).length > 0) {
      throw new SignetError('invalid_input', `${before.file} and ${trust.file} hold the same trust, and do not agree; name the newer one only.`);
    }
  }
  return [...seen.values()];
}

function chosen(trusts: readonly AdfsTrust[], only: readonly string[]): readonly AdfsTrust[] {
  if (only.length === 0) return trusts;
  const namesOf = ({ properties }: AdfsTrust): readonly string[] =>
    [properties['Name'], properties['Identifier']].flat().flatMap((value) => (typeof value === 'string' ? [value.toLowerCase()] : []));
  const unknown = only.find((name) => !trusts.some((trust) => namesOf(trust).includes(name.toLowerCase())));
  if (unknown !== undefined) {
    const names = trusts.flatMap(({ properties: { Name: name } }) => (typeof name === 'string' ? [name] : []));
    throw new SignetError('not_found', `No trust in the files is named ${show(unknown)}; there is ${listed(names.slice(0, 20))}.`);
  }
  return trusts.filter((trust) => only.some((name) => namesOf(trust).includes(name.toLowerCase())));
}

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)].sort();
}
