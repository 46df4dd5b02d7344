import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { command, type Ran } from '../support/command-line.js';
import { authnRequest, keyPairOf } from '../support/saml-idp.js';
import { signQuery, signXml } from '../support/signed-requests.js';
import { pem } from '../support/xml-oracles.js';

const clock = { now: () => Date.now() - 300_000 };

describe('signet decode', function () {
  this.timeout(60_000);
  let folder: string;

  const run = (args: readonly string[], stdin = ''): Promise<Ran> => command(args, { env: { SIGNET_DATA: join(folder, 'data') }, stdin });
  const pathOf = (name: string, content: string | Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'signet-cli-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('needs no store and makes none', async () => {
    const ran = await run(['decode', '-'], Buffer.from(authnRequest(clock)).toString('base64'));
    expect(ran).to.include({ code: 0, stderr: 'note: there is no store here; signatures are tried against the certificates given with --certificate only.\n' });
    expect(ran.stdout).to.match(
      /^SAML 2\.0 AuthnRequest\n {2}base64 -> XML\n\nAuthnRequest _request1 \(not verified\)\n {2}issuer +https:\/\/app\.example\/metadata\n {2}issued +\S+ \S+, 5 minutes ago\n/u,
    );
    expect(existsSync(join(folder, 'data'))).to.equal(false);
  });

  it('tries certificates of files, whatever their form', async () => {
    const { certificate, privateKey } = await keyPairOf('sp.example');
    const file = pathOf('request.xml', signXml(authnRequest(clock), { certificate, privateKey }));
    const unknown = await run(['decode', file]);
    expect(unknown.code).to.equal(6);
    expect(unknown.stdout).to.match(/not verified: no certificate is known to check it with; it fits the\s/u);
    expect(unknown.stdout).to.match(/^warn +signature\.unknown-key/mu);
    for (const content of [pem(certificate), certificate, Buffer.from(certificate, 'base64')]) {
      const ran = await run(['decode', file, '--certificate', pathOf('sp.crt', content), '--json']);
      expect(ran, ran.stderr).to.include({ code: 0, stderr: '' });
      const { messages } = JSON.parse(ran.stdout) as { readonly messages: readonly { readonly signatures: readonly { readonly verified: boolean }[] }[] };
      expect(messages[0]?.signatures.map(({ verified }) => verified)).to.deep.equal([true]);
    }
    expect((await run(['decode', file, '--certificate', pathOf('no.crt', 'hello world')])).stderr).to.match(/no\.crt: /u);
  });

  it('knows the applications and keys of the store, and prints the XML alone', async () => {
    const { certificate, privateKey } = await keyPairOf('sp.example');
    const metadata = `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="https://app.example/metadata"><md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:AssertionConsumerService index="0" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://app.example/acs"/></md:SPSSODescriptor></md:EntityDescriptor>`;
    expect(await run(['rp', 'add', pathOf('sp.xml', metadata), '--name', 'Acme Expenses'])).to.include({ code: 0 });
    const xml = authnRequest(clock);
    const { query } = signQuery(xml, { privateKey }, { relayState: 'a' });
    const file = pathOf('address.txt', `https://idp.example/saml/sso?${query}`);
    const ran = await run(['decode', file]);
    expect(ran, ran.stdout).to.include({ code: 0, stderr: '' });
    expect(ran.stdout).to.match(/^the query +rsa-sha256 +verified: it is of Acme Expenses; it covers SAMLRequest,/mu);
    expect(ran.stdout).to.match(/^warn +destination\.foreign/mu);
    expect(await run(['decode', file, '--xml'])).to.deep.equal({ code: 0, stdout: `${xml}\n`, stderr: '' });
    expect(await run(['decode', file, '--xml', '--mask'])).to.include({ code: 3, stdout: '' });
  });

  it('says in one line what it cannot read (X10)', async () => {
    expect(await run(['decode', '-', '--json'], 'hello')).to.include({ code: 1, stdout: '' });
    const missing = await run(['decode', join(folder, 'nothing.xml')]);
    expect(missing).to.include({ code: 1, stdout: '', stderr: `signet: ${join(folder, 'nothing.xml')} cannot be read: there is no such file.\n` });
    const dtd = await run(['decode', '-'], '<!DOCTYPE a><a/>');
    expect(dtd.code).to.equal(6);
  });
});
