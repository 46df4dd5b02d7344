import type { SignInRequest } from '../../src/core/issuance/sign-in-request.js';
import { asId } from '../../src/core/model/ids.js';
import { NOW } from './builders.js';

/** A checked request of Acme Expenses, received now. */
export function aSignInRequest(changes: Partial<SignInRequest> = {}): SignInRequest {
  return {
    reference: 'SGN-TEST-2345',
    protocol: 'saml',
    relyingParty: asId('rp-1'),
    relyingPartyName: 'Acme Expenses',
    entityId: 'https://app.example/metadata',
    audience: 'https://app.example/metadata',
    receivedAt: NOW,
    replyTo: 'https://app.example/acs',
    passive: false,
    fresh: false,
    echo: { inResponseTo: '_request' },
    ...changes,
  };
}
