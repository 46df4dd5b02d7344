/** The built-in directory as it stands in a file of configuration: the keys of `signet directory set`. */
import { z } from 'zod';
import type { LocalDirectoryRecord } from '../../core/model/directory.js';
import { strict } from '../claim-schema.js';
import { assignDirectorySettings, type DIRECTORY_SETTINGS } from '../directory-settings.js';
import type { Assignment } from '../setting-values.js';
import { FORMAT, FORMAT_SCHEMA } from './application-document.js';

const text = z.string('give a text').min(1, 'give a value, or leave the key out').exactOptional();
const SETTINGS = {
  authority: text,
  domain: text,
  'upn-suffix': text,
  'primary-group-sid': text,
  'password-max-age-days': z.number('give a number of days').exactOptional(),
  /** By name of the group. */
  'group-sid': z.record(z.string(), z.string('give a SID'), 'give an object of SIDs by the name of the group').exactOptional(),
} satisfies Record<(typeof DIRECTORY_SETTINGS)[number], z.ZodType>;

/** Known keys only (M10). */
export const DIRECTORY_SCHEMA = strict({
  signet: FORMAT_SCHEMA,
  directory: z.literal('local', 'give local, the name of the built-in directory'),
  partial: z.boolean('give true or false').exactOptional(),
  settings: strict(SETTINGS).exactOptional(),
  /** Acceptance rules, to the byte. */
  acceptance: z.string('give a text').exactOptional(),
});
export type DirectoryDocument = z.infer<typeof DIRECTORY_SCHEMA>;

/** What was set. */
export function directoryDocument(record: LocalDirectoryRecord): DirectoryDocument {
  const { groupSids = {}, acceptance } = record;
  const groups = Object.entries(groupSids).sort(([one], [other]) => (one < other ? -1 : 1));
  const given = [
    ['authority', record.authority],
    ['domain', record.domain],
    ['upn-suffix', record.upnSuffix],
    ['primary-group-sid', record.primaryGroup],
    ['password-max-age-days', record.passwordMaxAgeDays],
    ['group-sid', groups.length === 0 ? undefined : Object.fromEntries(groups)],
  ].filter(([, value]) => value !== undefined);
  const settings = Object.fromEntries(given) as NonNullable<DirectoryDocument['settings']>;
  return {
    signet: FORMAT,
    directory: 'local',
    ...(given.length === 0 ? {} : { settings }),
    ...(acceptance === undefined ? {} : { acceptance }),
  };
}

/** Puts into the record what the document says. Throws invalid_input as `directory set` does; acceptance rules are checked elsewhere. */
export function directoryRecord(document: DirectoryDocument, before: LocalDirectoryRecord): LocalDirectoryRecord {
  const { settings = {}, acceptance } = document;
  const assignments = Object.entries(settings).flatMap(([key, value]): readonly Assignment[] =>
    typeof value === 'object' ? Object.entries(value).map(([group, sid]) => ({ key, value: `${group}:${sid}` })) : [{ key, value: String(value) }],
  );
  const record = assignDirectorySettings(document.partial === true ? before : {}, assignments);
  return acceptance === undefined ? record : { ...record, acceptance };
}
