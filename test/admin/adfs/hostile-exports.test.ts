import { expect } from 'chai';
import fc from 'fast-check';
import type { AdfsExport } from '../../../src/admin/adfs/export.js';
import { readAdfsExport } from '../../../src/admin/adfs/read-export.js';
import { SignetError } from '../../../src/core/errors.js';
import { exporterFiles, toClixml, toJson, toZip } from '../../support/adfs-exports.js';
import { thrownBy } from '../../support/builders.js';
import { zipOf, type ZipEntry } from '../../support/zip-files.js';

const MIB = 1024 * 1024;
const TRUST = toClixml(['Slack']);
const ENTRY: ZipEntry = { name: 'apps/RPT - Slack.xml', bytes: TRUST };
const RULE = 'c:[Type == "http://x/mail"] => issue(claim = c);\r\n';

function read(bytes: Buffer): Promise<AdfsExport> {
  return readAdfsExport([{ name: 'file', bytes }]);
}

function objs(inside: string): string {
  return `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">${inside}</Objs>`;
}

function trust(inside: string): string {
  return objs(
    `<Obj RefId="t"><TN RefId="0"><T>Microsoft.IdentityServer.Management.Resources.RelyingPartyTrust</T></TN><Props><S N="Name">A</S>${inside}</Props></Obj>`,
  );
}

/** Each object refers twice to the one before it: 2^30 values in 2 KB. */
function billionReferences(): string {
  const list = (id: number): string => `<Obj N="o${String(id)}" RefId="${String(id)}"><LST>${`<Ref RefId="${String(id - 1)}" />`.repeat(2)}</LST></Obj>`;
  return trust(`<S N="x">a</S><Obj N="o0" RefId="0"><LST><S>a</S></LST></Obj>${Array.from({ length: 30 }, (_, index) => list(index + 1)).join('')}`);
}

/** An entry whose headers say another thing than what is in it. */
function lying(says: ZipEntry['says']): Buffer {
  return zipOf([{ ...ENTRY, ...(says && { says }) }]);
}

/** By its stored size in both headers, with less than that behind them. */
function cutInside(): Buffer {
  const whole = zipOf([{ name: 'a.txt', bytes: RULE.repeat(50), stored: true }]);
  return Buffer.concat([whole.subarray(0, 200), whole.subarray(whole.indexOf(Buffer.from('PK\x01\x02')))]);
}

/** Under the limit of one entry. */
const LARGE = Buffer.alloc(17 * MIB, 0x20);

