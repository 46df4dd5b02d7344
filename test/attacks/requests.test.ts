/** Threats, section 3: proper messages that ask for what they must not get. */
import { expect } from 'chai';
import { CONTEXT_PASSWORD, CONTEXT_PASSWORD_PROTECTED, CONTEXT_UNSPECIFIED } from '../../src/core/issuance/authn-policy.js';
import { NAME_ID } from '../../src/core/issuance/name-identifier.js';
import { asId } from '../../src/core/model/ids.js';
import { NS } from '../../src/xml/names.js';
import { parseXml } from '../../src/xml/parse.js';
import { attribute, leafText } from '../../src/xml/read.js';
import { aRelyingParty, aSession, NOW, POST_BINDING } from '../support/builders.js';
import { findAnywhere } from '../support/decrypt.js';
import { authnRequest, isForm, isPage, keyPairOf, redirectQuery, SSO_URL, testIdp, type TestIdp } from '../support/saml-idp.js';
import { signXml } from '../support/signed-requests.js';
import { type Answer, byPost, byRedirect, expectRefused, statusOf } from './attempt.js';

const ACS = 'https://app.example/acs';
const ISSUER = 'https://app.example/metadata';
const OTHER = 'https://other.example/metadata';

type Changes = Parameters<typeof authnRequest>[1];

