/**
 * The shape of mappings, conditions and access policies as JSON: every key is known, and what is wrong is said by key. What
 * a key may hold beyond its shape is checked in core/claims (check-mappings.ts, check-conditions.ts).
 */
import { z } from 'zod';
import { nearestWord } from '../core/claims/language/spelling.js';
import type { AccessPolicy, Condition } from '../core/model/condition.js';
import type { ClaimChange, ClaimMapping, ClaimSource } from '../core/model/claim-mapping.js';
import { listed, show } from './setting-values.js';

const text = z.string('give a text');
const texts = z.array(text, 'give a list of texts').readonly();
const word = <const T extends readonly string[]>(...words: T): z.ZodType<T[number]> => z.enum(words, `give ${listed(words)}`);
const yes = z.literal(true, 'give true');

/** An object with these keys and no others (M10). Its keys come out in this order. */
export function strict<T extends z.core.$ZodLooseShape>(shape: T): z.ZodObject<T, z.core.$strict> {
  const names = Object.keys(shape);
  const unknown = (keys: readonly string[]): string => {
    const nearest = keys.length === 1 ? nearestWord(keys[0] ?? '', names) : undefined;
    return `there is no key ${keys.map(show).join(', ')}${nearest === undefined ? '; there' : `, did you mean ${nearest}? There`} is ${listed(names)}`;
  };
  return z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? unknown(issue.keys) : 'give an object') });
}

/** An object of one of several kinds, told by the one key that only this kind has; or one of these words. */
function byKey<T>(kinds: Readonly<Record<string, z.ZodType<T>>>, words: readonly (T & string)[] = []): z.ZodType<T> {
  const names = Object.keys(kinds);
  const wanted = `give ${words.map((known) => `${known}, `).join('')}${words.length > 0 ? 'or ' : ''}an object with exactly one of the keys ${listed(names)}`;
  return z.unknown().transform((value, context): T => {
    const known = words.find((candidate) => candidate === value);
    if (known !== undefined) return known;
    const given = typeof value === 'object' && value !== null ? names.filter((name) => Object.hasOwn(value, name)) : [];
    const kind = given.length === 1 ? kinds[given[0] ?? ''] : undefined;
    const read = kind?.safeParse(value);
    if (read?.success === true) return read.data;
    const issues = read?.error.issues ?? [{ path: [], message: wanted }];
    for (const { path, message } of issues) context.addIssue({ code: 'custom', path: [...path], message, input: value });
    return z.NEVER;
  });
}

const valueTest = { is: texts.exactOptional(), matches: text.exactOptional() };

const time = strict({
  days: z
    .array(word('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'), 'give a list of days')
    .readonly()
    .exactOptional(),
  from: text.exactOptional(),
  to: text.exactOptional(),
  zone: text.exactOptional(),
});

const network = z.union([z.enum(['intranet', 'extranet']), texts], 'give intranet, extranet or a list of ranges');

/** Of the kinds that are no "not": one in the other says nothing that the plain condition does not. */
const PLAIN_CONDITIONS = {
  everyone: strict({ everyone: yes }),
  group: strict({ group: texts }),
  claim: strict({ claim: text, ...valueTest }),
  attribute: strict({ attribute: text, ...valueTest }),
  network: strict({ network }),
  method: strict({ method: texts }),
  secondFactor: strict({ secondFactor: yes }),
  time: strict({ time }),
  device: strict({ device: word('registered', 'managed', 'compliant') }),
};

const condition = byKey<Condition>({ ...PLAIN_CONDITIONS, not: strict({ not: byKey<Condition>(PLAIN_CONDITIONS) }) });
const conditions = z.array(condition, 'give a list of conditions').readonly();

const source = byKey<ClaimSource>({
  claim: strict({ claim: text }),
  attribute: strict({ attribute: text }),
  constant: strict({ constant: text }),
  group: strict({ group: text }),
  fact: strict({ fact: word('method', 'context-class', 'time', 'address', 'network', 'user-name', 'directory') }),
  identifier: strict({ identifier: word('persistent', 'pairwise', 'transient') }),
});

const change = byKey<ClaimChange>(
  {
    before: strict({ before: text }),
    after: strict({ after: text }),
    join: strict({ join: text }),
    split: strict({ split: text }),
    replace: strict({ replace: text, with: text }),
    keep: strict({ keep: text }),
    map: strict({ map: z.record(z.string(), text, 'give an object of texts').readonly(), others: word('drop', 'keep').exactOptional() }),
  },
  ['lowercase', 'uppercase', 'trim', 'first'],
);

/** The keys of a mapping. */
export const MAPPING_KEYS = {
  name: text.exactOptional(),
  claim: text,
  from: z.array(source, 'give a list of sources').readonly(),
  onlyWhen: conditions.exactOptional(),
  domains: texts.exactOptional(),
  change: z.array(change, 'give a list of changes').readonly().exactOptional(),
  template: text.exactOptional(),
  nameIdFormat: text.exactOptional(),
  nameQualifier: text.exactOptional(),
  spNameQualifier: text.exactOptional(),
  nameFormat: text.exactOptional(),
  friendlyName: text.exactOptional(),
  valueType: text.exactOptional(),
  required: z.boolean('give true or false').exactOptional(),
};

export const MAPPINGS_SCHEMA: z.ZodType<readonly ClaimMapping[]> = z.array(strict(MAPPING_KEYS), 'give a list of mappings').readonly();

const rule = strict({ when: conditions, except: conditions.exactOptional() });

export const POLICY_SCHEMA: z.ZodType<AccessPolicy> = strict({ name: text.exactOptional(), rules: z.array(rule, 'give a list of rules').readonly() });

/** onlyWhen, 0, group -> onlyWhen[0].group */
export function keyOf(path: readonly PropertyKey[]): string {
  return path.map((part, at) => (typeof part === 'number' ? `[${String(part)}]` : `${at === 0 ? '' : '.'}${String(part)}`)).join('');
}
