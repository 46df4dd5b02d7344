/** Rules as texts, for tests: short, with abbreviated claim types. */
import { evaluateRules } from '../../src/core/claims/evaluation/evaluate-rules.js';
import type { AttributeStore, StoreQuestion, StoreRow } from '../../src/core/claims/attribute-store.js';
import type { Evaluation, RuleFacts } from '../../src/core/claims/explanation.js';
import { parseRules } from '../../src/core/claims/language/parse.js';
import type { RuleSetName } from '../../src/core/claims/rule.js';
import { AD_AUTHORITY, type Claim, makeClaim } from '../../src/core/model/claim.js';
import { someFacts } from './rule-facts.js';

/** What came in, in the worked checks of adfs.md 8. */
export const ADA: readonly Claim[] = [
  makeClaim('upn', 'ada@eu.corp.example', AD_AUTHORITY),
  makeClaim('wan', 'CORP\\ada', AD_AUTHORITY),
  makeClaim('groupsid', 'S-1-5-21-1-2-3-512', AD_AUTHORITY),
  makeClaim('groupsid', 'S-1-5-21-1-2-3-1105', AD_AUTHORITY),
  makeClaim('email', 'Ada@Corp.Example', AD_AUTHORITY),
];

export interface RunParts {
  readonly claims?: readonly Claim[];
  readonly facts?: Partial<RuleFacts>;
  readonly set?: RuleSetName;
}

export function run(text: string, { claims = ADA, facts = {}, set = 'transform' }: RunParts = {}): Promise<Evaluation> {
  return evaluateRules(set, parseRules(text), claims, someFacts(facts));
}

/** What was issued, as 'type value'. */
export async function issuedBy(text: string, parts?: RunParts): Promise<readonly string[]> {
  return (await run(text, parts)).issued.map(({ type, value }) => `${type} ${value}`);
}

/** Stores that answer from memory, with every question they were asked. */
export function memoryStores(answers: Readonly<Record<string, AttributeStore['ask'] | readonly StoreRow[]>>): {
  readonly stores: RuleFacts['stores'];
  readonly asked: StoreQuestion[];
} {
  const asked: StoreQuestion[] = [];
  return {
    asked,
    stores: {
      find: (name) => {
        const entry = Object.entries(answers).find(([known]) => known.toLowerCase() === name.toLowerCase());
        if (entry === undefined) return undefined;
        const [, answer] = entry;
        return {
          ask: (question) => {
            asked.push(question);
            return typeof answer === 'function' ? answer(question) : Promise.resolve(answer);
          },
        };
      },
    },
  };
}
