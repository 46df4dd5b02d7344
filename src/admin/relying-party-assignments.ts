/** Settings of an application put in place: each against what is known of it, all of them or none. */
import { SignetError } from '../core/errors.js';
import { protocolsOf, type RelyingPartyMetadata, type RelyingPartyRecord } from '../core/model/relying-party.js';
import type { RelyingPartySetting } from './relying-party-setting.js';
import { RELYING_PARTY_SETTINGS } from './relying-party-settings.js';
import type { SettingContext } from './relying-party-values.js';
import { type Assignment, listed, readFlag, show } from './setting-values.js';

/** Keys of the contract whose parts are not in this version. */
const LATER: Readonly<Record<string, string>> = {
  key: 'WS-Trust',
};

/**
 * The record with the assignments in place; an empty value clears an override. Throws invalid_input with a sentence that
 * names the key, the value and the fix; then nothing of it counts.
 */
export function assignSettings(record: RelyingPartyRecord, assignments: readonly Assignment[], context: SettingContext): RelyingPartyRecord {
  const given = new Map<string, string[]>();
  for (const { key, value } of assignments) given.set(key, [...(given.get(key) ?? []), value]);
  let { overrides, enabled } = record;
  for (const [key, values] of given) {
    const setting = RELYING_PARTY_SETTINGS.find((candidate) => candidate.key === key);
    if (setting?.repeatable !== true && values.length > 1)
      throw new SignetError('invalid_input', `${show(key)} is given ${String(values.length)} times; give it once.`);
    if (key === 'enabled') enabled = readFlag(key, values[0] ?? '');
    else if (setting === undefined) throw unknownKey(key);
    else if (values.every((value) => value.trim() === '')) overrides = setting.clear(overrides);
    else {
      refuseOtherProtocol(setting, context.metadata);
      overrides = setting.assign(overrides, values, context);
    }
  }
  return { ...record, overrides, enabled };
}

/** False for a setting that is about a protocol the application does not speak. */
export function concerns(setting: RelyingPartySetting, metadata: RelyingPartyMetadata): boolean {
  return setting.only === undefined || protocolsOf(metadata).includes(setting.only);
}

function refuseOtherProtocol(setting: RelyingPartySetting, metadata: RelyingPartyMetadata): void {
  if (concerns(setting, metadata)) return;
  const [needed, spoken] = setting.only === 'saml' ? ['SAML 2.0', 'WS-Federation'] : ['WS-Federation', 'SAML 2.0'];
  throw new SignetError('invalid_input', `${setting.key} is a setting of ${needed}, and ${metadata.entityId} speaks ${spoken} only.`);
}

function unknownKey(key: string): SignetError {
  const later = Object.hasOwn(LATER, key) ? LATER[key] : undefined;
  if (later !== undefined) return new SignetError('invalid_input', `${key} belongs to ${later}, which this version does not have yet.`);
  return new SignetError(
    'invalid_input',
    `"${show(key)}" is not a setting of an application; use ${listed(['enabled', ...RELYING_PARTY_SETTINGS.map((setting) => setting.key)])}.`,
  );
}
