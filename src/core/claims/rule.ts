/**
 * The rule model: what AD FS's claim rule language says and what simple mappings say, in one form. Texts become rules in
 * language/, mappings in mappings.ts, and evaluate-rules.ts runs both.
 */
import { SignetError } from '../errors.js';
import type { ClaimMapping } from '../model/claim-mapping.js';
import type { Condition } from '../model/condition.js';
import type { Pattern } from './patterns/pattern.js';

/** The rule sets of a relying party. */
export const RULE_SETS = ['transform', 'authorization', 'delegation', 'impersonation', 'additional'] as const;
export type RelyingPartyRuleSet = (typeof RULE_SETS)[number];
/** `acceptance` is the one of a directory or partner. */
export type RuleSetName = RelyingPartyRuleSet | 'acceptance';

/** One rule: the action runs once for each combination of claims that its conditions take. */
export interface Rule {
  /** From @RuleName, or the name of a mapping; undefined when nobody named it. */
  readonly name: string | undefined;
  readonly origin: RuleOrigin;
  readonly conditions: readonly RuleCondition[];
  readonly action: RuleAction;
}

/** Where a rule came from. */
export type RuleOrigin =
  /** Text in AD FS's language: where it starts (both from 1), and exactly as it stands there, annotations and semicolon included. */
  | { readonly kind: 'text'; readonly line: number; readonly column: number; readonly source: string; readonly template: string | undefined }
  /** A simple mapping, by its place in the list, from 1. */
  | { readonly kind: 'mapping'; readonly position: number }
  /** What the application's metadata asks for. */
  | { readonly kind: 'requested' }
  /** What leaves where nobody says anything. */
  | { readonly kind: 'default' };

export type RuleCondition = Selector | Aggregate | OwnCondition;

/** c:[Type == "…", Value =~ "…"]: every claim that passes all tests, one run for each. */
export interface Selector {
  readonly kind: 'selector';
  readonly label: string | undefined;
  readonly tests: readonly ClaimTest[];
  /** As written. */
  readonly source: string;
}

/** EXISTS, NOT EXISTS and COUNT: a plain truth about the claims there are. */
export interface Aggregate {
  readonly kind: 'aggregate';
  readonly tests: readonly ClaimTest[];
  /** COUNT(…) compared; EXISTS is >= 1, NOT EXISTS is == 0. */
  readonly comparison: { readonly operator: '==' | '!=' | '<' | '<=' | '>' | '>='; readonly count: number };
  readonly form: 'exists' | 'not exists' | 'count';
  readonly source: string;
}

/** A condition of Signet's own, from a mapping. */
export interface OwnCondition {
  readonly kind: 'own';
  readonly condition: Condition;
}

export type PropertyName = 'type' | 'value' | 'valuetype' | 'issuer' | 'originalissuer';

/** A part of a claim; Properties["…"] by its key. */
export type PropertyRef = { readonly name: PropertyName } | { readonly name: 'properties'; readonly key: string };

export interface ClaimTest {
  readonly property: PropertyRef;
  readonly operator: '==' | '!=' | '=~' | '!~';
  readonly value: string;
  /** Of =~ and !~. */
  readonly pattern: Pattern | undefined;
}

export type RuleAction =
  /** issue(claim = c) */
  | { readonly kind: 'copy'; readonly issue: boolean; readonly label: string }
  /** issue(Type = …, Value = …) */
  | { readonly kind: 'fresh'; readonly issue: boolean; readonly parts: readonly FreshPart[] }
  /** issue(store = …, types = (…), query = …, param = …) */
  | {
      readonly kind: 'store';
      readonly issue: boolean;
      readonly store: string;
      readonly types: readonly string[];
      readonly query: Expression;
      readonly params: readonly Expression[];
    }
  /** A simple mapping: always issues. */
  | { readonly kind: 'send'; readonly mapping: ClaimMapping };

export interface FreshPart {
  readonly property: PropertyRef;
  readonly value: Expression;
}

export type Expression =
  | { readonly kind: 'text'; readonly value: string }
  /** c.Value */
  | { readonly kind: 'property'; readonly label: string; readonly property: PropertyRef }
  /** RegExReplace(input, pattern, replacement); `compiled` where the pattern is a plain string. */
  | {
      readonly kind: 'replace';
      readonly input: Expression;
      readonly pattern: Expression;
      readonly compiled: Pattern | undefined;
      readonly replacement: Expression;
    }
  /** a + b + … */
  | { readonly kind: 'join'; readonly parts: readonly Expression[] };

/** A mistake in a rule text. The message starts with its place: 'line 3, column 14: …'. */
export class RuleTextError extends SignetError {
  readonly line: number;
  readonly column: number;

  /** @param place both from 1, in characters (UTF-16 units) */
  constructor(place: { readonly line: number; readonly column: number }, sentence: string) {
    super('invalid_input', `line ${String(place.line)}, column ${String(place.column)}: ${sentence}`);
    this.line = place.line;
    this.column = place.column;
  }
}
