/** How an import is shown: trusts with their grades, details, what is to be done next. */
import type { Conversion, ConvertedRule, Grade } from '../admin/adfs/conversion.js';
import type { ImportEntry, ImportPlan } from '../admin/adfs/import.js';
import type { RuleFile } from '../admin/adfs/convert-rule-file.js';
import type { Finding } from '../core/model/finding.js';
import { SID } from '../core/sids.js';
import { oneLine, table } from './output.js';

/** As JSON: everything. */
export function importView(
  { entries, missing }: ImportPlan,
  rules: readonly RuleFile[],
  { notes, applied }: { readonly notes: readonly string[]; readonly applied: boolean },
): Readonly<Record<string, unknown>> {
  return {
    applied,
    trusts: entries.map(({ conversion, action, why }) => ({ ...conversion, action, why: why ?? null })),
    rules,
    missing,
    notes,
    next: nextSteps({ entries, missing }),
  };
}

/** One line for each trust, with what was found about it first; with details, all of it. */
export function trustsText({ entries }: Pick<ImportPlan, 'entries'>, details: boolean): string {
  const list = table(
    ['grade', 'does', 'trust', 'why'],
    entries.map(({ conversion, action, why }) => [
      conversion.grade,
      action === 'leave' ? '-' : action,
      `${conversion.name} (${conversion.identifier === '' ? 'no identifier' : conversion.identifier})`,
      reasonOf(conversion, why),
    ]),
  );
  return details ? [list, ...entries.map(detailsOf)].join('\n\n') : list;
}

function reasonOf({ findings, grade }: Conversion, why: string | undefined): string {
  const [first] = findings;
  if (first === undefined || (grade === 'ready' && why !== undefined)) return why ?? '';
  const more = findings.length === 1 ? '' : ` (and ${String(findings.length - 1)} more)`;
  return `${first.sentence}${more}`;
}

/** How many of each, and what was done or would be. */
export function summaryText(plan: ImportPlan, applied: boolean | undefined): string {
  const { entries } = plan;
  const graded = (grade: Grade): number => entries.filter(({ conversion }) => conversion.grade === grade).length;
  const doing = (action: ImportEntry['action']): number => entries.filter((entry) => entry.action === action).length;
  const head = `${String(entries.length)} ${entries.length === 1 ? 'trust' : 'trusts'}: ${String(graded('ready'))} ready, ${String(graded('look'))} to look at, ${String(graded('cannot'))} that cannot.`;
  const [add, change] = [doing('add'), doing('change')];
  const written = applied === true ? `Written: ${String(add)} added, ${String(change)} changed.` : 'Nothing to change.';
  const planned = add + change === 0 ? 'Nothing to change.' : `Nothing was written: --apply adds ${String(add)} and changes ${String(change)}.`;
  return [head, applied === undefined ? planned : written, '', 'Next', ...nextSteps(plan).map((step) => `  - ${step}`)].map(oneLine).join('\n');
}

/** What is to be done beside the import, in its order; the whole list with a way back for each step is in docs/import-adfs.md. */
function nextSteps({ missing, entries }: Pick<ImportPlan, 'missing' | 'entries'>): readonly string[] {
  const sids = missing.groups.filter((group) => SID.test(group));
  const names = missing.groups.filter((group) => !SID.test(group));
  return [
    ...(entries.some(({ conversion, action }) => conversion.grade === 'look' && action === 'leave')
      ? ['see what is to be looked at: --details, then --include look']
      : []),
    ...sids.map((sid) => `say which group has the SID ${sid}: signet directory set local group-sid=GROUP:${sid}`),
    ...(names.length === 0 ? [] : [`put people into the groups ${names.join(', ')}: signet user set USER groups=…`]),
    ...missing.stores.map((store) => `register the attribute store ${store}: signet store add sql "${store}" --url postgres://…`),
    'bring the signing key along, so that no partner has to change anything: signet keys import FILE.pfx',
    'compare with a token that AD FS issued: signet compare token.xml --user USER --rp APP',
    'take over the address, with a way back for each step: docs/import-adfs.md',
  ];
}

function detailsOf({ conversion, action, why }: ImportEntry): string {
  const { name, file, grade, findings, rules, carried, leftBehind } = conversion;
  return [
    oneLine(`== ${name} (${file}): ${grade}, ${action === 'leave' ? 'left' : action}${why === undefined ? '' : `: ${why}`}`),
    ...section('Found', findings.flatMap(findingLines)),
    ...rules.flatMap((rule, at) => ruleLines(rule, at + 1)),
    ...section(
      'Carried over',
      carried.map(({ property, as }) => `  ${property}: ${as}`),
    ),
    ...section(
      'Left behind',
      leftBehind.map(({ property, value, reason }) => `  ${property}${value === '' ? '' : ` (${value})`}: ${reason}`),
    ),
  ].join('\n');
}

/** A file of rules: each three ways, and what was found. */
export function ruleFileText({ file, set, rules, findings }: RuleFile): string {
  const count = `${String(rules.length)} ${set} ${rules.length === 1 ? 'rule' : 'rules'}`;
  return [oneLine(`== ${file}: ${count}`), ...section('Found', findings.flatMap(findingLines)), ...rules.flatMap((rule, at) => ruleLines(rule, at + 1))].join(
    '\n',
  );
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map(oneLine)];
}

function findingLines({ level, id, sentence, why, fix }: Finding): readonly string[] {
  return [`  ${level} ${id}: ${sentence}`, `    ${why}`, `    ${fix}`];
}

/** The rule as it stands keeps its lines. */
function ruleLines({ set, original, ours, sentence }: ConvertedRule, position: number): readonly string[] {
  const indented = (text: string): readonly string[] => text.split(/\r\n|\r|\n/u).map((line) => `    ${oneLine(line)}`);
  const same = ours === original || ours === '';
  return [
    '',
    oneLine(`${set} rule ${String(position)}: ${sentence}`),
    '  in AD FS',
    ...indented(original.trim()),
    ...(same ? ['  here: the same'] : ['  here, as mappings', ...indented(ours.trim())]),
  ];
}
