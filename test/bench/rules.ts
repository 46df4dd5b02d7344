/** What claim rules cost in raw signatures: they run in the process that signs, so both are measured in this one. */
import type { KeyObject } from 'node:crypto';
import { evaluateRules } from '../../src/core/claims/evaluation/evaluate-rules.js';
import { parseRules } from '../../src/core/claims/language/parse.js';
import { recordSet } from '../../src/core/claims/explanation/record.js';
import { someFacts } from '../support/rule-facts.js';
import { aDirectoryPerson, THIRTY_RULES } from '../support/thirty-rules.js';
import { rawSignaturesPerCpuSecond } from './raw.js';

const WARM_ROUNDS = 20_000;
const BATCH = 200;
const RAW_SECONDS = 0.5;

export interface RuleCost {
  /** Thirty rules over sixty claims, in raw RSA-2048 signatures. */
  readonly evaluated: number;
  /** The same with the record that is kept with the sign-on. */
  readonly recorded: number;
}

/** The middle of so many windows of so many seconds, each between two readings of raw signatures. */
export async function measureRules(key: KeyObject, { seconds, passes }: { readonly seconds: number; readonly passes: number }): Promise<RuleCost> {
  const rules = parseRules(THIRTY_RULES);
  const { claims, facts } = aDirectoryPerson();
  const about = someFacts(facts);
  const evaluate = async (): Promise<void> => {
    await evaluateRules('transform', rules, claims, about);
  };
  const record = async (): Promise<void> => {
    recordSet('transform', await evaluateRules('transform', rules, claims, about), { masked: true });
  };
  for (let round = 0; round < WARM_ROUNDS; round += 1) await record();
  const costs: RuleCost[] = [];
  for (let pass = 0; pass < passes; pass += 1) {
    const before = rawSignaturesPerCpuSecond(key, RAW_SECONDS);
    const evaluated = await perCpuSecond(evaluate, seconds);
    const recorded = await perCpuSecond(record, seconds);
    const raw = (before + rawSignaturesPerCpuSecond(key, RAW_SECONDS)) / 2;
    costs.push({ evaluated: raw / evaluated, recorded: raw / recorded });
  }
  const middle = costs.sort((a, b) => a.evaluated - b.evaluated)[Math.floor((passes - 1) / 2)];
  if (middle === undefined) throw new Error('nothing was measured');
  return middle;
}

async function perCpuSecond(run: () => Promise<void>, seconds: number): Promise<number> {
  const until = performance.now() + seconds * 1000;
  const before = process.cpuUsage();
  let count = 0;
  while (performance.now() < until) {
    for (let at = 0; at < BATCH; at += 1) await run();
    count += BATCH;
  }
  const used = process.cpuUsage(before);
  return count / ((used.user + used.system) / 1e6);
}
