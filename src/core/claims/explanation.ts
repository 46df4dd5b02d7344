/** What an evaluation did: for every rule, matched or not, with what it took, what failed and what it made. */
import type { Claim } from '../model/claim.js';
import type { Authentication } from '../model/authentication.js';
import type { Person } from '../model/person.js';
import type { RequestContext } from '../model/request-context.js';
import type { IdentifierKind } from '../model/claim-mapping.js';
import type { AttributeStores } from './attribute-store.js';
import type { Rule, RuleSetName } from './rule.js';

/** What rules can look at beside the claims. */
export interface RuleFacts {
  readonly person: Person;
  readonly authentication: Authentication;
  readonly context: RequestContext;
  /** Entity id of the application the claims are for; undefined in acceptance rules. */
  readonly relyingParty: string | undefined;
  readonly stores: AttributeStores;
  /** The name by which this application knows the person; made where there is none yet. */
  readonly identifier: (kind: IdentifierKind) => Promise<string>;
}

/** The claims there are while rules run, found by type without looking at all of them. */
export interface ClaimSet {
  readonly all: readonly Claim[];
  /** In the order in which they came. */
  ofType(type: string): readonly Claim[];
}

export interface Evaluation {
  /** What the rules issued, in order, equal claims once. */
  readonly issued: readonly Claim[];
  /** One for each rule, in order. */
  readonly outcomes: readonly RuleOutcome[];
}

export interface RuleOutcome {
  readonly rule: Rule;
  /** From 1, within its set. */
  readonly position: number;
  /** The conditions held, at least for one combination of claims. */
  readonly matched: boolean;
  /** How often the action ran. */
  readonly runs: number;
  /** Claims that its conditions and sources took, each once; none where it did not match. */
  readonly inputs: readonly Claim[];
  /** What it made, each once; of `add` rules, too. Empty though matched: a store without rows, a mapping without a value. */
  readonly outputs: readonly Claim[];
  /** The first condition that did not hold; undefined when matched. */
  readonly failed: FailedCondition | undefined;
  /** What a rule that matched did not make, and why: 'attribute mail is empty', 'the store "HR" has no value for mail'. */
  readonly nothing: string | undefined;
}

/** A condition that did not hold, with both values. */
export interface FailedCondition {
  /** As written in the text, or in words. */
  readonly condition: string;
  /**
   * What it wants: 'one of the groups Finance, Audit'. Where no claim passed a test it starts with 'some', which reads as 'no'
   * in a sentence about what there is: 'some Group claim is "Finance"'.
   */
  readonly expected: string;
  /** What there is instead; undefined when there is nothing to compare. */
  readonly observed: string | undefined;
  readonly nearest: NearestMiss | undefined;
  /** How many values there are beside the one observed. */
  readonly others?: number;
  /** What was observed is no value of the person: a claim type, a number. It is kept as it is. */
  readonly plain?: true;
  /** What was observed is told in words, not as a value. */
  readonly words?: true;
}

/** What came closest: the claim, group or value, and how it differs where that is easily overlooked. */
export interface NearestMiss {
  readonly what: string;
  /** 'letter case', 'white space', 'look-alike characters', or several of these in words. */
  readonly difference: string | undefined;
}

/** A rule that could not be carried out: the sign-on fails and names it. */
export class RuleFailure extends Error {
  override readonly name = 'RuleFailure';
  readonly kind: 'store' | 'limit' | 'pattern';
  readonly rule: Rule;
  readonly position: number;
  readonly set: RuleSetName;

  /** @param message a sentence part: 'the store "HR" did not answer within 3 s' */
  constructor(
    kind: RuleFailure['kind'],
    about: { readonly rule: Rule; readonly position: number; readonly set: RuleSetName },
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.kind = kind;
    this.rule = about.rule;
    this.position = about.position;
    this.set = about.set;
  }
}

/** What became of claims of one type that were issued. */
export interface ReleasedClaim {
  /** The name under which it left: a claim type or the name of an attribute. */
  readonly name: string;
  readonly claims: readonly Claim[];
  /** Why it did not leave as an attribute: 'names the subject'; undefined when it did. */
  readonly otherwise: string | undefined;
}

/** Evaluations as they are kept with a sign-on: values masked, texts short. Plain JSON. */
export interface ClaimsRecord {
  readonly sets: readonly SetRecord[];
  /** What left, and what did not although it was issued. */
  readonly released: readonly ReleaseRecord[];
  /** How many of these are not kept. */
  readonly moreReleased?: number;
}

/** A ClaimsRecord as it is stored (stored-claims.ts). Plain JSON. */
export interface StoredClaims extends Partial<ClaimsRecord> {
  /**
   * Claims that left by default, each under its name: the masked values, and how many more there are. Which rules made them,
   * and what left under which name, follows from that.
   */
  readonly defaults?: Readonly<Record<string, readonly (string | number)[]>>;
}

export interface SetRecord {
  readonly set: RuleSetName;
  readonly rules: readonly RuleRecord[];
  /** How many rules are not kept. */
  readonly more?: number;
}

export interface RuleRecord {
  /** 'rule 3 "Finance" (line 7)', 'mapping 2', 'e-mail, by default' */
  readonly rule: string;
  readonly matched: boolean;
  /** What it made is for later rules only. */
  readonly added?: true;
  readonly inputs?: readonly ClaimRecord[];
  /** How many are not kept. */
  readonly moreInputs?: number;
  readonly outputs?: readonly ClaimRecord[];
  readonly moreOutputs?: number;
  /** The one that failed; of a rule that took no claim, all of them. */
  readonly condition?: string;
  readonly expected?: string;
  /** Masked. */
  readonly observed?: string;
  readonly others?: number;
  /** `observed` is told in words, not as a value. */
  readonly words?: true;
  /** Masked. */
  readonly nearest?: string;
  readonly difference?: string;
  readonly nothing?: string;
}

export interface ClaimRecord {
  readonly type: string;
  /** Masked. */
  readonly value: string;
}

export interface ReleaseRecord {
  readonly claim: string;
  /** Masked. */
  readonly values: readonly string[];
  /** The rule it came from, as in RuleRecord. */
  readonly by: string;
  /** What became of it when it is no attribute: 'names the subject'. */
  readonly otherwise?: string;
}
