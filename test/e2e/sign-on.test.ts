import { expect } from 'chai';
import { Browser, send } from '../support/browser.js';
import { until } from '../support/patience.js';
import { readIdp } from '../support/service-provider/toolkit.js';
import { type Application, readVerdict, type Verdict } from '../support/service-provider.js';
import { MARIA, type RegisterPlan, signedIn, theWorld, type World } from './world.js';

const MAIL = 'urn:oid:0.9.2342.19200300.100.1.3';
const GROUPS = 'urn:oid:1.3.6.1.4.1.5923.1.5.1.1';

/** No blank in it: node-saml signs one as %20 and sends it as +, which is not what it signed (BND-04). */
const RELAY = 'back&"there"<é>';

type Sign = 'assertion' | 'response' | 'both';
const SIGNS: readonly Sign[] = ['both', 'assertion', 'response'];

/** Every way of asking with every way of answering, and each placement of the signature with each of them over the table. */
function plans(toolkit: 'node-saml' | 'samlify'): readonly RegisterPlan[] {
  const table: RegisterPlan[] = [];
  for (const binding of ['redirect', 'post'] as const) {
    for (const signsRequests of [false, true]) {
      for (const decrypts of [false, true]) {
        const sign: Sign = SIGNS[table.length % SIGNS.length] ?? 'both';
        table.push({
          name: `${toolkit}-${binding}-${signsRequests ? 'signed' : 'unsigned'}-${decrypts ? 'encrypted' : 'clear'}-${sign}`,
          toolkit,
          binding,
          signsRequests,
          decrypts,
          wantsSigned: wanted(sign),
          settings: [`sign=${sign}`],
        });
      }
    }
  }
  return table;
}

function wanted(sign: Sign): readonly ('assertion' | 'response')[] {
  return sign === 'both' ? ['assertion', 'response'] : [sign];
}

const TABLE = [...plans('node-saml'), ...plans('samlify')];

describe('sign-on with applications of other makes, end to end', () => {
  let world: World;
  let applications: ReadonlyMap<string, Application>;
  before(async () => {
    world = await theWorld();
    applications = new Map((await world.register(TABLE)).map((application) => [application.name, application]));
  });

  const signOn = async (name: string): Promise<Verdict> => {
    const application = applications.get(name);
    if (application === undefined) throw new Error(name);
    const browser = new Browser();
    const form = await browser.handOff(await browser.open(application.loginUrl({ relay: RELAY })));
    const verdict = readVerdict(await browser.handOff(await browser.signIn(form, MARIA)));
    browser.close();
    return verdict;
  };

  for (const plan of TABLE) {
    it(`${plan.toolkit} by ${plan.binding}, ${plan.signsRequests ? 'signed' : 'unsigned'}, ${plan.decrypts ? 'encrypted' : 'clear'}, ${plan.settings?.join() ?? ''} (SSO-11, SSO-17, BND-01, BND-03, BND-11)`, async () => {
      const { status, profile, error, relayState, problems, xml } = await signOn(plan.name);
      expect({ status, error }).to.deep.equal({ status: 200, error: undefined });
      expect(relayState).to.equal(RELAY);
      expect(problems).to.deep.equal([]);
      expect(profile?.sessionIndex).to.match(/^_/u);
      expect(profile?.attributes).to.deep.include({ [MAIL]: 'maria@example.com', [GROUPS]: ['Sales', 'Everyone'] });
      expect(xml.includes('EncryptedAssertion'), 'encrypted').to.equal(plan.decrypts);
      expect(xml.includes('maria@example.com'), 'readable on the way').to.equal(!plan.decrypts);
      expect([...xml.matchAll(/<ds:SignatureValue>/gu)].length).to.equal(signaturesInSight(plan));
    });
  }

  it('node-saml with the answer signed by a P-256 key (XML-01, XML-12)', async () => {
    await world.node.all([['keys', 'rotate', '--algorithm', 'P-256']]);
    let idpMetadata = '';
    await until(
      'both certificates are published',
      async () => {
        idpMetadata = (await send(`${world.node.origin}/saml/metadata`)).body;
        return readIdp(idpMetadata, 'redirect').certificates.length === 2;
      },
      2000,
    );
    const [application] = await world.register([
      { name: 'node-saml-p256', toolkit: 'node-saml', binding: 'redirect', signsRequests: false, decrypts: false, wantsSigned: wanted('both'), idpMetadata },
    ]);
    if (application === undefined) throw new Error('no application');
    await world.node.all([['keys', 'promote', '--rp', application.entityId, '--force']]);
    const browser = await signedIn(world);
    const verdict = async (): Promise<Verdict> => readVerdict(await browser.handOff(await browser.open(application.loginUrl())));
    await until('the new key signs for it', async () => (await verdict()).xml.includes('#ecdsa-sha256"'), 2000);
    expect(await verdict()).to.deep.include({ status: 200, error: undefined, problems: [] });
  });
});

/** Within an encrypted assertion none is seen. */
function signaturesInSight({ wantsSigned, decrypts }: RegisterPlan): number {
  return decrypts ? wantsSigned.filter((what) => what === 'response').length : wantsSigned.length;
}
