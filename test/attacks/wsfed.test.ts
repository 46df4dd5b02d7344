/** Threats, section 3, at the address of WS-Federation: proper and bent messages that ask for what they must not get. */
import { expect } from 'chai';
import type { CheckId } from '../../src/core/checks/catalogue.js';
import { asId } from '../../src/core/model/ids.js';
import { type RelyingParty, resolveRelyingParty } from '../../src/core/model/relying-party.js';
import type { HttpReply } from '../../src/http/reply.js';
import { NOW } from '../support/builders.js';
import { isPage, testIdp, type TestIdp, WSFED_ISSUER } from '../support/saml-idp.js';
import { accept, aWsfedRecord, delivered, REALM, REPLY, signInQuery, TRUST, wreq } from '../support/wsfed-party.js';

const OTHER = 'urn:example:other';
const OTHER_REPLY = 'https://other.example/signin';

function aWiki(changes: Partial<RelyingParty> = {}): RelyingParty {
  return { ...resolveRelyingParty(aWsfedRecord()), ...changes };
}

describe('attacks on WS-Federation', () => {
  let idp: TestIdp;
  beforeEach(async () => {
    idp = await testIdp(aWiki(), resolveRelyingParty({ ...aWsfedRecord({ realm: OTHER, replies: [OTHER_REPLY] }), id: asId('other') }));
  });

  const control = async (): Promise<void> => {
    const reply = await idp.get('/wsfed', signInQuery());
    if (reply.kind !== 'post-form') throw new Error(`the untouched message: ${JSON.stringify(reply).slice(0, 300)}`);
    expect(reply.action).to.equal(REPLY);
    accept(delivered(reply.action, reply.fields).wresult, { certificate: idp.certificate, issuer: WSFED_ISSUER, now: NOW });
  };

  /** Our own page and a record that names the check; nothing issued, nothing for anybody else; the untouched message still succeeds. */
  const refused = async (attack: () => Promise<HttpReply>, check: CheckId): Promise<void> => {
    const [issued, records] = [idp.issued.length, idp.refused.length];
    const start = process.cpuUsage();
    const page = isPage(await attack());
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1e6, 'seconds of processor time').to.be.below(1);
    expect(page.model, 'a way to somewhere').to.not.have.property('backTo');
    expect(page.headers ?? {}).to.not.have.property('location');
    expect([idp.issued.length, idp.refused.length], 'tokens, records').to.deep.equal([issued, records + 1]);
    expect(idp.refused.at(-1)).to.deep.include({ check, outcome: 'refused', protocol: 'wsfed' });
    expect(page.model['reference']).to.equal(idp.refused.at(-1)?.reference);
    await control();
  };
  /** The same message at each address, by each method. */
  const everywhere = async (parameters: Readonly<Record<string, string | undefined>>, check: CheckId): Promise<void> => {
    const all: Readonly<Record<string, string | undefined>> = { wa: 'wsignin1.0', wtrealm: REALM, ...parameters };
    const given = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
    await refused(() => idp.get('/wsfed', signInQuery(parameters)), check);
    await refused(() => idp.post('/wsfed', Object.fromEntries(given)), check);
    if (parameters['wa'] === undefined && 'wa' in parameters) return;
    await refused(() => idp.get('/adfs/ls/', signInQuery(parameters)), check);
  };

  describe('I18: realms that nobody has', () => {
    for (const wtrealm of [
      undefined,
      '',
      'urn:example:wiki/',
      'urn:example:Wiki',
      'URN:example:wiki',
      ' urn:example:wiki',
      'urn:example:wiki ',
      'urn:example:wiki\n',
      'urn:example:wik',
      'urn:example:wiki2',
      'urn:example:wіki',
      'urn%3Aexample%3Awiki',
      'urn:example:wiki#',
      'https://evil.example',
      'constructor',
      '__proto__',
      'x'.repeat(10_000),
    ]) {
      it(`WSF-02: ${JSON.stringify(wtrealm ?? 'none at all').slice(0, 40)}`, () => everywhere({ wtrealm }, 'wsfed.wtrealm'));
    }
    it('WSF-02: one that is switched off, or whose metadata has ended', async () => {
      for (const [changes, check] of [
        [{ enabled: false }, 'request.enabled'],
        [{ validUntil: NOW - 3_600_000 }, 'request.metadata-valid'],
      ] as const) {
        idp.parties.set('urn:off', aWiki({ ...changes, entityId: 'urn:off', identifiers: ['urn:off'], id: asId('off') }));
        await everywhere({ wtrealm: 'urn:off' }, check);
      }
    });
    it('WSF-02: one that gets its name by a lookup that is not exact', async () => {
      idp.parties.set(REALM.toUpperCase(), aWiki());
      await everywhere({ wtrealm: REALM.toUpperCase() }, 'wsfed.wtrealm');
    });
  });

  describe('I01, I18: reply addresses that are not registered', () => {
    for (const wreply of [
      'https://evil.example/signin-wsfed',
      'https://wiki.example.evil.example/signin-wsfed',
      'https://wiki.example@evil.example/signin-wsfed',
      'https://user@wiki.example/signin-wsfed',
      'https://user:pw@wiki.example/signin-wsfed',
      'http://wiki.example/signin-wsfed',
      'https://wiki.example:443/signin-wsfed',
      'https://wiki.example:8443/signin-wsfed',
      'https://wiki.example/signin-wsfed/',
      'https://wiki.example/signin-wsfed#',
      'https://wiki.example/signin-wsfed#x',
      'https://wiki.example/signin-wsfed?x=1',
      'https://wiki.example/signin-wsfed?',
      'https://wiki.example/signin-wsfe%64',
      'https://wiki.example/./signin-wsfed',
      'https://wiki.example/x/../signin-wsfed',
      'https://wiki.example//signin-wsfed',
      'https://wiki.example\\signin-wsfed',
      'https:\\\\wiki.example/signin-wsfed',
      'https:wiki.example/signin-wsfed',
      'https://WIKI.example/signin-wsfed',
      'HTTPS://wiki.example/signin-wsfed',
      'https://wiki.example/Signin-wsfed',
      'https://wiki.example./signin-wsfed',
      'https://wіki.example/signin-wsfed',
      'https://wiki.example/signin-wsfed\u200B',
      ' https://wiki.example/signin-wsfed',
      'https://wiki.example/signin-wsfed\r\nLocation: https://evil.example',
      'https%3A%2F%2Fwiki.example%2Fsignin-wsfed',
      '//wiki.example/signin-wsfed',
      '/signin-wsfed',
      'javascript:alert(1)//https://wiki.example/signin-wsfed',
      'data:text/html,<script>alert(1)</script>',
      OTHER_REPLY,
    ]) {
      it(`WSF-03: ${JSON.stringify(wreply)}`, () => everywhere({ wreply }, 'wsfed.wreply'));
    }
    it('I02: one that came into the registry with another scheme is used by nobody', async () => {
      const [address] = aWiki().replyAddresses;
      if (address === undefined) throw new Error('no address');
      const url = 'javascript:alert(1)';
      idp.parties.set('urn:js', aWiki({ entityId: 'urn:js', identifiers: ['urn:js'], id: asId('js'), replyAddresses: [{ ...address, url }] }));
      await everywhere({ wtrealm: 'urn:js' }, 'wsfed.wreply');
      await everywhere({ wtrealm: 'urn:js', wreply: url }, 'wsfed.wreply');
    });
  });

  describe('I03, I04: wctx', () => {
    it('is never more than a value of the form: markup, line ends and addresses come back as text', async () => {
      for (const wctx of [
        '"><script>alert(1)</script>',
        'a\r\nLocation: https://evil.example\r\n\r\n',
        'https://evil.example/',
        '</form><form action=https://evil.example>',
      ]) {
        const reply = await idp.get('/wsfed', signInQuery({ wctx }));
        expect(reply).to.include({ kind: 'post-form', action: REPLY }).and.have.nested.property('fields.wctx', wctx);
      }
    });
    it('has its limit', async () => {
      for (const wctx of ['x'.repeat(8193), '漢'.repeat(2731), 'x'.repeat(100_000)]) await everywhere({ wctx }, 'wsfed.wctx');
    });
    it('is not asked to go back where it could not as it came', async () => {
      for (const written of ['%ff', '%c3%28', '%ed%a0%80', '%', '%00', 'é'])
        await refused(() => idp.get('/wsfed', `${signInQuery()}&wctx=${written}`), 'wsfed.parameters');
    });
  });

  describe('wa', () => {
    for (const wa of ['wsignin1.1', 'WSIGNIN1.0', 'wsignin1.0 ', 'wsignin', '', 'wattr1.0', 'wpseudo1.0', 'constructor', '<script>']) {
      it(`WSF-01: ${JSON.stringify(wa)}`, () => everywhere({ wa }, 'wsfed.action'));
    }
    it('WSF-01: none', () => everywhere({ wa: undefined }, 'wsfed.action'));
  });

  it('WSF-01: a parameter that comes twice, also where one is written in percent-encoding', async () => {
    for (const [name, value] of Object.entries({
      wa: 'wsignin1.0',
      wtrealm: REALM,
      wreply: REPLY,
      wctx: '1',
      wct: '1',
      wfresh: '0',
      whr: 'a',
      wreq: 'b',
      prompt: 'login',
    })) {
      const once = name === 'wa' || name === 'wtrealm' ? '' : `&${name}=${encodeURIComponent(value)}`;
      await refused(() => idp.get('/wsfed', `${signInQuery()}${once}&${name}=x`), 'wsfed.parameters');
      const disguised = `%${name.charCodeAt(0).toString(16)}${name.slice(1)}`;
      await refused(() => idp.get('/wsfed', `${signInQuery()}${once}&${disguised}=x`), 'wsfed.parameters');
    }
  });

  describe('wreq', () => {
    const entities = '<!DOCTYPE r [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>';
    const inside = (content: string): string => wreq(content);
    for (const [words, text] of [
      ['X01: a document type', `<!DOCTYPE x>${inside('')}`],
      ['X01: an external entity', `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${inside('<t:TokenType>&e;</t:TokenType>')}`],
      ['X01: entities that grow', `${entities}${inside('<t:TokenType>&b;</t:TokenType>')}`],
      ['X02: a processing instruction', inside('<?x y?>')],
      ['X02: a comment inside a value', inside('<t:TokenType>urn:oasis:names:tc:SAML:1.0:<!-- -->assertion</t:TokenType>')],
      ['not XML', 'wreq'],
      ['cut off', inside('').slice(0, -5)],
      ['two roots', `${inside('')}${inside('')}`],
      ['another root', '<t:RequestSecurityTokenResponse xmlns:t="http://schemas.xmlsoap.org/ws/2005/02/trust"></t:RequestSecurityTokenResponse>'],
      ['the root in no namespace', '<RequestSecurityToken></RequestSecurityToken>'],
      ['the root in another namespace', inside('').replaceAll('2005/02/trust', '2004/04/trust')],
      ['too large', inside(`<t:x>${'x'.repeat(70_000)}</t:x>`)],
      ['too deep', inside(`${'<t:x>'.repeat(20)}${'</t:x>'.repeat(20)}`)],
      ['too many elements', inside('<t:x></t:x>'.repeat(300))],
      ['another request type', inside(`<t:RequestType>${TRUST['2005']}/Renew</t:RequestType>`)],
      ['a request type of the other version', inside(`<t:RequestType>${TRUST['1.3']}/Issue</t:RequestType>`)],
      ['a symmetric key', inside(`<t:KeyType>${TRUST['2005']}/SymmetricKey</t:KeyType>`)],
      ['a public key', inside(`<t:KeyType>${TRUST['2005']}/PublicKey</t:KeyType>`)],
      ['a token about somebody else', inside('<t:OnBehalfOf></t:OnBehalfOf>')],
      ['the same in the words of WS-Trust 1.4', inside('<w:ActAs xmlns:w="http://docs.oasis-open.org/ws-sx/ws-trust/200802"></w:ActAs>')],
      ['two AppliesTo', inside('<wsp:AppliesTo xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"></wsp:AppliesTo>'.repeat(2))],
      ['AppliesTo without an address', inside('<wsp:AppliesTo xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"></wsp:AppliesTo>')],
      ['two token types', inside('<t:TokenType>urn:oasis:names:tc:SAML:1.0:assertion</t:TokenType>'.repeat(2))],
      ['markup in a value', inside('<t:TokenType>urn:oasis:names:tc:SAML:1.0:assertion<x/></t:TokenType>')],
    ] as const) {
      it(`WSF-09: ${words}`, () => everywhere({ wreq: text }, 'wsfed.wreq'));
    }
    for (const type of ['urn:ietf:params:oauth:token-type:jwt', 'urn:oasis:names:tc:SAML:2.0:protocol', '', 'constructor']) {
      it(`WSF-09: the token type ${JSON.stringify(type)}`, () => everywhere({ wreq: wreq(`<t:TokenType>${type}</t:TokenType>`) }, 'wsfed.token-type'));
    }
    it('WSF-09, I18: a pointer, with or without a wreq beside it, whatever it points to', async () => {
      for (const wreqptr of ['https://evil.example/wreq.xml', 'file:///etc/passwd', 'x']) {
        await everywhere({ wreqptr }, 'wsfed.wreqptr');
        await everywhere({ wreqptr, wreq: wreq('') }, 'wsfed.wreqptr');
      }
    });
    it('WSF-09: freshness that is no number of minutes', () =>
      everywhere({ wreq: wreq('<f:Freshness xmlns:f="http://docs.oasis-open.org/wsfed/federation/200706">-1</f:Freshness>') }, 'wsfed.wfresh'));
  });

  it('a body that is refused unread', async () => {
    const inbound = { method: 'POST', path: '/wsfed', rawQuery: '', form: new Map(), headers: {}, clientAddress: '192.0.2.1', browser: { cookie: true } };
    for (const [reason, check] of [
      ['too-large', 'request.size'],
      ['wrong-type', 'wsfed.parameters'],
      ['unreadable', 'wsfed.parameters'],
    ] as const) {
      await refused(() => {
        const reply = idp.routes.find((route) => route.path === '/wsfed')?.refuse?.(inbound, { reason, observed: 'what came' });
        return reply === undefined ? Promise.reject(new Error('no answer')) : Promise.resolve(reply);
      }, check);
    }
  });

  it('I17: no header of the request decides a name or an address', async () => {
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example', referer: 'https://evil.example/' };
    const reply = await idp.get('/wsfed', signInQuery(), { headers });
    expect(JSON.stringify(reply)).to.include(REPLY).and.not.include('evil.example');
  });
});
