/** docs/conformance.md against the tests: what it calls tested is named by a test, and no row is forgotten. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';

const ROOT = new URL('../../', import.meta.url);

/** How many rows each family has that is there as a whole. */
const FAMILIES: Readonly<Record<string, number>> = { SID: 6, WSF: 22, FMD: 9, S11: 10, SLO: 16, ASL: 3 };

interface Row {
  readonly id: string;
  readonly words: string;
  readonly where: string;
}

function rowsOf(text: string): readonly Row[] {
  return [...text.matchAll(/^\| ([A-Z]+\d*-[A-Z]*\d\d) \| (.*?) \| (.*?) \|$/gmu)].map(([, id = '', words = '', where = '']) => ({ id, words, where }));
}

/** The test files with what their titles name. */
function namedBy(): ReadonlyMap<string, string> {
  const folder = new URL('test/', ROOT);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts') && !file.endsWith('conformance.test.ts'));
  return new Map(files.map((file) => [`test/${file}`, titlesOf(readFileSync(new URL(file, folder), 'utf8'))]));
}

function titlesOf(source: string): string {
  return [...source.matchAll(/\b(?:it|describe)\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/gu)]
    .map(([, plain, double, template]) => plain ?? double ?? template ?? '')
    .join('\n');
}

describe('docs/conformance.md', () => {
  const rows = rowsOf(readFileSync(new URL('docs/conformance.md', ROOT), 'utf8'));
  const titles = namedBy();

  it('has every row of its families once, in order', () => {
    const ids = rows.map(({ id }) => id);
    expect(new Set(ids).size).to.equal(ids.length);
    const expected = Object.entries(FAMILIES).flatMap(([family, count]) =>
      Array.from({ length: count }, (_, index) => `${family}-${String(index + 1).padStart(2, '0')}`),
    );
    expect(ids.filter((id) => Object.hasOwn(FAMILIES, id.split('-')[0] ?? ''))).to.deep.equal(expected);
  });

  for (const { id, words, where } of rows) {
    it(`${id} is shown where it says, or it says why not`, () => {
      expect(words).to.not.equal('');
      const files = [...where.matchAll(/`([^`]*\.test\.ts)`/gu)].map(([, file = '']) => `test/${file}`);
      if (files.length === 0) expect(where, 'neither a test nor a reason').to.match(/^(?:not yet|not applicable): .+/u);
      for (const file of files) expect(titles.get(file) ?? '', file).to.include(id);
    });
  }
});
