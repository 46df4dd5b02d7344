import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeKeyPair } from '../../src/crypto/certificate.js';
import { MARIA, theWorld, type World } from '../e2e/world.js';
import { Browser, send, type Shown } from '../support/browser.js';
import { ONE_NAME, ONE_RULE_SET, ONE_SET_OF_CLAIMS } from '../support/one-rule-set.js';
import { signOutAtOurs, throughFrames } from '../support/sign-out-page.js';
import { type Shibboleth, SHIBBOLETH_WSFED, startShibboleth } from '../support/services/shibboleth.js';
import { pem } from '../support/xml-oracles.js';

/** What an administrator of Shibboleth writes about an AD FS. */
function describeIdp(entityId: string, endpoint: string, certificate: string): string {
  const service = (kind: string): string => `<md:${kind} Binding="${SHIBBOLETH_WSFED}" Location="${endpoint}"/>`;
  return (
    `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}">` +
    `<md:IDPSSODescriptor protocolSupportEnumeration="${SHIBBOLETH_WSFED}"><md:KeyDescriptor use="signing">` +
    `<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>` +
    `</md:KeyDescriptor>${service('SingleLogoutService')}${service('SingleSignOnService')}</md:IDPSSODescriptor></md:EntityDescriptor>`
  );
}

const PLACES = ['wiki', 'notes', 'saml20', 'foreign', 'rules11', 'rules20'] as const;
const BY_SAML = ['memos', 'rules'] as const;

/** The same rules in every kind of token. SAML 1.1 has one qualifier. */
const RULES_AT = [
  { place: 'rules', title: 'a SAML 2.0 Response', name: Object.values(ONE_NAME) },
  { place: 'rules20', title: 'a SAML 2.0 token of WS-Federation', name: Object.values(ONE_NAME) },
  { place: 'rules11', title: 'a SAML 1.1 token of WS-Federation', name: [ONE_NAME.value, ONE_NAME.format, ONE_NAME.nameQualifier] },
] as const;

