import { expect } from 'chai';
import type { AdfsExport, AdfsTrust } from '../../../src/admin/adfs/export.js';
import { readAdfsExport } from '../../../src/admin/adfs/read-export.js';
import { ADFS_CERTIFICATES } from '../../support/adfs-certificates.js';
import { cutCertificate } from '../../support/adfs-clixml.js';
import { ADFS_TRUSTS, adfsTrust, DIAGNOSED, exporterFiles, toClixml, toDiagnostics, toJson, toZip, type AdfsTrustName } from '../../support/adfs-exports.js';
import { microsoft365 } from '../../support/adfs-rules.js';
import { thrownBy } from '../../support/builders.js';

const NAMES = Object.keys(ADFS_TRUSTS) as AdfsTrustName[];
const RULES = 'c:[Type == "http://x/mail"]\r\n => issue(claim = c);\r\n';

function read(bytes: Buffer | string, name = 'export'): Promise<AdfsExport> {
  return readAdfsExport([{ name, bytes: Buffer.from(bytes) }]);
}

/** Without the file, which differs from form to form. */
function withoutFile(trusts: readonly AdfsTrust[]): readonly unknown[] {
  return trusts.map(({ kind, properties }) => ({ kind, properties }));
}

/** A document of one object with the given inside. */
function objs(inside: string): string {
  return `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">${inside}</Objs>`;
}

/** A relying party trust with one property as it is written. */
function withProperty(element: string): string {
  const type = 'Deserialized.Microsoft.IdentityServer.Management.Resources.RelyingPartyTrust';
  return objs(`<Obj RefId="0"><TN RefId="0"><T>${type}</T></TN><Props><S N="Name">A</S>${element}</Props></Obj>`);
}

async function property(element: string): Promise<unknown> {
  const { trusts } = await read(withProperty(element));
  return trusts[0]?.properties['P'];
}

