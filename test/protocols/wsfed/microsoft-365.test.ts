import { join } from 'node:path';
import { expect } from 'chai';
import { handMadeOf } from '../../../src/admin/preset-build.js';
import { readPresetValues } from '../../../src/admin/preset-values.js';
import { findPreset, loadPresets } from '../../../src/admin/presets.js';
import { packageFolder } from '../../../src/app/package.js';
import type { Claim } from '../../../src/core/model/claim.js';
import type { Person } from '../../../src/core/model/person.js';
import { type RelyingParty, resolveRelyingParty } from '../../../src/core/model/relying-party.js';
import { claimsOf } from '../../../src/directory/attributes.js';
import { personOf } from '../../../src/directory/person.js';
import { aDirectory, aUser, NOW } from '../../support/builders.js';
import { isPage, testIdpWith, WSFED_ISSUER } from '../../support/saml-idp.js';
import { accept, aWsfedRecord, delivered, readResponse, signInQuery } from '../../support/wsfed-party.js';

const REALM = 'urn:federation:MicrosoftOnline';
const LOGIN = 'https://login.microsoftonline.com/login.srf';
const IMMUTABLE_ID = 'wdGxmZ5FQ0qkSwEyAwQFBg==';

/** What `signet rp add --preset microsoft-365` puts into the registry. */
async function microsoft365(...domains: readonly string[]): Promise<RelyingParty> {
  const preset = findPreset(await loadPresets([join(packageFolder(), 'metadata', 'presets')]), 'microsoft-365');
  const { entityId, replyAddresses, overrides } = handMadeOf(
    preset,
    readPresetValues(
      preset,
      domains.map((value) => ({ key: 'domain', value })),
    ),
  );
  const record = aWsfedRecord({ realm: entityId, replies: replyAddresses.map(({ url }) => url) }, overrides);
  return resolveRelyingParty(record);
}

/** Maria as our own directory holds her. */
function maria(attributes: Readonly<Record<string, readonly string[]>>): Known {
  const user = aUser({ email: 'maria@contoso.com', attributes: { immutableId: [IMMUTABLE_ID], department: ['Sales'], ...attributes } });
  // A domain below a federated one, as the address of a server usually is: what is made of it must not pass for a UPN there.
  const person = personOf(user, aDirectory({ upnSuffix: 'login.contoso.com' }));
  return { person, claims: claimsOf(person) };
}

interface Known {
  readonly person: Person;
  readonly claims: readonly Claim[];
}

interface SignedOn {
  readonly accepted: ReturnType<typeof accept>;
  /** The assertion without its signature and with its id replaced: the same in every run. */
  readonly golden: string;
}

async function signOn(party: RelyingParty, known: Known, issuer: string): Promise<SignedOn> {
  const idp = await testIdpWith(known, party);
  const reply = await idp.get('/wsfed', signInQuery({ wtrealm: REALM, wctx: 'LoginOptions=3&estsredirect=2' }));
  if (reply.kind !== 'post-form') throw new Error(`expected a form, got ${JSON.stringify([reply, idp.refused]).slice(0, 800)}`);
  const { action, wresult, wctx } = delivered(reply.action, reply.fields);
  expect([action, wctx]).to.deep.equal([LOGIN, 'LoginOptions=3&estsredirect=2']);
  const accepted = accept(wresult, { certificate: idp.certificate, issuer, realm: REALM, now: NOW });
  const { token } = readResponse(wresult);
  return { accepted, golden: token.replace(/<ds:Signature[ >].*<\/ds:Signature>/su, '').replaceAll(accepted.assertion.id, '_id') };
}

async function refusal(party: RelyingParty, known: Known): Promise<readonly [string | undefined, string | undefined]> {
  const idp = await testIdpWith(known, party);
  isPage(await idp.get('/wsfed', signInQuery({ wtrealm: REALM })));
  expect(idp.issued).to.deep.equal([]);
  const refused = idp.refused.at(-1);
  return [refused?.check, refused?.trace.checks.at(-1)?.expected];
}

const SUBJECT = `<saml:Subject><saml:NameIdentifier Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified">${IMMUTABLE_ID}</saml:NameIdentifier><saml:SubjectConfirmation><saml:ConfirmationMethod>urn:oasis:names:tc:SAML:1.0:cm:bearer</saml:ConfirmationMethod></saml:SubjectConfirmation></saml:Subject>`;

