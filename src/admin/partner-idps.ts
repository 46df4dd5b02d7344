/** What administrators do with partner IdPs. People cannot sign in through partners yet: what is known of them waits. */
import type { StoreCatalogue } from '../core/claims/attribute-store.js';
import { checkRules } from '../core/claims/language/check.js';
import { parseRules } from '../core/claims/language/parse.js';
import { SignetError } from '../core/errors.js';
import { PARTNERS_SETTING, type PartnerIdp, readPartners, writePartners } from '../core/model/partner-idp.js';
import type { StoredSettings } from '../core/ports.js';
import { changeBy, type Doing } from './doing.js';
import { show } from './setting-values.js';

export interface PartnerAdminParts {
  readonly storedSettings: Pick<StoredSettings, 'get' | 'replace'>;
  /** The stores that rules may ask. */
  readonly catalogue: () => Promise<StoreCatalogue>;
}

export interface PartnerRulesSet {
  readonly partner: PartnerIdp;
  readonly changed: boolean;
  /** Worth knowing, one sentence each, with its place. */
  readonly notes: readonly string[];
}

export interface PartnerAdmin {
  /** By identifier. */
  list(): Promise<readonly PartnerIdp[]>;
  /** By identifier, or by name without regard to case. Throws not_found. */
  find(name: string): Promise<PartnerIdp>;
  /** Acceptance rules. Throws invalid_input with line and column; then the former ones stay. */
  setRules(name: string, text: string, doing: Doing): Promise<PartnerRulesSet>;
  remove(name: string, doing: Doing): Promise<PartnerIdp>;
}

/** Use cases over the registered partners. */
export function createPartnerAdmin({ storedSettings, catalogue }: PartnerAdminParts): PartnerAdmin {
  const list = async (): Promise<readonly PartnerIdp[]> => readPartners(await storedSettings.get(PARTNERS_SETTING));

  const find = async (name: string): Promise<PartnerIdp> => {
    const all = await list();
    const named = all.filter((partner) => partner.name.toLowerCase() === name.toLowerCase());
    const found = all.find(({ identifier }) => identifier === name) ?? (named.length === 1 ? named[0] : undefined);
    if (found === undefined) throw new SignetError('not_found', `${show(name)} is not a partner IdP here; see: signet idp list`);
    return found;
  };

  const save = async (change: (all: readonly PartnerIdp[]) => readonly PartnerIdp[], action: string, doing: Doing): Promise<void> => {
    const before = await storedSettings.get(PARTNERS_SETTING);
    const after = writePartners(change(readPartners(before)));
    if (doing.dryRun !== true) await storedSettings.replace(PARTNERS_SETTING, { before, after }, changeBy(doing, action), (text) => text);
  };

  return {
    list,
    find,
    setRules: async (name, acceptance, doing) => {
      const before = await find(name);
      const notes = checkRules(parseRules(acceptance), 'acceptance', await catalogue());
      const partner = { ...before, acceptance };
      const changed = before.acceptance !== acceptance;
      if (changed) await save((all) => all.map((one) => (one.identifier === before.identifier ? partner : one)), 'set acceptance rules', doing);
      return { partner, changed, notes: notes.map(({ line, column, sentence }) => `line ${String(line)}, column ${String(column)}: ${sentence}`) };
    },
    remove: async (name, doing) => {
      const partner = await find(name);
      await save((all) => all.filter(({ identifier }) => identifier !== partner.identifier), 'remove partner IdP', doing);
      return partner;
    },
  };
}
