import { expect } from 'chai';
import { compareWithNow } from '../../src/admin/if-issued-now.js';
import type { Preview } from '../../src/admin/preview.js';
import { SignetError } from '../../src/core/errors.js';
import type { SignOnRecord } from '../../src/core/ports.js';
import { NOW } from '../support/builders.js';

const then = (values: Readonly<Record<string, readonly string[]>>, changes: Partial<SignOnRecord> = {}): Pick<SignOnRecord, 'outcome' | 'check' | 'trace'> => ({
  outcome: 'issued',
  trace: {
    startedAt: NOW,
    checks: [],
    steps: [],
    claims: { sets: [], released: Object.entries(values).map(([claim, masked]) => ({ claim, values: masked, by: 'rule 1' })) },
  },
  ...changes,
});
const now = (values: Readonly<Record<string, readonly string[]>>, refusal?: SignetError): Preview =>
  ({ refusal, claims: { sets: [], released: Object.entries(values).map(([claim, plain]) => ({ claim, values: plain, by: 'rule 1' })) } }) as unknown as Preview;

describe('a sign-on beside what it would be now', () => {
  it('is the same when every claim would be, in whatever order its values are', () => {
    expect(compareWithNow(then({ role: ['re…(6)', 'ap…(8)'] }), now({ role: ['approver', 'reader'] }))).to.deep.equal([]);
  });

  it('differs by a value, by a claim that came and by one that went, all masked', () => {
    expect(compareWithNow(then({ role: ['re…(6)'], old: ['ol…(8)'] }), now({ role: ['approver'], fresh: ['new-value'] }))).to.deep.equal([
      { what: 'role', then: 're…(6)', now: 'ap…(8)' },
      { what: 'old', then: 'ol…(8)', now: undefined },
      { what: 'fresh', then: undefined, now: 'ne…(9)' },
    ]);
  });

  it('differs by its outcome, and then nothing leaves', () => {
    const refusal = new SignetError('access_denied', 'no', { check: { id: 'user.allowed', result: 'failed' } });
    expect(compareWithNow(then({ role: ['re…(6)'] }), now({ role: ['reader'] }, refusal))).to.deep.equal([
      { what: 'outcome', then: 'issued', now: 'refused (user.allowed)' },
      { what: 'role', then: 're…(6)', now: undefined },
    ]);
    expect(compareWithNow(then({}, { outcome: 'refused', check: 'user.allowed' }), now({}))).to.deep.equal([
      { what: 'outcome', then: 'refused (user.allowed)', now: 'issued' },
    ]);
  });
});
