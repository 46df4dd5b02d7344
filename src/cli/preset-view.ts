/** Presets, and what they say about the other side, as the command line shows them. */
import type { OtherSide } from '../admin/preset-commands.js';
import type { Condition, Preset, PresetClaim, PresetField } from '../admin/preset-format.js';
import type { HandMade } from '../admin/relying-party-registration.js';
import { describeMapping } from '../core/claims/mappings/describe.js';
import { shellWord } from '../core/shell-word.js';
import { oneLine, pairs } from './output.js';

const CONFIDENCE: Readonly<Record<Preset['confidence'], string>> = {
  documented: "from the vendor's documents; not tried against the real thing",
  partly: 'part of it is general knowledge; not tried against the real thing',
  unchecked: 'general knowledge; not checked',
};
const SHELLS: Readonly<Record<OtherSide['commands'][number]['shell'], string>> = { powershell: 'PowerShell', sh: 'shell', http: 'HTTP request' };
const METADATA: Readonly<Record<Preset['metadata'], string>> = {
  none: 'none needed',
  optional: "the application's own, or the fields below instead",
  required: "the application's own: a file or an address",
};

/** What it asks for, what it sets, what the other side wants. Placeholders stay as they are. */
export function describePreset(preset: Preset): string {
  const facts = pairs([
    ['name', preset.name],
    ['what', preset.title],
    ['known', CONFIDENCE[preset.confidence]],
    ['protocol', preset.protocol === 'wsfed' ? 'WS-Federation' : 'SAML 2.0'],
    ['metadata', METADATA[preset.metadata]],
    ...preset.identifiers.map((identifier): readonly [string, string] => ['identifier', identifier]),
    ...preset.replyAddresses.map((address): readonly [string, string] => ['reply address', address]),
    ...(preset.sign === undefined ? [] : [['signed', preset.sign] as const]),
    ...preset.claims.map((claim): readonly [string, string] => ['claim', describeClaim(claim)]),
  ]);
  const fields = preset.fields.map((field) => `  --value ${shellWord(`${field.id}=${field.example}`)}\n      ${describeField(field)}`);
  return [
    facts,
    ...(fields.length === 0 ? [] : [`\nFields:\n${fields.join('\n')}`]),
    ...section('What the other side will ask for', textsOf(preset.asks)),
    ...section('What it is told', textsOf(preset.tell)),
    ...section('Notes', textsOf(preset.notes)),
    ...section('How to see that it works', textsOf(preset.test)),
  ].join('\n');
}

/** What would be registered. */
export function describeExample(preset: Preset, application: Partial<HandMade>): string {
  const facts = pairs([
    ['identifier', application.entityId ?? 'that of its metadata'],
    ...(application.identifiers ?? []).map((identifier) => ['identifier', identifier] as const),
    ...(application.replyAddresses ?? []).map(({ url }) => ['reply address', url] as const),
    ...(application.overrides?.claims ?? []).map((claim) => ['claim', describeMapping(claim)] as const),
  ]);
  return `The preset ${preset.name} can be used. With its examples it makes:\n${facts}`;
}

const textsOf = (lines: Preset['notes']): readonly string[] => lines.map(({ text }) => text);

function describeClaim(claim: PresetClaim): string {
  const { mapOf, each } = claim;
  const more = [
    ...(mapOf === undefined ? [] : [`as ${mapOf} says`]),
    ...(each === undefined ? [] : [`one for each ${each}`]),
    ...(claim.when === undefined ? [] : [`where ${claim.when.map(describeCondition).join(' or ')}`]),
    ...(claim.unless === undefined ? [] : [`unless ${claim.unless.map(describeCondition).join(' or ')}`]),
  ];
  return [describeMapping(claim), ...more].join('; ');
}

function describeCondition({ field, is, several }: Condition): string {
  return is !== undefined ? `${field} is ${is}` : `${field} ${several === true ? 'has several values' : 'is given'}`;
}

function describeField({ label, hint, choices, default: otherwise, optional, withoutMetadata, repeatable }: PresetField): string {
  const asked = withoutMetadata === true ? 'must be given without metadata' : 'must be given';
  const more = [
    ...(choices === undefined ? [] : [`one of ${choices.join(', ')}`]),
    otherwise !== undefined ? `${otherwise} unless given` : optional === true ? 'may be left out' : asked,
    ...(repeatable === true ? ['may be given several times'] : []),
  ];
  return `${label}: ${hint} (${more.join('; ')})`;
}

/** To read, and to copy from: what is no command stands behind #. */
export function describeOtherSide(application: string, { asks, tell, notes, test, commands }: OtherSide): string {
  const ready = commands.map(({ title, shell, text }) => `\n# ${oneLine(title)} (${SHELLS[shell]})\n${text}`);
  return [
    ...section(`What ${application} will ask for`, asks, '# '),
    ...section(`What to tell ${application}`, tell, '# '),
    ...section('Notes', notes, '# '),
    ...section('How to see that it works', test, '# '),
    ...ready,
  ]
    .join('\n')
    .trimStart();
}

function section(heading: string, lines: readonly string[], prefix = ''): readonly string[] {
  return lines.length === 0 ? [] : [`\n${prefix}${oneLine(heading)}:`, ...lines.map((line) => `${prefix}- ${oneLine(line)}`)];
}
