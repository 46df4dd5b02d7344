/** Objects of an export that are trusts: which kind, their properties in one form, their rule sets as rules. */
import { SignetError } from '../../core/errors.js';
import { show } from '../setting-values.js';
import { canonicalObject, isList, isObject } from './canonical.js';
import type { CliObject } from './clixml.js';
import type { AdfsObject, AdfsTrust, AdfsValue } from './export.js';
import { straightened } from './quotes.js';

/** As the parser of rules has it. */
export const LONGEST_RULES = 1024 * 1024;

/** Properties that only one kind of trust has: what tells them apart where an export names no types. */
const OF_KIND = {
  'relying-party': ['IssuanceTransformRules', 'SamlResponseSignature', 'ClaimsProviderName', 'TokenLifetime'],
  'claims-provider': ['AcceptanceTransformRules', 'TokenSigningCertificates', 'OrganizationalAccountSuffix', 'AnchorClaimType'],
} as const;

/** All that is left of a certificate, of objects and of a PowerShell object where the depth of an export ended. */
const CUT = [
  /^\[Subject\]/u,
  /^(?:Deserialized\.)?(?:Microsoft\.IdentityServer|System)\.[\w.+`]+(?: (?:Microsoft\.IdentityServer|System)\.[\w.+`]+)*$/u,
  /^@\{[^]*\}$/u,
];

/** A trust and what there is to say about it; undefined for an object that is none. Throws invalid_input for one without name. */
export function trustOf(file: string, object: CliObject): { readonly trust: AdfsTrust; readonly notes: readonly string[] } | undefined {
  const kind = isObject(object.value) ? kindOf(object.types, object.value) : undefined;
  if (kind === undefined || !isObject(object.value)) return undefined;
  const properties = canonicalObject(object.value);
  const name = properties['Name'];
  if (typeof name !== 'string' || name === '') throw new SignetError('invalid_input', `${file}: a ${kind} trust has no Name; export it again.`);
  const { straight, originals } = straightQuotes(file, name, properties);
  const trust: AdfsTrust = {
    kind,
    file,
    properties: { ...properties, ...straight },
    ...(Object.keys(originals).length > 0 && { originals }),
  };
  return { trust, notes: [...Object.keys(originals).map((set) => quotesNote(`${file}: ${set} of "${show(name)}"`)), ...cutNotes(file, name, properties)] };
}

/** What is said of a rule set whose quotes were changed. @param where names file and rule set */
export function quotesNote(where: string): string {
  return `${where} has typographic quotes, as word processors write them; it is read with straight quotes.`;
}

/** Types decide where there are some of AD FS: a Web API has rules too, and is no trust. */
function kindOf(types: readonly string[], value: AdfsObject): AdfsTrust['kind'] | undefined {
  const known = types.filter((type) => type.includes('Microsoft.IdentityServer.'));
  if (known.some((type) => type.endsWith('.RelyingPartyTrust'))) return 'relying-party';
  if (known.some((type) => type.endsWith('.ClaimsProviderTrust'))) return 'claims-provider';
  if (known.length > 0 || !Object.hasOwn(value, 'Name') || !Object.hasOwn(value, 'Identifier')) return undefined;
  if (Object.hasOwn(value, 'ApplicationGroupIdentifier')) return undefined;
  const has = (kind: AdfsTrust['kind']): boolean => OF_KIND[kind].some((property) => Object.hasOwn(value, property));
  return has('claims-provider') ? 'claims-provider' : has('relying-party') ? 'relying-party' : undefined;
}

/** The rule sets whose quotes had to be changed, before and after. Throws invalid_input for one that is too long. */
function straightQuotes(
  file: string,
  name: string,
  properties: AdfsObject,
): { readonly straight: AdfsObject; readonly originals: Readonly<Record<string, string>> } {
  const straight: Record<string, string> = {};
  const originals: Record<string, string> = {};
  for (const [property, text] of Object.entries(properties)) {
    if (!property.endsWith('Rules') || typeof text !== 'string') continue;
    checkLength(`${file}: ${property} of "${show(name)}"`, text);
    const changed = straightened(text);
    if (changed === undefined) continue;
    straight[property] = changed;
    originals[property] = text;
  }
  return { straight, originals };
}

/** Throws invalid_input. @param where names file and rule set */
export function checkLength(where: string, rules: string): void {
  if (rules.length <= LONGEST_RULES) return;
  throw new SignetError('invalid_input', `${where} has ${String(rules.length)} characters; a rule set has at most ${String(LONGEST_RULES)}.`);
}

function cutNotes(file: string, name: string, properties: AdfsObject): readonly string[] {
  const cut = Object.entries(properties).filter(([property, value]) => !property.endsWith('Rules') && isCut(value));
  return cut.map(([property]) => `${file}: ${property} of "${show(name)}" was cut short when it was exported; export again with -Depth 5.`);
}

function isCut(value: AdfsValue): boolean {
  if (typeof value === 'string') return CUT.some((form) => form.test(value));
  if (isList(value)) return value.some(isCut);
  return isObject(value) && Object.values(value).some((part) => isCut(part));
}
