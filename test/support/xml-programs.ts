/** xmllint and xmlsec1 as they come with Debian, on files as an application would keep them. A missing program is a failure. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NS } from '../../src/xml/names.js';
import { pem, SCHEMAS } from './xml-oracles.js';

/** Whether the program said yes, and all it said. */
export interface Verdict {
  readonly fine: boolean;
  readonly said: string;
}

export interface XmlPrograms {
  /** Against all our schemas. */
  lint(xml: string): Verdict;
  /** @param parent local name of the element whose own signature is meant */
  verify(xml: string, parent: 'Response' | 'Assertion' | 'EntityDescriptor', certificate: string): Verdict;
  /** The clear text, by a key in PKCS #8. Throws with what was said when it cannot. */
  decrypt(xml: string, privateKey: Buffer): string;
  /** Removes its files. */
  end(): void;
}

/** What identifies an element, by its name and namespace. */
const IDENTIFIERS = [
  ['ID', `${NS.samlp}:Response`],
  ['ID', `${NS.saml}:Assertion`],
  ['ID', `${NS.md}:EntityDescriptor`],
  ['AssertionID', `${NS.saml11}:Assertion`],
] as const;

export function createXmlPrograms(): XmlPrograms {
  const folder = mkdtempSync(join(tmpdir(), 'signet-xml-'));

  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  const run = (program: string, ...parameters: readonly string[]): Verdict => {
    const env = { PATH: process.env['PATH'], XML_CATALOG_FILES: fileURLToPath(new URL('catalog.xml', SCHEMAS)) };
    const { status, error, stdout, stderr } = spawnSync(program, parameters, { encoding: 'utf8', env });
    if (error !== undefined) throw error;
    return { fine: status === 0, said: `${stdout}${stderr}` };
  };

  return {
    lint: (xml) => run('xmllint', '--noout', '--nonet', '--schema', fileURLToPath(new URL('all.xsd', SCHEMAS)), file('linted.xml', xml)),
    verify: (xml, parent, certificate) =>
      run(
        'xmlsec1',
        '--verify',
        '--pubkey-cert-pem',
        file('certificate.pem', pem(certificate)),
        ...IDENTIFIERS.flatMap(([name, element]) => [`--id-attr:${name}`, element]),
        '--node-xpath',
        `//*[local-name()='${parent}']/*[local-name()='Signature']`,
        file('signed.xml', xml),
      ),
    decrypt: (xml, privateKey) => {
      const output = join(folder, 'plain.xml');
      const key = file('key.pem', pem(privateKey.toString('base64'), 'PRIVATE KEY'));
      const { fine, said } = run('xmlsec1', '--decrypt', '--privkey-pem', key, '--output', output, file('encrypted.xml', xml));
      if (!fine) throw new Error(said);
      return readFileSync(output, 'utf8');
    },
    end: () => {
      rmSync(folder, { recursive: true });
    },
  };
}
