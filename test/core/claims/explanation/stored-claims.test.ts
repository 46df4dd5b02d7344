import { expect } from 'chai';
import { authorize } from '../../../../src/core/issuance/access-policy.js';
import { recordClaims } from '../../../../src/core/claims/explanation/claims-record.js';
import type { StoredClaims } from '../../../../src/core/claims/explanation.js';
import { releaseClaims } from '../../../../src/core/claims/release.js';
import { readClaims, storeClaims } from '../../../../src/core/claims/explanation/stored-claims.js';
import type { IssuanceRequest } from '../../../../src/core/issuance/issuance-request.js';
import { AD_AUTHORITY, CLAIM, type Claim, LOCAL_AUTHORITY, makeClaim } from '../../../../src/core/model/claim.js';
import { anInput, anIssuanceRequest, aRelyingParty, aSubject } from '../../../support/builders.js';

/** The request after its claims were released. */
async function signOn(changes: Partial<IssuanceRequest> = {}): Promise<IssuanceRequest['trace']> {
  const request = anIssuanceRequest(changes);
  await authorize(request, anInput(request));
  await releaseClaims(request, anInput(request));
  return request.trace;
}

function store({ evaluations, released }: IssuanceRequest['trace']): StoredClaims {
  return JSON.parse(JSON.stringify(storeClaims(evaluations, released))) as StoredClaims;
}

const claims = aSubject().claims;
const without = (type: string): readonly Claim[] => claims.filter((claim) => claim.type !== type);
const groups = (count: number): readonly Claim[] => Array.from({ length: count }, (_, at) => makeClaim(CLAIM.group, `Group ${String(at)}`, AD_AUTHORITY));

const CASES: readonly (readonly [name: string, claims: readonly Claim[], short: boolean])[] = [
  ['with every claim', claims, true],
  ['without an e-mail address', without(CLAIM.email), true],
  ['in no group', without(CLAIM.group), true],
  ['with more groups than a rule shows', [...claims, ...groups(8)], true],
  ['with more groups than are shown of what left', [...claims, ...groups(60)], true],
  ['with a group that is there twice', [...claims, makeClaim(CLAIM.group, 'Sales', LOCAL_AUTHORITY)], false],
  ['without any claim', [], false],
];

describe('stored claims', () => {
  for (const protocol of ['saml', 'wsfed'] as const) {
    for (const [name, own, short] of CASES) {
      it(`of the defaults are read as they were, of somebody ${name} (${protocol})`, async () => {
        const trace = await signOn({ protocol, subject: aSubject({ claims: own }) });
        const stored = store(trace);
        expect(stored.defaults !== undefined).to.equal(short);
        expect(readClaims(stored)).to.deep.equal(recordClaims(trace.evaluations, trace.released, { masked: true }));
      });
    }
  }

  it('of the defaults are read as they were where a claim is from its second source', async () => {
    const trace = await signOn({ protocol: 'wsfed', subject: aSubject({ claims: without(CLAIM.displayName) }) });
    expect(readClaims(store(trace))).to.deep.equal(recordClaims(trace.evaluations, trace.released, { masked: true }));
  });

  it('of the defaults stand after those of other rules', async () => {
    const relyingParty = aRelyingParty({ rules: { authorization: `=> issue(Type = "${CLAIM.permit}", Value = "true");` } });
    const trace = await signOn({ relyingParty });
    const stored = store(trace);
    expect(stored.sets).to.have.length(1);
    expect(readClaims(stored)).to.deep.equal(recordClaims(trace.evaluations, trace.released, { masked: true }));
  });

  it('of rules are the record itself', async () => {
    const relyingParty = aRelyingParty({ rules: { transform: `c:[Type == "${CLAIM.email}"] => issue(claim = c);` } });
    const trace = await signOn({ relyingParty });
    expect(store(trace)).to.deep.equal(recordClaims(trace.evaluations, trace.released, { masked: true }));
  });

  it('of the defaults come to less than 250 bytes, without any value as it is', async () => {
    const text = JSON.stringify(store(await signOn()));
    expect(Buffer.byteLength(text)).to.be.below(250);
    expect(text).not.to.include('maria@example.com');
  });

  it('of a sign-on that failed after its rules are those of the rules', async () => {
    const trace = await signOn();
    trace.released = [];
    expect(readClaims(store(trace)).released).to.deep.equal([]);
  });

  it('by a default of another version are told by their name', () => {
    const { sets, released } = readClaims({ defaults: { phone: ['…'] } });
    expect(sets[0]?.rules[0]).to.deep.include({ rule: 'phone, by default', matched: true, outputs: [{ type: 'phone', value: '…' }] });
    expect(released).to.deep.equal([{ claim: 'phone', values: ['…'], by: 'phone, by default' }]);
  });
});
