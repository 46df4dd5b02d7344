/** Claim by claim: a token of somebody else, such as AD FS before it was replaced, beside what Signet would issue. */
import type { TokenFacts } from '../core/model/token-facts.js';
import { explain } from './explain.js';
import type { Preview } from './preview.js';

export interface Difference {
  /** 'issuer', 'name identifier', ... or the name of an attribute. */
  readonly claim: string;
  readonly result: 'same' | 'differs' | 'only in the file' | 'only here';
  readonly theirs: readonly string[];
  readonly ours: readonly string[];
  /** Why ours is as it is, where the two are not the same. */
  readonly why: string | undefined;
}

/** Every claim of either token, in the order of the file. Values are compared as sets, exactly. */
export function compareTokens(theirs: TokenFacts, ours: TokenFacts, preview: Preview): readonly Difference[] {
  const line = (claim: string, one: readonly (string | undefined)[], other: readonly (string | undefined)[], why?: string): Difference => {
    const [left, right] = [one, other].map((values) => values.filter((value) => value !== undefined)) as [string[], string[]];
    const result = sameSet(left, right) ? 'same' : left.length === 0 ? 'only here' : right.length === 0 ? 'only in the file' : 'differs';
    return { claim, result, theirs: left, ours: right, why: result === 'same' ? undefined : why };
  };
  const names = [...new Set([...theirs.attributes, ...ours.attributes].map(({ name }) => name))];
  return [
    line('issuer', [theirs.issuer], [ours.issuer]),
    // Ours is for nobody, being a preview: what it would be for.
    line('audience', theirs.audiences, preview.record.overrides.audiences ?? [preview.relyingParty.entityId]),
    line('name identifier', [theirs.name?.value], [ours.name?.value]),
    line('name identifier format', [theirs.name?.format], [ours.name?.format]),
    line('authentication', [theirs.authentication], [ours.authentication]),
    ...names.map((name) => line(name, valuesOf(theirs, name), valuesOf(ours, name), whyNot(preview, name))),
  ];
}

function valuesOf({ attributes }: TokenFacts, name: string): readonly string[] {
  return attributes.find((entry) => entry.name === name)?.values ?? [];
}

function whyNot(preview: Preview, name: string): string | undefined {
  return explain(preview, name).claims[0]?.sentence;
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  const left = new Set(one);
  const right = new Set(other);
  return left.size === right.size && [...left].every((value) => right.has(value));
}
