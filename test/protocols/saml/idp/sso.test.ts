import { expect } from 'chai';
import { CONTEXT_PASSWORD_PROTECTED } from '../../../../src/core/issuance/authn-policy.js';
import { NAME_ID } from '../../../../src/core/issuance/name-identifier.js';
import { CLAIM } from '../../../../src/core/model/claim.js';
import { parseXml, type XmlElement } from '../../../../src/xml/parse.js';
import { attribute, child, childElements, leafText } from '../../../../src/xml/read.js';
import { NS } from '../../../../src/xml/names.js';
import { verifyEnveloped } from '../../../../src/xml/verify.js';
import { aRelyingParty, aSession, NOW, POST_BINDING } from '../../../support/builders.js';
import { authnRequest, IDP_ENTITY_ID, isForm, isPage, redirectQuery, SSO_URL, testIdp, type TestIdp } from '../../../support/saml-idp.js';

const ACS = 'https://app.example/acs';

function find(element: XmlElement, ...path: readonly string[]): XmlElement {
  const [next, ...rest] = path;
  if (next === undefined) return element;
  const found = childElements(element).find((candidate) => candidate.local === next);
  if (found === undefined) throw new Error(`no ${next} in ${element.local}`);
  return find(found, ...rest);
}

function statusOf(xml: string): readonly string[] {
  const codes: string[] = [];
  for (
    let at: XmlElement | undefined = child(find(parseXml(xml), 'Status'), NS.samlp, 'StatusCode');
    at !== undefined;
    at = child(at, NS.samlp, 'StatusCode')
  ) {
    codes.push((attribute(at, 'Value') ?? '').split(':').at(-1) ?? '');
  }
  return codes;
}

const ask = (idp: TestIdp, xml: string, more = ''): ReturnType<TestIdp['get']> => idp.get('/saml/sso', redirectQuery(xml, more));
const checkOf = (idp: TestIdp): string | undefined => idp.refused.at(-1)?.check;