describe('reading AD FS exports', () => {
  const forms: Readonly<Record<string, Buffer>> = {
    'CLIXML, one object after the other': toClixml(NAMES),
    'CLIXML, UTF-16': toClixml(NAMES, { utf16: true }),
    'CLIXML, one object that is a list': toClixml(NAMES, { list: true }),
    'JSON in UTF-8': toJson(NAMES),
    'JSON in UTF-8 with a byte order mark': Buffer.concat([Buffer.from('\uFEFF'), toJson(NAMES)]),
    'JSON in UTF-16, enumerations as numbers': toJson(NAMES, { utf16: true, numbersForEnums: true }),
    'a zip of CLIXML files': toZip(exporterFiles(NAMES)),
    'a zip of JSON files': toZip(NAMES.map((name) => ({ name: `${name}.json`, bytes: toJson([name]) }))),
  };
  for (const [form, bytes] of Object.entries(forms)) {
    it(`gives the same trusts from ${form}`, async () => {
      const { trusts, rules, notes } = await read(bytes);
      expect(withoutFile(trusts)).to.deep.equal(NAMES.map((name) => ADFS_TRUSTS[name]));
      expect([rules, notes]).to.deep.equal([[], []]);
    });
  }

  it('gives one trust from a file of its own', async () => {
    for (const bytes of [toClixml(['Slack'], { utf16: true }), toJson(['Slack'])]) {
      expect((await read(bytes, 'RPT - Slack')).trusts).to.deep.equal([{ kind: 'relying-party', file: 'RPT - Slack', properties: adfsTrust('Slack') }]);
    }
  });

  it('names each trust by its file, in an archive by both', async () => {
    const bytes = toZip(exporterFiles(['Slack', 'Partner by SAML']));
    const { trusts } = await readAdfsExport([
      { name: 'ADFS\u0007Apps.zip', bytes },
      { name: 'AWS.json', bytes: toJson(['AWS']) },
    ]);
    expect(trusts.map(({ kind, file }) => `${kind} ${file}`)).to.deep.equal([
      'relying-party ADFS?Apps.zip/apps/RPT - Slack.xml',
      'claims-provider ADFS?Apps.zip/apps/CPT - Partner by SAML.xml',
      'relying-party AWS.json',
    ]);
  });

  it('gives from diagnostics what they hold, and says what they do not', async () => {
    const { trusts, notes } = await read(toDiagnostics(['AWS', 'Dynamics']), 'diagnostics.json');
    const expected = (['AWS', 'Dynamics'] as const).map((name) => ({
      kind: 'relying-party',
      properties: Object.fromEntries(DIAGNOSED.map((shown) => [shown, adfsTrust(name)[shown]])),
    }));
    expect(withoutFile(trusts)).to.deep.equal(expected);
    expect(notes.join()).to.match(/^diagnostics\.json: .*no reply addresses and no certificates/u);
  });

  describe('takes from CLIXML', () => {
    const values: Readonly<Record<string, readonly [string, unknown]>> = {
      'line ends and tabs by their number': ['<S N="P">a_x000D__x000A__x0009_b</S>', 'a\r\n\tb'],
      'characters outside the first plane': ['<S N="P">_xD83D__xDE00_</S>', '😀'],
      'an underscore that is one': ['<S N="P">_x005F_x000D_</S>', '_x000D_'],
      'an escaped name': ['<S N="_x0050_">1</S>', '1'],
      'a Boolean': ['<B N="P">true</B>', true],
      'a number': ['<U32 N="P">480</U32>', 480],
      'a byte': ['<By N="P">6</By>', 6],
      'a fraction': ['<Db N="P">0.5</Db>', 0.5],
      'a character': ['<C N="P">65</C>', 'A'],
      nothing: ['<Nil N="P" />', null],
      'a GUID': ['<G N="P">b01f2863-0000-4000-8000-000d3a9b0001</G>', 'b01f2863-0000-4000-8000-000d3a9b0001'],
      'a time with zone': ['<DT N="P">2018-05-03T11:12:44.5-07:00</DT>', Date.UTC(2018, 4, 3, 18, 12, 44, 500)],
      'a time without zone': ['<DT N="P">1900-01-01T00:00:00</DT>', Date.UTC(1900, 0, 1)],
      'a span of time': ['<TS N="P">PT1H</TS>', 'PT1H'],
      'a version': ['<Version N="P">10.0.1</Version>', '10.0.1'],
      'an enumeration, by its text': [
        '<Obj N="P" RefId="9"><TN RefId="9"><T>X.Y</T><T>System.Enum</T></TN><ToString>MessageOnly</ToString><I32>2</I32></Obj>',
        'MessageOnly',
      ],
      'a text with members of its own': ['<Obj N="P" RefId="9"><S>text</S><MS><S N="PSPath">x</S></MS></Obj>', 'text'],
      'a stack, a queue and an enumeration of values': [
        '<Obj N="P" RefId="9"><LST><Obj RefId="1"><STK><S>a</S></STK></Obj><Obj RefId="2"><QUE><S>b</S></QUE></Obj><Obj RefId="3"><IE><S>c</S></IE></Obj></LST></Obj>',
        [['a'], ['b'], ['c']],
      ],
      'a dictionary': ['<Obj N="P" RefId="9"><DCT><En><S N="Key">k</S><I32 N="Value">1</I32></En></DCT></Obj>', { k: 1 }],
      'an object, properties before members of the same name': [
        '<Obj N="P" RefId="9"><Props><S N="a">1</S></Props><MS><S N="a">2</S><S N="b">3</S></MS></Obj>',
        { a: '1', b: '3' },
      ],
      'an object by reference': ['<Obj N="Q" RefId="9"><Props><S N="a">1</S></Props></Obj><Ref N="P" RefId="9" />', { a: '1' }],
      'types by reference': [
        '<Obj N="Q" RefId="8"><TN RefId="9"><T>System.Enum</T></TN></Obj><Obj N="P" RefId="9"><TNRef RefId="9" /><ToString>One</ToString><I32>1</I32></Obj>',
        'One',
      ],
      'a web address with its parts': [
        '<Obj N="P" RefId="9"><TN RefId="9"><T>System.Uri</T></TN><Props><S N="AbsoluteUri">https://a.example/</S><S N="OriginalString">https://a.example</S></Props></Obj>',
        'https://a.example',
      ],
      'an object of which only the text is left': ['<Obj N="P" RefId="9"><ToString>text</ToString></Obj>', 'text'],
      'a text in a CDATA section, and no comment': ['<S N="P"><![CDATA[<a>]]><!-- b --></S>', '<a>'],
      'nothing of a secret': ['<SS N="P">01000000d08c9d</SS>', null],
    };
    for (const [what, [element, value]] of Object.entries(values)) {
      it(what, async () => {
        expect(await property(element)).to.deep.equal(value);
      });
    }

    it('a certificate, as the base64 of its bytes', async () => {
      const bytes = ADFS_CERTIFICATES.encryption.replaceAll(/.{64}/gu, '$&\n');
      const types = '<TN RefId="9"><T>System.Security.Cryptography.X509Certificates.X509Certificate2</T></TN>';
      const props = `<Props><BA N="RawData">${bytes}</BA><S N="Thumbprint">A0</S></Props>`;
      expect(await property(`<Obj N="P" RefId="9">${types}<ToString>[Subject]</ToString>${props}</Obj>`)).to.equal(ADFS_CERTIFICATES.encryption);
    });

    it('a document with an XML declaration, in the encoding it was in', async () => {
      const text = `<?xml version="1.0" encoding="utf-16"?>\r\n${withProperty('<S N="P">ü</S>')}`;
      expect((await read(Buffer.from(`\uFEFF${text}`, 'utf16le'))).trusts[0]?.properties['P']).to.equal('ü');
    });

    it('nothing that PowerShell adds to objects from another machine', async () => {
      const added = '<S N="PSComputerName">adfs1</S><G N="RunspaceId">x</G><B N="PSShowComputerName">true</B>';
      expect((await read(withProperty(`<S N="P">1</S>${added}`))).trusts[0]?.properties).to.deep.equal({ Name: 'A', P: '1' });
    });
  });

  describe('takes from JSON', () => {
    const der = Buffer.from(ADFS_CERTIFICATES.encryption, 'base64');
    const values: Readonly<Record<string, readonly [string, unknown, unknown]>> = {
      'a time with zone in ISO form': ['LastUpdateTime', '2018-05-03T11:12:44.5-07:00', Date.UTC(2018, 4, 3, 18, 12, 44, 500)],
      'a time before 1970': ['LastUpdateTime', '/Date(-2208988800000)/', Date.UTC(1900, 0, 1)],
      'a time in the wrapper of PowerShell 5': ['LastUpdateTime', { value: '/Date(1)/', DateTime: 'Thursday' }, 1],
      'a list in the wrapper of PowerShell 5': ['Identifier', { value: ['urn:a'], Count: 1 }, ['urn:a']],
      'a web address with its parts': ['WSFedEndpoint', { AbsoluteUri: 'https://a.example/', OriginalString: 'https://a.example' }, 'https://a.example'],
      'a certificate as numbers': ['EncryptionCertificate', { RawData: [...der] }, ADFS_CERTIFICATES.encryption],
      'a certificate as base64': ['EncryptionCertificate', { RawData: ADFS_CERTIFICATES.encryption }, ADFS_CERTIFICATES.encryption],
      'a certificate as numbers that were joined': ['EncryptionCertificate', { RawData: [...der].join(' ') }, ADFS_CERTIFICATES.encryption],
      'a number of an enumeration it does not know, as it is': ['IssueOAuthRefreshTokensTo', 17, 17],
    };
    for (const [what, [name, given, expected]] of Object.entries(values)) {
      it(what, async () => {
        const { trusts } = await read(JSON.stringify({ ...adfsTrust('Slack'), [name]: given }));
        expect(trusts[0]?.properties[name]).to.deep.equal(expected);
      });
    }
  });

  it('tells the kind of a trust by its types, or by its properties where there are none', async () => {
    const plain = (trust: object): string => JSON.stringify({ Name: 'A', Identifier: ['urn:a'], ...trust });
    expect((await read(plain({ TokenLifetime: 0 }))).trusts[0]?.kind).to.equal('relying-party');
    expect((await read(plain({ TokenSigningCertificates: [] }))).trusts[0]?.kind).to.equal('claims-provider');
    const selected = objs(
      '<Obj RefId="0"><TN RefId="0"><T>Selected.Microsoft.IdentityServer.Management.Resources.ClaimsProviderTrust</T></TN><MS><S N="Name">A</S></MS></Obj>',
    );
    expect((await read(selected)).trusts[0]?.kind).to.equal('claims-provider');
  });

  it('leaves out what stands beside trusts, with a note', async () => {
    const webApi = { Name: 'API', Identifier: ['urn:api'], ApplicationGroupIdentifier: 'g', IssuanceTransformRules: '' };
    const { trusts, notes } = await read(JSON.stringify([adfsTrust('Slack'), webApi, 'text']), 'mixed.json');
    expect([trusts.length, notes]).to.deep.equal([1, ['mixed.json: 2 objects that are no trusts are left out.']]);
    const zip = toZip([...exporterFiles(['Slack']), { name: 'README.txt', bytes: Buffer.from('Exported on Monday') }]);
    expect((await read(zip, 'a.zip')).notes).to.deep.equal(['a.zip/apps/README.txt holds nothing of AD FS and is left out.']);
  });

  it('says where an export went not deep enough', async () => {
    const cut = {
      EncryptionCertificate: cutCertificate('A0'),
      SamlEndpoints: ['Microsoft.IdentityServer.Management.Resources.SamlEndpoint'],
      ResultantPolicy: '@{IsParameterized=False}',
    };
    const { trusts, notes } = await read(JSON.stringify({ ...adfsTrust('Slack'), ...cut }), 'flat.json');
    expect(trusts[0]?.properties['EncryptionCertificate']).to.equal(cutCertificate('A0'));
    const sentences = Object.keys(cut).map((name) => `flat.json: ${name} of "Slack" was cut short when it was exported; export again with -Depth 5.`);
    expect(notes).to.have.members(sentences);
  });

  describe('reads texts of rules', () => {
    it('as they are, also from Windows', async () => {
      for (const bytes of [Buffer.from(microsoft365), Buffer.from(`\uFEFF${microsoft365}`, 'utf16le')]) {
        expect(await read(bytes, 'AadTrust-20260101-120000.txt')).to.deep.equal({
          trusts: [],
          rules: [{ file: 'AadTrust-20260101-120000.txt', text: microsoft365 }],
          notes: [],
        });
      }
    });

    it('that start like JSON or stand on one line', async () => {
      for (const text of ['[Type == "a"] => issue(Type = "b", Value = "c");', '[] => issue(Type = "b", Value = "c");', '=> issue(Type = "b", Value = "c");']) {
        expect((await read(text)).rules).to.deep.equal([{ file: 'export', text }]);
      }
    });

    it('out of a list of properties', async () => {
      const column = ' '.repeat('IssuanceTransformRules       : '.length);
      const listed = (rules: string): string => rules.replaceAll('\r\n', `\r\n${column}`);
      const text = `Name                         : Microsoft 365\r\nIssuanceAuthorizationRules   :  => issue(Type = "p", Value = "true");\r\nIssuanceTransformRules       : ${listed(microsoft365)}\r\nDelegationAuthorizationRules :\r\nEnabled                      : True\r\n`;
      const { rules, notes } = await read(text, 'AadTrust.txt');
      expect(rules).to.deep.equal([
        { file: 'AadTrust.txt', property: 'IssuanceAuthorizationRules', text: '=> issue(Type = "p", Value = "true");' },
        { file: 'AadTrust.txt', property: 'IssuanceTransformRules', text: microsoft365.trim() },
      ]);
      expect(notes).to.have.length(1);
    });

    it('with typographic quotes, which it says, and keeps the text as it was', async () => {
      const damaged = 'c:[Type == “http://x/mail”] => issue(Type = „name“, Value = c.Value);';
      const straight = 'c:[Type == "http://x/mail"] => issue(Type = "name", Value = c.Value);';
      const { rules, notes } = await read(damaged, 'rules.txt');
      expect(rules).to.deep.equal([{ file: 'rules.txt', text: straight, original: damaged }]);
      expect(notes).to.deep.equal(['rules.txt has typographic quotes, as word processors write them; it is read with straight quotes.']);
      const trust = await read(JSON.stringify(adfsTrust('Slack', { IssuanceTransformRules: damaged })), 'a.json');
      expect([trust.trusts[0]?.properties['IssuanceTransformRules'], trust.trusts[0]?.originals]).to.deep.equal([
        straight,
        { IssuanceTransformRules: damaged },
      ]);
      expect(trust.notes).to.have.length(1);
    });

    it('and leaves typographic quotes alone that are part of a string', async () => {
      const text = '=> issue(Type = "name", Value = "“Ada”");';
      expect(await read(text)).to.deep.equal({ trusts: [], rules: [{ file: 'export', text }], notes: [] });
    });

    it('and names the place of a mistake', async () => {
      expect((await thrownBy(() => read(`${RULES}c:[Type == ] => issue(claim = c);`, 'rules.txt'))).message).to.match(/^rules\.txt: line 3, column 12: /u);
    });
  });
});
