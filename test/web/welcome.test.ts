import { expect } from 'chai';
import { hidden, Jar, startWeb, type TestWeb } from './test-server.js';

describe('web/pages/welcome', () => {
  let web: TestWeb;
  let jar: Jar;
  beforeEach(async () => {
    web = await startWeb();
    jar = new Jar();
  });
  afterEach(() => web.close());

  const filled = { username: 'dana', displayName: 'Dana Ruiz', email: 'dana@example.com', password: 'four unrelated words' };
  const csrf = async (): Promise<string> => hidden((await web.send('/welcome/open-token', { jar })).body, 'csrf') ?? '';

  it('does not exist without an open token (M11)', async () => {
    expect((await web.send('/welcome/dead')).status).to.equal(404);
    expect((await web.send('/welcome')).status).to.equal(404);
    expect((await web.send('/welcome/dead', { jar, form: { ...filled, csrf: await csrf() } })).status).to.equal(404);
    expect(web.users.has('dana')).to.equal(false);
  });

  it('makes the first administrator and signs them in', async () => {
    const reply = await web.send('/welcome/open-token', { jar, form: { ...filled, csrf: await csrf() } });
    expect([reply.status, reply.headers.location]).to.deep.equal([303, '/']);
    expect(web.users.get('dana')?.user.role).to.equal('owner');
    expect((await web.send('/', { jar })).status).to.equal(200);
  });

  it('keeps what was typed but the password, and says what to do', async () => {
    const reply = await web.send('/welcome/open-token', { jar, form: { ...filled, displayName: '<b>', password: 'sh0rt-pass', csrf: await csrf() } });
    expect(reply.status).to.equal(422);
    expect(reply.body).to.contain('There is a problem').and.contain('Use 12 characters or more.').and.contain('<title>Error: ');
    expect(reply.body).to.contain('value="dana@example.com"').and.contain('value="&lt;b&gt;"').and.not.contain('sh0rt-pass');
  });

  it('takes the form only from its own page (U06)', async () => {
    expect((await web.send('/welcome/open-token', { jar, form: filled })).status).to.equal(403);
    const foreign = await web.send('/welcome/open-token', { jar, form: { ...filled, csrf: await csrf() }, headers: { origin: 'https://evil.example' } });
    expect(foreign.status).to.equal(403);
    expect(web.users.has('dana')).to.equal(false);
  });
});