/** What a message has to name besides the file. */
const REFUSED: Readonly<Record<string, readonly [Buffer | string | (() => Buffer), RegExp]>> = {
  'nothing at all (X05)': ['', /^file holds nothing of AD FS; expected relying party or claims provider trusts .* or claim rules\.$/u],
  'a text of people': ['Hello => world', /^file holds nothing of AD FS/u],
  'a program': ['const f = (x) => add1(x);', /^file holds nothing of AD FS/u],
  'bytes of no text': [Buffer.from([0xc3, 0x28, 0x01]), /^file is no text in UTF-8, nor in UTF-16/u],
  'UTF-8 under the byte order mark of UTF-16': [Buffer.concat([Buffer.from([0xff, 0xfe]), TRUST]), /^file (?:holds nothing of AD FS|is no text)/u],
  'UTF-16 without a byte order mark': [
    Buffer.from(TRUST.toString(), 'utf16le'),
    /^file holds NUL characters; save it as UTF-8, or as UTF-16 with a byte order mark/u,
  ],
  'a file over the limit (X11)': [() => Buffer.alloc(20 * MIB + 1, 0x20), /^file has 20971521 bytes; the limit is 20971520/u],
  'SAML metadata': ['<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="urn:a"/>', /^file holds nothing of AD FS/u],
  'CLIXML of other things': [objs('<S>text</S>'), /^file holds nothing of AD FS/u],
  'CLIXML with a document type (X01)': [
    `<!DOCTYPE Objs [<!ENTITY a "b">]>${TRUST.toString()}`,
    /^file is not readable .*a document type declaration is not allowed/u,
  ],
  'CLIXML with an external entity (X01)': [
    `<!DOCTYPE Objs SYSTEM "file:///etc/passwd">${trust('<S N="P">&a;</S>')}`,
    /a document type declaration is not allowed/u,
  ],
  'CLIXML with a processing instruction (X03)': [trust('<?run this?>'), /a processing instruction is not allowed/u],
  'half a CLIXML (X05)': [TRUST.subarray(0, TRUST.length / 2), /^file is not readable .*not well-formed/u],
  'two CLIXML documents in one (X05)': [Buffer.concat([TRUST, TRUST]), /not well-formed/u],
  'CLIXML in another namespace (X07)': ['<Objs xmlns="urn:other"><Obj/></Objs>', /its root is not Objs of PowerShell/u],
  'CLIXML with a foreign element (X07)': [trust('<S N="P" xmlns="urn:other">a</S>'), /an element of a foreign namespace/u],
  'CLIXML nested deeply (X11)': [trust('<Obj N="P"><LST>'.repeat(40) + '</LST></Obj>'.repeat(40)), /nested too deeply/u],
  'CLIXML with an unknown element': [trust('<Evil N="P">a</Evil>'), /an element Evil stands where a value is expected/u],
  'CLIXML with a value inside a value (X04)': [trust('<S N="P">a<S>b</S></S>'), /S must hold text only/u],
  'a billion references': [billionReferences(), /it stands for more than 300000 values/u],
  'an object that holds itself': [trust('<Obj N="P" RefId="5"><LST><Ref RefId="5" /></LST></Obj>'), /the object "5" holds itself/u],
  'a reference to nothing': [trust('<Ref N="P" RefId="77" />'), /names the object "77", which does not stand before it/u],
  'types that stand nowhere': [trust('<Obj N="P"><TNRef RefId="77" /></Obj>'), /a TNRef names types that do not stand before it/u],
  'an object with two texts': [trust('<Obj N="P"><ToString>a</ToString><ToString>b</ToString></Obj>'), /an Obj holds two elements of one kind/u],
  'a number that is none': [trust('<I32 N="P">1e3</I32>'), /holds a text that is not a whole number/u],
  'a flag that is none': [trust('<B N="P">yes</B>'), /holds a text that is not true or false/u],
  'a time that is none': [trust('<DT N="P">2018-13-03T11:12:44</DT>'), /holds a text that is not a time/u],
  'a dictionary without keys': [trust('<Obj N="P"><DCT><En><S N="Value">a</S></En></DCT></Obj>'), /an entry of a dictionary has no Key/u],
  'a dictionary with lists for keys': [
    trust('<Obj N="P"><DCT><En><Obj N="Key"><LST /></Obj><S N="Value">a</S></En></DCT></Obj>'),
    /a key of a dictionary is neither text nor number/u,
  ],
  'a trust without name': [JSON.stringify({ Name: null, Identifier: ['urn:a'], TokenLifetime: 0 }), /^file: a relying-party trust has no Name/u],
  'half a JSON': [toJson(['Slack']).subarray(0, 3000), /^file: line \d+, column \d+: /u],
  'JSON with a property twice': [
    '{"Name": "A", "Name": "B", "Identifier": []}',
    /^file: line 1, column 15: the key ""Name"" stands twice|^file: line 1, column 15: /u,
  ],
  'JSON with the name of the prototype (M10)': ['{"__proto__": {"Name": "A"}}', /^file: .*__proto__/u],
  'JSON nested deeply (X11)': [`{"a":${'['.repeat(5000)}`, /^file: .*more than 100 lists and objects/u],
  'JSON of other things': ['[1, 2, 3]', /^file holds nothing of AD FS/u],
  'JSON that is an empty list': ['[]', /^file holds nothing of AD FS/u],
  'diagnostics without trusts': [JSON.stringify({ ADFSToolbox: { 'Adfs-Configuration': { AdfsRelyingPartyTrust: null } } }), /^file holds nothing of AD FS/u],
  '10 MB of rules': [() => Buffer.from(RULE.repeat(210_000)), /^file has \d{8} characters; a rule set has at most 1048576/u],
  'over 1 MB of rules in a trust': [
    JSON.stringify({ Name: 'A', Identifier: [], IssuanceTransformRules: RULE.repeat(21_000) }),
    /^file: IssuanceTransformRules of "A" has \d{7} characters; a rule set has at most/u,
  ],
  'rules that stop in the middle': [RULE.repeat(3).slice(0, -5), /^file: line 3, column \d+: /u],

  'an archive without entries': [zipOf([]), /^file holds nothing of AD FS/u],
  'an archive of other things': [zipOf([{ name: 'a.txt', bytes: 'Hello' }]), /^file holds nothing of AD FS/u],
  'an archive with half a trust beside a whole one': [
    zipOf([ENTRY, { name: 'b.xml', bytes: TRUST.subarray(0, 900) }]),
    /^file\/b\.xml is not readable as an export of PowerShell: not well-formed/u,
  ],
  'a zip bomb (X10)': [() => zipOf([{ name: 'a.xml', bytes: Buffer.alloc(4 * MIB, 0x20) }]), /^file\/a\.xml unpacks to more than 200 times its size/u],
  'a zip bomb whose headers say 1 KB (X10)': [
    () => zipOf([{ name: 'a.xml', bytes: Buffer.alloc(8 * MIB, 0x20), says: { size: 1024 } }]),
    /^file cannot be read as a zip archive/u,
  ],
  'a large entry (X10)': [() => zipOf([{ name: 'a.xml', bytes: Buffer.alloc(21 * MIB, 0x20), stored: true }]), /^file\/a\.xml unpacks to more than 20 MiB/u],
  'large entries together (X10)': [
    () => zipOf(Array.from({ length: 4 }, (_, index) => ({ name: `${String(index)}.xml`, bytes: LARGE, stored: true }))),
    /^file\/3\.xml unpacks to more than 13 MiB/u,
  ],
  'more entries than an AD FS has trusts': [
    () => zipOf(Array.from({ length: 5001 }, (_, index) => ({ name: String(index), bytes: '', stored: true }))),
    /^file has 5001 entries; at most 5000/u,
  ],
  'an archive in an archive': [
    zipOf([{ name: 'inner.zip', bytes: zipOf([ENTRY]), stored: true }]),
    /^file\/inner\.zip is an archive in an archive; unpack it/u,
  ],
  'a name that leads out (M06)': [
    zipOf([{ ...ENTRY, name: '../../etc/passwd' }]),
    /^file holds an entry named "\.\.\/\.\.\/etc\/passwd", which would leave its folder/u,
  ],
  'a name that leads out with backslashes (M06)': [zipOf([{ ...ENTRY, name: 'apps\\..\\..\\a.xml' }]), /which would leave its folder/u],
  'an absolute name (M06)': [zipOf([{ ...ENTRY, name: '/etc/passwd' }]), /which would leave its folder/u],
  'a name on a drive (M06)': [zipOf([{ ...ENTRY, name: 'C:\\a.xml' }]), /which would leave its folder/u],
  'a name on a share (M06)': [zipOf([{ ...ENTRY, name: '\\\\server\\share\\a.xml' }]), /which would leave its folder/u],
  'a name with NUL (M06)': [zipOf([{ ...ENTRY, name: 'a.xml\0.txt' }]), /an entry named "a\.xml\?\.txt", which would leave its folder/u],
  'an empty name (M06)': [zipOf([{ ...ENTRY, name: '' }]), /which would leave its folder/u],
  'a link (M06)': [zipOf([{ name: 'a.xml', bytes: '/etc/passwd', unixMode: 0o120777 }]), /^file\/a\.xml is a link/u],
  'a name twice': [zipOf([ENTRY, ENTRY]), /^file\/apps\/RPT - Slack\.xml stands twice in the archive/u],
  'a name twice, in other letter case': [zipOf([ENTRY, { ...ENTRY, name: 'APPS/rpt - slack.xml' }]), /stands twice in the archive/u],
  'an encrypted entry': [zipOf([{ ...ENTRY, flags: 0x801 }]), /^file\/apps\/RPT - Slack\.xml is encrypted; make the archive without a password/u],
  'a strongly encrypted entry': [zipOf([{ ...ENTRY, flags: 0x841 }]), /^file cannot be read as a zip archive/u],
  'an entry packed by LZMA': [lying({ method: 14 }), /is packed in a way other than deflate/u],
  'an entry that is not what its checksum says': [lying({ crc: 1 }), /^file\/apps\/RPT - Slack\.xml is damaged; make the archive again/u],
  'an entry that is longer than its headers say': [lying({ size: 10 }), /cannot be read as a zip archive/u],
  'an entry that is shorter than its headers say': [lying({ size: TRUST.length + 1 }), /cannot be read as a zip archive/u],
  'an archive without its end': [
    zipOf([ENTRY]).subarray(0, -30),
    /^file cannot be read as a zip archive: it is cut off, damaged or strongly encrypted; make it again\.$/u,
  ],
  'an archive cut inside an entry': [cutInside(), /cannot be read as a zip archive/u],
  'an archive with something behind its end': [Buffer.concat([zipOf([ENTRY]), Buffer.from('more')]), /cannot be read as a zip archive/u],
};

