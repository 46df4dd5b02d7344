/** Acceptance rules of a directory: which of its claims count, and under what name, before any application is thought of. */
import type { AttributeStores } from '../core/claims/attribute-store.js';
import { evaluateRules } from '../core/claims/evaluation/evaluate-rules.js';
import { type Evaluation, RuleFailure } from '../core/claims/explanation.js';
import { signInClaims } from '../core/claims/input-claims.js';
import { parseRules } from '../core/claims/language/parse.js';
import type { Rule } from '../core/claims/rule.js';
import { SignetError } from '../core/errors.js';
import type { Claim } from '../core/model/claim.js';
import type { LocalDirectorySettings } from '../core/model/directory.js';
import type { Person } from '../core/model/person.js';
import type { Authentication } from '../core/model/subject.js';

/** Who signed in, and what their directory says. */
export interface Offered {
  readonly person: Person;
  readonly claims: readonly Claim[];
  readonly authentication: Authentication;
}

export interface Accepted {
  readonly claims: readonly Claim[];
  /** Absent where every claim passes. */
  readonly accepted?: Evaluation;
}

export type Accept = (settings: LocalDirectorySettings, offered: Offered) => Promise<Accepted>;

/**
 * Without rules every claim passes. With rules those pass that they issue. Claims about the sign-in itself are there to be
 * tested, and pass always: they are no word of the directory. Rejects with `unavailable` when a rule cannot be carried out.
 */
export function createAcceptance(parts: { readonly stores: AttributeStores }): Accept {
  const read = new WeakMap<LocalDirectorySettings, readonly Rule[]>();
  const rulesOf = (settings: LocalDirectorySettings, text: string): readonly Rule[] => {
    const rules = read.get(settings) ?? parseRules(text);
    read.set(settings, rules);
    return rules;
  };
  const run = async (settings: LocalDirectorySettings, text: string, { person, claims, authentication }: Offered): Promise<Accepted> => {
    const signIn = signInClaims(authentication);
    const accepted = await evaluateRules('acceptance', rulesOf(settings, text), [...claims, ...signIn], {
      person,
      authentication,
      context: { at: authentication.at, insideCorporateNetwork: false },
      relyingParty: undefined,
      stores: parts.stores,
      identifier: () => Promise.reject(new SignetError('invalid_input', 'an identifier is of one application, and acceptance rules are for none')),
    });
    return { claims: accepted.issued.filter((claim) => !signIn.some((said) => isSame(said, claim))), accepted };
  };
  return async (settings, offered) => {
    if (settings.acceptance === undefined) return { claims: offered.claims };
    try {
      return await run(settings, settings.acceptance, offered);
    } catch (error) {
      if (!(error instanceof RuleFailure || error instanceof SignetError)) throw error;
      throw new SignetError('unavailable', `the acceptance rules of the directory ${settings.name} could not be carried out: ${error.message}`, {
        cause: error,
      });
    }
  };
}

function isSame(one: Claim, other: Claim): boolean {
  return one.type === other.type && one.value === other.value && one.issuer === other.issuer;
}
