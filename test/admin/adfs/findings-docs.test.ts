import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { packageFolder } from '../../../src/app/package.js';

const SOURCES = join(packageFolder(), 'src', 'admin', 'adfs');
const GRADES: Readonly<Record<string, string>> = { stop: 'cannot', warn: 'look', tip: 'ready' };

/** Every text in single quotes that the pattern finds. */
const quoted = (text: string, pattern: RegExp): readonly string[] => [...text.matchAll(pattern)].map(([, found = '']) => found);

describe('the findings of the import from AD FS', () => {
  const source = readdirSync(SOURCES)
    .map((file) => readFileSync(join(SOURCES, file), 'utf8'))
    .join('\n');
  const [, section = ''] = /^## Findings\n(.*?)^## /msu.exec(readFileSync(join(packageFolder(), 'docs', 'import-adfs.md'), 'utf8')) ?? [];
  const rows = [...section.matchAll(/^\| `(adfs\.[\w-]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gmu)].map(([, id = '', grade = '', ...texts]) => ({
    id,
    grades: [...grade.matchAll(/`(\w+)`/gu)].map(([, word = '']) => word),
    texts: texts.join(' '),
  }));

  it('are all in the manual, each once, and no others', () => {
    const reported = new Set(quoted(source, /'(adfs\.[\w-]+)'/gu));
    expect(reported).not.to.have.property('size', 0);
    expect(rows.map(({ id }) => id).sort()).to.deep.equal([...reported].sort());
  });

  it('have the grade there that they lead to', () => {
    const found = new Map<string, Set<string>>();
    for (const [, ids = '', levels = ''] of source.matchAll(/^\s*id: (.*'adfs\..*),\n\s*level: (.*),$/gmu)) {
      for (const id of quoted(ids, /'(adfs\.[\w-]+)'/gu)) {
        const grades = quoted(levels, /'(\w+)'/gu).map((level) => GRADES[level] ?? level);
        found.set(id, new Set([...(found.get(id) ?? []), ...grades]));
      }
    }
    const told = Object.fromEntries(rows.map(({ id, grades }) => [id, [...grades].sort()]));
    expect(told).to.deep.equal(Object.fromEntries([...found].map(([id, grades]) => [id, [...grades].sort()])));
  });

  it('are told as people speak', () => {
    for (const { id, texts } of rows) expect(texts, id).not.to.match(/\b(?:invalid|illegal|failed to|please|oops|error)\b/iu);
  });
});
