/** The built-in directory as an administrator set it: what rules of AD FS expect of the directory behind them. */
import { AD_AUTHORITY } from './claim.js';

/** What administrators set; what is absent has its default. Plain JSON. */
export interface LocalDirectoryRecord {
  readonly authority?: string;
  readonly domain?: string;
  readonly upnSuffix?: string;
  /** SIDs of groups by the name of the group: those they have in the Active Directory that applications know. */
  readonly groupSids?: Readonly<Record<string, string>>;
  readonly primaryGroup?: string;
  /** Acceptance rules in AD FS's language. */
  readonly acceptance?: string;
  readonly passwordMaxAgeDays?: number;
}

/** The settings in force. As long as nothing of them changes it is one object: what follows from it may be kept beside it. */
export interface LocalDirectorySettings {
  readonly name: 'local';
  /** The issuer of its claims. */
  readonly authority: string;
  /** The DOMAIN of DOMAIN\user. */
  readonly domain: string;
  /** The domain of user principal names that nobody gave, and of distinguished names. */
  readonly upnSuffix: string;
  readonly groupSids: Readonly<Record<string, string>>;
  /** SID of the primary group of everybody who has no other; undefined: one is generated. */
  readonly primaryGroup: string | undefined;
  /** What generated SIDs are derived from: the id of this installation, so that no two installations make the same. */
  readonly sidBase: string;
  /** undefined: every claim passes. */
  readonly acceptance: string | undefined;
  /** undefined: passwords do not expire. */
  readonly passwordMaxAgeDays: number | undefined;
}

export const DEFAULT_DOMAIN = 'SIGNET';

/** What defaults are made of. */
export interface DirectoryDefaults {
  /** Public address of this installation. */
  readonly baseUrl: string;
  readonly installation: string;
}

/** The settings in force: what was set, else the defaults. */
export function resolveDirectory(record: LocalDirectoryRecord, { baseUrl, installation }: DirectoryDefaults): LocalDirectorySettings {
  return {
    name: 'local',
    authority: record.authority ?? AD_AUTHORITY,
    domain: record.domain ?? DEFAULT_DOMAIN,
    upnSuffix: record.upnSuffix ?? new URL(baseUrl).hostname,
    groupSids: record.groupSids ?? {},
    primaryGroup: record.primaryGroup,
    sidBase: installation,
    acceptance: record.acceptance,
    passwordMaxAgeDays: record.passwordMaxAgeDays,
  };
}
