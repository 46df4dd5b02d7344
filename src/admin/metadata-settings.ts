/** Keys of `signet rp set` that say how the metadata of an application is kept fresh. */
import type { MetadataRefresh, RelyingPartyOverrides } from '../core/model/relying-party.js';
import { SignetError } from '../core/errors.js';
import { readCertificate } from '../crypto/certificate.js';
import { describeCertificate } from './metadata-changes.js';
import { LEAST_INTERVAL_SECONDS, MOST_INTERVAL_SECONDS } from './metadata-schedule.js';
import type { RelyingPartySetting } from './relying-party-setting.js';
import { readChoice, readSeconds, showSeconds } from './setting-values.js';

interface Definition<F extends keyof MetadataRefresh> {
  readonly key: string;
  readonly field: F;
  readonly repeatable?: true;
  readonly read: (values: readonly string[]) => NonNullable<MetadataRefresh[F]>;
  readonly show: (value: NonNullable<MetadataRefresh[F]>) => string;
  readonly fallback: string;
}

/** An entry of the table, from the field within `refresh` that it sets. */
function define<F extends keyof MetadataRefresh>({ key, field, repeatable, read, show, fallback }: Definition<F>): RelyingPartySetting {
  return {
    key,
    repeatable: repeatable === true,
    only: undefined,
    assign: (overrides, values) => ({ ...overrides, refresh: { ...overrides.refresh, [field]: read(values) } }),
    clear: (overrides) => without(overrides, field),
    override: ({ refresh: { [field]: value } = {} }) => (value === undefined ? undefined : show(value)),
    fromMetadata: () => undefined,
    fallback,
  };
}

function without({ refresh = {}, ...overrides }: RelyingPartyOverrides, field: keyof MetadataRefresh): RelyingPartyOverrides {
  const { [field]: _cleared, ...rest } = refresh;
  return Object.keys(rest).length === 0 ? overrides : { ...overrides, refresh: rest };
}

/** The base64 DER of a certificate given as PEM or base64. Throws invalid_input with a sentence. */
export function readPinnedCertificate(text: string): string {
  try {
    return readCertificate(text).certificate;
  } catch (error) {
    if (!(error instanceof SignetError)) throw error;
    throw new SignetError('invalid_input', `metadata-certificate: ${error.message}.`, { cause: error });
  }
}

export const METADATA_SETTINGS: readonly RelyingPartySetting[] = [
  define({
    key: 'refresh',
    field: 'mode',
    read: ([value = '']) => readChoice('refresh', value, ['apply', 'hold', 'off']),
    show: String,
    fallback: 'apply',
  }),
  define({
    key: 'refresh-interval',
    field: 'intervalSeconds',
    read: ([value = '']) => readSeconds('refresh-interval', value, { from: LEAST_INTERVAL_SECONDS, to: MOST_INTERVAL_SECONDS }),
    show: showSeconds,
    fallback: 'as the metadata says, at most a day',
  }),
  define({
    key: 'metadata-certificate',
    field: 'certificates',
    repeatable: true,
    read: (values) => [...new Set(values.map(readPinnedCertificate))],
    show: (certificates) => certificates.map(describeCertificate).join('; '),
    fallback: 'none',
  }),
];
