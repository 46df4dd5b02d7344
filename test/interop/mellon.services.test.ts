import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeKeyPair } from '../../src/crypto/certificate.js';
import { MARIA, theWorld, type World } from '../e2e/world.js';
import { Browser, type Shown } from '../support/browser.js';
import { ONE_NAME, ONE_RULE_SET, ONE_SET_OF_CLAIMS } from '../support/one-rule-set.js';
import { signOutAtOurs } from '../support/sign-out-page.js';
import { type Mellon, startMellon } from '../support/services/mellon.js';
import { pem } from '../support/xml-oracles.js';

const TABLE = (['redirect', 'post'] as const).flatMap((binding) =>
  [true, false].flatMap((signsRequests) =>
    [true, false].map((decrypts) => ({
      binding,
      signsRequests,
      decrypts,
      name: `${binding}-${signsRequests ? 'signed' : 'unsigned'}-${decrypts ? 'encrypted' : 'clear'}`,
    })),
  ),
);

const BY_RULES = { name: 'rules', signsRequests: true, decrypts: true, nameIdFormat: ONE_NAME.format } as const;

describe('mod_auth_mellon (lasso, xmlsec)', () => {
  let world: World;
  let apache: Mellon;
  let ending: (() => Promise<void>) | undefined;
  before(async () => {
    world = await theWorld();
    const now = Date.now();
    const pair = await makeKeyPair({ algorithm: 'RSA-2048', commonName: 'mellon.example', notBefore: now - 60_000, notAfter: now + 86_400_000 });
    const { idpMetadata } = world;
    // It prefers Redirect; where there is none it posts.
    const postOnly = idpMetadata.replace(/<md:SingleSignOnService Binding="[^"]*HTTP-Redirect"[^>]*>(?:<\/md:SingleSignOnService>)?/u, '');
    expect(postOnly).to.not.equal(idpMetadata);
    apache = await startMellon(
      [...TABLE.map((place) => ({ ...place, idpMetadata: place.binding === 'post' ? postOnly : idpMetadata })), { ...BY_RULES, idpMetadata }],
      { certificate: pem(pair.certificate), privateKey: pem(pair.privateKey.toString('base64'), 'PRIVATE KEY') },
    );
    ending = apache.end;
    const commands: (readonly string[])[] = [];
    for (const { name } of [...TABLE, BY_RULES]) {
      const file = join(world.folder, `mellon-${name}.xml`);
      writeFileSync(file, await apache.metadata(name));
      commands.push(['rp', 'add', file, '--name', `mellon-${name}`]);
    }
    const rules = join(world.folder, 'mellon-rules.txt');
    writeFileSync(rules, ONE_RULE_SET);
    await world.node.all([...commands, ['rp', 'rules', 'mellon-rules', rules]]);
  });
  after(async () => ending?.());

  for (const { name, binding, signsRequests, decrypts } of TABLE) {
    it(`signs on by ${name} (SSO-11, SSO-17)`, async () => {
      const browser = new Browser();
      const asked = await browser.open(`${apache.url(name)}?a=1&b=two`);
      const form = await browser.handOff(asked);
      const answer = await browser.signIn(form, MARIA);
      const page = await browser.handOff(answer);
      expect(page.text).to.include('You are in.');
      expect([page.status, page.url.href]).to.deep.equal([200, `${apache.url(name)}?a=1&b=two`]);
      expect(page.headers['x-mail']).to.equal('maria@example.com');
      expect(page.headers['x-groups']).to.equal('Sales;Everyone');
      expect(page.headers['x-remote-user']).to.match(/^_[0-9a-f]{32,}$/u);
      expect(
        asked.forms.some((candidate) => candidate.handsOff),
        'asks by a form',
      ).to.equal(binding === 'post');
      const request = Buffer.from(asked.forms[0]?.fields.get('SAMLRequest') ?? '', 'base64').toString();
      const inQuery = asked.hops.some((hop) => hop.url.searchParams.has('Signature'));
      expect(inQuery || request.includes('SignatureValue'), 'signed').to.equal(signsRequests);
      const response = Buffer.from(answer.forms.find((candidate) => candidate.handsOff)?.fields.get('SAMLResponse') ?? '', 'base64').toString();
      expect(response.includes('EncryptedAssertion'), 'encrypted').to.equal(decrypts);
    });
  }

  const asksForPassword = (page: Shown): boolean => page.forms.some((form) => form.asksPassword);
  const signOnAt = async (browser: Browser, place: string): Promise<Shown> => {
    const asked = await browser.handOff(await browser.open(apache.url(place)));
    return asksForPassword(asked) ? browser.handOff(await browser.signIn(asked, MARIA)) : asked;
  };

  it('reads what the one rule set sends, and is asked in the format that the rule gives (CORE-18, CORE-22)', async () => {
    const page = await signOnAt(new Browser(), 'rules');
    expect(page.text).to.include('You are in.');
    const seen = ONE_SET_OF_CLAIMS.map((_, index) => Buffer.from(String(page.headers[`x-sent-${String(index)}`]), 'latin1').toString());
    // It hands values on as they stand in the XML, escaped.
    const escaped = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    expect(seen).to.deep.equal(ONE_SET_OF_CLAIMS.map(({ values }) => values.map(escaped).join(';')));
    expect(page.headers['x-remote-user']).to.equal(ONE_NAME.value);
  });

  it('signs out there: a signed LogoutRequest by Redirect ends our session, and our LogoutResponse is taken (SLO-02, SLO-04, SLO-07, SLO-15, IIP-IDP18)', async () => {
    const browser = new Browser();
    expect((await signOnAt(browser, 'redirect-signed-clear')).text).to.include('You are in.');
    const back = `${apache.origin}/bye?a=1&b=two`;
    const page = await browser.open(apache.logoutUrl('redirect-signed-clear', back));
    expect(page.url.href, page.text).to.equal(back);
    const answer = page.hops.find((hop) => hop.url.searchParams.has('SAMLResponse'));
    expect([answer?.status, answer?.url.pathname, answer?.url.searchParams.has('Signature')]).to.deep.equal([
      303,
      '/redirect-signed-clear/mellon/logout',
      true,
    ]);
    expect(asksForPassword(await browser.open(world.node.url('/login'))), 'our session').to.equal(true);
    expect(asksForPassword(await browser.open(apache.url('redirect-signed-clear'))), 'its session').to.equal(true);
  });

  it('is signed out from our page: it takes our LogoutRequest and answers Success (SLO-01, SLO-08, SLO-09)', async () => {
    const browser = new Browser();
    await signOnAt(browser, 'redirect-signed-clear');
    await signOnAt(browser, 'redirect-unsigned-clear');
    const { states, frames } = await signOutAtOurs(browser, world.node);
    expect(states, frames.map((frame) => frame.text).join()).to.deep.equal({
      'mellon-redirect-signed-clear': 'confirmed',
      // It has no address for that in its metadata.
      'mellon-redirect-unsigned-clear': 'cannot',
    });
    expect(asksForPassword(await browser.open(apache.url('redirect-signed-clear')))).to.equal(true);
  });
});
