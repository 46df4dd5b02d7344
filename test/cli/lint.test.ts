import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Finding } from '../../src/core/model/finding.js';
import { makeKeyPair } from '../../src/crypto/certificate.js';
import { command, type Ran } from '../support/command-line.js';
import { idsOf } from '../support/findings.js';
import { METADATA, metadataPath, metadataText } from '../support/metadata-files.js';
import { acsText, contactText, keyText, providerText, SP_ENTITY_ID, uiText } from '../support/service-provider-metadata.js';

interface View {
  readonly entityId: string | null;
  readonly usable: boolean;
  readonly findings: readonly Finding[];
  readonly textForThem: string;
}

const DAY_MS = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

/** What stops each file, and what hurts in it: metadata. in front of every id. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  'broken/artifact-only': ['reply-missing'],
  'broken/attribute-without-name': ['attribute-unnamed'],
  'broken/certificate-garbage': ['certificate-unreadable'],
  'broken/certificate-not-base64': ['certificate-unreadable'],
  'broken/certificate-weak': ['certificate-weak'],
  'broken/cut-off': ['not-xml'],
  'broken/default-unclear': ['value-unreadable'],
  'broken/document-type': ['dtd'],
  'broken/empty': ['not-xml'],
  'broken/ended': ['ended'],
  'broken/ended-with-parent': ['ended'],
  'broken/entity-expansion': ['dtd'],
  'broken/entity-id-invisible': ['identifier-unusable'],
  'broken/entity-id-too-long': ['identifier-too-long'],
  'broken/external-entity': ['dtd'],
  'broken/federation-claim-unclear': ['value-unreadable'],
  'broken/federation-claim-without-uri': ['attribute-unnamed'],
  'broken/federation-issuer-only': ['wrong-role'],
  'broken/federation-no-passive': ['reply-missing'],
  'broken/federation-other-namespace': ['role-missing'],
  'broken/federation-reply-http': ['reply-unusable'],
  'broken/federation-reply-script': ['reply-unusable'],
  'broken/federation-signature-broken': ['signature-wrong', 'nameid-old'],
  'broken/flag-unclear': ['value-unreadable'],
  'broken/identity-provider': ['wrong-role'],
  'broken/index-negative': ['value-unreadable'],
  'broken/key-use': ['value-unreadable'],
  'broken/latin-1': ['not-text'],
  'broken/no-entity-id': ['identifier-missing'],
  'broken/no-reply-address': ['reply-missing'],
  'broken/no-role': ['role-missing'],
  'broken/not-xml': ['not-xml'],
  'broken/other-encoding': ['not-xml'],
  'broken/private-key': ['private-key'],
  'broken/processing-instruction': ['not-xml'],
  'broken/reply-data': ['reply-unusable'],
  'broken/reply-fragment': ['reply-unusable'],
  'broken/reply-http': ['reply-unusable'],
  'broken/reply-missing': ['reply-unusable'],
  'broken/reply-relative': ['reply-unusable'],
  'broken/reply-script': ['reply-unusable'],
  'broken/reply-user-name': ['reply-unusable'],
  'broken/reply-wildcard': ['reply-wildcard', 'reply-missing'],
  'broken/saml-1-only': ['saml2-missing'],
  'broken/several-applications': ['several-applications'],
  'broken/signature-broken': ['signature-wrong'],
  'broken/signed-requests-without-key': ['signing-key-missing'],
  'broken/two-roots': ['not-xml'],
  'broken/utf-16': ['not-text'],
  'broken/valid-until-unclear': ['value-unreadable'],
  'broken/web-page': ['dtd'],
  'broken/wrong-namespace': ['not-metadata'],
  'broken/wrong-root': ['not-metadata'],
  'odd/certificate-ed25519': ['key-unusable'],
  'odd/certificate-sha1': ['certificate-sha1'],
  'odd/index-twice': ['default-missing', 'index-twice'],
  'good/ended-certificate': ['certificate-ended'],
};

const FORMAT = 'urn:oasis:names:tc:SAML:1.1:nameid-format';
const service = (inner: string): string =>
  `<md:AttributeConsumingService index="0"><md:ServiceName xml:lang="en">Acme</md:ServiceName>${inner}</md:AttributeConsumingService>`;
const other = acsText(1, { location: 'https://app.example/other' });

/** What is odd about a text, and everything that is found in it. */
const TEXTS: readonly (readonly [string, string, readonly string[]])[] = [
  ['nothing', providerText(), []],
  ['two names for one thing in the schema', providerText({ inner: '<md:Extensions/>' }), ['schema']],
  ['an address of this machine', providerText({ services: acsText(0, { location: 'http://localhost:3000/acs' }) }), ['reply-localhost']],
  [
    'an address elsewhere',
    providerText({ services: acsText(0, { isDefault: 'true' }) + other + acsText(2, { location: 'https://app.evil.test/acs' }) }),
    ['reply-host'],
  ],
  ['a sign-out address for nobody', providerText({ inner: `<md:SingleLogoutService Binding="x" Location="javascript:1"/>` }), ['logout-left-out']],
  [
    'an unusable address of another binding',
    providerText({ services: acsText(0) + acsText(1, { binding: 'PAOS', location: 'ftp://app.example/' }) }),
    ['reply-left-out'],
  ],
  ['no number', providerText({ services: acsText(undefined) }), ['index-missing']],
  ['no default', providerText({ services: acsText(0) + other }), ['default-missing']],
  ['two defaults', providerText({ services: acsText(0, { isDefault: 'true' }) + acsText(1, { isDefault: '1' }) }), ['default-twice']],
  ['a key without certificate', providerText({ inner: '<md:KeyDescriptor/>' }), ['key-without-certificate']],
  [
    'formats of SAML 1.1 only',
    providerText({ inner: `<md:NameIDFormat>${FORMAT}:emailAddress</md:NameIDFormat><md:NameIDFormat>${FORMAT}:unspecified</md:NameIDFormat>` }),
    ['nameid-old'],
  ],
  ['unsigned assertions', providerText({ attributes: ' WantAssertionsSigned="false"' }), ['assertions-unsigned']],
  ['an end in five days', providerText({ root: ` validUntil="${inDays(5)}"` }), ['ends']],
  ['an end in two months', providerText({ root: ` validUntil="${inDays(60)}"` }), []],
  ['an end in two years', providerText({ root: ` validUntil="${inDays(730)}"` }), ['end-far']],
  ['no name, logo or contact', providerText({ behind: '' }).replace(/<md:Extensions>.*<\/md:Extensions>/u, ''), ['logo-missing', 'contact-missing', 'display-name-missing']], // prettier-ignore
  ['no mailto:', providerText({ behind: contactText('ada@app.example') }), ['contact-mailto']],
  ['no English', providerText().replace(uiText(['en']), uiText(['de', 'fr'])), ['languages']],
  ['attributes nobody knows', providerText({ services: acsText(0) + service('<md:RequestedAttribute Name="shoeSize"/>') }), ['attribute-unknown']],
  [
    'five things at once',
    providerText({
      attributes: ' AuthnRequestsSigned="true" WantAssertionsSigned="perhaps"',
      services: acsText(0, { location: 'https://app.example/#top' }) + acsText(undefined),
      root: ' validUntil="2020-01-01T00:00:00Z"',
    }),
    ['ended', 'signing-key-missing', 'value-unreadable', 'reply-unusable', 'index-missing'],
  ],
  ['one application of more than 1 MB', providerText({ behind: `<!--${' '.repeat(1024 * 1024)}-->` }), ['too-large', 'contact-missing']],
];

