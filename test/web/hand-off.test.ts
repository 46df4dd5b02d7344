import { expect } from 'chai';
import { escapeHtml } from '../../src/web/hand-off.js';
import { aRoute, startWeb, type TestWeb } from './test-server.js';

const EVIL = `"><script>alert(1)</script>'&\r\n`;

describe('web/hand-off', () => {
  let web: TestWeb;
  before(async () => {
    web = await startWeb({
      routes: [
        aRoute({
          handle: async () =>
            Promise.resolve({
              kind: 'post-form',
              action: `https://app.example/acs?a=1&b="${EVIL}`,
              fields: { SAMLResponse: 'PHNhbWw+/=', RelayState: EVIL },
              applicationName: `Acme ${EVIL}`,
            }),
        }),
      ],
    });
  });
  after(() => web.close());

  it('is one form by POST with hidden fields and a button without a name (BND-11, BND-12)', async () => {
    const { status, body } = await web.send('/saml/sso');
    expect(status).to.equal(200);
    expect(body.match(/<form /gu)).to.have.length(1);
    expect(body).to.contain('method="post" action="https://app.example/acs?a=1&amp;b=&quot;');
    expect(body).to.contain('<input type="hidden" name="SAMLResponse" value="PHNhbWw+/=">');
    expect(body).to.contain('<button class="btn btn-1 btn-wide">Continue</button>');
  });

  it('keeps every value inert and byte for byte (BND-11, I03, I05)', async () => {
    const { body } = await web.send('/saml/sso');
    expect(body)
      .to.not.contain('<script>')
      .and.not.match(/[\uE000\uE001]/u);
    expect(body).to.contain('name="RelayState" value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;&#13;\n"');
    expect(body).to.contain('Taking you to Acme &quot;&gt;&lt;script&gt;').and.contain('<title>Taking you to Acme &quot;');
  });

  it('may lead to any registered address and is kept by nobody (BND-08, U07)', async () => {
    const { headers } = await web.send('/saml/sso');
    expect(headers['content-security-policy']).to.contain("default-src 'none'").and.contain('form-action *').and.contain("script-src 'self'");
    expect(headers['cache-control']).to.equal('no-cache, no-store');
    expect(headers.pragma).to.equal('no-cache');
    expect(headers['set-cookie']).to.equal(undefined);
  });

  it('may stand in a frame of ours where it says so, and only there (U07)', async () => {
    const framed = await startWeb({
      routes: [
        aRoute({
          handle: async () =>
            Promise.resolve({
              kind: 'post-form',
              action: 'https://app.example/slo',
              fields: { SAMLRequest: 'PHNhbWw+' },
              applicationName: 'Acme',
              framed: true,
            }),
        }),
      ],
    });
    const { headers, body } = await framed.send('/saml/sso');
    expect(headers['content-security-policy']).to.contain("frame-ancestors 'self'").and.contain('form-action *');
    expect(headers['x-frame-options']).to.equal('SAMEORIGIN');
    expect(headers['cache-control']).to.equal('no-cache, no-store');
    expect(body).to.contain('name="SAMLRequest" value="PHNhbWw+"');
    await framed.close();
    const whole = await web.send('/saml/sso');
    expect([whole.headers['x-frame-options'], whole.headers['content-security-policy']?.toString().includes("frame-ancestors 'none'")]).to.deep.equal([
      'DENY',
      true,
    ]);
  });

  it('escapes only what needs it', () => {
    expect(escapeHtml('PHNhbWw+/==')).to.equal('PHNhbWw+/==');
    expect(escapeHtml('a\rb')).to.equal('a&#13;b');
    expect(escapeHtml(`<>&"'`)).to.equal('&lt;&gt;&amp;&quot;&#39;');
  });
});
