import { expect } from 'chai';
import { CONTEXT_PASSWORD, CONTEXT_PASSWORD_PROTECTED } from '../../../src/core/issuance/authn-policy.js';
import { CLAIM } from '../../../src/core/model/claim.js';
import { type RelyingParty, type RelyingPartyOverrides, resolveRelyingParty, WSFED_BINDING } from '../../../src/core/model/relying-party.js';
import type { HttpReply } from '../../../src/http/reply.js';
import { ALG } from '../../../src/xml/names.js';
import { aSession, NOW } from '../../support/builders.js';
import { decryptFirst } from '../../support/decrypt.js';
import { isPage, keyPairOf, testIdp, type TestIdp, WSFED_ISSUER } from '../../support/saml-idp.js';
import { accept, aWsfedRecord, delivered, type Delivered, REALM, REPLY, SAML11, SAML20, signInQuery, TRUST, wreq } from '../../support/wsfed-party.js';

const PROFILE = 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#';
const SECOND = 'https://wiki.example/second';

function aWiki(overrides: RelyingPartyOverrides = {}, changes: Partial<RelyingParty> = {}): RelyingParty {
  return { ...resolveRelyingParty(aWsfedRecord({ replies: [REPLY, SECOND], metadata: { identifiers: ['https://wiki.example/'] } }, overrides)), ...changes };
}

function isDelivery(reply: HttpReply): Delivered {
  if (reply.kind !== 'post-form') throw new Error(`expected a form, got ${JSON.stringify(reply).slice(0, 300)}`);
  expect(Object.keys(reply.fields)).to.deep.equal(['wa', 'wresult', ...('wctx' in reply.fields ? ['wctx'] : [])]);
  return delivered(reply.action, reply.fields);
}

