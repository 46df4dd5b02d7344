import { expect } from 'chai';
import { asId } from '../../../src/core/model/ids.js';
import { resolveRelyingParty } from '../../../src/core/model/relying-party.js';
import type { HttpReply } from '../../../src/http/reply.js';
import { isAdfsSignOn } from '../../../src/protocols/shared/adfs-paths.js';
import { aRelyingParty, POST_BINDING } from '../../support/builders.js';
import { authnRequest, BASE, isForm, isPage, redirectQuery, testIdp, type TestIdp, WSFED_ISSUER } from '../../support/saml-idp.js';
import { accept, aWsfedRecord, delivered, type Delivered, REALM, REPLY, signInQuery } from '../../support/wsfed-party.js';

const SP = 'https://app.example/metadata';
const ACS = 'https://app.example/acs';
const LAUNCHER: HttpReply = { kind: 'redirect', location: '/', status: 303 };

function isDelivery(reply: HttpReply): Delivered {
  if (reply.kind !== 'post-form') throw new Error(`expected a form, got ${JSON.stringify(reply).slice(0, 300)}`);
  return delivered(reply.action, reply.fields);
}

/** RelayState as AD FS has it: the two values encoded inside, and the whole encoded again. */
function relayState(rpId: string, state?: string): string {
  const inner = `RPID=${encodeURIComponent(rpId)}${state === undefined ? '' : `&RelayState=${encodeURIComponent(state)}`}`;
  return `RelayState=${encodeURIComponent(inner)}`;
}

