import { expect } from 'chai';
import { releaseClaims } from '../../../src/core/claims/release.js';
import type { IssuanceRequest } from '../../../src/core/issuance/issuance-request.js';
import type { ReleasedClaims } from '../../../src/core/issuance/token-draft.js';
import { OFFERED_CLAIM_TYPES } from '../../../src/core/claims/standard-claims.js';
import { CLAIM, LOCAL_AUTHORITY, makeClaim } from '../../../src/core/model/claim.js';
import type { RequestedAttribute } from '../../../src/core/model/relying-party.js';
import type { ProtocolName } from '../../../src/core/model/security-token.js';
import { anInput, anIssuanceRequest, aRelyingParty, aSubject, aTrace } from '../../support/builders.js';

const wanted = (name: string, more: Partial<RequestedAttribute> = {}): RequestedAttribute => ({ name, required: false, ...more });

/** Of an application that asks for these attributes, or for nothing in particular. */
function asking(requested: readonly RequestedAttribute[] | undefined, changes: Partial<IssuanceRequest> = {}): IssuanceRequest {
  const attributeServices = requested === undefined ? [] : [{ index: 0, requested }];
  return anIssuanceRequest({ relyingParty: aRelyingParty({ attributeServices }), ...changes });
}

function release(request: IssuanceRequest): Promise<ReleasedClaims> {
  return releaseClaims(request, anInput(request));
}

async function released(request: IssuanceRequest): Promise<readonly (readonly [string, readonly string[]])[]> {
  return (await release(request)).attributes.map((attribute) => [attribute.name, attribute.values]);
}

async function namesOf(request: IssuanceRequest): Promise<readonly string[]> {
  return (await released(request)).map(([name]) => name);
}

const without = (type: string): IssuanceRequest['subject'] => aSubject({ claims: aSubject().claims.filter((claim) => claim.type !== type) });
const withClaims = (...more: readonly (readonly [string, string])[]): IssuanceRequest['subject'] =>
  aSubject({ claims: [...aSubject().claims, ...more.map(([type, value]) => makeClaim(type, value, LOCAL_AUTHORITY))] });

describe('default claims of SAML', () => {
  it('are mail, givenName, sn, displayName and isMemberOf under their OID names with FriendlyName (CORE-39)', async () => {
    const { attributes } = await release(asking(undefined));
    expect(attributes.map((attribute) => [attribute.friendlyName, attribute.name])).to.deep.equal([
      ['mail', 'urn:oid:0.9.2342.19200300.100.1.3'],
      ['givenName', 'urn:oid:2.5.4.42'],
      ['sn', 'urn:oid:2.5.4.4'],
      ['displayName', 'urn:oid:2.16.840.1.113730.3.1.241'],
      ['isMemberOf', 'urn:oid:1.3.6.1.4.1.5923.1.5.1.1'],
    ]);
    expect(attributes.every((attribute) => attribute.nameFormat.endsWith(':uri'))).to.equal(true);
    expect(attributes.at(-1)?.values).to.deep.equal(['Sales', 'Everyone']);
  });

  it('leave out what has no value', async () => {
    expect(await namesOf(asking(undefined, { subject: without(CLAIM.displayName) }))).not.to.include('urn:oid:2.16.840.1.113730.3.1.241');
  });
});

describe('default claims of WS-Federation and WS-Trust', () => {
  for (const protocol of ['wsfed', 'wstrust'] as const) {
    it(`are e-mail, given name, surname, name and roles under their claim types (${protocol})`, async () => {
      const { attributes } = await release(asking(undefined, { protocol }));
      expect(attributes.map(({ name, values }) => [name, values])).to.deep.equal([
        ['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress', ['maria@example.com']],
        ['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname', ['Maria']],
        ['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname', ['Silva']],
        ['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name', ['Maria Silva']],
        ['http://schemas.microsoft.com/ws/2008/06/identity/claims/role', ['Sales', 'Everyone']],
      ]);
      expect(attributes.map(({ nameFormat, friendlyName }) => [nameFormat, friendlyName])).to.deep.equal(
        attributes.map(() => ['urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified', undefined]),
      );
    });
  }

  it('have the user name where there is no display name, so that there is a name at all', async () => {
    expect(await released(asking(undefined, { protocol: 'wsfed', subject: without(CLAIM.displayName) }))).to.deep.include([CLAIM.name, ['maria']]);
  });

  it('never hold a UPN or SID that nobody asked for', async () => {
    const subject = withClaims([CLAIM.upn, 'maria@corp.example'], [CLAIM.groupSid, 'S-1-5-21-1-2-3-512'], [CLAIM.immutableId, 'AAAA']);
    expect(JSON.stringify(await released(asking(undefined, { protocol: 'wsfed', subject })))).not.to.match(/corp\.example|S-1-5|AAAA/u);
  });
});

