/** What the form of a preset alone does not tell: whether its names, patterns and mappings go together. */
import { checkClaimMappings } from '../core/claims/mappings/check-mappings.js';
import { SignetError } from '../core/errors.js';
import { claimsOf, handMadeOf } from './preset-build.js';
import { OWN_NAMES } from './preset-commands.js';
import type { Guard, Preset, PresetField, PresetLine, PresetValues } from './preset-format.js';
import { placeholdersIn } from './preset-text.js';
import { fits, isAsked } from './preset-values.js';
import { describeByHand } from './relying-party-registration.js';

/** What is wrong, as the end of a sentence; undefined when all is well. */
export function problemOf(preset: Preset): string | undefined {
  return problemOfFields(preset) ?? problemOfNames(preset) ?? problemOfPatterns(preset) ?? problemOfResult(preset);
}

function problemOfFields({ fields }: Preset): string | undefined {
  for (const { id, example, pattern, choices, pairs, default: otherwise } of fields) {
    if (OWN_NAMES.some((name) => name === id) || fields.filter((other) => other.id === id).length > 1) return `the field name ${id} is taken`;
    const samples = otherwise === undefined ? [example] : [example, otherwise];
    try {
      const stray = samples.find(
        (sample) =>
          (pattern !== undefined && !fits(pattern, sample)) ||
          (choices !== undefined && !choices.includes(sample)) ||
          (pairs === true && !/^[^=]+=./u.test(sample)),
      );
      if (stray !== undefined) return `${stray} is no value of the field ${id}`;
    } catch {
      return `the pattern of the field ${id} is no regular expression`;
    }
  }
  return undefined;
}

function problemOfNames(preset: Preset): string | undefined {
  const fields = new Set(preset.fields.map(({ id }) => id));
  const paired = preset.fields.filter(({ pairs }) => pairs === true).map(({ id }) => id);
  const given = new Set<string>([...fields, ...OWN_NAMES, ...paired.flatMap((id) => [`${id}.key`, `${id}.value`])]);
  const all = new Set([...given, ...preset.values.map(({ id }) => id)]);
  const guards: readonly Guard[] = [
    preset.values,
    preset.claims,
    preset.asks,
    preset.tell,
    preset.notes,
    preset.test,
    preset.commands,
    preset.commands.flatMap(linesOf),
  ].flat();
  const conditions = guards.flatMap(({ when = [], unless = [] }) => [...when, ...unless].map(({ field }) => field));
  const each = [...preset.commands, ...preset.claims].flatMap((entry) => (entry.each === undefined ? [] : [entry.each]));
  const unpaired = preset.claims.find(({ mapOf }) => mapOf !== undefined && !paired.includes(mapOf))?.mapOf;
  if (unpaired !== undefined) return `there is no field ${unpaired} with pairs`;
  const unknownField = [...conditions, ...each].find((name) => !fields.has(name));
  if (unknownField !== undefined) return `there is no field ${unknownField}`;
  const unknown =
    preset.values.flatMap(({ text }) => placeholdersIn(text)).find((name) => !given.has(name)) ??
    textsOf(preset)
      .flatMap(placeholdersIn)
      .find((name) => !all.has(name));
  return unknown === undefined ? undefined : `nothing fills the placeholder {${unknown}}`;
}

function linesOf(command: Preset['commands'][number]): readonly PresetLine[] {
  return command.shell === 'powershell' ? command.lines : [];
}

/** Every text in which placeholders are filled. */
function textsOf(preset: Preset): readonly string[] {
  const claims = preset.claims.flatMap(({ claim, from, domains = [], nameQualifier = '', spNameQualifier = '' }) => [
    claim,
    ...from.flatMap((source) => Object.values(source)),
    ...domains,
    nameQualifier,
    spNameQualifier,
  ]);
  const commands = preset.commands.flatMap((command) => [
    command.title,
    ...(command.shell === 'http' ? [command.request, ...Object.values(command.body)] : command.lines.map(({ text }) => text)),
  ]);
  const sentences = [preset.asks, preset.tell, preset.notes, preset.test].flat().map(({ text }) => text);
  return [preset.application, ...preset.identifiers, ...preset.replyAddresses, ...claims, ...commands, ...sentences];
}

function problemOfPatterns({ knownAs = [] }: Preset): string | undefined {
  const strange = knownAs.find((pattern) => {
    try {
      return fits(pattern, '');
    } catch {
      return true;
    }
  });
  return strange === undefined ? undefined : `knownAs: ${strange} is no regular expression, or fits everything`;
}

/** What comes out with the examples, with as little as may be given, and with each choice. */
function problemOfResult(preset: Preset): string | undefined {
  const examples = examplesOf(preset.fields);
  const least = examplesOf(
    preset.fields.filter((field) => isAsked(field, { metadata: false })),
    preset.fields,
  );
  const choices = preset.fields.flatMap(({ id, choices: words = [] }) => words.map((word) => ({ ...least, [id]: [word] })));
  for (const filled of [examples, least, ...choices]) {
    const problem = checkClaimMappings(claimsOf(preset, filled))?.replace(/\.$/u, '') ?? problemOfAddresses(preset, filled);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Every field of the list with its example; those of `others` with what stands when nothing is given. */
export function examplesOf(fields: readonly PresetField[], others: readonly PresetField[] = []): PresetValues {
  const defaults = others.flatMap(({ id, default: otherwise }) => (otherwise === undefined ? [] : [[id, [otherwise]] as const]));
  return Object.fromEntries([...defaults, ...fields.map(({ id, example }) => [id, [example]] as const)]);
}

function problemOfAddresses(preset: Preset, filled: PresetValues): string | undefined {
  if (preset.metadata === 'required') return undefined;
  const application = handMadeOf(preset, filled);
  if (application.entityId === '' || application.replyAddresses.length === 0) return 'it has no identifier or no reply address';
  try {
    describeByHand(application);
    return undefined;
  } catch (error) {
    if (error instanceof SignetError) return error.message.replace(/\.$/u, '');
    throw error;
  }
}
