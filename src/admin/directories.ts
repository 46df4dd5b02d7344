/** What administrators do with the built-in directory and its groups. */
import type { StoreCatalogue } from '../core/claims/attribute-store.js';
import { checkRules } from '../core/claims/language/check.js';
import { parseRules } from '../core/claims/language/parse.js';
import { SignetError } from '../core/errors.js';
import { type LocalDirectoryRecord, type LocalDirectorySettings, resolveDirectory } from '../core/model/directory.js';
import type { User } from '../core/model/user.js';
import type { LocalDirectories, Page, Users } from '../core/ports.js';
import { groupSid } from '../core/sids.js';
import { assignDirectorySettings } from './directory-settings.js';
import { changeBy, type Doing } from './doing.js';
import { type Assignment, show } from './setting-values.js';

export interface DirectoryAdminParts {
  readonly directories: LocalDirectories;
  readonly users: Pick<Users, 'count' | 'groups' | 'list'>;
  /** Public address: defaults follow from it. */
  readonly baseUrl: string;
  /** The stores that rules may ask. */
  readonly catalogue: () => Promise<StoreCatalogue>;
}

export interface DirectoryView {
  /** What was set. */
  readonly record: LocalDirectoryRecord;
  /** What is in force. */
  readonly settings: LocalDirectorySettings;
}

export interface AcceptanceSet extends DirectoryView {
  /** Worth knowing, one sentence each, with its place. */
  readonly notes: readonly string[];
}

export interface GroupView {
  readonly name: string;
  readonly people: number;
  readonly sid: string;
  /** Whether somebody set the SID, or it was generated. */
  readonly sidSet: boolean;
}

export interface DirectoryAdmin {
  /** How many people it has. */
  count(): Promise<number>;
  /** All of these throw not_found for a directory there is none of. */
  show(name: string): Promise<DirectoryView>;
  /** All assignments or none. Throws invalid_input with a sentence. */
  set(name: string, assignments: readonly Assignment[], doing: Doing): Promise<DirectoryView>;
  /** Puts acceptance rules in force, or takes them away with undefined. Throws invalid_input with line and column; then the former ones stay in force. */
  setRules(name: string, text: string | undefined, doing: Doing): Promise<AcceptanceSet>;
  /** Groups that anybody is in, and those that have a SID. */
  groups(): Promise<readonly GroupView[]>;
  /** By its exact name. Throws not_found. */
  group(name: string): Promise<GroupView>;
  members(name: string, page: Page): Promise<readonly User[]>;
}

/** As much text as a rule set may have, in characters. */
const LONGEST_RULES = 1024 * 1024;

/** Use cases over the built-in directory, the only one there is. */
export function createDirectoryAdmin(parts: DirectoryAdminParts): DirectoryAdmin {
  const { directories, users, baseUrl } = parts;

  const viewOf = async (record: LocalDirectoryRecord): Promise<DirectoryView> => ({
    record,
    settings: resolveDirectory(record, { baseUrl, installation: await directories.installation() }),
  });

  const change = async (name: string, make: (record: LocalDirectoryRecord) => LocalDirectoryRecord, action: string, doing: Doing): Promise<DirectoryView> => {
    checkName(name);
    const made = make(await directories.read());
    if (doing.dryRun !== true) await directories.update(make, changeBy(doing, action));
    return viewOf(made);
  };

  const groups = async (): Promise<readonly GroupView[]> => {
    const { settings } = await viewOf(await directories.read());
    const there = await users.groups();
    const known = new Set(there.map(({ name }) => name));
    const empty = Object.keys(settings.groupSids).filter((name) => !known.has(name));
    return [...there, ...empty.map((name) => ({ name, people: 0 }))].map(({ name, people }) => ({
      name,
      people,
      sid: groupSid(name, settings),
      sidSet: Object.hasOwn(settings.groupSids, name),
    }));
  };

  return {
    count: () => users.count(),
    show: async (name) => {
      checkName(name);
      return viewOf(await directories.read());
    },
    set: (name, assignments, doing) => change(name, (record) => assignDirectorySettings(record, assignments), 'set directory', doing),
    setRules: async (name, text, doing) => {
      const notes = text === undefined ? [] : checkAcceptance(text, await parts.catalogue());
      const view = await change(
        name,
        ({ acceptance: _acceptance, ...record }) => (text === undefined ? record : { ...record, acceptance: text }),
        text === undefined ? 'clear acceptance rules' : 'set acceptance rules',
        doing,
      );
      return { ...view, notes };
    },
    groups,
    group: async (name) => {
      const found = (await groups()).find((group) => group.name === name);
      if (found === undefined) throw new SignetError('not_found', `There is no group named ${show(name)}; see: signet group list.`);
      return found;
    },
    members: (name, page) => users.list({ group: name }, page),
  };
}

/** What is worth knowing about acceptance rules, with its place. Throws invalid_input with line and column for what cannot be used. */
export function checkAcceptance(text: string, catalogue: StoreCatalogue): readonly string[] {
  if (text.length > LONGEST_RULES) throw new SignetError('invalid_input', `The rules are longer than ${String(LONGEST_RULES)} characters.`);
  const rules = parseRules(text);
  // A set without a rule lets no claim pass: whoever wants that says so with a rule.
  if (rules.length === 0) throw new SignetError('invalid_input', 'There is no rule in the text; to let every claim pass, use --clear.');
  return checkRules(rules, 'acceptance', catalogue).map(({ line, column, sentence }) => `line ${String(line)}, column ${String(column)}: ${sentence}`);
}

function checkName(name: string): void {
  if (name.toLowerCase() !== 'local') throw new SignetError('not_found', `There is no directory named ${show(name)}; the built-in one is named local.`);
}
