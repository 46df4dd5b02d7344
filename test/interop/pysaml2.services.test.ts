import { expect } from 'chai';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { makeKeyPair } from '../../src/crypto/certificate.js';
import { signedIn, theWorld, untilKnown, type World } from '../e2e/world.js';
import { send } from '../support/browser.js';
import { readForms } from '../support/html-forms.js';
import { pem } from '../support/xml-oracles.js';

/** Beside this file in the sources. */
const SCRIPT = fileURLToPath(new URL('../../../test/interop/pysaml2-party.py', import.meta.url));

interface Party {
  readonly name: string;
  readonly binding: 'redirect' | 'post';
  readonly signsRequests: boolean;
  readonly decrypts: boolean;
  readonly wantsResponseSigned: boolean;
  readonly wantsAssertionsSigned: boolean;
  readonly settings: readonly string[];
  readonly p256?: boolean;
}

const both = { wantsResponseSigned: true, wantsAssertionsSigned: true, settings: ['sign=both'] } as const;
const PARTIES: readonly Party[] = [
  { ...both, name: 'redirect-unsigned-clear', binding: 'redirect', signsRequests: false, decrypts: false },
  { ...both, name: 'redirect-signed-encrypted', binding: 'redirect', signsRequests: true, decrypts: true },
  {
    ...both,
    name: 'post-signed-clear-assertion',
    binding: 'post',
    signsRequests: true,
    decrypts: false,
    wantsResponseSigned: false,
    settings: ['sign=assertion'],
  },
  {
    ...both,
    name: 'post-unsigned-encrypted-sha512',
    binding: 'post',
    signsRequests: false,
    decrypts: true,
    settings: ['signature-algorithm=rsa-sha512', 'digest-algorithm=sha512'],
  },
  { ...both, name: 'redirect-unsigned-clear-p256', binding: 'redirect', signsRequests: false, decrypts: false, p256: true },
];

interface Said {
  readonly error?: string;
  readonly id?: string;
  readonly metadata?: string;
  readonly url?: string;
  readonly html?: string;
  readonly name?: string;
  readonly session?: string;
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
}

describe('pysaml2 (xmlsec1)', () => {
  let world: World;
  let python: ChildProcessByStdio<Writable, Readable, null>;
  let answers: AsyncIterator<string>;
  let keyFiles: Readonly<Record<string, string>>;
  before(async () => {
    python = spawn('/usr/bin/python3', [SCRIPT], { stdio: ['pipe', 'pipe', 'ignore'] });
    answers = createInterface(python.stdout)[Symbol.asyncIterator]();
    world = await theWorld();
    const now = Date.now();
    const pair = await makeKeyPair({ algorithm: 'RSA-2048', commonName: 'pysaml2.example', notBefore: now - 60_000, notAfter: now + 86_400_000 });
    keyFiles = { certificate: join(world.folder, 'pysaml2.crt'), key: join(world.folder, 'pysaml2.key') };
    writeFileSync(keyFiles['certificate'] ?? '', pem(pair.certificate));
    writeFileSync(keyFiles['key'] ?? '', pem(pair.privateKey.toString('base64'), 'PRIVATE KEY'));
    const [listed = ''] = await world.node.all([['keys', 'list', '--json']]);
    if (!listed.includes('"P-256"')) await world.node.all([['keys', 'rotate', '--algorithm', 'P-256']]);
  });

  after(() => {
    python.stdin.end();
  });

  const settingsOf = ({ settings: _settings, p256: _p256, name, ...party }: Party): Readonly<Record<string, unknown>> => ({
    ...party,
    ...keyFiles,
    entityId: `https://pysaml2.example/${name}`,
    acs: `https://pysaml2.example/${name}/acs`,
    idpMetadata: join(world.folder, 'pysaml2-idp.xml'),
  });
  const step = async (name: string, party: Party, more: Readonly<Record<string, unknown>>): Promise<Said> => {
    python.stdin.write(`${JSON.stringify({ step: name, party: settingsOf(party), ...more })}\n`);
    const line = await answers.next();
    const said = JSON.parse(line.done === true ? '{"error":"it ended"}' : line.value) as Said;
    if (said.error !== undefined) throw new Error(said.error);
    return said;
  };

  for (const party of PARTIES) {
    it(`signs on by ${party.name} (SSO-11, SSO-17, XML-01)`, async () => {
      const metadata = (await send(`${world.node.origin}/saml/metadata`)).body;
      writeFileSync(join(world.folder, 'pysaml2-idp.xml'), metadata);
      const asked = await step('ask', party, { relay: 'there' });
      const file = join(world.folder, `pysaml2-${party.name}.xml`);
      writeFileSync(file, asked.metadata ?? '');
      const entityId = `https://pysaml2.example/${party.name}`;
      await world.node.all([
        ['rp', 'add', file],
        ['rp', 'set', entityId, ...party.settings],
        ...(party.p256 === true ? [['keys', 'promote', '--rp', entityId, '--force']] : []),
      ]);
      const browser = await signedIn(world);
      const ask = async (): Promise<Awaited<ReturnType<typeof browser.open>>> => {
        if (asked.url !== undefined) return browser.open(asked.url);
        const page = new URL('https://pysaml2.example/');
        const [form] = readForms(asked.html ?? '', page);
        if (form === undefined) throw new Error('no form');
        return browser.submit({ url: page }, form);
      };
      await untilKnown(world.node, { name: party.name, entityId });
      const answer = await ask();
      expect(answer.status, answer.text).to.equal(200);
      const [form] = answer.forms.filter((candidate) => candidate.handsOff);
      expect(form?.action.href).to.equal(`${entityId}/acs`);
      expect(form?.fields.get('RelayState')).to.equal('there');
      const response = form?.fields.get('SAMLResponse') ?? '';
      const xml = Buffer.from(response, 'base64').toString();
      expect(xml.includes('EncryptedAssertion')).to.equal(party.decrypts);
      if (party.p256 === true) expect(xml).to.include('#ecdsa-sha256"');
      const said = await step('accept', party, { response, id: asked.id });
      expect(said.attributes).to.deep.include({ mail: ['maria@example.com'] });
      expect(said.session).to.match(/^_/u);
      const changed = Buffer.from(
        xml.replace(party.decrypts ? /(<xenc:CipherValue>.)./u : 'maria@example.com', party.decrypts ? '$1A' : 'dana@example.com'),
      ).toString('base64');
      expect(changed).to.not.equal(response);
      const refused = await step('accept', party, { response: changed, id: asked.id }).catch((error: unknown) => String(error));
      expect(refused).to.be.a('string');
    });
  }
});
