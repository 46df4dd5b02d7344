/**
 * What leaves for a relying party: what its mappings say; without any, what its metadata requests (SAML Metadata 2.4.4.2,
 * WS-Federation 3.1.8); else the default claims of the protocol, which are e-mail, given name, surname, a name and groups.
 * SAML calls them by the X.500/LDAP attribute profile (SAML Profiles 8.2), WS-Federation by claim types.
 */
import type { IssuanceRequest } from '../issuance/issuance-request.js';
import { type ReleasedAttribute, type ReleasedClaims, valuesOf } from '../issuance/token-draft.js';
import type { Claim } from '../model/claim.js';
import { type AttributeConsumingService, chooseDefault, type RequestedAttribute } from '../model/relying-party.js';
import { applyMappings } from './mappings.js';
import { nameFormatOf, SAML_DEFAULTS, sourcesOf, WS_DEFAULTS } from './standard-claims.js';

/** What of a request decides about claims. */
export type ClaimsRequest = Pick<IssuanceRequest, 'trace' | 'protocol' | 'relyingParty' | 'subject' | 'attributeServiceIndex'>;

/**
 * The attributes of a token, in a stable order, and the name and issuer that mappings give it. Writes what was asked for
 * and has no value into the trace. Errors, of mappings only: check claims.required, claims.issuer.
 */
export function releaseClaims(request: ClaimsRequest): ReleasedClaims {
  const { relyingParty } = request;
  if (relyingParty.claims.length > 0) return applyMappings(relyingParty.claims, request);
  const service = serviceFor(request);
  const attributes = service === undefined ? byDefault(request) : service.requested.flatMap((wanted) => byRequest(wanted, request));
  request.trace.step('claims', attributes.map(({ friendlyName, name, values }) => `${friendlyName ?? name} (${String(values.length)})`).join(', ') || 'none');
  return { attributes };
}

/** What was asked for in the protocol of the request, else in the other: then it is all that is known. */
function serviceFor({ protocol, relyingParty, attributeServiceIndex: index }: ClaimsRequest): AttributeConsumingService | undefined {
  const all = relyingParty.attributeServices;
  const own = all.filter((service) => (service.protocol === undefined) === (protocol === 'saml'));
  const services = own.length > 0 ? own : all;
  return index === undefined ? chooseDefault(services) : services.find((service) => service.index === index);
}

function byDefault({ protocol, subject }: ClaimsRequest): readonly ReleasedAttribute[] {
  return (protocol === 'saml' ? SAML_DEFAULTS : WS_DEFAULTS).flatMap((named) => {
    const values = firstValuesOf(subject.claims, sourcesOf(named.name, protocol));
    return values.length === 0 ? [] : [{ ...named, values }];
  });
}

function byRequest(wanted: RequestedAttribute, { protocol, subject, relyingParty, trace }: ClaimsRequest): readonly ReleasedAttribute[] {
  const values = firstValuesOf(subject.claims, sourcesOf(wanted.name, protocol));
  if (values.length === 0) {
    if (wanted.required) trace.note('claims.required', { observed: relyingParty.name, expected: wanted.friendlyName ?? wanted.name });
    return [];
  }
  const nameFormat = wanted.nameFormat ?? nameFormatOf(wanted.name);
  return [{ name: wanted.name, nameFormat, ...(wanted.friendlyName === undefined ? {} : { friendlyName: wanted.friendlyName }), values }];
}

function firstValuesOf(claims: readonly Claim[], types: readonly string[]): readonly string[] {
  const found = types.find((type) => claims.some((claim) => claim.type === type));
  return found === undefined ? [] : valuesOf(claims, found);
}