/** To the letter what Entra ID is sent. */
function goldenToken(issuer: string, upn: string): string {
  return [
    `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" AssertionID="_id" IssueInstant="2026-11-24T09:00:00.000Z" Issuer="${issuer}" MajorVersion="1" MinorVersion="1">`,
    '<saml:Conditions NotBefore="2026-11-24T08:59:00.000Z" NotOnOrAfter="2026-11-24T10:00:00.000Z">',
    `<saml:AudienceRestrictionCondition><saml:Audience>${REALM}</saml:Audience></saml:AudienceRestrictionCondition></saml:Conditions>`,
    `<saml:AttributeStatement>${SUBJECT}`,
    `<saml:Attribute AttributeName="UPN" AttributeNamespace="http://schemas.xmlsoap.org/claims"><saml:AttributeValue>${upn}</saml:AttributeValue></saml:Attribute>`,
    `<saml:Attribute AttributeName="ImmutableID" AttributeNamespace="http://schemas.microsoft.com/LiveID/Federation/2008/05"><saml:AttributeValue>${IMMUTABLE_ID}</saml:AttributeValue></saml:Attribute>`,
    '</saml:AttributeStatement>',
    '<saml:AuthenticationStatement AuthenticationInstant="2026-11-24T08:59:00.000Z" AuthenticationMethod="urn:oasis:names:tc:SAML:1.0:am:password">',
    `${SUBJECT}</saml:AuthenticationStatement></saml:Assertion>`,
  ].join('');
}

describe('Microsoft 365 by its preset (WSF-22, S11-09)', () => {
  it('gets a SAML 1.1 token with UPN, ImmutableID and a name equal to it, under our own issuer with one domain', async () => {
    const { accepted, golden } = await signOn(await microsoft365('contoso.com'), maria({ upn: ['maria.silva@contoso.com'] }), WSFED_ISSUER);
    expect(golden).to.equal(goldenToken(WSFED_ISSUER, 'maria.silva@contoso.com'));
    expect(accepted.assertion.attributes).to.deep.equal({
      'http://schemas.xmlsoap.org/claims/UPN': ['maria.silva@contoso.com'],
      'http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID': [IMMUTABLE_ID],
    });
  });

  const people: readonly (readonly [string, Readonly<Record<string, readonly string[]>>, string, string])[] = [
    ['by the UPN', { upn: ['maria@fabrikam.com'] }, 'maria@fabrikam.com', 'fabrikam.com'],
    ['by the e-mail address where there is no UPN', {}, 'maria@contoso.com', 'contoso.com'],
    ['by the UPN under its name in Active Directory', { userPrincipalName: ['maria@fabrikam.com'] }, 'maria@fabrikam.com', 'fabrikam.com'],
    ['whatever the letter case', { upn: ['Maria@Fabrikam.COM'] }, 'Maria@Fabrikam.COM', 'fabrikam.com'],
    ['in a sub-domain under the issuer of the domain above', { upn: ['maria@emea.contoso.com'] }, 'maria@emea.contoso.com', 'contoso.com'],
  ];
  for (const [title, attributes, upn, domain] of people) {
    it(`gets the fixed issuer of the person's domain where there are several, ${title}`, async () => {
      const issuer = `http://${domain}/adfs/services/trust/`;
      const { golden } = await signOn(await microsoft365('contoso.com', 'fabrikam.com'), maria(attributes), issuer);
      expect(golden).to.equal(goldenToken(issuer, upn));
    });
  }

  const refused: readonly (readonly [string, Readonly<Record<string, readonly string[]>>, RegExp])[] = [
    [
      'of another domain',
      { upn: ['maria@elsewhere.example'] },
      /^http:\/\/schemas\.xmlsoap\.org\/claims\/UPN from attribute upn, else email, in contoso\.com or fabrikam\.com/u,
    ],
    ['of a domain that only ends alike', { upn: ['maria@notcontoso.com'] }, /claims\/UPN/u],
    ['without a domain', { upn: ['maria'] }, /claims\/UPN/u],
    ['by a UPN of the other spelling in another domain', { userPrincipalName: ['maria@elsewhere.example'] }, /claims\/UPN/u],
    ['without an immutable ID', { immutableId: [] }, /ImmutableID from immutableId; required$/u],
  ];
  for (const [title, attributes, expected] of refused) {
    it(`gets nobody ${title}, and the trace says what is missing`, async () => {
      const [check, missing] = await refusal(await microsoft365('contoso.com', 'fabrikam.com'), maria(attributes));
      expect(check).to.equal('claims.required');
      expect(missing).to.match(expected);
    });
  }
});
