/** One key of `signet rp set`: how its value is read, shown and cleared, and what stands without it. */
import type { RelyingPartyMetadata, RelyingPartyOverrides } from '../core/model/relying-party.js';
import type { PassiveProtocolName } from '../core/model/security-token.js';
import type { SettingContext } from './relying-party-values.js';

/** One key as code outside the table sees it. */
export interface RelyingPartySetting {
  readonly key: string;
  /** May be given several times. */
  readonly repeatable: boolean;
  /** The one protocol it is about; undefined for any. */
  readonly only: PassiveProtocolName | undefined;
  /** Overrides with the value in place. Throws invalid_input with a sentence. */
  readonly assign: (overrides: RelyingPartyOverrides, values: readonly string[], context: SettingContext) => RelyingPartyOverrides;
  readonly clear: (overrides: RelyingPartyOverrides) => RelyingPartyOverrides;
  /** What was set, as text; undefined when nothing is. */
  readonly override: (overrides: RelyingPartyOverrides) => string | undefined;
  /** What the metadata says; undefined when it says nothing. */
  readonly fromMetadata: (metadata: RelyingPartyMetadata) => string | undefined;
  /** What stands when nobody says anything. */
  readonly fallback: string;
}

type Field = keyof RelyingPartyOverrides;
type Value<F extends Field> = NonNullable<RelyingPartyOverrides[F]>;

interface Definition<F extends Field> {
  readonly key: string;
  readonly field: F;
  readonly repeatable?: true;
  readonly only?: PassiveProtocolName;
  readonly read: (values: readonly string[], context: SettingContext) => Value<F>;
  readonly show?: (value: Value<F>) => string;
  readonly fromMetadata?: (metadata: RelyingPartyMetadata) => string | undefined;
  readonly fallback: string;
}

/** An entry of the table, from the field of the overrides that it sets. */
export function define<F extends Field>(definition: Definition<F>): RelyingPartySetting {
  const { field, show: showValue = String } = definition;
  return {
    key: definition.key,
    repeatable: definition.repeatable === true,
    only: definition.only,
    assign: (overrides, values, context) => ({ ...overrides, [field]: definition.read(values, context) }),
    clear: ({ [field]: _cleared, ...rest }) => rest,
    override: ({ [field]: value }) => (value === undefined ? undefined : showValue(value)),
    fromMetadata: definition.fromMetadata ?? ((): undefined => undefined),
    fallback: definition.fallback,
  };
}

/** For keys that take one value. */
export const one =
  <T>(read: (value: string, context: SettingContext) => T) =>
  (values: readonly string[], context: SettingContext): T =>
    read(values[0] ?? '', context);

export const joined = (values: readonly string[]): string => values.join(', ');
