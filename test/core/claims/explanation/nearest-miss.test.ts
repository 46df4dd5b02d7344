import { expect } from 'chai';
import fc from 'fast-check';
import { almostPassing, nearestOf, overlookedIn } from '../../../../src/core/claims/explanation/nearest-miss.js';

describe('what came closest', () => {
  const table: readonly (readonly [string, string, readonly string[], string | undefined, string?])[] = [
    ['letter case', 'Finance', ['Sales', 'finance'], 'finance', 'letter case'],
    ['a space at the end', 'Finance', ['Finance '], 'Finance ', 'white space'],
    ['a space within', 'Domain Users', ['DomainUsers'], 'DomainUsers', 'white space'],
    ['a space that does not break', 'Domain Users', ['Domain\u00a0Users'], 'Domain\u00a0Users', 'white space'],
    ['a space that cannot be seen', 'Finance', ['Fin\u200bance'], 'Fin\u200bance', 'white space'],
    ['a mark at the start', 'Finance', ['\ufeffFinance'], '\ufeffFinance', 'white space'],
    ['a Cyrillic letter', 'Finance', ['Finаnce'], 'Finаnce', 'look-alike characters'],
    ['a Cyrillic first letter', 'Audit', ['Аudit'], 'Аudit', 'look-alike characters'],
    ['a Greek letter', 'Office', ['Οffice'], 'Οffice', 'look-alike characters'],
    ['a dash', 'Finance-EU', ['Finance–EU'], 'Finance–EU', 'look-alike characters'],
    ['wide letters', 'Finance', ['Ｆｉｎａｎｃｅ'], 'Ｆｉｎａｎｃｅ', 'look-alike characters'],
    ['an accent of its own', 'Café', ['Cafe\u0301'], 'Cafe\u0301', 'look-alike characters'],
    ['two at once', 'Finance', ['finance '], 'finance ', 'letter case and white space'],
    ['all at once', 'Finance', ['fin\u0430nce '], 'fin\u0430nce ', 'letter case, white space and look-alike characters'],
    ['what is easily overlooked, before what is longer', 'Finance', ['Finance-EU', 'FINANCE'], 'FINANCE', 'letter case'],
    ['a longer one', 'Finance', ['Sales', 'Finance-EU'], 'Finance-EU'],
    ['one with something before it', 'Finance', ['GRP-Finance-EU'], 'GRP-Finance-EU'],
    ['a shorter one', 'Finance-EU', ['Finance'], 'Finance'],
    ['a wrong letter', 'department', ['departement'], 'departement'],
    ['two letters turned round', 'Finance', ['Fianance'], 'Fianance'],
    ['the closest of several', 'Finance', ['Finance-EU-Managers', 'Finance-EU'], 'Finance-EU'],
    ['nothing like it', 'Finance', ['Sales', 'Everyone', ''], undefined],
    ['nothing at all', 'Finance', [], undefined],
    ['the same is no miss', 'Finance', ['Finance'], undefined],
    ['another number', 'S-1-5-21-1-2-3-512', ['S-1-5-21-1-2-3-1105', 'S-1-5-21-1-2-3-513'], undefined],
    ['another team', 'Team 1', ['Team 2'], undefined],
    ['two letters in common', 'HR', ['HRX'], undefined],
    ['empty', '', ['Finance'], undefined],
  ];
  for (const [what, wanted, present, nearest, difference] of table) {
    it(what, () => {
      expect(nearestOf([wanted], present)).to.deep.equal(nearest === undefined ? undefined : { what: nearest, difference });
    });
  }

  it('is found for any of what was wanted', () => {
    expect(nearestOf(['Audit', 'Finance'], ['Sales', 'FINANCE'])).to.deep.equal({ what: 'FINANCE', difference: 'letter case' });
  });

  it('overlooked: only what looks alike counts', () => {
    expect(overlookedIn('Finance', ['Finance-EU'])).to.equal(undefined);
    expect(overlookedIn('Finance', ['Finance-EU', 'finance'])).to.deep.equal({ what: 'finance', difference: 'letter case' });
  });

  it('passes a test but for letter case, white space or look-alike characters', () => {
    const ends = (text: string): boolean => text.endsWith('@corp.example');
    expect(almostPassing(ends, ['x', 'Ada@Corp.Example'])).to.deep.equal({ what: 'Ada@Corp.Example', difference: 'letter case' });
    expect(almostPassing((text) => text === 'ADMIN', ['admin'])).to.deep.equal({ what: 'admin', difference: 'letter case' });
    expect(almostPassing(ends, ['ada@corp.example '])).to.deep.equal({ what: 'ada@corp.example ', difference: 'white space' });
    expect(almostPassing(ends, ['ada@corp.ехample'])).to.deep.equal({ what: 'ada@corp.ехample', difference: 'look-alike characters' });
    expect(almostPassing(ends, ['ada@other.example'])).to.equal(undefined);
  });

  it('takes bounded work, whatever the texts are', () => {
    const texts = Array.from({ length: 10_000 }, (_, at) => 'é '.repeat(5000) + String(at));
    const before = process.cpuUsage();
    nearestOf(texts, texts.map((text) => `${text}x`)); // prettier-ignore
    nearestOf(texts.map((text) => text.slice(-256)), texts.map((text) => text.slice(-255))); // prettier-ignore
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).to.be.below(1);
  });

  it('is one of what there is, and never what was wanted', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'A', 'b', ' ', '-', 'а', '\u200b', '1'), maxLength: 8 });
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 6 }), (wanted, present) => {
        const found = nearestOf([wanted], present);
        if (found !== undefined) {
          expect(present).to.include(found.what);
          expect(found.what).not.to.equal(wanted);
        }
      }),
    );
  });
});
