/** From a preset and what was filled in to an application of the registry: a function of the two, nothing else. */
import type { ClaimMapping, ClaimSource } from '../core/model/claim-mapping.js';
import { type RelyingPartyOverrides, WSFED_BINDING } from '../core/model/relying-party.js';
import type { Preset, PresetClaim, PresetValues } from './preset-format.js';
import { applies, createLookup, expand, type Lookup } from './preset-text.js';
import type { HandMade } from './relying-party-registration.js';

const POST_BINDING = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';

/** What stands beside the metadata of an application that was added with the preset. */
export function overridesOf(preset: Preset, filled: PresetValues): RelyingPartyOverrides {
  const { tokenType, trustVersion, lifetimeSeconds } = preset;
  return {
    ...(tokenType === undefined ? {} : { tokenType }),
    ...(trustVersion === undefined ? {} : { trustVersion }),
    ...(lifetimeSeconds === undefined ? {} : { lifetimeSeconds }),
    claims: claimsOf(preset, filled),
    preset: { name: preset.name, values: filled },
  };
}

/** An application that has no metadata, by a preset that needs none. */
export function handMadeOf(preset: Preset, filled: PresetValues): HandMade {
  const lookup = createLookup(preset, filled);
  const all = (texts: readonly string[]): readonly string[] => [...new Set(texts.flatMap((text) => expand(text, lookup)))];
  const [entityId = '', ...identifiers] = all(preset.identifiers);
  const [name = preset.name] = expand(preset.application, lookup);
  const binding = preset.protocol === 'wsfed' ? WSFED_BINDING : POST_BINDING;
  return {
    entityId,
    identifiers,
    replyAddresses: all(preset.replyAddresses).map((url) => ({ binding, url })),
    overrides: { name, ...overridesOf(preset, filled) },
  };
}

/** The mappings whose conditions hold. */
export function claimsOf(preset: Preset, filled: PresetValues): readonly ClaimMapping[] {
  const lookup = createLookup(preset, filled);
  return preset.claims.filter((claim) => applies(claim, filled)).map((claim) => mappingOf(claim, lookup));
}

function mappingOf({ when: _when, unless: _unless, from, domains, ...rest }: PresetClaim, lookup: Lookup): ClaimMapping {
  return {
    ...rest,
    from: from.flatMap((source) => sourcesOf(source, lookup)),
    ...(domains === undefined ? {} : { domains: domains.flatMap((domain) => expand(domain, lookup)) }),
  };
}

function sourcesOf(source: ClaimSource, lookup: Lookup): readonly ClaimSource[] {
  if ('attribute' in source) return expand(source.attribute, lookup).map((attribute) => ({ attribute }));
  if ('group' in source) return expand(source.group, lookup).map((group) => ({ group }));
  return 'constant' in source ? expand(source.constant, lookup).map((constant) => ({ constant })) : [source];
}
