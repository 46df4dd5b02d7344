import { expect } from 'chai';
import { CHECKS } from '../../src/core/checks/catalogue.js';
import { ERROR_CODES, SignetError } from '../../src/core/errors.js';
import { createErrorPage } from '../../src/web/pages/error.js';
import { readTexts } from '../../src/web/texts.js';
import { REFUSALS } from '../../src/web/refused.js';
import { aTrace, fakeClock } from '../support/builders.js';
import { aRoute, hidden, PACKAGE_FOLDER, startWeb, type TestWeb } from './test-server.js';

describe('web/pages/error', () => {
  const errorPage = createErrorPage({ clock: fakeClock() });
  let shown: Parameters<typeof errorPage> = [new SignetError('internal', ''), { reference: 'SGN-TEST-2345' }];
  let web: TestWeb;
  before(async () => {
    web = await startWeb({ routes: [aRoute({ handle: async () => Promise.resolve(errorPage(...shown)) })] });
  });
  after(() => web.close());

  const texts = readTexts(`${PACKAGE_FOLDER}views/texts`, 'en');

  it('has words for every code, every refusal and every check', () => {
    for (const key of [...ERROR_CODES, ...Object.keys(REFUSALS).map((reason) => `refused-${reason}`)]) {
      for (const part of ['heading', 'sentence', 'steps', 'actions']) expect(texts.has(`error.${key}.${part}`), `error.${key}.${part}`).to.equal(true);
    }
    for (const check of Object.keys(CHECKS)) expect(texts.has(`check.${check}`), `check.${check}`).to.equal(true);
  });

  it('answers each family with its status, a heading and the reference', async () => {
    for (const code of ERROR_CODES) {
      shown = [new SignetError(code, 'inside only'), { reference: 'SGN-TEST-2345', applicationName: 'Acme <Expenses>' }];
      const { status, body } = await web.send('/saml/sso');
      expect(status, code).to.be.within(400, 503);
      expect(body, code)
        .to.contain('<code id="reference" aria-label="Reference">SGN-TEST-2345</code>')
        .and.not.contain('inside only')
        .and.not.contain('<Expenses>')
        .and.not.match(/\{\w+\}/u);
    }
  });

  it('says whose turn it is: yours, ours, theirs', async () => {
    const say = async (error: SignetError): Promise<string> => {
      shown = [error, { reference: 'SGN-TEST-2345', applicationName: 'Acme Expenses' }];
      return (await web.send('/saml/sso')).body;
    };
    expect(await say(aTrace().failure('user.allowed', { observed: 'maria', expected: 'Finance' }))).to.contain('You do not have access to Acme Expenses');
    expect(await say(aTrace().failure('store.reachable', { observed: 'x' }))).to.contain('We cannot check your account at the moment');
    expect(await say(aTrace().failure('request.acs-known', { observed: 'https://evil.example/', expected: 'x' }))).to.contain(
      'Acme Expenses asked for something we could not accept',
    );
    expect(await say(aTrace().failure('user.enabled', { observed: 'maria' }))).to.contain('This account is switched off');
  });

  it('folds the public sentence of the check away and shows none of its values', async () => {
    shown = [
      aTrace().failure('request.acs-known', { observed: 'https://evil.example/acs', expected: 'https://app.example/acs' }),
      { reference: 'SGN-TEST-2345' },
    ];
    const { body } = await web.send('/saml/sso');
    expect(body).to.contain('<details>').and.contain('The reply address in the request is not one we have on file for this application.');
    expect(body).to.not.contain('evil.example').and.not.contain('app.example');
  });

  it('offers the help desk with the reference, and the application its answer behind a button', async () => {
    const backTo = {
      kind: 'post-form',
      action: 'https://app.example/acs',
      fields: { SAMLResponse: 'QUJD', RelayState: '"<' },
      applicationName: 'Acme',
    } as const;
    shown = [aTrace().failure('user.allowed', {}), { reference: 'SGN-TEST-2345', applicationName: 'Acme', backTo }];
    const reply = await web.send('/saml/sso');
    expect(reply.body).to.contain('href="mailto:help@example.com?subject=SGN-TEST-2345"').and.contain('Go back to Acme');
    expect(reply.body).to.contain('<form method="post" action="https://app.example/acs">').and.not.contain('post.js');
    expect(hidden(reply.body, 'RelayState')).to.equal('&#34;&lt;');
    expect(reply.headers['content-security-policy']).to.contain('form-action *');
    shown = [aTrace().failure('user.allowed', {}), { reference: 'SGN-TEST-2345' }];
    expect((await web.send('/saml/sso')).headers['content-security-policy']).to.contain("form-action 'self'");
  });

  it('says when to come back', async () => {
    shown = [new SignetError('too_many_requests', '', { retryAfterSeconds: 2.5 }), { reference: 'SGN-TEST-2345' }];
    const reply = await web.send('/saml/sso');
    expect([reply.status, reply.headers['retry-after']]).to.deep.equal([429, '3']);
  });

  it('shows a neutral page for a reference, and nothing for anything else', async () => {
    const page = await web.send('/error/SGN-7Q4K-2MXR');
    expect(page.status).to.equal(200);
    expect(page.body).to.contain('SGN-7Q4K-2MXR');
    for (const path of ['/error/SGN-0000-0000', '/error/%3Cscript%3E', '/error/SGN-7Q4K-2MXR/x', '/error/', '/error'])
      expect((await web.send(path)).status, path).to.equal(404);
    expect((await web.send('/error/%zz')).status).to.equal(400);
  });

  it('takes what an application sends to /support as text (U09)', async () => {
    const query = new URLSearchParams({
      ERRORURL_CODE: 'AUTHORIZATION_FAILURE',
      ERRORURL_RP: '<script>alert(1)</script>',
      ERRORURL_TS: '1795510800',
      ERRORURL_TID: 'ERRORURL_TID',
      ERRORURL_CTX: `\u202Egnp.exe${'x'.repeat(500)}`,
    });
    const { status, body } = await web.send(`/support?${query.toString()}`);
    expect(status).to.equal(200);
    expect(body).to.contain('The application did not let you in').and.contain('&lt;script&gt;alert(1)&lt;/script&gt;').and.contain('2026-11-24 09:00 UTC');
    expect(body).to.not.contain('<script>').and.not.contain('\u202E').and.not.contain('Transaction').and.not.contain('x'.repeat(300));
    expect((await web.send('/support?ERRORURL_CODE=%3Cb%3E')).body)
      .to.contain('Signing in to the application did not work')
      .and.not.contain('<b>');
  });
});
