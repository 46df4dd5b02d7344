import { expect } from 'chai';
import { Browser, passwordForm } from '../support/browser.js';
import { until } from '../support/patience.js';
import { type Application, readVerdict, type Verdict } from '../support/service-provider.js';
import { signedIn, theWorld, traceOf, referenceOf, type World } from './world.js';

/** interface.md: a running node sees each change within two seconds. */
const SEEN_MS = 2000;

describe('what the command line changes, a running node sees within two seconds', () => {
  let world: World;
  let application: Application;
  before(async () => {
    world = await theWorld();
    const [added] = await world.register([
      { name: 'changes-crm', toolkit: 'node-saml', binding: 'redirect', signsRequests: false, decrypts: false, wantsSigned: ['assertion', 'response'] },
    ]);
    if (added === undefined) throw new Error('no application');
    application = added;
    await world.node.all([['user', 'add', 'ines', '--password', 'three grey otters nap', '--email', 'ines@example.com']]);
  });

  const INES = { name: 'ines', password: 'three grey otters nap' } as const;
  const verdictIn = async (browser: Browser): Promise<Verdict> => readVerdict(await browser.handOff(await browser.open(application.loginUrl())));

  it('an application that is switched off is refused, and works again when it is on (A08)', async () => {
    const browser = await signedIn(world);
    expect((await world.node.cli('rp', 'disable', application.entityId)).code).to.equal(0);
    await until('refused', async () => (await browser.open(application.loginUrl())).status === 400, SEEN_MS);
    const refused = await browser.open(application.loginUrl());
    expect((await traceOf(world.node, referenceOf(refused))).map((record) => record['check'])).to.deep.equal(['request.enabled']);
    await world.node.all([['rp', 'enable', application.entityId]]);
    await until('answered', async () => (await browser.open(application.loginUrl())).status === 200, SEEN_MS);
    expect((await verdictIn(browser)).status).to.equal(200);
  });

  it('an application set otherwise is answered otherwise', async () => {
    const browser = await signedIn(world);
    await world.node.all([['rp', 'set', application.entityId, 'lifetime=77', 'audience=urn:another']]);
    await until('the other audience', async () => (await verdictIn(browser)).xml.includes('<saml:Audience>urn:another<'), SEEN_MS);
    await world.node.all([['rp', 'set', application.entityId, 'lifetime=', 'audience=']]);
    await until('the usual audience', async () => (await verdictIn(browser)).status === 200, SEEN_MS);
  });

  it('an application that was taken off while somebody was at the sign-in page gets no token (A08)', async () => {
    const browser = new Browser();
    const form = await browser.open(application.loginUrl());
    await world.node.all([['rp', 'disable', application.entityId]]);
    await until('refused', async () => (await browser.open(application.loginUrl())).status === 400, SEEN_MS);
    const page = await browser.signIn(form, INES);
    expect(page.status).to.equal(400);
    expect(page.forms.some((candidate) => candidate.handsOff)).to.equal(false);
    await world.node.all([['rp', 'enable', application.entityId]]);
    await until('answered', async () => (await browser.open(application.loginUrl())).status === 200, SEEN_MS);
  });

  it('somebody who is disabled is signed out and cannot sign in, and can again when enabled', async () => {
    const browser = await signedIn(world, INES);
    expect((await verdictIn(browser)).status).to.equal(200);
    expect((await world.node.cli('user', 'disable', 'ines')).code).to.equal(0);
    await until('asked to sign in', async () => (await browser.open(application.loginUrl())).forms.some((form) => form.asksPassword), SEEN_MS);
    expect((await browser.open(world.node.url('/'))).url.pathname).to.equal('/login');
    const again = await browser.signIn(await browser.open(application.loginUrl()), INES);
    expect([again.status, passwordForm(again).method]).to.deep.equal([401, 'POST']);
    await world.node.all([['user', 'enable', 'ines']]);
    const signIn = async (): Promise<boolean> => (await browser.signIn(await browser.open(application.loginUrl()), INES)).forms.some((form) => form.handsOff);
    await until('signed in', signIn, SEEN_MS);
    expect((await verdictIn(browser)).status).to.equal(200);
  });

  it('a new password ends what the old one began', async () => {
    const browser = await signedIn(world, INES);
    await world.node.all([['user', 'password', 'ines', '--password', 'five red lizards hum']]);
    await until('asked to sign in', async () => (await browser.open(application.loginUrl())).forms.some((form) => form.asksPassword), SEEN_MS);
    const page = await browser.signIn(await browser.open(application.loginUrl()), { ...INES, password: 'five red lizards hum' });
    expect(readVerdict(await browser.handOff(page)).status).to.equal(200);
  });

  it('an application that is removed is not known any more (SSO-01)', async () => {
    const browser = await signedIn(world);
    await world.node.all([['rp', 'remove', application.entityId]]);
    await until('refused', async () => (await browser.open(application.loginUrl())).status === 400, SEEN_MS);
    const refused = await browser.open(application.loginUrl());
    expect((await traceOf(world.node, referenceOf(refused))).map((record) => record['check'])).to.deep.equal(['request.issuer-known']);
  });
});
