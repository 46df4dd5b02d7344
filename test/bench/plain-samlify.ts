/**
 * The same work by plain samlify 2.13 behind Express, as its documentation shows it: key as PEM text, its templates, its
 * signer. It is spared what Signet does besides: no express-session (a cookie found in a Map), no audit record, no
 * explanation, no schema validation, requests not checked for age or address.
 */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import express from 'express';
import samlify from 'samlify';
import { type BenchPerson, person } from './people.js';

const { IdentityProvider, SamlLib, ServiceProvider, setSchemaValidator } = samlify;

interface Wish {
  readonly sessions: number;
  readonly privateKeyPem: string;
  readonly certificate: string;
  readonly acs: string;
  /** Entity ids, with what is signed. */
  readonly assertion: string;
  readonly both: string;
}

const BINDING = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
const URI = 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri';
const EMAIL = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
const wish = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Wish;

setSchemaValidator({ validate: () => Promise.resolve('not validated') });

const attribute = (name: string, valueTag: string) => ({ name, valueTag, nameFormat: URI, valueXsiType: 'xs:string' });
const identityProvider = IdentityProvider({
  entityID: 'https://samlify.bench.example/idp',
  privateKey: wish.privateKeyPem,
  signingCert: wish.certificate,
  nameIDFormat: [EMAIL],
  requestSignatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  singleSignOnService: [{ Binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', Location: 'https://samlify.bench.example/saml/sso' }],
  // Never used; samlify writes a warning without it.
  singleLogoutService: [{ Binding: BINDING, Location: 'https://samlify.bench.example/saml/slo' }],
  loginResponseTemplate: {
    context: SamlLib.defaultLoginResponseTemplate.context.replace(
      '{AuthnStatement}',
      '<saml:AuthnStatement AuthnInstant="{IssueInstant}" SessionIndex="{SessionIndex}"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>',
    ),
    attributes: [
      attribute('urn:oid:0.9.2342.19200300.100.1.3', 'user.email'),
      attribute('urn:oid:2.5.4.42', 'user.givenName'),
      attribute('urn:oid:2.5.4.4', 'user.surname'),
      attribute('urn:oid:2.16.840.1.113730.3.1.241', 'user.displayName'),
      attribute('urn:oid:1.3.6.1.4.1.5923.1.5.1.1', 'user.group1'),
      attribute('urn:oid:1.3.6.1.4.1.5923.1.5.1.1', 'user.group2'),
      attribute('urn:oid:1.3.6.1.4.1.5923.1.5.1.1', 'user.group3'),
    ],
  },
});

const serviceProvider = (entityID: string, wantMessageSigned: boolean) =>
  ServiceProvider({ entityID, wantAssertionsSigned: true, wantMessageSigned, assertionConsumerService: [{ Binding: BINDING, Location: wish.acs }] });
const providers = { assertion: serviceProvider(wish.assertion, false), both: serviceProvider(wish.both, true) };
const sessions = new Map<string, BenchPerson>(Array.from({ length: wish.sessions }, (_, index) => [`session-${String(index)}`, person(index)]));

/** samlify's way of filling in its template. */
function fillIn(user: BenchPerson, sp: ReturnType<typeof serviceProvider>, inResponseTo: string) {
  return (template: string) => {
    const id = `_${crypto.randomUUID()}`;
    const now = new Date();
    const later = new Date(now.getTime() + 300_000).toISOString();
    const values = {
      ID: id,
      AssertionID: `_${crypto.randomUUID()}`,
      SessionIndex: `_${crypto.randomUUID()}`,
      Destination: wish.acs,
      SubjectRecipient: wish.acs,
      Audience: sp.entityMeta.getEntityID(),
      Issuer: identityProvider.entityMeta.getEntityID(),
      IssueInstant: now.toISOString(),
      StatusCode: 'urn:oasis:names:tc:SAML:2.0:status:Success',
      ConditionsNotBefore: now.toISOString(),
      ConditionsNotOnOrAfter: later,
      SubjectConfirmationDataNotOnOrAfter: later,
      NameIDFormat: EMAIL,
      NameID: user.email,
      InResponseTo: inResponseTo,
      attrUserEmail: user.email,
      attrUserGivenName: user.givenName,
      attrUserSurname: user.surname,
      attrUserDisplayName: user.displayName,
      attrUserGroup1: user.groups[0],
      attrUserGroup2: user.groups[1],
      attrUserGroup3: user.groups[2],
    };
    return { id, context: SamlLib.replaceTagsByValue(template, values) };
  };
}

const app = express();
app.get('/saml/sso', async (request, response) => {
  const cookie = /(?:^|; )bench=([^;]+)/u.exec(request.headers.cookie ?? '')?.[1];
  const user = sessions.get(cookie ?? '');
  if (user === undefined) {
    response.status(403).send('not signed in');
    return;
  }
  // Which application it is has to be known before samlify can read the request.
  const provider = request.query['app'] === 'both' ? providers.both : providers.assertion;
  const { extract } = await identityProvider.parseLoginRequest(provider, 'redirect', { query: { SAMLRequest: request.query['SAMLRequest'] } });
  const inResponseTo = extract.request?.['id'];
  const customTagReplacement = fillIn(user, provider, typeof inResponseTo === 'string' ? inResponseTo : '');
  const { context } = await identityProvider.createLoginResponse(provider, { extract }, 'post', { email: user.email }, { customTagReplacement });
  response
    .type('html')
    .send(
      `<!doctype html><title>Signing in</title><form method="post" action="${wish.acs}"><input type="hidden" name="SAMLResponse" value="${context}"><button>Continue</button></form><script>document.forms[0].submit()</script>`,
    );
});
const server = app.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
