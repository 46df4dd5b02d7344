import { expect } from 'chai';
import fc from 'fast-check';
import { readCookie } from '../../src/web/cookies.js';
import { parseForm } from '../../src/web/forms.js';
import { RequestRefused } from '../../src/web/refused.js';

describe('web/forms', () => {
  it('reads back what a browser encodes', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ unit: 'grapheme' }).filter((name) => !name.includes('\0')),
          fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0')),
          { maxKeys: 20 },
        ),
        (fields) => {
          expect(Object.fromEntries(parseForm(new URLSearchParams(fields).toString()))).to.deep.equal({ ...fields });
        },
      ),
    );
  });

  it('never throws anything but a refusal', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseForm(text);
        } catch (error) {
          expect(error).to.be.instanceOf(RequestRefused);
        }
      }),
    );
  });
});

describe('web/cookies', () => {
  it('finds a cookie by its whole name, the first of several', () => {
    expect(readCookie('a=1; signet-visit=2; signet=3; signet=4', 'signet')).to.equal('3');
    expect(readCookie('xsignet=1;signet=2', 'signet')).to.equal('2');
    expect(readCookie('signet', 'signet')).to.equal(undefined);
    expect(readCookie('', 'signet')).to.equal(undefined);
    expect(readCookie(undefined, 'signet')).to.equal(undefined);
  });
});
