/** From a preset and what was filled in to an application of the registry: a function of the two, nothing else. */
import type { ClaimChange, ClaimMapping, ClaimSource } from '../core/model/claim-mapping.js';
import { type RelyingPartyOverrides, WSFED_BINDING } from '../core/model/relying-party.js';
import type { Preset, PresetClaim, PresetValues } from './preset-format.js';
import { applies, createLookup, expand, fill, type Lookup, roundsOf } from './preset-text.js';
import type { HandMade } from './relying-party-registration.js';
import { readAssignment } from './setting-values.js';

const POST_BINDING = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';

/** What stands beside the metadata of an application that was added with the preset. */
export function overridesOf(preset: Preset, filled: PresetValues): RelyingPartyOverrides {
  const { sign, encrypt, tokenType, trustVersion, lifetimeSeconds } = preset;
  return {
    ...(sign === undefined ? {} : { sign }),
    ...(encrypt === undefined ? {} : { encrypt }),
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
  const lookup = (only: PresetValues): Lookup => createLookup(preset, filled, {}, only);
  return preset.claims
    .filter((claim) => applies(claim, filled))
    .flatMap((claim) => roundsOf(claim.each, filled).flatMap((only) => mappingOf(claim, lookup(only)) ?? []));
}

/** Undefined where a placeholder has no value. */
function mappingOf({ when: _when, unless: _unless, each: _each, mapOf, ...given }: PresetClaim, lookup: Lookup): ClaimMapping | undefined {
  const { from, domains, change, nameQualifier, spNameQualifier, ...rest } = given;
  const claim = fill(given.claim, lookup);
  const sources = from.flatMap((source) => sourcesOf(source, lookup));
  const qualifiers = filledKeys({ nameQualifier, spNameQualifier }, lookup);
  if (claim === undefined || qualifiers === undefined || (from.length > 0 && sources.length === 0)) return undefined;
  const changes = [...(mapOf === undefined ? [] : changesOf(lookup(mapOf))), ...(change ?? [])];
  return {
    ...rest,
    claim,
    from: sources,
    ...(domains === undefined ? {} : { domains: domains.flatMap((domain) => expand(domain, lookup)) }),
    ...(changes.length === 0 ? {} : { change: changes }),
    ...qualifiers,
  };
}

function filledKeys<K extends string>(texts: Readonly<Record<K, string | undefined>>, lookup: Lookup): Readonly<Partial<Record<K, string>>> | undefined {
  const given = Object.entries<string | undefined>(texts).filter(([, text]) => text !== undefined);
  const filled = given.map(([key, text = '']) => [key, fill(text, lookup)] as const);
  return filled.some(([, text]) => text === undefined) ? undefined : (Object.fromEntries(filled) as Partial<Record<K, string>>);
}

/** No value of a field has a line break in it: several values for one key can be told apart again. */
function changesOf(pairs: readonly string[]): readonly ClaimChange[] {
  const map = new Map<string, string>();
  for (const { key, value } of pairs.map(readAssignment)) map.set(key, [...(map.get(key)?.split('\n') ?? []), value].join('\n'));
  const several = [...map.values()].some((value) => value.includes('\n'));
  return [{ map: Object.fromEntries(map) }, ...(several ? [{ split: '\n' }] : [])];
}

function sourcesOf(source: ClaimSource, lookup: Lookup): readonly ClaimSource[] {
  if ('attribute' in source) return expand(source.attribute, lookup).map((attribute) => ({ attribute }));
  if ('group' in source) return expand(source.group, lookup).map((group) => ({ group }));
  return 'constant' in source ? expand(source.constant, lookup).map((constant) => ({ constant })) : [source];
}