describe('SingleSignOnService', () => {
  let idp: TestIdp;
  beforeEach(async () => {
    idp = await testIdp(aRelyingParty());
  });

  it('answers a request by Redirect with a Response that verifies (SSO-07, SSO-08, SSO-09, SSO-10, SSO-11, CORE-05, CORE-08)', async () => {
    const form = isForm(await ask(idp, authnRequest(idp.clock), '&RelayState=there%20%26%20back'));
    expect(form.action).to.equal(ACS);
    expect(form.fields['RelayState']).to.equal('there & back');
    const response = verifyEnveloped(parseXml(form.xml), [idp.certificate]);
    expect(attribute(response, 'InResponseTo')).to.equal('_request1');
    expect(attribute(response, 'Destination')).to.equal(ACS);
    expect(leafText(find(response, 'Issuer'))).to.equal(IDP_ENTITY_ID);
    const assertion = verifyEnveloped(find(parseXml(form.xml), 'Assertion'), [idp.certificate]);
    const data = find(assertion, 'Subject', 'SubjectConfirmation', 'SubjectConfirmationData');
    expect([attribute(data, 'Recipient'), attribute(data, 'InResponseTo'), attribute(data, 'NotBefore')]).to.deep.equal([ACS, '_request1', undefined]);
    expect(leafText(find(assertion, 'Conditions', 'AudienceRestriction', 'Audience'))).to.equal('https://app.example/metadata');
    expect(attribute(find(assertion, 'AuthnStatement'), 'SessionIndex')).to.match(/^_/u);
    expect(attribute(find(assertion, 'AuthnStatement'), 'AuthnInstant')).to.equal(new Date(NOW - 60_000).toISOString());
    expect(idp.issued.map((entry) => entry.id)).to.deep.equal([attribute(assertion, 'ID')]);
  });

  it('takes a request under any identifier of the application, and answers it under the same one (SSO-11)', async () => {
    const old = 'urn:old:name';
    idp = await testIdp(aRelyingParty({ identifiers: ['https://app.example/metadata', old] }));
    const audienceOf = async (issuer: string): Promise<string> => {
      const response = parseXml(isForm(await ask(idp, authnRequest(idp.clock, { issuer }))).xml);
      return leafText(find(response, 'Assertion', 'Conditions', 'AudienceRestriction', 'Audience'));
    };
    expect(await audienceOf(old)).to.equal(old);
    expect(await audienceOf('https://app.example/metadata')).to.equal('https://app.example/metadata');
    isPage(await ask(idp, authnRequest(idp.clock, { issuer: 'urn:old' })));
    expect(checkOf(idp)).to.equal('request.issuer-known');
  });

  it('names the issuer that a mapping gives in Response and assertion alike (SSO-09)', async () => {
    const issuer = 'http://corp.example/adfs/services/trust/';
    idp = await testIdp(aRelyingParty({ claims: [{ claim: CLAIM.issuerId, from: [{ constant: issuer }] }] }));
    const response = verifyEnveloped(parseXml(isForm(await ask(idp, authnRequest(idp.clock))).xml), [idp.certificate]);
    expect([leafText(find(response, 'Issuer')), leafText(find(response, 'Assertion', 'Issuer'))]).to.deep.equal([issuer, issuer]);
  });

  it('answers a request by POST (SSO-01)', async () => {
    const form = isForm(await idp.post('/saml/sso', { SAMLRequest: Buffer.from(authnRequest(idp.clock)).toString('base64') }));
    expect(statusOf(form.xml)).to.deep.equal(['Success']);
    expect(form.fields).to.not.have.property('RelayState');
  });

  it('hops once by 303 when a cross-site post came without the cookie', async () => {
    const reply = await idp.post('/saml/sso', { SAMLRequest: Buffer.from(authnRequest(idp.clock)).toString('base64') }, { browser: { cookie: false } });
    expect(reply).to.deep.equal({ kind: 'redirect', location: '/login/continue?id=1', status: 303 });
  });

  it('answers a repeated request again, with a note (SSO-15)', async () => {
    const xml = authnRequest(idp.clock);
    await ask(idp, xml);
    await ask(idp, xml);
    expect(new Set(idp.issued.map((entry) => entry.id)).size).to.equal(2);
    expect(idp.issued[1]?.trace.checks.some((check) => check.id === 'request.replay' && check.result === 'noted')).to.equal(true);
  });

  it('shows the sign-in page when nobody is signed in, and NoPassive when none may be shown (CORE-15)', async () => {
    idp.session = undefined;
    expect(isPage(await ask(idp, authnRequest(idp.clock))).view).to.equal('login/login');
    for (const value of ['true', '1']) {
      const form = isForm(await ask(idp, authnRequest(idp.clock, { attributes: { IsPassive: value } })));
      expect(statusOf(form.xml)).to.deep.equal(['Responder', 'NoPassive']);
    }
  });

  it('asks again for ForceAuthn, and never answers passively from an old session (CORE-14, CORE-16, I11)', async () => {
    expect(isPage(await ask(idp, authnRequest(idp.clock, { attributes: { ForceAuthn: '1' } }))).view).to.equal('login/login');
    const both = isForm(await ask(idp, authnRequest(idp.clock, { attributes: { ForceAuthn: 'true', IsPassive: 'true' } })));
    expect(statusOf(both.xml)).to.deep.equal(['Responder', 'NoPassive']);
    idp.session = aSession({ authentication: { ...aSession().authentication, at: NOW + 1000 } });
    expect(statusOf(isForm(await ask(idp, authnRequest(idp.clock, { attributes: { ForceAuthn: 'true' } }))).xml)).to.deep.equal(['Success']);
  });

  describe('with no trusted address to answer to, shows a page and posts nowhere', () => {
    const pages: readonly (readonly [string, (clock: TestIdp['clock']) => string, string])[] = [
      ['no Issuer (SSO-01)', (clock) => authnRequest(clock).replace(/<saml:Issuer>.*<\/saml:Issuer>/u, ''), 'request.issuer-known'],
      ['an unknown Issuer (SSO-01)', (clock) => authnRequest(clock, { issuer: 'https://unknown.example' }), 'request.issuer-known'],
      ['an Issuer that differs in case (CORE-04)', (clock) => authnRequest(clock, { issuer: 'https://APP.example/metadata' }), 'request.issuer-known'],
      ['an Issuer with a child element (X04)', (clock) => authnRequest(clock, { issuer: 'https://app.example/<b/>metadata' }), 'request.schema'],
      [
        'a foreign ACS (SSO-02, I01)',
        (clock) => authnRequest(clock, { attributes: { AssertionConsumerServiceURL: 'https://evil.example/acs' } }),
        'request.acs-known',
      ],
      ['a longer ACS (SSO-02)', (clock) => authnRequest(clock, { attributes: { AssertionConsumerServiceURL: `${ACS}/more` } }), 'request.acs-known'],
      [
        'an ACS in another case (SSO-02)',
        (clock) => authnRequest(clock, { attributes: { AssertionConsumerServiceURL: 'https://app.example/ACS' } }),
        'request.acs-known',
      ],
      [
        'an ACS with user info (SSO-02)',
        (clock) => authnRequest(clock, { attributes: { AssertionConsumerServiceURL: 'https://app.example@evil.example/acs' } }),
        'request.acs-known',
      ],
      [
        'an ACS on another port (SSO-02)',
        (clock) => authnRequest(clock, { attributes: { AssertionConsumerServiceURL: 'https://app.example:444/acs' } }),
        'request.acs-known',
      ],
      [
        'another Destination (CORE-06, I06)',
        (clock) => authnRequest(clock, { attributes: { Destination: 'https://other.example/saml/sso' } }),
        'request.destination',
      ],
      [
        'http instead of https (CORE-06)',
        (clock) => authnRequest(clock, { attributes: { Destination: SSO_URL.replace('https', 'http') } }),
        'request.destination',
      ],
      ['an ID that is no name (I12)', (clock) => authnRequest(clock, { attributes: { ID: '1&quot;&gt;' } }), 'request.id'],
      ['no ID', (clock) => authnRequest(clock, { attributes: { ID: undefined } }), 'request.id'],
      ['another root (I06)', () => '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>', 'request.schema'],
      ['another namespace (X07)', (clock) => authnRequest(clock).replace('SAML:2.0:protocol', 'SAML:2.1:protocol'), 'request.schema'],
      ['a DTD (X01, BND-22, IIP-G03)', (clock) => `<!DOCTYPE a [<!ENTITY b "c">]>${authnRequest(clock)}`, 'request.decodable'],
      ['a comment in the Issuer (X02, XML-08)', (clock) => authnRequest(clock, { issuer: 'https://app.example/metadata<!---->.evil' }), 'request.decodable'],
      ['a processing instruction (X03)', (clock) => authnRequest(clock, { children: '<?a b?>' }), 'request.decodable'],
      ['something after the root (X05)', (clock) => `${authnRequest(clock)}<a/>`, 'request.decodable'],
      ['a duplicate attribute (X05)', (clock) => authnRequest(clock).replace('ID=', 'ID="_2" ID='), 'request.decodable'],
      ['what is not XML', () => 'hello', 'request.decodable'],
      [
        'a relative namespace name (X09)',
        (clock) => authnRequest(clock).replace('<samlp:AuthnRequest ', '<samlp:AuthnRequest xmlns:x="rel" '),
        'request.decodable',
      ],
      ['deep nesting (X11)', (clock) => authnRequest(clock, { children: `${'<a>'.repeat(5000)}${'</a>'.repeat(5000)}` }), 'request.decodable'],
      [
        'very many attributes (X11)',
        (clock) =>
          authnRequest(clock).replace(
            '<samlp:AuthnRequest ',
            `<samlp:AuthnRequest ${Array.from({ length: 20_000 }, (_, at) => `a${String(at)}=""`).join(' ')} `,
          ),
        'request.decodable',
      ],
    ];
    for (const [name, make, check] of pages) {
      it(name, async () => {
        expect(isPage(await ask(idp, make(idp.clock))).status).to.equal(400);
        expect(checkOf(idp)).to.equal(check);
        expect(idp.issued).to.deep.equal([]);
        // The control: the same node still answers the request without the defect.
        expect(statusOf(isForm(await ask(idp, authnRequest(idp.clock))).xml)).to.deep.equal(['Success']);
      });
    }
  });

  describe('once the address is trusted, answers there with a status and no assertion (CORE-09, CORE-10, SSO-06)', () => {
    const scope = (ids: string): string => `<samlp:Scoping><samlp:IDPList>${ids}</samlp:IDPList></samlp:Scoping>`;
    const context = (inner: string, comparison = ''): string => `<samlp:RequestedAuthnContext${comparison}>${inner}</samlp:RequestedAuthnContext>`;
    const ref = (name: string): string => `<saml:AuthnContextClassRef>${name}</saml:AuthnContextClassRef>`;
    const cases: readonly (readonly [string, { attributes?: Readonly<Record<string, string | undefined>>; children?: string }, readonly string[], string])[] = [
      ['a higher version (CORE-01)', { attributes: { Version: '2.1' } }, ['VersionMismatch', 'RequestVersionTooHigh'], 'request.version'],
      ['a lower version (CORE-01)', { attributes: { Version: '1.1' } }, ['VersionMismatch', 'RequestVersionTooLow'], 'request.version'],
      ['an old request (I07)', { attributes: { IssueInstant: new Date(NOW - 481_000).toISOString() } }, ['Requester', 'RequestDenied'], 'request.age'],
      [
        'a request from the future (I07)',
        { attributes: { IssueInstant: new Date(NOW + 181_000).toISOString() } },
        ['Requester', 'RequestDenied'],
        'request.age',
      ],
      ['no IssueInstant', { attributes: { IssueInstant: undefined } }, ['Requester'], 'request.schema'],
      [
        'children out of order (CORE-13)',
        { children: '<samlp:NameIDPolicy/><saml:Subject><saml:NameID>maria</saml:NameID></saml:Subject>' },
        ['Requester'],
        'request.schema',
      ],
      [
        'an index and an address (SSO-03)',
        { attributes: { AssertionConsumerServiceIndex: '0', AssertionConsumerServiceURL: ACS } },
        ['Requester'],
        'request.acs-exclusive',
      ],
      ['an unknown index (SSO-03)', { attributes: { AssertionConsumerServiceIndex: '99' } }, ['Requester', 'RequestUnsupported'], 'request.acs-index'],
      [
        'an answer by Redirect (SSO-05)',
        { attributes: { ProtocolBinding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect' } },
        ['Requester', 'UnsupportedBinding'],
        'request.acs-binding',
      ],
      ['a context nobody reaches (CORE-27, I10)', { children: context(ref('urn:mfa')) }, ['Responder', 'NoAuthnContext'], 'request.authn-context'],
      [
        'a declaration',
        { children: context('<saml:AuthnContextDeclRef>urn:x</saml:AuthnContextDeclRef>') },
        ['Responder', 'NoAuthnContext'],
        'request.authn-context',
      ],
      [
        'better than what there is (CORE-26)',
        { children: context(ref(CONTEXT_PASSWORD_PROTECTED), ' Comparison="better"') },
        ['Responder', 'NoAuthnContext'],
        'request.authn-context',
      ],
      ['an unknown name format (CORE-18)', { children: '<samlp:NameIDPolicy Format="urn:x"/>' }, ['Requester', 'InvalidNameIDPolicy'], 'request.nameid-format'],
      [
        'a foreign qualifier (CORE-19)',
        { children: '<samlp:NameIDPolicy SPNameQualifier="https://other"/>' },
        ['Requester', 'InvalidNameIDPolicy'],
        'request.nameid-qualifier',
      ],
      [
        'a persistent name not to be created (CORE-20)',
        { children: `<samlp:NameIDPolicy AllowCreate="false" Format="${NAME_ID.persistent}"/>` },
        ['Requester', 'InvalidNameIDPolicy'],
        'request.nameid-create',
      ],
      [
        'a subject confirmation',
        { children: '<saml:Subject><saml:NameID>maria</saml:NameID><saml:SubjectConfirmation Method="x"/></saml:Subject>' },
        ['Requester', 'RequestUnsupported'],
        'request.subject-confirmation',
      ],
      [
        'another identity provider (CORE-29)',
        { children: scope('<samlp:IDPEntry ProviderID="https://other"/>') },
        ['Responder', 'NoSupportedIDP'],
        'request.idp-list',
      ],
    ];
    for (const [name, changes, status, check] of cases) {
      it(name, async () => {
        const form = isForm(await ask(idp, authnRequest(idp.clock, changes)));
        expect(form.action).to.equal(ACS);
        expect(statusOf(form.xml)).to.deep.equal(status);
        expect(form.xml).to.not.include('Assertion ');
        expect(form.xml).to.include(idp.refused.at(-1)?.reference ?? 'no reference');
        expect(attribute(verifyEnveloped(parseXml(form.xml), [idp.certificate]), 'InResponseTo')).to.equal('_request1');
        expect(checkOf(idp)).to.equal(check);
        expect(idp.issued).to.deep.equal([]);
      });
    }

    it('shows the person first who is somebody else, the answer behind a button (CORE-17)', async () => {
      const page = isPage(await ask(idp, authnRequest(idp.clock, { children: '<saml:Subject><saml:NameID>tom</saml:NameID></saml:Subject>' })));
      const form = isForm(page.model['backTo'] as Parameters<typeof isForm>[0]);
      expect(statusOf(form.xml)).to.deep.equal(['Requester', 'UnknownPrincipal']);
    });

    it('shows the person first who may not use it (SSO-06)', async () => {
      idp.parties.set('https://app.example/metadata', aRelyingParty({ groups: ['Finance'] }));
      const page = isPage(await ask(idp, authnRequest(idp.clock)));
      expect(statusOf(isForm(page.model['backTo'] as Parameters<typeof isForm>[0]).xml)).to.deep.equal(['Responder', 'RequestDenied']);
      expect(checkOf(idp)).to.equal('user.allowed');
    });
  });

  describe('takes what the specification allows', () => {
    const fine: readonly (readonly [string, { attributes?: Readonly<Record<string, string | undefined>>; children?: string }])[] = [
      ['foreign extensions (CORE-12, IIP-EXT01)', { children: '<samlp:Extensions><x xmlns="urn:x" y="z"/><w xmlns="urn:w"/></samlp:Extensions>' }],
      ['seven fractional digits (CORE-02)', { attributes: { IssueInstant: '2026-11-24T09:00:00.1234567Z' } }],
      ['no Destination while unsigned', { attributes: { Destination: undefined } }],
      ['the registered address by name (SSO-02)', { attributes: { AssertionConsumerServiceURL: ACS, ProtocolBinding: POST_BINDING } }],
      ['the registered address by index (SSO-03)', { attributes: { AssertionConsumerServiceIndex: '0' } }],
      ['a clock just inside the tolerance (IIP-G01)', { attributes: { IssueInstant: new Date(NOW + 179_000).toISOString() } }],
      [
        'an identity provider list that names us (CORE-29)',
        { children: `<samlp:Scoping ProxyCount="0"><samlp:IDPList><samlp:IDPEntry ProviderID="${IDP_ENTITY_ID}"/></samlp:IDPList></samlp:Scoping>` },
      ],
      ['conditions, which may be ignored (IIP-SSO07)', { children: '<saml:Conditions NotBefore="2026-11-24T09:00:00Z"/>' }],
      ['the subject who is signed in (CORE-17)', { children: '<saml:Subject><saml:NameID>maria</saml:NameID></saml:Subject>' }],
    ];
    for (const [name, changes] of fine) {
      it(name, async () => {
        expect(statusOf(isForm(await ask(idp, authnRequest(idp.clock, changes))).xml)).to.deep.equal(['Success']);
      });
    }

    it('names the context that was asked for and met (CORE-25)', async () => {
      const password = 'urn:oasis:names:tc:SAML:2.0:ac:classes:Password';
      const children = `<samlp:RequestedAuthnContext><saml:AuthnContextClassRef>urn:mfa</saml:AuthnContextClassRef><saml:AuthnContextClassRef>${password}</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>`;
      const form = isForm(await ask(idp, authnRequest(idp.clock, { children })));
      expect(leafText(find(parseXml(form.xml), 'Assertion', 'AuthnStatement', 'AuthnContext', 'AuthnContextClassRef'))).to.equal(password);
    });

    it('the default address among several, PAOS and artifact left aside (SSO-04, MET-08)', async () => {
      const replyAddresses = [
        { binding: 'urn:oasis:names:tc:SAML:2.0:bindings:PAOS', url: 'https://app.example/paos', index: 0, isDefault: true },
        { binding: POST_BINDING, url: 'https://app.example/one', index: 1 },
        { binding: POST_BINDING, url: 'https://app.example/two', index: 2, isDefault: true },
      ];
      idp.parties.set('https://app.example/metadata', aRelyingParty({ replyAddresses }));
      expect(isForm(await ask(idp, authnRequest(idp.clock))).action).to.equal('https://app.example/two');
      const chosen = isForm(await ask(idp, authnRequest(idp.clock, { attributes: { AssertionConsumerServiceIndex: '1' } })));
      expect(chosen.action).to.equal('https://app.example/one');
      expect(chosen.xml).to.include('Recipient="https://app.example/one"');
    });
  });

  it('refuses an unsigned request where signing is required (SSO-13, S04)', async () => {
    idp.parties.set('https://app.example/metadata', aRelyingParty({ requireSignedRequests: true, signingCertificates: [idp.certificate] }));
    expect(isPage(await ask(idp, authnRequest(idp.clock))).status).to.equal(400);
    expect(checkOf(idp)).to.equal('request.signature-present');
    const post = await idp.post('/saml/sso', { SAMLRequest: Buffer.from(authnRequest(idp.clock)).toString('base64') });
    expect(isPage(post).status).to.equal(400);
  });

  it('refuses who is switched off or whose metadata ended (A08, MET-05)', async () => {
    idp.parties.set('https://app.example/metadata', aRelyingParty({ enabled: false }));
    isPage(await ask(idp, authnRequest(idp.clock)));
    expect(checkOf(idp)).to.equal('request.enabled');
    idp.parties.set('https://app.example/metadata', aRelyingParty({ validUntil: NOW - 181_000 }));
    isPage(await ask(idp, authnRequest(idp.clock)));
    expect(checkOf(idp)).to.equal('request.metadata-valid');
  });

  it('signs what the setting says (SSO-11)', async () => {
    for (const [sign, response, assertion] of [
      ['assertion', false, true],
      ['response', true, false],
      ['both', true, true],
    ] as const) {
      idp.parties.set('https://app.example/metadata', aRelyingParty({ sign }));
      const root = parseXml(isForm(await ask(idp, authnRequest(idp.clock))).xml);
      const has = (element: XmlElement): boolean => child(element, NS.ds, 'Signature') !== undefined;
      expect([has(root), has(find(root, 'Assertion'))]).to.deep.equal([response, assertion]);
    }
  });

  it('encrypts when the metadata carries a key, says no when it must and cannot (IIP-IDP09, CORE-37)', async () => {
    idp.parties.set('https://app.example/metadata', aRelyingParty({ encryptionKeys: [{ certificate: idp.certificate, methods: [] }] }));
    const form = isForm(await ask(idp, authnRequest(idp.clock)));
    expect(form.xml).to.include('<saml:EncryptedAssertion').and.not.include('<saml:Assertion');
    expect(form.xml).to.include('Recipient="https://app.example/metadata"');
    verifyEnveloped(parseXml(form.xml), [idp.certificate]);
    idp.parties.set('https://app.example/metadata', aRelyingParty({ encrypt: 'always' }));
    expect(statusOf(isForm(await ask(idp, authnRequest(idp.clock))).xml)).to.deep.equal(['Requester', 'RequestUnsupported']);
    expect(idp.issued).to.have.length(1);
  });
});

describe('IdP-initiated sign-on', () => {
  it('has no InResponseTo anywhere, the default address, and RelayState if given (SSO-14)', async () => {
    const idp = await testIdp(aRelyingParty());
    const form = isForm(await idp.get('/saml/sso/init', 'sp=https%3A%2F%2Fapp.example%2Fmetadata&RelayState=deep%26link'));
    expect(form.xml).to.not.include('InResponseTo');
    expect(form.action).to.equal(ACS);
    expect(form.fields['RelayState']).to.equal('deep&link');
    expect(isForm(await idp.get('/saml/sso/init', 'sp=https%3A%2F%2Fapp.example%2Fmetadata')).fields).to.not.have.property('RelayState');
  });

  it('is refused for an unknown application, and for two (I16)', async () => {
    const idp = await testIdp(aRelyingParty());
    expect(isPage(await idp.get('/saml/sso/init', 'sp=https%3A%2F%2Fevil.example')).status).to.equal(400);
    expect(isPage(await idp.get('/saml/sso/init', 'sp=a&sp=b')).status).to.equal(400);
    expect(isPage(await idp.get('/saml/sso/init')).status).to.equal(400);
  });
});
