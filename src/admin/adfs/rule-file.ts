/**
 * Texts that hold claim rules without a trust around them: a rule set as it is, or a list of properties as Format-List
 * prints it, rule sets among them. Of the backup that Entra Connect writes (AadTrust-DATE.txt) no document says which of
 * the two it is, so both are read.
 */
import { SignetError } from '../../core/errors.js';
import type { AdfsRules } from './export.js';
import { ruleMistake, straightened } from './quotes.js';
import { checkLength, quotesNote } from './trusts.js';

const ISSUES = /=>\s*(?:issue|add)\s*\(/iu;
const PROPERTY = /^([A-Za-z]\w*)(\s*: ?)(.*)$/u;

/** The rules and what there is to say about them; undefined for a text that holds none. Throws invalid_input for a mistake in them. */
export function readRuleFile(file: string, text: string): { readonly rules: readonly AdfsRules[]; readonly notes: readonly string[] } | undefined {
  if (!ISSUES.test(text)) return undefined;
  const listed = listedRules(text);
  if (listed.length === 0) {
    const whole = rulesOf(file, file, text);
    return { rules: [whole], notes: quotesNotes(file, whole) };
  }
  const rules = listed.map(({ property, text: part }) => ({ ...rulesOf(file, `${file}: ${property}`, part), property }));
  const notes = rules.flatMap((found) => quotesNotes(`${file}: ${found.property}`, found));
  return { rules, notes: [...notes, `${file}: its rule sets are read; what else it lists is not complete enough to be taken over.`] };
}

function rulesOf(file: string, where: string, given: string): AdfsRules {
  checkLength(where, given);
  const straight = straightened(given);
  const text = straight ?? given;
  const mistake = ruleMistake(text);
  if (mistake !== undefined) throw new SignetError('invalid_input', `${where}: ${mistake}`);
  return { file, text, ...(straight !== undefined && { original: given }) };
}

function quotesNotes(where: string, { original }: AdfsRules): readonly string[] {
  return original === undefined ? [] : [quotesNote(where)];
}

/** Properties named …Rules with their values, which go on in lines that are indented as far as the first one starts. */
function listedRules(text: string): readonly { readonly property: string; readonly text: string }[] {
  const found: { property: string; lines: string[]; column: number }[] = [];
  for (const line of text.split(/\r\n|\r|\n/u)) {
    const [, property, between = '', value = ''] = PROPERTY.exec(line) ?? [];
    if (property !== undefined && !/^\[/u.test(value)) found.push({ property, lines: [value], column: property.length + between.length });
    else {
      const open = found.at(-1);
      open?.lines.push(line.slice(Math.min(open.column, /^ */u.exec(line)?.[0].length ?? 0)));
    }
  }
  return found
    .filter(({ property }) => property.endsWith('Rules'))
    .flatMap(({ property, lines }) => {
      const rules = lines.join('\r\n').trim();
      return rules === '' ? [] : [{ property, text: rules }];
    });
}
