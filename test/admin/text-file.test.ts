import { expect } from 'chai';
import { decodeText } from '../../src/admin/text-file.js';
import { thrownBy } from '../support/builders.js';

describe('text files', () => {
  const encodings: readonly (readonly [string, Uint8Array])[] = [
    ['UTF-8', Buffer.from('Zoë "x"\r\n')],
    ['UTF-8 with a byte order mark', Buffer.from('\uFEFFZoë "x"\r\n')],
    ['UTF-16 little endian, as PowerShell writes it', Buffer.from('\uFEFFZoë "x"\r\n', 'utf16le')],
    ['UTF-16 big endian', Buffer.from('\uFEFFZoë "x"\r\n', 'utf16le').swap16()],
  ];
  for (const [title, bytes] of encodings) {
    it(`are read from ${title}, line ends and all`, () => {
      expect(decodeText('rules.txt', bytes, 100)).to.equal('Zoë "x"\r\n');
    });
  }

  it('are refused when they are no text, or too long', async () => {
    expect((await thrownBy(() => decodeText('rules.txt', Buffer.from([0x41, 0xe9, 0x41]), 100))).message).to.match(/rules\.txt is no text in UTF-8/u);
    expect((await thrownBy(() => decodeText('rules.txt', Buffer.alloc(101), 100))).message).to.match(/101 bytes; the limit is 100/u);
  });
});