describe('claims that metadata requests', () => {
  it('follow its names, and nothing else leaves (SSO-17)', async () => {
    expect(await released(asking([wanted('email'), wanted('urn:oid:2.5.4.42'), wanted('User.LastName')]))).to.deep.equal([
      ['email', ['maria@example.com']],
      ['urn:oid:2.5.4.42', ['Maria']],
      ['User.LastName', ['Silva']],
    ]);
  });

  const subject = withClaims([CLAIM.upn, 'maria@corp.example'], [CLAIM.groupSid, 'S-1-5-21-1-2-3-512']);
  const identity = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';
  const microsoft = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/';
  const meanings: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    [`${identity}emailaddress`, ['maria@example.com'], ['maria@example.com']],
    [`${identity}givenname`, ['Maria'], ['Maria']],
    [`${identity}surname`, ['Silva'], ['Silva']],
    // The one name with two meanings: SAML applications sign people in by it.
    [`${identity}name`, ['maria'], ['Maria Silva']],
    [`${identity}upn`, ['maria@corp.example'], ['maria@corp.example']],
    [`${microsoft}role`, ['Sales', 'Everyone'], ['Sales', 'Everyone']],
    [`${microsoft}groupsid`, ['S-1-5-21-1-2-3-512'], ['S-1-5-21-1-2-3-512']],
    ['http://schemas.xmlsoap.org/claims/UPN', ['maria@corp.example'], ['maria@corp.example']],
    ['http://schemas.xmlsoap.org/claims/CommonName', ['Maria Silva'], ['Maria Silva']],
    ['http://schemas.xmlsoap.org/claims/EmailAddress', ['maria@example.com'], ['maria@example.com']],
    ['http://schemas.xmlsoap.org/claims/Group', ['Sales', 'Everyone'], ['Sales', 'Everyone']],
  ];
  for (const [uri, saml, wsfed] of meanings) {
    it(`mean the same under ${uri} in every protocol that knows it`, async () => {
      const values = async (protocol: ProtocolName): Promise<readonly string[] | undefined> =>
        (await released(asking([wanted(uri)], { protocol, subject })))[0]?.[1];
      expect([await values('saml'), await values('wsfed'), await values('wstrust')]).to.deep.equal([saml, wsfed, wsfed]);
    });
  }

  it('are refused silently where they are not standard claims, whatever the directory holds', async () => {
    const own = 'urn:signet:attribute:salary';
    const rich = withClaims([own, '100000'], [CLAIM.immutableId, 'AAAA'], [CLAIM.primarySid, 'S-1-5-21-1-2-3-1105']);
    const asked = [wanted('salary'), wanted('urn:oid:1.2.3'), wanted(own), wanted(CLAIM.immutableId), wanted(CLAIM.primarySid), wanted(CLAIM.issuerId)];
    for (const protocol of ['saml', 'wsfed'] as const) expect(await released(asking(asked, { protocol, subject: rich }))).to.deep.equal([]);
  });

  it('hold UPN and SID only where there are any', async () => {
    expect(await released(asking([wanted(CLAIM.upn), wanted(CLAIM.groupSid)], { protocol: 'wsfed' }))).to.deep.equal([]);
  });

  it('depend on the service the request names (IIP-IDP04)', async () => {
    const attributeServices = [
      { index: 0, requested: [wanted('mail')] },
      { index: 1, isDefault: true, requested: [wanted('sn')] },
    ];
    const relyingParty = aRelyingParty({ attributeServices });
    const names = (index?: number): Promise<readonly string[]> =>
      namesOf(anIssuanceRequest({ relyingParty, ...(index === undefined ? {} : { attributeServiceIndex: index }) }));
    expect([await names(0), await names(1), await names(0), await names()]).to.deep.equal([['mail'], ['sn'], ['mail'], ['sn']]);
  });

  it('are those of the protocol in use, and those of the other where there are no others (FMD-09)', async () => {
    const saml = { index: 0, requested: [wanted('mail')] };
    const wsfed = { index: 0, protocol: 'wsfed', requested: [wanted(CLAIM.surname)] } as const;
    const names = (protocol: ProtocolName, ...attributeServices: readonly (typeof saml | typeof wsfed)[]): Promise<readonly string[]> =>
      namesOf(anIssuanceRequest({ protocol, relyingParty: aRelyingParty({ attributeServices }) }));
    for (const services of [
      [saml, wsfed],
      [wsfed, saml],
    ]) {
      expect([await names('saml', ...services), await names('wsfed', ...services)]).to.deep.equal([['mail'], [CLAIM.surname]]);
    }
    expect([await names('saml', wsfed), await names('wsfed', saml)]).to.deep.equal([[CLAIM.surname], ['mail']]);
    const indexed = anIssuanceRequest({ relyingParty: aRelyingParty({ attributeServices: [wsfed, saml] }), attributeServiceIndex: 0 });
    expect(await namesOf(indexed)).to.deep.equal(['mail']);
  });

  it('are noted when required and without a value', async () => {
    const trace = aTrace();
    await release(asking([wanted('department', { required: true })], { trace }));
    expect(trace.toRecord().checks).to.deep.include({ id: 'claims.required', result: 'noted', observed: 'Acme Expenses', expected: 'department' });
  });
});

describe('claim types that are offered', () => {
  it('are those somebody with everything gets by asking, each once and with words about it (FMD-07)', async () => {
    const subject = withClaims([CLAIM.upn, 'maria@corp.example'], [CLAIM.groupSid, 'S-1-5-21-1-2-3-512']);
    const uris = OFFERED_CLAIM_TYPES.map(({ uri }) => uri);
    const attributes = uris.filter((uri) => uri !== CLAIM.nameIdentifier);
    const asked = attributes.map((uri) => wanted(uri));
    expect(await namesOf(asking(asked, { protocol: 'wsfed', subject }))).to.deep.equal(attributes);
    expect(new Set(uris).size).to.equal(uris.length);
    for (const { displayName, description } of OFFERED_CLAIM_TYPES) expect([displayName, description]).not.to.include('');
  });
});
