/** Sign-on records for tests of what keeps them. */
import type { Change, SignOnRecord } from '../../src/core/ports.js';
import { randomId } from '../../src/crypto/random.js';

export const CHANGE: Change = { actor: 'test', action: 'change' };

export function aSignOnRecord(changes: Partial<SignOnRecord> = {}): SignOnRecord {
  return {
    id: randomId(),
    reference: 'SGN-TEST-2345',
    at: Date.now(),
    event: 'sign-on',
    outcome: 'issued',
    protocol: 'saml',
    relyingParty: 'https://app.example/metadata',
    user: 'maria',
    clientAddress: '192.0.2.7',
    trace: { startedAt: Date.now(), checks: [{ id: 'request.destination', result: 'passed' }], steps: [{ name: 'reply address', detail: 'the only one' }] },
    ...changes,
  };
}

/** The same call many times at once. */
export async function atOnce<T>(count: number, call: (index: number) => Promise<T>): Promise<readonly T[]> {
  return Promise.all(Array.from({ length: count }, async (_, index) => call(index)));
}
