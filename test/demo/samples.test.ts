import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { packageFolder } from '../../src/app/package.js';
import { readApplicationMetadata } from '../../src/admin/application-metadata.js';
import type { ReadOptions } from '../../src/protocols/shared/metadata/role.js';
import { NOW } from '../support/builders.js';
import { command } from '../support/command-line.js';
import { idsOf } from '../support/findings.js';
import { schemaProblems } from '../support/xml-oracles.js';

const FOLDER = join(packageFolder(), 'metadata', 'samples');
const ADFS = 'adfs-trusts.xml';
const SAMPLES = readdirSync(FOLDER).filter((entry) => entry.endsWith('.xml') && entry !== ADFS);
const read = (name: string, options: Partial<ReadOptions> = {}) => readApplicationMetadata(readFileSync(join(FOLDER, name), 'utf8'), { now: NOW, ...options });

describe('metadata/samples', () => {
  it('are all told about in their README', () => {
    const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8');
    for (const name of SAMPLES) expect(readme).to.include(`rp add metadata/samples/${name}`);
    expect(readme).to.include(`signet import adfs metadata/samples/${ADFS}`);
  });

  it('are valid against the published schemas (MET-03)', () => {
    for (const name of SAMPLES) expect(schemaProblems(readFileSync(join(FOLDER, name), 'utf8')), name).to.deep.equal([]);
  });

  it('the minimal one can be registered', () => {
    const { metadata, findings } = read('minimal.xml');
    expect(metadata).to.include({ entityId: 'https://wiki.example.com/saml', authnRequestsSigned: false });
    expect(idsOf(findings, 'warn')).to.deep.equal([]);
  });

  it('the complete one says everything that Signet reads', () => {
    const { metadata, findings } = read('complete.xml');
    expect(metadata).to.include({ displayName: 'Example Expenses', authnRequestsSigned: true, wantAssertionsSigned: true });
    expect(metadata.replyAddresses.map((address) => address.index)).to.deep.equal([0, 1]);
    expect(metadata.signingCertificates).to.have.length(1);
    expect(metadata.encryptionKeys[0]?.methods).to.have.length(2);
    expect(metadata.nameIdFormats).to.have.length(2);
    expect(metadata.attributeServices[0]?.requested.map((entry) => entry.required)).to.deep.equal([true, false, false]);
    expect(metadata.contacts).to.have.length(1);
    expect(idsOf(findings, 'warn')).to.deep.equal([]);
  });

  it('the one of WS-Federation can be registered, with both its realms', () => {
    const { metadata, findings } = read('federation.xml');
    expect(metadata).to.deep.include({ entityId: 'https://intranet.example.com/', identifiers: ['urn:example:intranet'], displayName: 'Example Intranet' });
    expect(idsOf(findings, 'warn')).to.deep.equal([]);
  });

  it('the export of AD FS has one trust of each grade', async () => {
    const data = mkdtempSync(join(tmpdir(), 'signet-samples-'));
    const { stdout, code } = await command(['import', 'adfs', join(FOLDER, ADFS)], { env: { SIGNET_DATA: data } });
    rmSync(data, { recursive: true });
    expect(stdout).to.match(/^ready +add +Example Helpdesk .*$\n^look +- +Example Intranet .*plain http\.$\n^cannot +- +Example Chat .*no address/mu);
    expect(code).to.equal(6);
  });

  it('the aggregate wants to know which one', () => {
    expect(() => read('aggregate.xml')).to.throw('--entity-id');
    expect(read('aggregate.xml', { entityId: 'https://calendar.example.com/saml' }).metadata.entityId).to.equal('https://calendar.example.com/saml');
  });
});