describe('addresses of AD FS', () => {
  let idp: TestIdp;
  beforeEach(async () => {
    idp = await testIdp(aRelyingParty(), resolveRelyingParty(aWsfedRecord()));
  });

  for (const path of ['/adfs/ls', '/adfs/ls/']) {
    describe(path, () => {
      it('counts in any letter case', () => {
        expect(idp.routes.find((route) => route.path === path)?.anyCase).to.equal(true);
      });

      it('takes WS-Federation where there is wa, by GET and by POST (WSF-21)', async () => {
        const expected = { certificate: idp.certificate, issuer: WSFED_ISSUER, now: idp.clock.now() };
        accept(isDelivery(await idp.get(path, signInQuery())).wresult, expected);
        accept(isDelivery(await idp.post(path, { wa: 'wsignin1.0', wtrealm: REALM })).wresult, expected);
        accept(isDelivery(await idp.post(path, {}, { rawQuery: signInQuery() })).wresult, expected);
      });

      it('takes SAML where there is a message of SAML, whichever of our addresses it names (WSF-21, CORE-06)', async () => {
        for (const destination of [`${BASE}/saml/sso`, `${BASE}/adfs/ls/`, `${BASE}/adfs/ls`, `${BASE}/ADFS/LS/`]) {
          const xml = authnRequest(idp.clock, { attributes: { Destination: destination } });
          expect(isForm(await idp.get(path, redirectQuery(xml, '&RelayState=x'))).fields['RelayState']).to.equal('x');
          expect(isForm(await idp.post(path, { SAMLRequest: Buffer.from(xml).toString('base64') })).action).to.equal(ACS);
          expect(isForm(await idp.get('/saml/sso', redirectQuery(xml))).action).to.equal(ACS);
        }
      });

      it('refuses a Destination that is not ours (CORE-06)', async () => {
        for (const destination of [
          'https://evil.example/adfs/ls/',
          `${BASE}/adfs/ls//`,
          `${BASE}/adfs/ls/?x`,
          `${BASE}/adfs/lſ/`,
          `${BASE.toUpperCase()}/adfs/ls/`,
          `${BASE}.evil.example/adfs/ls/`,
          `${BASE}/SAML/SSO`,
          '/adfs/ls/',
        ]) {
          isPage(await idp.get(path, redirectQuery(authnRequest(idp.clock, { attributes: { Destination: destination } }))));
          expect(idp.refused.at(-1)?.check, destination).to.equal('request.destination');
        }
      });

      it('gives messages of single logout to their own service, requests and answers (WSF-21)', async () => {
        const message = (root: string): string =>
          `<p:${root} xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1" Version="2.0" IssueInstant="2026-11-24T09:00:00Z"><a:Issuer>${SP}</a:Issuer></p:${root}>`;
        const answers = (root: string): string => redirectQuery(message(root)).replace('SAMLRequest', 'SAMLResponse');
        for (const ask of [
          () => idp.get(path, redirectQuery(message('LogoutRequest'))),
          () => idp.post(path, { SAMLRequest: Buffer.from(message('LogoutRequest')).toString('base64') }),
          () => idp.get(path, answers('LogoutResponse')),
          () => idp.post(path, { SAMLResponse: Buffer.from(message('LogoutResponse')).toString('base64') }),
        ]) {
          const records = idp.signedOut.length;
          isPage(await ask());
          expect(idp.signedOut.length, 'records').to.equal(records + 1);
          expect(idp.signedOut.at(-1)).to.include({ event: 'sign-out', check: 'request.signature-present' });
        }
        expect(idp.refused).to.deep.equal([]);
      });

      it('sends anybody else to the launcher', async () => {
        for (const query of ['', 'client-request-id=1', 'xwa=1']) expect(await idp.get(path, query)).to.deep.equal(LAUNCHER);
        expect(await idp.post(path, { UserName: 'maria' })).to.deep.equal(LAUNCHER);
        expect(idp.refused).to.deep.equal([]);
      });

      it('says what is wrong with a message in the words of its protocol', async () => {
        isPage(await idp.get(path, 'wa=%ff'));
        expect(idp.refused.at(-1)).to.include({ protocol: 'wsfed', check: 'wsfed.parameters' });
        isPage(await idp.get(path, 'SAMLRequest=%ff'));
        expect(idp.refused.at(-1)).to.include({ protocol: 'saml', check: 'request.decodable' });
        const route = idp.routes.find((candidate) => candidate.path === path);
        for (const [rawQuery, protocol] of [
          ['wa=wsignin1.0', 'wsfed'],
          ['', 'saml'],
        ] as const) {
          const inbound = { method: 'POST', path, rawQuery, form: new Map(), headers: {}, clientAddress: '', browser: { cookie: false } };
          const reply = route?.refuse?.(inbound, { reason: 'too-large', observed: 'a body over the limit' });
          expect(reply?.kind).to.equal('page');
          expect(idp.refused.at(-1)).to.include({ protocol, check: 'request.size' });
        }
      });
    });
  }

  for (const path of ['/adfs/ls/idpinitiatedsignon', '/adfs/ls/idpinitiatedsignon.aspx']) {
    describe(path, () => {
      it('counts in any letter case, and is the launcher when nobody is named', async () => {
        expect(idp.routes.find((route) => route.path === path)?.anyCase).to.equal(true);
        for (const query of ['', 'loginToRp=', 'RelayState=', 'RelayState=x', `RelayState=${encodeURIComponent('RPID=')}`, 'client-request-id=1']) {
          expect(await idp.get(path, query), query).to.deep.equal(LAUNCHER);
        }
      });

      it('starts at an application of SAML (SSO-14)', async () => {
        for (const query of [`loginToRp=${encodeURIComponent(SP)}`, `LogInToRP=${encodeURIComponent(SP)}`, relayState(SP)]) {
          const form = isForm(await idp.get(path, query));
          expect([form.action, form.fields['RelayState'], form.xml.includes('InResponseTo')]).to.deep.equal([ACS, undefined, false]);
        }
        expect(isForm(await idp.post(path, { loginToRp: SP })).action).to.equal(ACS);
      });

      it('starts at an application of WS-Federation', async () => {
        for (const query of [`loginToRp=${encodeURIComponent(REALM)}`, relayState(REALM)]) {
          const { action, wctx, wresult } = isDelivery(await idp.get(path, query));
          expect([action, wctx]).to.deep.equal([REPLY, undefined]);
          accept(wresult, { certificate: idp.certificate, issuer: WSFED_ISSUER, now: idp.clock.now() });
        }
      });

      it('unpacks RelayState once for itself and once for each of its parts', async () => {
        const state = 'https://app.example/report?id=1&name=a%20b+c é';
        expect(isForm(await idp.get(path, relayState(SP, state))).fields['RelayState']).to.equal(state);
        expect(isDelivery(await idp.get(path, relayState(REALM, state))).wctx).to.equal(state);
        // As it stands in the guides of applications, with the whole written out.
        const guide = 'RelayState=RPID%3Dhttps%253A%252F%252Fapp.example%252Fmetadata%26RelayState%3Dhttps%253A%252F%252Fapp.example%252Fdeep';
        expect(isForm(await idp.get(path, guide)).fields['RelayState']).to.equal('https://app.example/deep');
        expect(isForm(await idp.post(path, { relaystate: `RPID=${SP}&RelayState=x` })).fields['RelayState']).to.equal('x');
      });

      it('gives on a state that stands beside loginToRp, packed or not', async () => {
        expect(isForm(await idp.get(path, `loginToRp=${encodeURIComponent(SP)}&RelayState=plain`)).fields['RelayState']).to.equal('plain');
        expect(isForm(await idp.get(path, `loginToRp=${encodeURIComponent(SP)}&${relayState(SP, 'packed')}`)).fields['RelayState']).to.equal('packed');
        expect(isDelivery(await idp.get(path, `loginToRp=${encodeURIComponent(REALM)}&RelayState=plain`)).wctx).to.equal('plain');
      });

      it('starts with the first protocol of one that speaks both', async () => {
        const both = { replyAddresses: [{ binding: POST_BINDING, url: ACS, index: 0 }, ...resolveRelyingParty(aWsfedRecord()).replyAddresses] };
        idp.parties.set('urn:both', aRelyingParty({ ...both, id: asId('both'), entityId: 'urn:both', protocols: ['saml', 'wsfed'] }));
        expect(isForm(await idp.get(path, 'loginToRp=urn:both')).action).to.equal(ACS);
        idp.parties.set(
          'urn:both',
          aRelyingParty({ ...both, id: asId('both'), entityId: 'urn:both', identifiers: ['urn:both'], protocols: ['wsfed', 'saml'] }),
        );
        expect(isDelivery(await idp.get(path, 'loginToRp=urn:both')).action).to.equal(REPLY);
      });

      it('goes on at our own address when a form came without the cookie (design 5.3)', async () => {
        for (const name of [SP, REALM]) {
          const reply = await idp.post(path, { loginToRp: name }, { browser: { cookie: false } });
          expect(reply).to.include({ kind: 'redirect', status: 303 });
        }
        expect(isForm(await idp.resume('1')).action).to.equal(ACS);
        expect(isDelivery(await idp.resume('2')).action).to.equal(REPLY);
      });

      for (const [words, query, check] of [
        ['an unknown application', 'loginToRp=https%3A%2F%2Fevil.example', 'request.issuer-known'],
        ['an application in other letters', `loginToRp=${encodeURIComponent(SP.toUpperCase())}`, 'request.issuer-known'],
        ['an unknown application in RelayState', relayState('https://evil.example', 'x'), 'request.issuer-known'],
        ['two applications', `loginToRp=${encodeURIComponent(SP)}&loginToRp=urn:x`, 'request.binding'],
        ['two applications in two places', `loginToRp=${encodeURIComponent(SP)}&${relayState('urn:x')}`, 'request.binding'],
        ['two realms', `loginToRp=${encodeURIComponent(REALM)}&loginToRp=urn:x`, 'wsfed.parameters'],
        ['two states', `loginToRp=${encodeURIComponent(SP)}&RelayState=a&RelayState=b`, 'request.binding'],
        ['two states inside', `RelayState=${encodeURIComponent(`RPID=${SP}&RelayState=a&RelayState=b`)}`, 'request.binding'],
        ['two states for a realm', `loginToRp=${encodeURIComponent(REALM)}&RelayState=a&RelayState=b`, 'wsfed.parameters'],
        ['broken encoding', 'loginToRp=%ff', 'request.binding'],
        ['broken encoding inside', 'RelayState=RPID%3D%25ff', 'request.binding'],
        ['a state that is too long', relayState(SP, 'x'.repeat(2049)), 'request.relaystate'],
        ['a state that is too long for wctx', relayState(REALM, 'x'.repeat(8193)), 'wsfed.wctx'],
      ] as const) {
        it(`refuses ${words} (I16)`, async () => {
          isPage(await idp.get(path, query));
          expect([idp.refused.at(-1)?.check, idp.issued.length]).to.deep.equal([check, 0]);
        });
      }

      it('refuses an application that is switched off (I16)', async () => {
        idp.parties.set(SP, aRelyingParty({ enabled: false }));
        isPage(await idp.get(path, `loginToRp=${encodeURIComponent(SP)}`));
        expect([idp.refused.at(-1)?.check, idp.issued.length]).to.deep.equal(['request.enabled', 0]);
      });
    });
  }

  it('/adfs/probe is empty and says by its status whether this node can issue', async () => {
    expect(await idp.get('/adfs/probe')).to.include({ kind: 'text', status: 200, body: '' });
    idp.ready = false;
    expect(await idp.get('/adfs/probe')).to.include({ kind: 'text', status: 503, body: '' });
  });

  it('counts below a base URL with a path as well', () => {
    expect(isAdfsSignOn('https://idp.example/sign-in', 'https://idp.example/sign-in/adfs/ls/')).to.equal(true);
    expect(isAdfsSignOn('https://idp.example/sign-in', 'https://idp.example/adfs/ls/')).to.equal(false);
  });
});