describe('reading exports made to hurt', () => {
  for (const [what, [given, message]] of Object.entries(REFUSED)) {
    it(`refuses ${what} with one sentence`, async () => {
      const error = await thrownBy(() => read(typeof given === 'function' ? given() : Buffer.from(given)));
      expect(error).to.be.instanceOf(SignetError).with.property('code', 'invalid_input');
      expect(error.message).to.match(message);
      expect(error.message).not.to.match(/[\n\u0000]|undefined|\[object/u);
      expect(error.message.length).to.be.below(400);
    });
  }

  it('reads the archives that are only unusual: stored, zip64, with a comment, with folders and what a Mac adds', async () => {
    for (const bytes of [
      zipOf([{ ...ENTRY, stored: true }]),
      zipOf([{ ...ENTRY, zip64: true }], { zip64: true }),
      zipOf([ENTRY], { comment: 'by hand' }),
      zipOf([{ name: 'apps/', bytes: '', stored: true }, ENTRY, { name: '__MACOSX/apps/._RPT - Slack.xml', bytes: Buffer.from([0, 5, 0x16, 7]) }]),
    ]) {
      const { trusts } = await read(bytes);
      expect(trusts.map(({ file, properties }) => [file, properties['Name']])).to.deep.equal([['file/apps/RPT - Slack.xml', 'Slack']]);
    }
  });

  const documents = [TRUST, toClixml(['Everything'], { utf16: true }), toJson(['Slack']), toZip(exporterFiles(['Slack'])), Buffer.from(RULE.repeat(3))];
  it('reads or refuses whatever its bytes become (property)', async () => {
    const change = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), cut: fc.nat(8), put: fc.uint8Array({ maxLength: 8 }) });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...documents), fc.array(change, { minLength: 1, maxLength: 4 }), async (document, changes) => {
        const bytes = changes.reduce((now, { at, cut, put }) => {
          const from = Math.floor(at * now.length);
          return Buffer.concat([now.subarray(0, from), put, now.subarray(from + cut)]);
        }, document);
        await expectRead(bytes);
      }),
      { numRuns: 300 },
    );
  });
});

async function expectRead(bytes: Buffer): Promise<void> {
  try {
    const { trusts, rules } = await read(bytes);
    expect(trusts.length + rules.length).to.be.above(0);
  } catch (error) {
    expect(error).to.be.instanceOf(SignetError).with.property('code', 'invalid_input');
  }
}