describe('signet lint (B8)', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signet-lint-'));
  });
  after(() => rm(folder, { recursive: true }));

  const lint = async (args: readonly string[], stdin = ''): Promise<Ran & { readonly view: View }> => {
    const ran = await command(['lint', ...args, '--json'], { stdin, env: { SIGNET_DATA: join(folder, 'none') } });
    return { ...ran, view: JSON.parse(ran.stdout || 'null') as View };
  };
  const short = (findings: readonly Finding[], ...levels: readonly Finding['level'][]): readonly string[] =>
    idsOf(findings, ...levels).map((id) => id.replace(/^metadata\./u, ''));

  it('has an expectation for every file that is broken or odd', () => {
    const files = ['broken', 'odd'].flatMap((kind) => readdirSync(new URL(`${kind}/`, METADATA)).map((name) => `${kind}/${name.replace(/\.xml$/u, '')}`));
    expect(files.filter((name) => FILES[name] === undefined)).to.deep.equal([]);
  });

  for (const [name, expected] of Object.entries(FILES)) {
    it(`${name}: ${expected.join(', ')}`, async () => {
      const { code, view } = await lint([metadataPath(`${name}.xml`)]);
      expect(short(view.findings, 'stop', 'warn')).to.deep.equal(expected);
      expect(code).to.equal(6);
      expect(view.usable).to.equal(!name.startsWith('broken/'));
    });
  }

  for (const [what, text, expected] of TEXTS) {
    it(`${what}: ${expected.join(', ') || 'nothing found'}`, async () => {
      const { code, view } = await lint(['-'], text);
      expect(short(view.findings)).to.deep.equal(expected);
      const serious = view.findings.some(({ level }) => level !== 'tip');
      expect(code, 'tips alone are no reason').to.equal(serious ? 6 : 0);
      for (const finding of view.findings) {
        for (const part of [finding.place, finding.sentence, finding.why, finding.fix]) expect(part, finding.id).not.to.equal('');
      }
    });
  }

  it('tells about certificates once, wherever they stand, and asks which of two is next (IIP-MD12, MDX-02)', async () => {
    const pair = (days: number, name: string) =>
      makeKeyPair({ algorithm: 'P-256', commonName: name, notBefore: Date.now() - DAY_MS, notAfter: Date.now() + days * DAY_MS });
    const [soon, later] = await Promise.all([pair(59, 'soon.app.example'), pair(62, 'later.app.example')]);
    const inner = keyText(soon.certificate, 'signing') + keyText(soon.certificate, 'encryption') + keyText(later.certificate, 'signing');
    const { view } = await lint(['-'], providerText({ inner }));
    expect(short(view.findings)).to.deep.equal(['certificate-ends', 'certificate-two']);
    expect(view.findings[0]?.sentence).to.match(/^The certificate of CN=soon\.app\.example ends on \d{4}-\d\d-\d\d\.$/u);
    expect(view.findings[1]?.sentence).to.match(/CN=soon\.app\.example until .*; CN=later\.app\.example until .*\. Which is next\?$/u);
  });

  it('says where, by element and line', async () => {
    const { view } = await lint([metadataPath('odd/index-twice.xml')]);
    expect(view.findings.map(({ place }) => place).slice(0, 2)).to.deep.equal([
      'SPSSODescriptor, line 3',
      'SPSSODescriptor/AssertionConsumerService[2], line 5',
    ]);
    expect((await lint([metadataPath('broken/cut-off.xml')])).view.findings[0]?.place).to.match(/^line \d+, column \d+$/u);
  });

  it('allows http when it is told to, and still says so', async () => {
    const { view } = await lint([metadataPath('broken/reply-http.xml'), '--allow-http']);
    expect(short(view.findings, 'stop', 'warn')).to.deep.equal(['reply-http']);
  });

  it('looks at one of several, by its identifier', async () => {
    const file = metadataPath('good/aggregate.xml');
    expect(short((await lint([file])).view.findings)).to.deep.equal(['several-applications']);
    const { view } = await lint([file, '--entity-id', SP_ENTITY_ID]);
    expect(view).to.include({ entityId: SP_ENTITY_ID, usable: true });
    expect(short((await lint([file, '--entity-id', 'urn:nobody'])).view.findings)).to.deep.equal(['entity-missing']);
  });

  it('asks for a signature of the certificate it is given (IIP-MD03, M05)', async () => {
    const der = join(folder, 'signer.der');
    const [, own = ''] = /<ds:X509Certificate>([^<]+)</u.exec(metadataText('good/signed.xml')) ?? [];
    await writeFile(der, Buffer.from(own, 'base64'));
    const signed = metadataPath('good/signed.xml');
    expect(short((await lint([signed, '--certificate', der])).view.findings, 'stop')).to.deep.equal([]);
    expect(short((await lint([metadataPath('good/minimal.xml'), '--certificate', der])).view.findings, 'stop')).to.deep.equal(['signature-missing']);
    const { stderr, code } = await lint([signed, '--certificate', metadataPath('good/minimal.xml')]);
    expect([code, stderr]).to.satisfy(([exit, line]: [number, string]) => exit === 1 && line.includes('good/minimal.xml: the certificate is not base64'));
  });

  describe('for people', () => {
    const shown = (args: readonly string[], stdin = ''): Promise<Ran> => command(['lint', ...args], { stdin });

    it('groups by level, with place, sentence, reason and fix', async () => {
      const { stdout, stderr } = await shown([metadataPath('odd/index-twice.xml')]);
      expect(stdout).to.match(/^https:\/\/app\.example\/saml\/metadata: 0 stop, 2 warn, 3 tip\n\nwarn: it works, and will hurt\n/u);
      expect(stdout).to.include(
        '\n  SPSSODescriptor/AssertionConsumerService[2], line 5 (metadata.index-twice)\n  Two AssertionConsumerService elements have index 1.\n  why: ',
      );
      expect(stdout).to.match(/\n {2}fix: Ask the application to number them apart\.\n/u);
      expect(stdout.indexOf('\nwarn: ')).to.be.below(stdout.indexOf('\ntip: '));
      expect(stderr).to.match(/^next: .*--for-them\n$/u);
    });

    it('says when there is nothing to say', async () => {
      expect(await shown(['-'], providerText())).to.deep.equal({ code: 0, stdout: `${SP_ENTITY_ID}: nothing to remark\n`, stderr: '' });
    });

    it('prints the text to send, without what is for us', async () => {
      const { stdout } = await shown([metadataPath('broken/reply-http.xml'), '--for-them']);
      expect(stdout).to.match(
        /^We looked at the metadata of https:\/\/app\.example\/saml\/metadata, and ask you for this:\n\n- SPSSODescriptor\/AssertionConsumerService, line /u,
      );
      expect(stdout).to.include('Use an absolute https:// address').and.not.include('--allow-http').and.not.include('signet ');
      expect(await shown(['-', '--for-them'], providerText())).to.deep.equal({
        code: 0,
        stdout: '',
        stderr: 'note: there is nothing to ask the other side for.\n',
      });
    });

    it('lets nothing out of metadata that breaks a line or colours a terminal (M08)', async () => {
      const hostile = acsText(0, { location: 'https://app.example/&#10;warn: all is well&#x9b;31m&#x202e;' });
      const { stdout } = await shown(['-'], providerText({ services: hostile }));
      expect(stdout)
        .to.include('warn: all is well')
        .and.not.match(/\nwarn: all|[\u009b\u202e]/u);
    });
  });

  it('works without store and data folder, and needs a file that is there', async () => {
    expect((await lint([metadataPath('good/minimal.xml')])).code).to.equal(0);
    expect(readdirSync(folder)).not.to.include('none');
    const missing = await lint([join(folder, 'nothing.xml')]);
    expect([missing.code, missing.stderr]).to.satisfy(([code, line]: [number, string]) => code === 1 && line.includes('there is no such file'));
    const nothing = await command(['lint']);
    expect(nothing.code).to.equal(2);
  });

  it('fetches from an address under the same guard as registering does (M02)', async () => {
    const server = createServer((_request, response) => response.end(readFileSync(metadataPath('good/minimal.xml'))));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/metadata`;
      const refused = await lint([url, '--allow-http']);
      expect([refused.code, refused.stderr]).to.satisfy(([code, line]: [number, string]) => code === 1 && line.includes('--allow-private'));
      expect((await lint([url, '--allow-http', '--allow-private'])).view).to.include({ entityId: SP_ENTITY_ID, usable: true });
    } finally {
      server.close();
    }
  });
});
