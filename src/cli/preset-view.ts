/** Presets, and what they say about the other side, as the command line shows them. */
import type { OtherSide } from '../admin/preset-commands.js';
import type { Preset, PresetField } from '../admin/preset-format.js';
import { describeMapping } from '../core/claims/mappings/describe.js';
import { oneLine, pairs } from './output.js';

const CONFIDENCE: Readonly<Record<Preset['confidence'], string>> = {
  documented: "from the vendor's documents; not tried against the real thing",
  partly: 'part of it is general knowledge; not tried against the real thing',
  unchecked: 'general knowledge; not checked',
};
const SHELLS: Readonly<Record<OtherSide['commands'][number]['shell'], string>> = { powershell: 'PowerShell', http: 'HTTP request' };

/** What it asks for, what it sets, what the other side wants. Placeholders stay as they are. */
export function describePreset(preset: Preset): string {
  const facts = pairs([
    ['name', preset.name],
    ['what', preset.title],
    ['known', CONFIDENCE[preset.confidence]],
    ['protocol', preset.protocol === 'wsfed' ? 'WS-Federation' : 'SAML 2.0'],
    ['metadata', preset.metadata === 'required' ? "the application's own: a file or an address" : 'none needed'],
    ...preset.identifiers.map((identifier): readonly [string, string] => ['identifier', identifier]),
    ...preset.replyAddresses.map((address): readonly [string, string] => ['reply address', address]),
    ...preset.claims.map((claim): readonly [string, string] => [
      'claim',
      `${describeMapping(claim)}${claim.when === undefined ? '' : '; for some values only'}`,
    ]),
  ]);
  const fields = preset.fields.map((field) => `  --value ${field.id}=${field.example}\n      ${describeField(field)}`);
  return [
    facts,
    ...(fields.length === 0 ? [] : [`\nFields:\n${fields.join('\n')}`]),
    ...section(
      'What the other side will ask for',
      preset.asks.map(({ text }) => text),
    ),
    ...section(
      'Notes',
      preset.notes.map(({ text }) => text),
    ),
  ].join('\n');
}

function describeField({ label, hint, choices, default: otherwise, repeatable }: PresetField): string {
  const more = [
    ...(choices === undefined ? [] : [`one of ${choices.join(', ')}`]),
    otherwise === undefined ? 'must be given' : `${otherwise} unless given`,
    ...(repeatable === true ? ['may be given several times'] : []),
  ];
  return `${label}: ${hint} (${more.join('; ')})`;
}

/** To read, and to copy from: what is no command stands behind #. */
export function describeOtherSide(application: string, { asks, tell, notes, commands }: OtherSide): string {
  const ready = commands.map(({ title, shell, text }) => `\n# ${oneLine(title)} (${SHELLS[shell]})\n${text}`);
  return [
    ...section(`What ${application} will ask for`, asks, '# '),
    ...section(`What to tell ${application}`, tell, '# '),
    ...section('Notes', notes, '# '),
    ...ready,
  ]
    .join('\n')
    .trimStart();
}

function section(heading: string, lines: readonly string[], prefix = ''): readonly string[] {
  return lines.length === 0 ? [] : [`\n${prefix}${oneLine(heading)}:`, ...lines.map((line) => `${prefix}- ${oneLine(line)}`)];
}
