import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeKeyPair } from '../../src/crypto/certificate.js';
import { toClixml } from '../support/adfs-exports.js';
import { ldapClaims, mailAsNameId, passThrough, ruleSet } from '../support/adfs-rules.js';
import { relyingParty, samlEndpoint } from '../support/adfs-trust-shapes.js';
import { Browser, send } from '../support/browser.js';
import { startNode, type TestNode } from '../support/node.js';
import { until } from '../support/patience.js';
import { makePfx } from '../support/pfx.js';
import { readIdp } from '../support/service-provider/toolkit.js';
import { readVerdict } from '../support/service-provider.js';
import { accept, readDelivery, signInQuery } from '../support/wsfed-party.js';
import { MARIA, theApplications, untilKnown } from './world.js';

/** Its name is an http address, although it was served by https. */
const ADFS = 'http://sts.contoso.example/adfs/services/trust';
const REALM = 'urn:e2e:wiki';
const REPLY = 'https://wiki.example/signin-wsfed';
const UPN = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn';
const MAIL = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress';
const SURNAME = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname';
const PASSWORD = 'moved with the key';

describe('an AD FS taken over: name, addresses, signing key and trusts', () => {
  let folder: string;
  let node: TestNode;

  before(async function () {
    this.timeout(60_000);
    folder = mkdtempSync(join(tmpdir(), 'signet-takeover-'));
    node = await startNode({ env: { SIGNET_ENTITY_ID: ADFS, SIGNET_WSFED_ISSUER: ADFS } });
  });
  after(async () => {
    await node.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it('lets applications work unchanged that know nothing but the old federation metadata', async function () {
    this.timeout(60_000);
    const old = await makeKeyPair({
      algorithm: 'RSA-2048',
      commonName: 'ADFS Signing - sts.contoso.example',
      notBefore: Date.now() - 86_400_000,
      notAfter: Date.now() + 86_400_000,
    });
    const file = (name: string, content: string | Buffer): string => {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    };

    // An application that was set up years ago, from AD FS's metadata.
    const application = await (
      await theApplications()
    ).add({
      name: 'taken-over',
      toolkit: 'node-saml',
      binding: 'redirect',
      signsRequests: true,
      decrypts: false,
      wantsSigned: ['assertion'],
      idpMetadata: adfsMetadata(old.certificate, node.url('/adfs/ls/')),
    });
    const [, certificate = ''] = /<(?:\w+:)?X509Certificate[^>]*>([^<]+)</u.exec(application.metadata) ?? [];
    const trusts = [
      relyingParty('Expenses', application.entityId, {
        SamlEndpoints: [samlEndpoint(application.acs, { IsDefault: true })],
        RequestSigningCertificate: [certificate.replaceAll(/\s/gu, '')],
        SignedSamlRequestsRequired: true,
        IssuanceTransformRules: `${mailAsNameId}${ruleSet(ldapClaims('Name', { [SURNAME]: 'sn' }))}`,
      }),
      relyingParty('Wiki', REALM, { WSFedEndpoint: REPLY, IssuanceTransformRules: ruleSet(passThrough('UPN', UPN)) }),
    ];

    // The take-over.
    const pfx = file('signing.pfx', makePfx({ keys: [old.privateKey], certificates: [old.certificate] }, { password: PASSWORD }));
    const exported = file('trusts.xml', toClixml(trusts, { utf16: true, list: true }));
    await node.all([
      [
        'user',
        'add',
        MARIA.name,
        '--password',
        MARIA.password,
        '--email',
        'maria@contoso.example',
        '--surname',
        'Silva',
        '--attr',
        'upn=maria@contoso.example',
      ],
      ['keys', 'import', pfx, '--password-file', file('password.txt', PASSWORD), '--promote', '--force'],
      ['import', 'adfs', exported, '--apply'],
    ]);
    await untilKnown(node, application);
    const signs = async (): Promise<boolean> => readIdp((await send(`${node.origin}/saml/metadata`)).body, 'redirect').certificates[0] === old.certificate;
    await until('the key that came along signs', signs, 3000);

    const browser = new Browser();
    const first = await browser.open(application.loginUrl());
    const verdict = readVerdict(await browser.handOff(await browser.signIn(first, MARIA)));
    expect(verdict, verdict.error).to.include({ status: 200, error: undefined });
    expect(verdict.problems).to.deep.equal([]);
    expect(verdict.profile).to.deep.include({ nameId: 'maria@contoso.example', attributes: { [MAIL]: 'maria@contoso.example', [SURNAME]: 'Silva' } });
    expect([...verdict.xml.matchAll(/<saml:Issuer[^>]*>([^<]*)</gu)].map(([, name]) => name)).to.deep.equal([ADFS, ADFS]);

    const page = await browser.open(node.url(`/adfs/ls/?${signInQuery({ wtrealm: REALM })}`));
    const { assertion } = accept(readDelivery(page).wresult, { certificate: old.certificate, issuer: ADFS, realm: REALM, now: Date.now() });
    expect(assertion.attributes).to.deep.equal({ [UPN]: ['maria@contoso.example'] });
  });

  it('changes nothing when the same file is imported again', async () => {
    const before = await node.cli('rp', 'list', '--json');
    const again = await node.cli('import', 'adfs', join(folder, 'trusts.xml'), '--apply');
    expect(again.code, again.stderr).to.equal(0);
    expect((await node.cli('rp', 'list', '--json')).stdout).to.equal(before.stdout);
  });
});

/** What AD FS publishes, as far as an application reads it. */
function adfsMetadata(certificate: string, service: string): string {
  const endpoint = (local: string, binding: string): string => `<md:${local} Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="${service}"/>`;
  return `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${ADFS}">
<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
${endpoint('SingleLogoutService', 'HTTP-Redirect')}${endpoint('SingleLogoutService', 'HTTP-POST')}
<md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</md:NameIDFormat>
${endpoint('SingleSignOnService', 'HTTP-Redirect')}${endpoint('SingleSignOnService', 'HTTP-POST')}
</md:IDPSSODescriptor>
</md:EntityDescriptor>`;
}
