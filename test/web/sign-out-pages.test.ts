import { expect } from 'chai';
import type { HttpReply } from '../../src/http/reply.js';
import { aRoute, type Reply, startWeb, type TestWeb } from './test-server.js';

const EVIL = `"><script>alert(1)</script>`;
const KEY = 'abc_-123';

describe('web/pages/sign-out', () => {
  let web: TestWeb | undefined;
  afterEach(async () => {
    await web?.close();
    web = undefined;
  });

  /** What a view shows of a model, as a protocol answers it. */
  const show = async (view: string, model: Readonly<Record<string, unknown>>, baseUrl = 'https://login.example/idp'): Promise<Reply> => {
    await web?.close();
    const reply: HttpReply = { kind: 'page', status: 200, view, model };
    web = await startWeb({ baseUrl, routes: [aRoute({ handle: async () => Promise.resolve(reply) })] });
    return web.send(`${new URL(baseUrl).pathname.replace(/\/$/u, '')}/saml/sso`);
  };
  const rows = (body: string): (readonly [string, string])[] =>
    [...body.matchAll(/<th scope="row" role="rowheader">([^<]*)<\/th><td role="cell"><span class="tag [a-z]*">\s*<svg.*?<\/svg>\s*([^<]*?)\s*<\/span>/gsu)].map(
      (match) => [match[1] ?? '', match[2] ?? ''],
    );
  const policyOf = (reply: Reply): string => String(reply.headers['content-security-policy']);

  const FOUR = [
    { key: '0', name: 'Acme Expenses', state: 'waiting', frame: 'https://app.example/slo?SAMLRequest=a%2Bb&Signature=c%3D' },
    { key: '1', name: 'Wiki', state: 'asked', frame: 'https://wiki.example/?wa=wsignoutcleanup1.0' },
    { key: '2', name: 'Ledger', state: 'waiting', frame: '/logout/frame?id=abc_-123&n=2' },
    { key: '3', name: `Old ${EVIL}`, state: 'cannot' },
  ];

  describe('logout/progress', () => {
    it('says first that the person is signed out here, then what each application is asked (SLO-11)', async () => {
      const { status, body } = await show('logout/progress', { id: KEY, applications: FOUR, backTo: 'Acme <b>' });
      expect(status).to.equal(200);
      expect(body).to.contain('<h1>You are signed out here</h1>').and.contain('Then you go back to Acme &lt;b&gt;.');
      expect(rows(body)).to.deep.equal([
        ['Acme Expenses', 'asking'],
        ['Wiki', 'asked'],
        ['Ledger', 'asking'],
        ['Old &#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;', 'cannot be asked'],
      ]);
      expect(body).to.not.contain('<script>');
    });

    it('has one frame for each application that can be asked: unseen, out of the way of the keyboard, and sandboxed', async () => {
      const { body } = await show('logout/progress', { id: KEY, applications: FOUR });
      const frames = [...body.matchAll(/<iframe [^>]*>/gu)].map(([frame]) => frame);
      expect(frames).to.have.length(3);
      for (const [index, frame] of frames.entries()) {
        expect(frame)
          .to.contain(`src="/idp/logout/frame?id=abc_-123&amp;n=${String(index)}"`)
          .and.contain(`data-key="${String(index)}"`);
        expect(frame)
          .to.contain('sandbox="allow-scripts allow-forms allow-same-origin"')
          .and.contain('tabindex="-1"')
          .and.match(/title="Signing out of \w+/u);
      }
      expect(frames.map((frame) => /data-direct="([^"]*)"/u.exec(frame)?.[1])).to.deep.equal([
        'https://app.example/slo?SAMLRequest=a%2Bb&amp;Signature=c%3D',
        'https://wiki.example/?wa=wsignoutcleanup1.0',
        undefined,
      ]);
      expect(body).to.match(/<div class="frames" aria-hidden="true" inert><iframe/u);
    });

    it('goes on to the result by itself without script, and by a link; the script finds its addresses (A4, SLO-11)', async () => {
      const reply = await show('logout/progress', { id: KEY, applications: FOUR });
      expect(reply.headers['refresh']).to.equal('5; url=/idp/logout/done?id=abc_-123');
      expect(reply.headers['cache-control']).to.equal('no-cache, no-store');
      expect(reply.body).to.contain('data-progress="/idp/logout/progress?id=abc_-123" data-done="/idp/logout/done?id=abc_-123"');
      expect(reply.body)
        .to.contain('<a class="btn" href="/idp/logout/done?id=abc_-123">')
        .and.match(/src="\/idp\/assets\/logout\.[0-9a-f]+\.js" defer/u);
      expect(reply.body).to.not.contain('http-equiv');
    });

    it('may show applications and ask for them, and nobody may show it (U07)', async () => {
      const reply = await show('logout/progress', { id: KEY, applications: FOUR });
      expect(policyOf(reply)).to.contain("frame-src 'self' https:;").and.contain("connect-src 'self' https:;").and.contain("frame-ancestors 'none'");
      expect(policyOf(reply)).to.contain("form-action 'self'").and.not.contain('http:;');
      const plain = await show('logout/progress', { id: KEY, applications: [] }, 'http://localhost');
      expect(policyOf(plain)).to.contain("frame-src 'self' https: http:;");
    });

    it('frames no address but http and https ones and our own (I02)', async () => {
      const frames = ['javascript:alert(1)', '//evil.example', '/\\evil.example', 'data:text/html,x', '', 7];
      const { body } = await show('logout/progress', {
        id: `${KEY}"&n=`,
        applications: frames.map((frame, index) => ({ key: String(index), name: 'x', state: 'waiting', frame })),
      });
      expect(body).to.not.contain('<iframe').and.not.contain('evil').and.not.contain('alert');
      expect(body).to.contain('data-done="/idp/logout/done?id=abc_-123%22%26n%3D"');
    });
  });

  describe('logout/done', () => {
    const application = (state: string, more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
      key: '0',
      name: `App ${state}`,
      state,
      ...more,
    });

    it('has a word for each state, and takes what it does not know for no answer (SLO-11, B15)', async () => {
      const states = ['confirmed', 'asked', 'silent', 'refused', 'cannot', 'constructor'];
      const { body } = await show('logout/done', { applications: states.map((state) => application(state)) });
      expect(rows(body)).to.deep.equal([
        ['App confirmed', 'confirmed'],
        ['App asked', 'asked'],
        ['App silent', 'asked, no answer'],
        ['App refused', 'answered that it could not'],
        ['App cannot', 'cannot be asked'],
        ['App constructor', 'asked, no answer'],
      ]);
      expect(body).to.contain('Close the browser to be sure.').and.contain('never answer such a request');
    });

    it('asks to close the browser unless every application confirmed (SLO-11)', async () => {
      const all = await show('logout/done', { applications: [application('confirmed'), application('confirmed')] });
      expect(all.body).to.contain('<h1>You are signed out</h1>').and.not.contain('Close the browser').and.not.contain('never answer such');
      const none = await show('logout/done', { applications: [] });
      expect(none.body).to.not.contain('<table').and.not.contain('Close the browser');
      for (const state of ['asked', 'silent', 'refused', 'cannot']) {
        const { body } = await show('logout/done', { applications: [application('confirmed'), application(state)] });
        expect(body, state).to.contain('Close the browser to be sure.');
        expect(body.includes('never answer such a request'), state).to.equal(state === 'asked');
      }
    });

    it('links to an application that did not answer', async () => {
      const openUrl = 'https://wiki.example/?a=1&b=2';
      for (const state of ['silent', 'refused', 'cannot']) {
        const { body } = await show('logout/done', {
          applications: [application(state, { name: 'Wiki', openUrl }), application(state, { openUrl: 'javascript:x' })],
        });
        expect(body, state).to.contain('href="https://wiki.example/?a=1&amp;b=2">Open Wiki to sign out there</a>').and.not.contain('javascript:');
      }
      for (const state of ['confirmed', 'asked']) {
        expect((await show('logout/done', { applications: [application(state, { openUrl })] })).body, state).to.not.contain('wiki.example');
      }
    });

    it('leads back by a link, and its own forms stay at home', async () => {
      const reply = await show('logout/done', { applications: [application('silent')], back: { name: 'Wiki <b>', href: 'https://wiki.example/out?x=1&y=2' } });
      expect(reply.body).to.contain('<a class="btn btn-1" id="back" href="https://wiki.example/out?x=1&amp;y=2">Continue to Wiki &lt;b&gt;</a>');
      expect(reply.body).to.not.contain('<form');
      expect(policyOf(reply)).to.contain("form-action 'self'");
      expect(reply.headers['refresh']).to.equal(undefined);
    });

    it('leads back by a form with what the application is to hear, byte for byte, and only then to another origin (SLO-15, I03)', async () => {
      const fields = { SAMLResponse: 'PHNhbWw+/=', RelayState: EVIL };
      const reply = await show('logout/done', {
        applications: [application('cannot')],
        back: { name: 'Acme', action: 'https://app.example/slo?a=1&b=2', fields },
      });
      expect(reply.body).to.contain('<form method="post" action="https://app.example/slo?a=1&amp;b=2">');
      expect(reply.body).to.contain('name="SAMLResponse" value="PHNhbWw+/="').and.contain('value="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
      expect(reply.body).to.contain('id="back">Continue to Acme</button>');
      expect(policyOf(reply)).to.contain('form-action *').and.contain("frame-ancestors 'none'");
      for (const back of [{ name: 'x', href: 'javascript:x' }, { name: 'x', action: 'data:x', fields: {} }, 'x', undefined]) {
        const none = await show('logout/done', { applications: [], back });
        expect(none.body).to.not.contain('id="back"').and.not.contain('logout.');
        expect(policyOf(none)).to.contain("form-action 'self'");
      }
    });
  });

  describe('logout/framed', () => {
    it('may stand in a frame of ours only, with nothing in it (U07)', async () => {
      const reply = await show('logout/framed', {});
      expect(policyOf(reply)).to.contain("frame-ancestors 'self'").and.contain("form-action 'self'");
      expect(reply.headers['x-frame-options']).to.equal('SAMEORIGIN');
      expect(reply.headers['refresh']).to.equal(undefined);
      expect(reply.body).to.contain('<h1>The application has answered</h1>').and.not.contain('<script').and.not.contain('<link');
    });

    it('goes on to the application after the page around it has loaded, octet by octet (SLO-11)', async () => {
      const next = 'https://app.example/slo?SAMLRequest=a%2Bb&RelayState=%20;,"x&Signature=c%3D';
      expect((await show('logout/framed', { next })).headers['refresh']).to.equal(`1; url=${next}`);
      expect((await show('logout/framed', { next: 'HTTPS://app.example/ü漢?wa=x' })).headers['refresh']).to.equal(
        '1; url=HTTPS://app.example/%C3%BC%E6%BC%A2?wa=x',
      );
      expect((await show('logout/framed', { next: 'javascript:alert(1)' })).headers['refresh']).to.equal(undefined);
    });
  });
});
