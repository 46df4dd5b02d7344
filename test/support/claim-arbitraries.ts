/** Conditions of every kind for property tests, such as may be stored. */
import fc from 'fast-check';
import type { Condition } from '../../src/core/model/condition.js';

/** One line that can be seen. */
export const someText = fc.stringMatching(/^[A-Za-zäöü"\\{}$&@.:/ -]{0,10}[A-Za-z]$/u);

const texts = fc.array(someText, { minLength: 1, maxLength: 3 });
const test = fc.record({ is: texts, matches: fc.constantFrom('^a', '(?i)x\\.y') }, { requiredKeys: [] });

const plain: fc.Arbitrary<Condition> = fc.oneof(
  fc.constantFrom<Condition>({ everyone: true }, { secondFactor: true }, { network: 'intranet' }, { network: 'extranet' }, { device: 'managed' }),
  texts.map((group) => ({ group })),
  fc.tuple(someText, test).map(([claim, tested]) => ({ claim, ...tested })),
  fc.tuple(someText, test).map(([attribute, tested]) => ({ attribute, ...tested })),
  fc.constantFrom(['10.0.0.0/8'], ['2001:db8::/32', '192.0.2.1']).map((network) => ({ network })),
  fc.constantFrom(['pwd'], ['otp', 'hwk']).map((method) => ({ method })),
  fc.constantFrom<Condition>({ time: { days: ['mon'] } }, { time: { from: '08:00', to: '18:00', zone: 'Europe/Berlin' } }, { time: { days: ['sat', 'sun'], from: '22:00', to: '06:00' } }), // prettier-ignore
);

export const someConditions: fc.Arbitrary<readonly Condition[]> = fc.array(fc.oneof(plain, plain.map((not) => ({ not }))), { minLength: 1, maxLength: 3 }); // prettier-ignore
