import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Browser, send } from '../support/browser.js';
import { command } from '../support/command-line.js';
import { startNode } from '../support/node.js';
import { makePfx } from '../support/pfx.js';
import { keyPairOf } from '../support/saml-idp.js';
import { readVerdict } from '../support/service-provider.js';
import { accept, readDelivery, registerWsfed, signInQuery } from '../support/wsfed-party.js';
import { MARIA, theApplications, untilKnown } from './world.js';

const REALM = 'urn:e2e:wiki';
const REPLY = 'https://wiki.example/signin-wsfed';

describe('an AD FS taken over by name', () => {
  it('issues under the old name and by the old key in both protocols, to applications that still say the old addresses', async () => {
    const OLD = 'http://sts.contoso.example/adfs/services/trust';
    const data = mkdtempSync(join(tmpdir(), 'signet-e2e-'));
    const { certificate, privateKey } = await keyPairOf('adfs');
    const pfx = join(data, 'adfs.pfx');
    writeFileSync(pfx, makePfx({ keys: [privateKey], certificates: [certificate] }, { password: 'of the farm' }));
    expect(await command(['keys', 'import', pfx, '--password', 'of the farm', '--promote'], { env: { SIGNET_DATA: data } })).to.include({ code: 0 });
    const node = await startNode({ data, env: { SIGNET_ENTITY_ID: OLD, SIGNET_WSFED_ISSUER: OLD } });
    try {
      await node.all([['user', 'add', MARIA.name, '--password', MARIA.password]]);
      await registerWsfed(node, { realm: REALM, reply: REPLY });
      const metadata = (await send(`${node.origin}/saml/metadata`)).body;
      const browser = new Browser();
      const page = await browser.signIn(await browser.open(node.url(`/adfs/ls/?${signInQuery({ wtrealm: REALM })}`)), MARIA);
      accept(readDelivery(page).wresult, { certificate, issuer: OLD, realm: REALM, now: Date.now() });

      const plan = { toolkit: 'node-saml', binding: 'redirect', signsRequests: true, decrypts: false, wantsSigned: ['assertion', 'response'] } as const;
      const idpMetadata = metadata.replaceAll(/(<md:SingleSignOnService [^>]*Location=")[^"]*/gu, `$1${node.url('/adfs/ls/')}`);
      const application = await (await theApplications()).add({ ...plan, name: 'taken-over', idpMetadata });
      const file = join(node.data, 'taken-over.xml');
      writeFileSync(file, application.metadata);
      await node.all([['rp', 'add', file]]);
      await untilKnown(node, application);
      const verdict = readVerdict(await browser.handOff(await browser.open(application.loginUrl())));
      expect(verdict).to.include({ status: 200, error: undefined });
      expect([...verdict.xml.matchAll(/<saml:Issuer[^>]*>([^<]*)</gu)].map(([, name]) => name)).to.deep.equal([OLD, OLD]);
    } finally {
      await node.end();
      rmSync(data, { recursive: true });
    }
  });
});
