/** What the rules of an application start from: the person's claims, those of the request, and the facts beside them. */
import type { IssuanceRequest } from '../issuance/issuance-request.js';
import type { IdentifierKind } from '../model/claim-mapping.js';
import type { Claim } from '../model/claim.js';
import type { RequestContext } from '../model/request-context.js';
import type { Subject } from '../model/subject.js';
import type { AttributeStores } from './attribute-store.js';
import type { RuleFacts } from './explanation.js';
import { contextClaims } from './input-claims.js';

export interface ClaimsInput {
  readonly claims: readonly Claim[];
  readonly facts: RuleFacts;
}

/** What of a request they are made of. */
export type InputAbout = Pick<IssuanceRequest, 'trace' | 'subject' | 'relyingParty' | 'context' | 'nameIdPolicy'>;

export interface InputParts {
  readonly stores: AttributeStores;
  /** The name of a kind by which the application knows the person; made where there is none yet. */
  readonly identifier: (kind: IdentifierKind, about: InputAbout) => Promise<string>;
}

export type MakeInput = (about: InputAbout) => ClaimsInput;

/** The claims that exist before the first rule, and what conditions and sources look at beside them. */
export function createClaimsInput(parts: InputParts): MakeInput {
  // The launcher asks for each application with the same person and the same request.
  const known = new WeakMap<Subject, WeakMap<RequestContext, readonly Claim[]>>();
  const claimsOf = (subject: Subject, context: RequestContext): readonly Claim[] => {
    const ofSubject = known.get(subject) ?? new WeakMap<RequestContext, readonly Claim[]>();
    const claims = ofSubject.get(context) ?? [...subject.claims, ...contextClaims(subject.authentication, context)];
    known.set(subject, ofSubject.set(context, claims));
    return claims;
  };
  return (about) => {
    const { subject, relyingParty, context } = about;
    return {
      claims: claimsOf(subject, context),
      facts: {
        person: subject.person,
        authentication: subject.authentication,
        context,
        relyingParty: relyingParty.entityId,
        stores: parts.stores,
        identifier: (kind) => parts.identifier(kind, about),
      },
    };
  };
}
