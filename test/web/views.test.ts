import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTexts } from '../../src/web/texts.js';
import { PACKAGE_FOLDER } from './test-server.js';

const VIEWS = join(PACKAGE_FOLDER, 'views');
const files = readdirSync(VIEWS, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ejs'));

describe('views', () => {
  it('put data into pages escaped: unescaped output is for parts and our own icons only (U09)', () => {
    for (const name of files) {
      const raw = [...readFileSync(join(VIEWS, name), 'utf8').matchAll(/<%-(.*?)%>/gsu)].map((match) => (match[1] ?? '').trim());
      for (const output of raw) {
        expect(output, name).to.match(name === join('parts', 'icon.ejs') ? /^shapes\[it\.icon\]$/u : /^include\('\/parts\/[a-z]+'(?:, \{[^{}]*\})?\)$/u);
      }
    }
  });

  it('name only texts that exist', () => {
    const texts = readTexts(join(VIEWS, 'texts'), 'en');
    const named = files.flatMap((name) =>
      [...readFileSync(join(VIEWS, name), 'utf8').matchAll(/it\.(?:t|around)\('([^']+)'/gu)].map((match) => match[1] ?? ''),
    );
    expect(named).to.not.have.length(0);
    for (const key of named) expect(texts.has(key), key).to.equal(true);
  });

  it('hold no script, style or handler of their own (U07)', () => {
    for (const name of files) expect(readFileSync(join(VIEWS, name), 'utf8'), name).to.not.match(/ style=| on[a-z]+=|<style|<script>/u);
  });
});