for (const path of ['/wsfed', '/adfs/ls/'])
  describe(`wsignin1.0 at ${path} (WSF-21)`, () => {
    let idp: TestIdp;
    beforeEach(async () => {
      idp = await testIdp(aWiki());
    });

    const ask = (parameters: Readonly<Record<string, string | undefined>> = {}): Promise<HttpReply> => idp.get(path, signInQuery(parameters));
    const signOn = async (parameters: Readonly<Record<string, string | undefined>> = {}): Promise<Delivered> => isDelivery(await ask(parameters));
    const accepted = async (parameters: Readonly<Record<string, string | undefined>> = {}, realm = REALM): Promise<ReturnType<typeof accept>> =>
      accept((await signOn(parameters)).wresult, { certificate: idp.certificate, issuer: WSFED_ISSUER, realm, now: idp.clock.now() });
    const refusedFor = async (parameters: Readonly<Record<string, string | undefined>>): Promise<string | undefined> => {
      const issued = idp.issued.length;
      isPage(await ask(parameters));
      expect(idp.issued.length, 'tokens').to.equal(issued);
      return idp.refused.at(-1)?.check;
    };
    const loginPage = async (parameters: Readonly<Record<string, string | undefined>>): Promise<void> => {
      expect(isPage(await ask(parameters)).view).to.equal('login/login');
    };

    it('answers with a form to the reply address: wa, wresult as XML, no wctx where none came (WSF-01, WSF-04, WSF-10)', async () => {
      const { action, wa, wctx, wresult } = await signOn();
      expect({ action, wa, wctx }).to.deep.equal({ action: REPLY, wa: 'wsignin1.0', wctx: undefined });
      expect(wresult).to.match(/^<t:RequestSecurityTokenResponse /u);
    });

    it('carries a SAML 1.1 bearer token about who signed in, for the realm that was asked for (WSF-11, WSF-13, WSF-14, WSF-15)', async () => {
      const { version, tokenType, requestType, keyType, assertion, created, expires } = await accepted();
      expect({ version, tokenType, requestType, keyType }).to.deep.equal({
        version: '2005',
        tokenType: SAML11,
        requestType: `${TRUST['2005']}/Issue`,
        keyType: 'http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey',
      });
      expect(assertion).to.include({ version: '1.1', name: 'maria', certificate: idp.certificate, authenticatedAt: NOW - 60_000 });
      expect([created, expires, assertion.notOnOrAfter]).to.deep.equal([NOW, NOW + 3_600_000, NOW + 3_600_000]);
      expect(idp.issued.map((entry) => entry.id)).to.deep.equal([assertion.id]);
    });

    it('takes a form as well, whose fields win over the query (WSF-01)', async () => {
      const form = { wa: 'wsignin1.0', wtrealm: REALM, wctx: 'from the form' };
      const reply = await idp.post(path, form, { rawQuery: signInQuery({ wa: 'nonsense', wtrealm: 'urn:other', wctx: 'from the query', wreply: SECOND }) });
      const { action, wctx } = isDelivery(reply);
      expect({ action, wctx }).to.deep.equal({ action: SECOND, wctx: 'from the form' });
    });

    it('goes on at our own address when a form came without the cookie (design 5.3)', async () => {
      idp.session = undefined;
      const reply = await idp.post(path, { wa: 'wsignin1.0', wtrealm: REALM, wctx: 'kept' }, { browser: { cookie: false } });
      expect(reply).to.deep.equal({ kind: 'redirect', location: '/login/continue?id=1', status: 303 });
      idp.session = aSession();
      expect(isDelivery(await idp.resume('1')).wctx).to.equal('kept');
    });

    it('takes what Microsoft 365 sends, where an empty parameter asks for nothing (WSF-01, WSF-04, WSF-06)', async () => {
      const realm = 'urn:federation:MicrosoftOnline';
      idp.parties.set(realm, resolveRelyingParty(aWsfedRecord({ realm, replies: ['https://login.microsoftonline.com/login.srf'] })));
      const query = (wfresh: string): string =>
        `cbcxt=&popupui=&vv=&username=maria%40example.com&mkt=&lc=1033&wfresh=${wfresh}&wct=&whr=&wa=wsignin1.0&wtrealm=${realm}&wctx=LoginOptions%3D3%26estsredirect%3d2%26estsrequest%3drQIIA`;
      const { action, wctx, wresult } = isDelivery(await idp.get(path, query('')));
      expect([action, wctx]).to.deep.equal(['https://login.microsoftonline.com/login.srf', 'LoginOptions=3&estsredirect=2&estsrequest=rQIIA']);
      accept(wresult, { certificate: idp.certificate, issuer: WSFED_ISSUER, realm, now: NOW });
      const fresh = `${query('0')}&wauth=http%3a%2f%2fschemas.microsoft.com%2fws%2f2008%2f06%2fidentity%2fauthenticationmethod%2fpassword`;
      expect(isPage(await idp.get(path, fresh)).view).to.equal('login/login');
    });

    it('ignores parameters it does not know, however they are written (WSF-01)', async () => {
      await accepted({ 'client-request-id': '1', mkt: 'de', pullStatus: '0' });
      isDelivery(await idp.get(path, `${signInQuery()}&x=%ff&y&%ff=1&=&x=2`));
    });

    describe('wctx', () => {
      for (const [words, wctx] of [
        ['what ASP.NET sends', 'rm=0&id=passive&ru=%2f'],
        ['markup', '"><script>alert(1)</script>'],
        ['line ends', 'a\r\nSet-Cookie: x=1\r\n\r\n'],
        ['other letters', 'é ü 漢字 😀 \u{FEFF}'],
        ['nothing', ''],
        ['8 KiB', 'x'.repeat(8192)],
        ['4 KB of state with everything in it', 'rm=0&id=passive&ru=%2f&q="é"<+>%25'.repeat(120)],
      ] as const) {
        it(`comes back as it was: ${words} (WSF-04, I03, I04)`, async () => {
          expect((await signOn({ wctx })).wctx).to.equal(wctx);
        });
      }
      it('is refused beyond 8 KiB (I04)', async () => {
        expect(await refusedFor({ wctx: 'x'.repeat(8193) })).to.equal('wsfed.wctx');
        expect(await refusedFor({ wctx: 'é'.repeat(4097) })).to.equal('wsfed.wctx');
      });
    });

    describe('realm and reply address', () => {
      it('answers under the further name it was asked by (WSF-02, WSF-13)', async () => {
        idp.parties.set('https://wiki.example/', aWiki());
        expect((await accepted({ wtrealm: 'https://wiki.example/' }, 'https://wiki.example/')).appliesTo).to.equal('https://wiki.example/');
      });
      it('uses a registered address that is named, else the default (WSF-03)', async () => {
        expect((await signOn({ wreply: SECOND })).action).to.equal(SECOND);
        expect((await signOn({ wreply: '' })).action).to.equal(REPLY);
      });
      it('never sends a token to an address of the other protocol (WSF-03)', async () => {
        const saml = { binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST', url: 'https://wiki.example/saml' };
        idp.parties.set(REALM, aWiki({}, { replyAddresses: [saml, { binding: WSFED_BINDING, url: REPLY }], protocols: ['saml', 'wsfed'] }));
        expect(await refusedFor({ wreply: saml.url })).to.equal('wsfed.wreply');
        expect((await signOn()).action).to.equal(REPLY);
      });
      it('is on record under the application whose realm it was, also before its address is trusted (WSF-02, WSF-03)', async () => {
        await refusedFor({ wreply: 'https://wiki.example.evil.example/signin' });
        expect(idp.refused.at(-1)?.relyingParty).to.equal(REALM);
        await refusedFor({ wtrealm: 'urn:unknown' });
        expect(idp.refused.at(-1)).not.to.have.property('relyingParty');
      });
      it('is not for applications that speak SAML only (WSF-02)', async () => {
        idp.parties.set(REALM, aWiki({}, { protocols: ['saml'] }));
        expect(await refusedFor({})).to.equal('wsfed.wtrealm');
      });
      it('asks again about both when the request waited (WSF-02, WSF-03)', async () => {
        for (const [changed, check] of [
          [aWiki({}, { replyAddresses: [{ binding: WSFED_BINDING, url: SECOND }] }), 'wsfed.wreply'],
          [aWiki({}, { identifiers: [] }), 'wsfed.wtrealm'],
          [aWiki({}, { enabled: false }), 'request.enabled'],
          [aWiki({}, { validUntil: NOW - 3_600_000 }), 'request.metadata-valid'],
        ] as const) {
          idp = await testIdp(aWiki());
          await idp.post(path, { wa: 'wsignin1.0', wtrealm: REALM }, { browser: { cookie: false } });
          idp.parties.set(REALM, changed);
          isPage(await idp.resume('1'));
          expect([idp.refused.at(-1)?.check, idp.issued.length]).to.deep.equal([check, 0]);
        }
      });
    });

    describe('wct', () => {
      const HOUR = 3_600_000;
      for (const offset of [0, -12 * HOUR, 23 * HOUR, -24 * HOUR]) {
        it(`${String(offset / HOUR)} hours off is fine (WSF-05)`, () => accepted({ wct: new Date(NOW + offset).toISOString() }));
      }
      it('in whole seconds, as ASP.NET sends it (WSF-05)', () => accepted({ wct: '2026-11-24T09:00:00Z' }));
      for (const wct of [new Date(NOW + 48 * HOUR).toISOString(), new Date(NOW - 25 * HOUR).toISOString(), 'yesterday', '2026-11-24', '2026-11-31T09:00:00Z']) {
        it(`${JSON.stringify(wct)} is refused (WSF-05)`, async () => {
          expect(await refusedFor({ wct })).to.equal('wsfed.wct');
        });
      }
    });

    describe('wfresh', () => {
      it('0 and prompt=login want a sign-in that is later than the request (WSF-06, WSF-21)', async () => {
        await loginPage({ wfresh: '0' });
        await loginPage({ prompt: 'login' });
        idp.session = aSession({ authentication: { ...aSession().authentication, at: NOW + 5000 } });
        expect((await accepted({ wfresh: '0' })).assertion.authenticatedAt).to.equal(NOW + 5000);
      });
      it('N takes a sign-in of the last N minutes, and the token does not outlive it (WSF-06)', async () => {
        idp.session = aSession({ authentication: { ...aSession().authentication, at: NOW - 9 * 60_000 } });
        const { expires, assertion } = await accepted({ wfresh: '10' });
        expect([expires, assertion.notOnOrAfter]).to.deep.equal([NOW + 600_000, NOW + 600_000]);
        await loginPage({ wfresh: '8' });
      });
      it('longer than the usual life of a token changes nothing (WSF-06)', async () => {
        expect((await accepted({ wfresh: '999999999' })).expires).to.equal(NOW + 3_600_000);
      });
      for (const wfresh of ['-1', 'x', '1.5', '1e3', ' 1', '0x10', '1000000000']) {
        it(`${JSON.stringify(wfresh)} is refused (WSF-06)`, async () => {
          expect(await refusedFor({ wfresh })).to.equal('wsfed.wfresh');
        });
      }
      it('the administrator may want it always', async () => {
        idp.parties.set(REALM, aWiki({ forceAuthn: true }));
        await loginPage({});
        await loginPage({ wfresh: '10' });
      });
    });

    describe('wauth', () => {
      const AM_PASSWORD = 'urn:oasis:names:tc:SAML:1.0:am:password';
      const MFA = 'http://schemas.microsoft.com/claims/multipleauthn';
      for (const wauth of [
        AM_PASSWORD,
        'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password',
        CONTEXT_PASSWORD,
        CONTEXT_PASSWORD_PROTECTED,
        `${MFA} ${AM_PASSWORD}`,
        `  ${AM_PASSWORD}\n${MFA}`,
        '',
      ]) {
        it(`${JSON.stringify(wauth)} is met by a password (WSF-07)`, async () => {
          expect((await accepted({ wauth })).assertion.method).to.equal(AM_PASSWORD);
        });
      }
      for (const wauth of [
        MFA,
        'http://schemas.microsoft.com/claims/wiaormultiauthn',
        'urn:ietf:rfc:2246',
        'urn:federation:authentication:windows',
        'urn:oasis:names:tc:SAML:2.0:ac:classes:X509',
        'urn:unknown',
        'constructor',
      ]) {
        it(`${wauth} is refused at once: nothing here could meet it (WSF-07)`, async () => {
          idp.session = undefined;
          expect(await refusedFor({ wauth })).to.equal('wsfed.wauth');
          expect(idp.refused.at(-1)?.code).to.equal('authn_context_unmet');
        });
      }
      it('may come several times, the first that holds is named (WSF-07)', async () => {
        idp.parties.set(REALM, aWiki({ tokenType: 'saml20' }));
        const query = [signInQuery(), ...[MFA, CONTEXT_PASSWORD, CONTEXT_PASSWORD_PROTECTED].map((value) => `wauth=${encodeURIComponent(value)}`)].join('&');
        const { wresult } = isDelivery(await idp.get(path, query));
        const expected = { certificate: idp.certificate, issuer: WSFED_ISSUER, now: NOW };
        expect(accept(wresult, expected).assertion.method).to.equal(CONTEXT_PASSWORD);
      });
      it('never claims what was not done: a weaker sign-in is not enough (WSF-07)', async () => {
        idp.session = aSession({ authentication: { ...aSession().authentication, contextClass: CONTEXT_PASSWORD } });
        expect(await refusedFor({ wauth: CONTEXT_PASSWORD_PROTECTED })).to.equal('wsfed.wauth');
        idp.parties.set(REALM, aWiki({ authnContext: CONTEXT_PASSWORD_PROTECTED }));
        expect(await refusedFor({})).to.equal('wsfed.wauth');
        await accepted({ wauth: AM_PASSWORD });
      });
    });

    it('whr: ourselves or anybody, the usual form comes, with a word in the trace about a stranger (WSF-08)', async () => {
      const notes = async (whr: string): Promise<readonly unknown[]> => {
        await accepted({ whr });
        return idp.issued.at(-1)?.trace.checks.filter(({ result }) => result === 'noted') ?? [];
      };
      expect(await notes(WSFED_ISSUER)).to.deep.equal([]);
      expect(await notes('')).to.deep.equal([]);
      expect(await notes('urn:partner')).to.deep.equal([{ id: 'wsfed.whr', result: 'noted', observed: 'urn:partner' }]);
    });

    describe('wreq', () => {
      const spellings = [
        [`${PROFILE}SAMLV1.1`, '1.1'],
        [SAML11, '1.1'],
        [`${PROFILE}SAMLV2.0`, '2.0'],
        [SAML20, '2.0'],
      ] as const;
      for (const trust of ['2005', '1.3'] as const) {
        for (const [uri, version] of spellings) {
          it(`asks for ${uri} in the words of ${trust}, and is answered in the same spelling (WSF-09, WSF-14)`, async () => {
            const { tokenType, assertion } = await accepted({ wreq: wreq(`<t:TokenType>${uri}</t:TokenType>`, trust) });
            expect([tokenType, assertion.version]).to.deep.equal([uri, version]);
          });
        }
      }
      it('wins over the parameters that say the same (WSF-09)', async () => {
        const appliesTo = (realm: string): string =>
          `<wsp:AppliesTo xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"><wsa:EndpointReference xmlns:wsa="http://www.w3.org/2005/08/addressing"><wsa:Address>${realm}</wsa:Address></wsa:EndpointReference></wsp:AppliesTo>`;
        expect((await accepted({ wtrealm: 'urn:unknown', wreq: wreq(appliesTo(REALM)) })).appliesTo).to.equal(REALM);
        expect(await refusedFor({ wreq: wreq(appliesTo('urn:unknown')) })).to.equal('wsfed.wtrealm');
        expect(await refusedFor({ wreq: wreq(appliesTo('')) })).to.equal('wsfed.wtrealm');
        const fresh = '<fed:Freshness xmlns:fed="http://docs.oasis-open.org/wsfed/federation/200706">0</fed:Freshness>';
        await loginPage({ wfresh: '60', wreq: wreq(fresh) });
        await accepted({ wauth: 'urn:unknown', wreq: wreq(`<t:AuthenticationType>${CONTEXT_PASSWORD}</t:AuthenticationType>`) });
        expect(await refusedFor({ wauth: CONTEXT_PASSWORD, wreq: wreq('<t:AuthenticationType>urn:unknown</t:AuthenticationType>') })).to.equal('wsfed.wauth');
      });
      it('may spell out what comes anyway (WSF-09)', async () => {
        const usual = (trust: keyof typeof TRUST, keyType: string): string =>
          wreq(`<t:RequestType>${TRUST[trust]}/Issue</t:RequestType><t:KeyType>${keyType}</t:KeyType><t:Lifetime/>`, trust);
        await accepted({ wreq: usual('2005', 'http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey') });
        await accepted({ wreq: usual('1.3', `${TRUST['1.3']}/Bearer`) });
        await accepted({ wreq: '' });
      });
    });

    describe('the token', () => {
      for (const tokenType of ['saml11', 'saml20'] as const) {
        for (const trustVersion of ['2005', '1.3'] as const) {
          it(`${tokenType} in the form of WS-Trust ${trustVersion}, in the clear and encrypted (WSF-11, WSF-12, WSF-14, WSF-16)`, async () => {
            idp.parties.set(REALM, aWiki({ tokenType, trustVersion }));
            const clear = await accepted();
            expect([clear.version, clear.assertion.version]).to.deep.equal([trustVersion, tokenType === 'saml11' ? '1.1' : '2.0']);
            const pair = await keyPairOf('wiki.example');
            idp.parties.set(REALM, aWiki({ tokenType, trustVersion }, { encryptionKeys: [{ certificate: pair.certificate, methods: [] }] }));
            const { wresult } = await signOn();
            expect(wresult).to.not.include('maria');
            const decrypt = (token: string): string => decryptFirst(token, pair.privateKey).text;
            const sealed = accept(wresult, { certificate: idp.certificate, issuer: WSFED_ISSUER, now: NOW, decrypt });
            expect(sealed.token).to.match(tokenType === 'saml11' ? /^<xenc:EncryptedData / : /^<saml:EncryptedAssertion .*<xenc:EncryptedData /u);
            expect(sealed.assertion.name).to.equal('maria');
          });
        }
      }
      it('is encrypted by CBC for applications that list nothing else, with a word in the trace; never in the clear where it must not', async () => {
        const { certificate } = await keyPairOf('wiki.example');
        idp.parties.set(REALM, aWiki({}, { encryptionKeys: [{ certificate, methods: [ALG.aes256Cbc] }] }));
        expect((await signOn()).wresult).to.include(ALG.aes256Cbc);
        expect(JSON.stringify(idp.issued.at(-1)?.trace.steps)).to.include('CBC, and nothing around the token is signed');
        idp.parties.set(REALM, aWiki({ encrypt: 'always' }));
        expect(await refusedFor({})).to.equal('encryption.possible');
      });
      for (const tokenType of ['saml11', 'saml20'] as const) {
        it(`names the issuer that an administrator set for the application, or a mapping for the person: ${tokenType}`, async () => {
          const issuedBy = async (issuer: string, overrides: RelyingPartyOverrides): Promise<void> => {
            idp.parties.set(REALM, aWiki({ tokenType, ...overrides }));
            accept((await signOn()).wresult, { certificate: idp.certificate, issuer, now: NOW });
          };
          const set = { issuer: 'http://contoso.example/adfs/services/trust/' };
          await issuedBy(set.issuer, set);
          const issuerId = { claim: CLAIM.issuerId, from: [{ claim: CLAIM.email }], template: 'http://{domain}/adfs/services/trust/' };
          await issuedBy('http://example.com/adfs/services/trust/', { ...set, claims: [issuerId] });
        });
      }
    });

    it('tells an application nothing when somebody may not use it: the person reads why (WSF-10)', async () => {
      idp.parties.set(REALM, aWiki({ groups: ['Finance'] }));
      const page = isPage(await ask({ wctx: 'x' }));
      expect(page.model).to.include({ code: 'access_denied', applicationName: 'Northwind Wiki' }).and.not.have.property('backTo');
    });
  });
