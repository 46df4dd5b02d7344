import { expect } from 'chai';
import { Browser, send } from '../support/browser.js';
import { metadataPath } from '../support/metadata-files.js';
import { startNode } from '../support/node.js';
import { until } from '../support/patience.js';
import { readIdp } from '../support/service-provider/toolkit.js';
import { accept, readDelivery, signInQuery } from '../support/wsfed-party.js';
import { schemaProblems, xmlCryptoAccepts } from '../support/xml-oracles.js';
import { MARIA, theWorld, type World } from './world.js';

const PATH = '/FederationMetadata/2007-06/FederationMetadata.xml';

const attributeOf = (xml: string, name: string): string => new RegExp(` ${name}="([^"]*)"`, 'u').exec(xml)?.[1] ?? '';
const addresses = (xml: string, endpoint: string): readonly string[] =>
  [...xml.matchAll(new RegExp(`<fed:${endpoint}>.*?<wsa:Address>([^<]*)</wsa:Address>`, 'gu'))].map(([, address = '']) => address);

describe('federation metadata, end to end', () => {
  let world: World;
  before(async () => {
    world = await theWorld();
  });

  it('is read by anybody, in any letter case, signed and valid, with both roles under one name (FMD-01, FMD-02)', async () => {
    const { status, body } = await send(world.node.url(PATH));
    expect(status).to.equal(200);
    expect(await send(world.node.url(PATH.toLowerCase()))).to.include({ status: 200, body });
    expect(schemaProblems(body)).to.deep.equal([]);
    const [certificate = ''] = readIdp(world.idpMetadata, 'redirect').certificates;
    const xml = body.slice(body.indexOf('<md:'));
    expect(xmlCryptoAccepts(xml, attributeOf(xml, 'ID'), certificate)).to.equal(true);
    expect(attributeOf(xml, 'entityID')).to.equal(world.node.url('/saml/metadata'));
    expect(addresses(xml, 'PassiveRequestorEndpoint')).to.deep.equal([world.node.url('/wsfed')]);
    expect(xml)
      .to.include('<md:IDPSSODescriptor ')
      .and.include(`Location="${world.node.url('/saml/slo')}"`);
    // Every claim type that is sent by default is offered.
    expect(xml).to.include('Uri="http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"');
  });

  it('leaves out the roles of SAML where SAML has another name, which they would be wrong under', async () => {
    const issuer = 'http://sts.contoso.example/adfs/services/trust';
    const node = await startNode({ env: { SIGNET_WSFED_ISSUER: issuer } });
    try {
      const xml = (await send(node.url(PATH))).body;
      expect(attributeOf(xml, 'entityID')).to.equal(issuer);
      expect(xml).to.include('fed:SecurityTokenServiceType').and.not.include('IDPSSODescriptor');
      expect(schemaProblems(xml)).to.deep.equal([]);
      expect((await send(node.url('/saml/metadata'))).body).to.include('IDPSSODescriptor');
    } finally {
      await node.end();
    }
  });

  it('registers an application, which then signs on by any of its realms, with the token it is set to (FMD-09)', async () => {
    const { node } = world;
    const added = await node.cli('rp', 'add', metadataPath('good/federation-sharepoint.xml'));
    expect(added.code, added.stderr).to.equal(0);
    expect(added.stdout).to.equal('Added Acme SharePoint (urn:acme:sharepoint)\n');
    expect(added.stderr)
      .to.include(`federation metadata: ${node.url(PATH)}\n`)
      .and.include('realm urn:acme:sharepoint\n')
      .and.not.include('/saml/sso');
    const realm = 'urn:acme:sharepoint:my';
    const [certificate = ''] = readIdp(world.idpMetadata, 'redirect').certificates;
    const judge = (wresult: string): ReturnType<typeof accept> => accept(wresult, { certificate, issuer: node.url('/saml/metadata'), realm, now: Date.now() });
    const signOn = async (wish: Readonly<Record<string, string>> = {}): Promise<{ action: string; seen: ReturnType<typeof accept> }> => {
      const browser = new Browser();
      const { action, wresult } = readDelivery(await browser.signIn(await browser.open(node.url(`/wsfed?${signInQuery({ wtrealm: realm, ...wish })}`)), MARIA));
      browser.close();
      return { action, seen: judge(wresult) };
    };
    await until('the application is known', async () => (await send(node.url(`/wsfed?${signInQuery({ wtrealm: realm })}`))).status === 200, 3000);
    const first = await signOn();
    expect(first.action).to.equal('https://portal.acme.example/_trust/default.aspx');
    expect(first.seen.assertion).to.deep.include({ version: '1.1', audiences: [realm] });
    expect(first.seen.assertion.attributes, 'what it asks for, and no more').to.have.all.keys(
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
      'http://schemas.microsoft.com/ws/2008/06/identity/claims/role',
    );
    expect((await signOn({ wreply: 'https://search.acme.example/_trust/default.aspx' })).action).to.equal('https://search.acme.example/_trust/default.aspx');
    expect((await node.cli('rp', 'set', 'Acme SharePoint', 'token-type=saml20')).code).to.equal(0);
    await until('the other token', async () => (await signOn()).seen.assertion.version === '2.0', 5000, 300);
  });
});