describe('attacks on what is asked', () => {
  let idp: TestIdp;
  beforeEach(async () => {
    const other = aRelyingParty({
      id: asId('rp-2'),
      entityId: OTHER,
      name: 'Other',
      replyAddresses: [{ binding: POST_BINDING, url: 'https://other.example/acs', index: 0 }],
      audiences: [OTHER],
    });
    idp = await testIdp(aRelyingParty(), other);
  });

  const refused = async (changes: Changes, answer: Answer, check: Parameters<typeof expectRefused>[2]['check']): Promise<void> => {
    const xml = authnRequest(idp.clock, changes);
    for (const send of [byRedirect, byPost]) await expectRefused(idp, () => send(idp, xml), { answer, check });
  };
  const succeeds = async (changes: Changes = {}): Promise<ReturnType<typeof isForm>> => {
    const form = isForm(await byRedirect(idp, authnRequest(idp.clock, changes)));
    expect(statusOf(form.xml)).to.deep.equal(['Success']);
    return form;
  };
  const textOf = (xml: string, local: string): string => {
    const found = findAnywhere(parseXml(xml), NS.saml, local);
    return found === undefined ? '' : leafText(found);
  };

  describe('I01, SSO-02: reply addresses that are not registered', () => {
    const addresses = [
      'https://evil.example/acs',
      'https://app.example/acs/',
      'https://app.example/acs/../evil',
      'https://app.example/ac',
      'https://app.example/acs?x=1',
      'https://app.example/acs#x',
      'https://app.example/ACS',
      'https://APP.example/acs',
      'https://app.example:443/acs',
      'https://app.example:8443/acs',
      'https://app.example.evil.example/acs',
      'https://app.example@evil.example/acs',
      'https://user@app.example/acs',
      'https://app.example\\@evil.example/acs',
      'https://app.example/./acs',
      'https://app.example//acs',
      'https://app.example/%61cs',
      'http://app.example/acs',
      '//app.example/acs',
      '/acs',
      ' https://app.example/acs',
      'https://app.example/acs ',
      'https://аpp.example/acs',
      'https://app.example/acs\u200B',
      'https://other.example/acs',
      'javascript:alert(1)',
      'data:text/html,x',
      '',
    ];
    for (const url of addresses) {
      it(JSON.stringify(url), async () => {
        const escaped = url.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
        await refused({ attributes: { AssertionConsumerServiceURL: escaped } }, 'page', 'request.acs-known');
      });
    }

    it('a signed request is no exception', async () => {
      const pair = await keyPairOf('sp.example');
      idp.parties.set(ISSUER, aRelyingParty({ signingCertificates: [pair.certificate] }));
      const signed = signXml(authnRequest(idp.clock, { attributes: { AssertionConsumerServiceURL: 'https://evil.example/acs' } }), pair);
      await expectRefused(idp, () => byPost(idp, signed), { answer: 'page', check: 'request.acs-known' });
    });

    it('an address that was removed while the person signed in', async () => {
      const begun = await idp.post('/saml/sso', { SAMLRequest: Buffer.from(authnRequest(idp.clock)).toString('base64') }, { browser: { cookie: false } });
      expect(begun.kind).to.equal('redirect');
      idp.parties.set(ISSUER, aRelyingParty({ replyAddresses: [{ binding: POST_BINDING, url: 'https://app.example/new', index: 0 }] }));
      isPage(await idp.resume('1'));
      expect([idp.refused.at(-1)?.check, idp.issued.length]).to.deep.equal(['request.acs-known', 0]);
    });
  });

  it('I02: a registered address with another scheme is never used, wherever it came from', async () => {
    for (const url of ['javascript:alert(1)', 'data:text/html,x', 'ftp://app.example/acs']) {
      idp.parties.set(ISSUER, aRelyingParty({ replyAddresses: [{ binding: POST_BINDING, url, index: 0 }] }));
      isPage(await byRedirect(idp, authnRequest(idp.clock)));
      expect([idp.refused.at(-1)?.check, idp.issued.length]).to.deep.equal(['request.acs-known', 0]);
    }
  });

  it('I05: the query of a registered address is part of it, and nothing of the request is added', async () => {
    const url = `${ACS}?tenant=1&SAMLResponse=mine`;
    idp.parties.set(ISSUER, aRelyingParty({ replyAddresses: [{ binding: POST_BINDING, url, index: 0 }] }));
    const form = isForm(await idp.get('/saml/sso', redirectQuery(authnRequest(idp.clock), '&RelayState=a&tenant=2&next=evil')));
    expect(form.action).to.equal(url);
    expect(form.fields).to.have.all.keys('SAMLResponse', 'RelayState');
    expect(form.xml).to.include('Recipient="https://app.example/acs?tenant=1&amp;SAMLResponse=mine"');
  });

  describe('I06: Destination, Version, root', () => {
    const destinations = [
      `${SSO_URL}/`,
      `${SSO_URL}?x=1`,
      SSO_URL.replace('https', 'http'),
      SSO_URL.replace('idp', 'IDP'),
      SSO_URL.replace('.example', '.example:443'),
      'https://evil.example/saml/sso',
      '/saml/sso',
      '',
    ];
    for (const Destination of destinations) {
      it(`CORE-06: sent to ${JSON.stringify(Destination)}`, () => refused({ attributes: { Destination } }, 'page', 'request.destination'));
    }
    for (const [version, detail] of [
      ['2.1', 'RequestVersionTooHigh'],
      ['3.0', 'RequestVersionTooHigh'],
      ['1.1', 'RequestVersionTooLow'],
      ['2', 'RequestVersionTooLow'],
      ['two', 'RequestVersionTooLow'],
      [undefined, 'RequestVersionTooLow'],
    ] as const) {
      it(`CORE-01: version ${String(version)}`, () => refused({ attributes: { Version: version } }, ['VersionMismatch', detail], 'request.version'));
    }
  });

  describe('I07: time', () => {
    for (const [words, ms, fine] of [
      ['eight minutes ago, which is five and the tolerance', -480_000, true],
      ['a second more', -481_000, false],
      ['three minutes ahead, which is the tolerance', 180_000, true],
      ['a second more ahead', 181_000, false],
      ['a year ago', -365 * 86_400_000, false],
    ] as const) {
      it(words, async () => {
        const changes = { attributes: { IssueInstant: new Date(NOW + ms).toISOString() } };
        await (fine ? succeeds(changes) : refused(changes, ['Requester', 'RequestDenied'], 'request.age'));
      });
    }
    for (const text of ['2026-11-24T09:00:00', '2026-11-24', 'yesterday', '', '2026-02-30T09:00:00Z', '2026-11-24T09:00:00+99:00', '1e3']) {
      it(`what is no time: ${JSON.stringify(text)}`, () => refused({ attributes: { IssueInstant: text } }, ['Requester'], 'request.schema'));
    }
  });

  it('I08, SSO-15: the same request again is answered again, with a note, within its age and never after it', async () => {
    const xml = authnRequest(idp.clock);
    isForm(await byRedirect(idp, xml));
    isForm(await byRedirect(idp, xml));
    expect(new Set(idp.issued.map((entry) => entry.id)).size).to.equal(2);
    expect(idp.issued[1]?.trace.checks.some((check) => check.id === 'request.replay')).to.equal(true);
    idp.clock.advance(481_000);
    await expectRefused(idp, () => byRedirect(idp, xml), { answer: ['Requester', 'RequestDenied'], check: 'request.age' });
  });

  describe('I09: somebody else', () => {
    const subject = (inner: string): Changes => ({ children: `<saml:Subject>${inner}</saml:Subject>` });
    const nobody: Answer = ['Requester', 'UnknownPrincipal'];
    const cases: readonly (readonly [string, Changes, Answer, Parameters<typeof expectRefused>[2]['check']])[] = [
      ['CORE-17: another user', subject('<saml:NameID>tom</saml:NameID>'), nobody, 'request.subject'],
      ['CORE-17: the right name with white space', subject('<saml:NameID> maria </saml:NameID>'), nobody, 'request.subject'],
      ['CORE-17: the right name between other parties', subject(`<saml:NameID SPNameQualifier="${OTHER}">maria</saml:NameID>`), nobody, 'request.subject'],
      [
        'CORE-17: the right name from another issuer',
        subject('<saml:NameID NameQualifier="https://evil.example">maria</saml:NameID>'),
        nobody,
        'request.subject',
      ],
      ['CORE-17: the right name in another format', subject(`<saml:NameID Format="${NAME_ID.persistent}">maria</saml:NameID>`), nobody, 'request.subject'],
      ['two names', subject('<saml:NameID>maria</saml:NameID><saml:NameID>tom</saml:NameID>'), ['Requester'], 'request.schema'],
      ['a BaseID', subject('<saml:BaseID/>'), ['Requester'], 'request.schema'],
      ['a confirmation', subject('<saml:SubjectConfirmation Method="urn:x"/>'), ['Requester', 'RequestUnsupported'], 'request.subject-confirmation'],
      [
        'CORE-19: the qualifier of another application',
        { children: `<samlp:NameIDPolicy SPNameQualifier="${OTHER}" Format="${NAME_ID.persistent}" AllowCreate="true"/>` },
        ['Requester', 'InvalidNameIDPolicy'],
        'request.nameid-qualifier',
      ],
      [
        'CORE-20: a persistent name without leave to make one',
        { children: `<samlp:NameIDPolicy Format="${NAME_ID.persistent}"/>` },
        ['Requester', 'InvalidNameIDPolicy'],
        'request.nameid-create',
      ],
      ['CORE-18: a format nobody knows', { children: '<samlp:NameIDPolicy Format="urn:x"/>' }, ['Requester', 'InvalidNameIDPolicy'], 'request.nameid-format'],
      [
        'CORE-18: a format that is no format',
        { children: '<samlp:NameIDPolicy Format="constructor"/>' },
        ['Requester', 'InvalidNameIDPolicy'],
        'request.nameid-format',
      ],
    ];
    for (const [name, changes, answer, check] of cases) it(name, () => refused(changes, answer, check));

    it('CORE-17, CORE-19: one’s own, spelled out, is fine', async () => {
      await succeeds(subject(`<saml:NameID NameQualifier="https://idp.example/saml/metadata" SPNameQualifier="${ISSUER}">maria</saml:NameID>`));
      await succeeds({ children: `<samlp:NameIDPolicy SPNameQualifier="${ISSUER}" AllowCreate="true"/>` });
    });

    it('CORE-20: once made, a persistent name needs no leave; a transient one never does', async () => {
      const persistent = (create: string): Changes => ({ children: `<samlp:NameIDPolicy Format="${NAME_ID.persistent}"${create}/>` });
      const first = textOf((await succeeds(persistent(' AllowCreate="true"'))).xml, 'NameID');
      expect(textOf((await succeeds(persistent(' AllowCreate="0"'))).xml, 'NameID')).to.equal(first);
      const transient = { children: `<samlp:NameIDPolicy Format="${NAME_ID.transient}" AllowCreate="false"/>` };
      expect(textOf((await succeeds(transient)).xml, 'NameID')).to.not.equal(textOf((await succeeds(transient)).xml, 'NameID'));
    });

    it('SSO-09, I09: the audience is the one that asked, the address its own', async () => {
      const form = isForm(await byRedirect(idp, authnRequest(idp.clock, { issuer: OTHER })));
      expect([form.action, textOf(form.xml, 'Audience')]).to.deep.equal(['https://other.example/acs', OTHER]);
    });
  });

  describe('I10: contexts', () => {
    const wanted = (comparison: string, ...classes: readonly string[]): Changes => ({
      children: `<samlp:RequestedAuthnContext${comparison === '' ? '' : ` Comparison="${comparison}"`}>${classes.map((name) => `<saml:AuthnContextClassRef>${name}</saml:AuthnContextClassRef>`).join('')}</samlp:RequestedAuthnContext>`,
    });
    const MFA = 'http://schemas.microsoft.com/claims/multipleauthn';
    const [U, P, PPT] = [CONTEXT_UNSPECIFIED, CONTEXT_PASSWORD, CONTEXT_PASSWORD_PROTECTED];
    /** What is asked, and the class that is named for a sign-in with a protected password; undefined is NoAuthnContext. */
    const matrix: readonly (readonly [string, readonly string[], string | undefined])[] = [
      ['', [P, PPT], P],
      ['', [PPT, P], PPT],
      ['exact', [MFA, P], P],
      ['exact', [MFA], undefined],
      ['minimum', [P], PPT],
      ['minimum', [PPT], PPT],
      ['minimum', [MFA], undefined],
      ['minimum', [MFA, U], PPT],
      ['maximum', [P], P],
      ['maximum', [U], U],
      ['maximum', [PPT, U], PPT],
      ['maximum', [MFA], undefined],
      ['better', [PPT], undefined],
      ['better', [P], PPT],
      ['better', [PPT, U], PPT],
      ['better', [MFA], undefined],
    ];
    for (const [comparison, classes, named] of matrix) {
      it(`CORE-25, CORE-26, CORE-27: ${comparison || 'no word'} ${classes.map((name) => name.split(/[:/]/u).at(-1)).join(', ')}`, async () => {
        if (named === undefined) await refused(wanted(comparison, ...classes), ['Responder', 'NoAuthnContext'], 'request.authn-context');
        else expect(textOf((await succeeds(wanted(comparison, ...classes))).xml, 'AuthnContextClassRef')).to.equal(named);
      });
    }

    it('never claims what was not done: an older, weaker sign-in does not meet a stronger wish', async () => {
      idp.session = aSession({ authentication: { ...aSession().authentication, contextClass: P } });
      const form = isForm(await byRedirect(idp, authnRequest(idp.clock, wanted('exact', PPT))));
      expect([statusOf(form.xml), idp.issued.length]).to.deep.equal([['Responder', 'NoAuthnContext'], 0]);
      expect(idp.refused.at(-1)?.check).to.equal('request.authn-context');
    });

    for (const [words, changes] of [
      ['a comparison that is none', wanted('strongest', P)],
      ['no class at all', wanted('')],
      [
        'classes and declarations',
        {
          children: `<samlp:RequestedAuthnContext><saml:AuthnContextClassRef>${P}</saml:AuthnContextClassRef><saml:AuthnContextDeclRef>urn:x</saml:AuthnContextDeclRef></samlp:RequestedAuthnContext>`,
        },
      ],
    ] as const) {
      it(words, () => refused(changes, ['Requester'], 'request.schema'));
    }
  });

  describe('I11: ForceAuthn and IsPassive', () => {
    for (const value of ['true', '1']) {
      it(`CORE-14, CORE-15, CORE-16: ${value}`, async () => {
        expect(isPage(await byRedirect(idp, authnRequest(idp.clock, { attributes: { ForceAuthn: value } }))).view).to.equal('login/login');
        const both = authnRequest(idp.clock, { attributes: { ForceAuthn: value, IsPassive: value } });
        await expectRefused(idp, () => byRedirect(idp, both), { answer: ['Responder', 'NoPassive'], check: 'request.passive' });
        const { session } = idp;
        idp.session = undefined;
        const passive = authnRequest(idp.clock, { attributes: { IsPassive: value } });
        const form = isForm(await byRedirect(idp, passive));
        expect(statusOf(form.xml)).to.deep.equal(['Responder', 'NoPassive']);
        idp.session = session;
        expect(statusOf(isForm(await byRedirect(idp, passive)).xml)).to.deep.equal(['Success']);
      });
    }
    for (const value of ['TRUE', 'yes', '2', '']) {
      it(`what is no flag: ${JSON.stringify(value)}`, async () => {
        await refused({ attributes: { ForceAuthn: value } }, ['Requester'], 'request.schema');
        await refused({ attributes: { IsPassive: value } }, ['Requester'], 'request.schema');
      });
    }
    it('CORE-14: the time of the sign-in is the one that was performed, never now', async () => {
      idp.clock.advance(10_000);
      idp.session = aSession({ authentication: { ...aSession().authentication, at: NOW + 15_000 } });
      const form = await succeeds({ attributes: { ForceAuthn: 'true' } });
      const statement = findAnywhere(parseXml(form.xml), NS.saml, 'AuthnStatement');
      expect(statement === undefined ? '' : attribute(statement, 'AuthnInstant')).to.equal(new Date(NOW + 15_000).toISOString());
    });
    it('IsPassive shows no page even where the person would have been told first', async () => {
      idp.parties.set(ISSUER, aRelyingParty({ groups: ['Finance'] }));
      const form = isForm(await byRedirect(idp, authnRequest(idp.clock, { attributes: { IsPassive: 'true' } })));
      expect(statusOf(form.xml)).to.deep.equal(['Responder', 'RequestDenied']);
    });
  });

  describe('I12: the ID', () => {
    for (const id of [
      '1',
      'a:b',
      'a b',
      ' _1',
      '_1 ',
      '',
      '_"',
      '_&lt;script&gt;',
      '_&quot; InResponseTo=&quot;x',
      `_${'a'.repeat(256)}`,
      '_²',
      '-a',
      '_é\u00D7',
    ]) {
      it(JSON.stringify(id).slice(0, 30), () => refused({ attributes: { ID: id.replaceAll('"', '&quot;') } }, 'page', 'request.id'));
    }
    for (const id of ['_1', 'id-1.2', `_${'a'.repeat(255)}`, '_é\u0301', 'NETSCAPE']) {
      it(`${JSON.stringify(id).slice(0, 20)} comes back as it is (CORE-08)`, async () => {
        expect(attribute(parseXml((await succeeds({ attributes: { ID: id } })).xml), 'InResponseTo')).to.equal(id);
      });
    }
  });

  describe('Issuer', () => {
    for (const issuer of [
      'https://unknown.example',
      'https://APP.example/metadata',
      `${ISSUER}/`,
      ` ${ISSUER}`,
      `${ISSUER}\n`,
      '',
      'constructor',
      '__proto__',
    ]) {
      it(`CORE-04, SSO-01: ${JSON.stringify(issuer)}`, () => refused({ issuer }, 'page', 'request.issuer-known'));
    }
    it('two of them', () => refused({ children: `<saml:Issuer>${OTHER}</saml:Issuer>` }, ['Requester'], 'request.schema'));
    it('A08: an application that is switched off, or removed while the person signed in', async () => {
      idp.parties.set(ISSUER, aRelyingParty({ enabled: false }));
      isPage(await byRedirect(idp, authnRequest(idp.clock)));
      expect([idp.refused.at(-1)?.check, idp.issued.length]).to.deep.equal(['request.enabled', 0]);
      idp.parties.set(ISSUER, aRelyingParty());
      await idp.post('/saml/sso', { SAMLRequest: Buffer.from(authnRequest(idp.clock)).toString('base64') }, { browser: { cookie: false } });
      idp.parties.delete(ISSUER);
      isPage(await idp.resume('1'));
      expect([idp.refused.at(-1)?.check, idp.issued.length]).to.deep.equal(['request.issuer-known', 0]);
    });
  });

  it('I16: started here only for applications that are known and switched on, named once', async () => {
    const start = (query: string): ReturnType<TestIdp['get']> => idp.get('/saml/sso/init', query);
    const control = (): ReturnType<TestIdp['get']> => start(`sp=${encodeURIComponent(ISSUER)}`);
    for (const query of [
      '',
      'sp=',
      'sp=https%3A%2F%2Fevil.example',
      `sp=${encodeURIComponent(ISSUER.toUpperCase())}`,
      'sp=constructor',
      `sp=${encodeURIComponent(`${ISSUER} `)}`,
    ]) {
      await expectRefused(idp, () => start(query), { answer: 'page', check: query === '' ? 'request.binding' : 'request.issuer-known', control });
    }
    for (const query of [`sp=${encodeURIComponent(ISSUER)}&sp=${encodeURIComponent(OTHER)}`, `sp=${encodeURIComponent(ISSUER)}&RelayState=a&RelayState=b`]) {
      await expectRefused(idp, () => start(query), { answer: 'page', check: 'request.binding', control });
    }
    idp.parties.set(ISSUER, aRelyingParty({ enabled: false }));
    isPage(await control());
    expect(idp.refused.at(-1)?.check).to.equal('request.enabled');
  });

  it('I17: no header of the request decides a name or an address', async () => {
    const headers = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
      forwarded: 'host=evil.example',
      'x-original-url': '/evil',
    };
    const form = isForm(await idp.get('/saml/sso', redirectQuery(authnRequest(idp.clock)), { headers }));
    expect(form.xml).to.not.include('evil.example');
    const metadata = await idp.get('/saml/metadata', '', { headers });
    expect(metadata.kind === 'text' ? metadata.body : '')
      .to.include(SSO_URL)
      .and.not.include('evil.example');
  });

  it('SSO-16: two requests in two tabs keep their own state', async () => {
    const browser = { cookie: false };
    const post = (xml: string, RelayState: string): ReturnType<TestIdp['post']> =>
      idp.post('/saml/sso', { SAMLRequest: Buffer.from(xml).toString('base64'), RelayState }, { browser });
    await post(authnRequest(idp.clock, { attributes: { ID: '_first' } }), 'one');
    await post(authnRequest(idp.clock, { attributes: { ID: '_second' }, issuer: OTHER }), 'two');
    const [second, first] = [isForm(await idp.resume('2')), isForm(await idp.resume('1'))];
    expect([first.action, first.fields['RelayState'], attribute(parseXml(first.xml), 'InResponseTo')]).to.deep.equal([ACS, 'one', '_first']);
    expect([second.action, second.fields['RelayState'], attribute(parseXml(second.xml), 'InResponseTo')]).to.deep.equal([
      'https://other.example/acs',
      'two',
      '_second',
    ]);
  });
});
