import { expect } from 'chai';
import { SignetError } from '../../../src/core/errors.js';
import type { SignOnRecord } from '../../../src/core/ports.js';
import type { HttpReply } from '../../../src/http/reply.js';
import type { HttpRequest } from '../../../src/http/request.js';
import { createPassive, type Passive, type PassiveParts } from '../../../src/protocols/shared/passive.js';
import { fakeClock } from '../../support/builders.js';
import { aSignInRequest } from '../../support/sign-in-request.js';

const unexpected = (): Promise<never> => Promise.reject(new Error('not to be reached'));
const TOLD: HttpReply = { kind: 'post-form', action: 'https://app.example/acs', fields: {}, applicationName: 'Acme Expenses' };

/** A post that came from another site: without the cookie. */
const CROSS_SITE_POST: HttpRequest = {
  method: 'POST',
  path: '/saml/sso',
  rawQuery: '',
  form: new Map(),
  headers: {},
  clientAddress: '192.0.2.1',
  browser: { cookie: false },
};

function passive(keep: PassiveParts['flows']['keep']): { readonly flow: Passive; readonly refused: SignOnRecord[]; readonly told: SignetError[] } {
  const refused: SignOnRecord[] = [];
  const told: SignetError[] = [];
  const flow = createPassive(
    {
      name: 'saml',
      receive: () => Promise.resolve({ request: aSignInRequest(), refused: undefined }),
      toIssuance: unexpected,
      respond: unexpected,
      reject: (_request, error) => {
        told.push(error);
        return Promise.resolve({ reply: TOLD, explain: false });
      },
    },
    {
      clock: fakeClock(),
      makeReference: () => 'SGN-TEST-2345',
      makeId: () => '_record',
      signIn: { next: unexpected },
      issue: unexpected,
      flows: { keep, recall: unexpected },
      isIntranet: () => false,
      resumeAddress: (id) => `/login/continue?id=${id}`,
      errorPage: (error) => ({ kind: 'page', status: 400, view: 'errors/error', model: { code: error.code } }),
      refused: (entry) => refused.push(entry),
    },
  );
  return { flow, refused, told };
}

describe('a cross-site post that came without the cookie', () => {
  it('goes on at our own address, never taken for signed out', async () => {
    const { flow, refused } = passive(() => Promise.resolve('kept'));
    expect(await flow.begin(CROSS_SITE_POST)).to.deep.equal({ kind: 'redirect', location: '/login/continue?id=kept', status: 303 });
    expect(refused).to.deep.equal([]);
  });

  it('that is too large to wait is refused on record, and its application is told', async () => {
    const { flow, refused, told } = passive((_request, trace) => Promise.reject(trace.failure('request.size', { observed: '90000 bytes' })));
    expect(await flow.begin(CROSS_SITE_POST)).to.deep.equal(TOLD);
    expect(told[0]).to.include({ code: 'malformed_request' });
    expect(refused[0]).to.include({ outcome: 'refused', check: 'request.size', relyingParty: 'https://app.example/metadata' });
  });

  it('that cannot be kept for another reason is a failure of ours, without a word of why', async () => {
    const { flow, refused, told } = passive(() => Promise.reject(new TypeError('bad iv')));
    await flow.begin(CROSS_SITE_POST);
    expect(told[0]).to.be.instanceOf(SignetError).and.include({ code: 'internal' });
    expect(told[0]?.message).not.to.contain('bad iv');
    expect(refused[0]).to.include({ outcome: 'failed', check: 'internal' });
  });
});