describe('Shibboleth SP (opensaml)', () => {
  let world: World;
  let shibboleth: Shibboleth;
  let ending: (() => Promise<void>) | undefined;
  before(async () => {
    world = await theWorld();
    const now = Date.now();
    const pair = await makeKeyPair({ algorithm: 'RSA-2048', commonName: 'shibboleth.example', notBefore: now - 60_000, notAfter: now + 86_400_000 });
    const [, entityId = ''] = /entityID="([^"]*)"/u.exec(world.idpMetadata) ?? [];
    const [, certificate = ''] = /<ds:X509Certificate>([^<]*)</u.exec(world.idpMetadata) ?? [];
    const metadata = describeIdp(entityId, world.node.url('/wsfed'), certificate);
    const foreign = describeIdp(entityId, world.node.url('/wsfed'), pair.certificate);
    shibboleth = await startShibboleth(
      [
        ...PLACES.map((name) => ({ name, protocol: 'ADFS' as const, idp: { entityId, metadata: name === 'foreign' ? foreign : metadata } })),
        ...BY_SAML.map((name) => ({ name, protocol: 'SAML2' as const, idp: { entityId, metadata: world.idpMetadata } })),
      ],
      { certificate: pem(pair.certificate), privateKey: pem(pair.privateKey.toString('base64'), 'PRIVATE KEY') },
    );
    ending = shibboleth.end;
    const add = (name: string): readonly string[] => {
      const type = name.endsWith('20') ? ['--token-type', 'saml20'] : [];
      const reply = ['--reply', shibboleth.handler(name, 'ADFS'), '--allow-http'];
      return ['rp', 'add-wsfed', shibboleth.entityId(name), ...reply, '--name', `shibboleth-${name}`, ...type];
    };
    const added: (readonly string[])[] = [];
    for (const name of BY_SAML) {
      const file = join(world.folder, `shibboleth-${name}.xml`);
      writeFileSync(file, (await send(shibboleth.handler(name, 'Metadata'))).body.replace(/<!--.*?-->/su, ''));
      added.push(['rp', 'add', file, '--name', `shibboleth-${name}`]);
    }
    const rules = join(world.folder, 'shibboleth-rules.txt');
    writeFileSync(rules, ONE_RULE_SET);
    await world.node.all([...PLACES.map(add), ...added, ...RULES_AT.map(({ place }) => ['rp', 'rules', shibboleth.entityId(place), rules])]);
  });
  after(async () => ending?.());

  /** From the protected page to the form that takes the token back. */
  const signedOnAt = async (browser: Browser, place: string): Promise<Shown> => browser.signIn(await browser.open(shibboleth.url(place)), MARIA);

  for (const place of ['wiki', 'saml20'] as const) {
    it(`signs on with a ${place === 'wiki' ? 'SAML 1.1' : 'SAML 2.0'} token: the page that was asked for, name and attributes (WSF-01, WSF-04, WSF-10, WSF-11, WSF-14, S11-03, S11-09, S11-10)`, async () => {
      const browser = new Browser();
      const form = await browser.signIn(await browser.open(`${shibboleth.url(place)}?a=1&b=two`), MARIA);
      const wresult = form.forms.find((candidate) => candidate.handsOff)?.fields.get('wresult') ?? '';
      expect(wresult).to.include(`:SAML:${place === 'wiki' ? '1.0' : '2.0'}:assertion"`);
      const page = await browser.handOff(form);
      expect([page.status, page.url.href], shibboleth.complaints()).to.deep.equal([200, `${shibboleth.url(place)}?a=1&b=two`]);
      expect(page.text).to.include('You are in.');
      expect(page.headers['x-mail']).to.equal('maria@example.com');
      expect(page.headers['x-groups']).to.equal('Sales;Everyone');
      expect(page.headers['x-remote-user']).to.equal('maria');
    });
  }

  for (const { place, title, name } of RULES_AT) {
    it(`reads from ${title} what the one rule set sends: names and formats, several values, a typed one, the name with its qualifiers (CORE-22, S11-09)`, async () => {
      const browser = new Browser();
      const page = await browser.handOff(await signedOnAt(browser, place));
      expect(page.text, shibboleth.complaints()).to.include('You are in.');
      const session = JSON.parse((await browser.open(shibboleth.handler(place, 'Session'))).body) as {
        readonly attributes: readonly { readonly name: string; readonly values: readonly string[] }[];
      };
      const seen = Object.fromEntries(session.attributes.map((attribute) => [attribute.name, attribute.values]));
      const [mail, display, role, , teams, level, measure] = ONE_SET_OF_CLAIMS.map(({ values }) => values);
      expect(seen).to.deep.equal({ mail, name: display, groups: role, teams, level, measure, nameid: [name.join(' ')] });
    });
  }

  /** A token for one place, and what says where it is posted. */
  const aToken = async (place: string): Promise<(to: string) => Promise<Shown>> => {
    const page = await signedOnAt(new Browser(), place);
    const form = page.forms.find((candidate) => candidate.handsOff);
    if (form === undefined) throw new Error(`no token: ${page.text}`);
    return (to) => new Browser().submit(page, { ...form, action: new URL(shibboleth.handler(to, 'ADFS')) });
  };

  it('refuses a token for another application (WSF-13)', async () => {
    const post = await aToken('wiki');
    expect((await post('notes')).status).to.equal(500);
    expect(shibboleth.complaints()).to.include('unacceptable AudienceRestrictionCondition');
  });

  it('refuses a token that it had already: each has an identifier of its own (S11-01)', async () => {
    const post = await aToken('wiki');
    expect((await post('wiki')).hops[0]?.status).to.equal(302);
    expect((await post('wiki')).status).to.equal(500);
    expect(shibboleth.complaints()).to.match(/replay/iu);
    expect((await (await aToken('wiki'))('wiki')).hops[0]?.status).to.equal(302);
  });

  it('refuses a token by a key it does not know (WSF-15)', async () => {
    const browser = new Browser();
    const page = await browser.handOff(await signedOnAt(browser, 'foreign'));
    expect(page.status).to.equal(500);
    expect(page.text).to.not.include('You are in.');
    expect(shibboleth.complaints().split('\n').slice(-6).join('\n')).to.match(/signature could not be verified/u);
  });

  const sessionAt = async (browser: Browser, place: string): Promise<boolean> =>
    (await browser.open(shibboleth.handler(place, 'Session'))).body.includes('identity_provider');

  it('signs out there: wsignout1.0 ends our session and cleans up the other application (WSF-17, WSF-18, WSF-19)', async () => {
    const browser = new Browser();
    await browser.handOff(await signedOnAt(browser, 'wiki'));
    await browser.handOff(await browser.open(shibboleth.url('saml20')));
    expect([await sessionAt(browser, 'wiki'), await sessionAt(browser, 'saml20')]).to.deep.equal([true, true]);
    const page = await browser.open(`${shibboleth.handler('wiki', 'Logout')}?return=${encodeURIComponent(shibboleth.url('wiki'))}`);
    expect(page.hops.some((hop) => hop.url.searchParams.get('wa') === 'wsignout1.0' && !hop.url.searchParams.has('wtrealm'))).to.equal(true);
    const { states } = await throughFrames(browser, page);
    expect(states['shibboleth-saml20']).to.equal('asked');
    expect([await sessionAt(browser, 'wiki'), await sessionAt(browser, 'saml20')]).to.deep.equal([false, false]);
    expect((await browser.open(world.node.url('/login'))).forms.some((form) => form.asksPassword)).to.equal(true);
  });

  it('is signed out from our page: wsignoutcleanup1.0 at its reply address ends its session (WSF-19, SLO-16)', async () => {
    const browser = new Browser();
    await browser.handOff(await signedOnAt(browser, 'wiki'));
    expect(await sessionAt(browser, 'wiki')).to.equal(true);
    const { states, frames } = await signOutAtOurs(browser, world.node);
    expect(states).to.deep.equal({ 'shibboleth-wiki': 'asked' });
    expect(frames.map((frame) => [frame.status, frame.url.searchParams.get('wa')])).to.deep.equal([[200, 'wsignoutcleanup1.0']]);
    expect(await sessionAt(browser, 'wiki')).to.equal(false);
  });

  it('signs on by SAML 2.0, and signs out in both protocols at once when it starts that by SAML; it wants no answer (SSO-11, SLO-02, SLO-16, ASL-01)', async () => {
    const browser = new Browser();
    await browser.handOff(await signedOnAt(browser, 'wiki'));
    const memos = await browser.handOff(await browser.open(shibboleth.url('memos')));
    expect([memos.url.href, memos.headers['x-mail']]).to.deep.equal([shibboleth.url('memos'), 'maria@example.com']);
    const page = await browser.open(`${shibboleth.handler('memos', 'Logout')}?return=${encodeURIComponent(shibboleth.url('memos'))}`);
    const { states, done } = await throughFrames(browser, page);
    expect(states).to.deep.equal({ 'shibboleth-wiki': 'asked' });
    expect([await sessionAt(browser, 'wiki'), await sessionAt(browser, 'memos')]).to.deep.equal([false, false]);
    const result = await browser.open(done, page.url);
    expect(result.text).to.include('You are signed out');
    expect(result.body).to.not.include('SAMLResponse');
  });

  it('is signed out from our page by SAML 2.0, and answers Success (SLO-01, SLO-08, SLO-09)', async () => {
    const browser = new Browser();
    await browser.handOff(await signedOnAt(browser, 'memos'));
    expect(await sessionAt(browser, 'memos')).to.equal(true);
    const { states, frames } = await signOutAtOurs(browser, world.node);
    expect(states, frames.map((frame) => frame.text).join() + shibboleth.complaints()).to.deep.equal({ 'shibboleth-memos': 'confirmed' });
    expect(await sessionAt(browser, 'memos')).to.equal(false);
  });
});
