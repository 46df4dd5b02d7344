import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { DEFINITIONS } from '../../src/config/settings.js';

describe('the table of settings', () => {
  it('is the one in docs/operations.md', () => {
    const docs = readFileSync('docs/operations.md', 'utf8');
    for (const [name, { help, fallback }] of Object.entries(DEFINITIONS)) {
      const shown = fallback === undefined ? '–' : fallback === '' ? 'none' : `\`${fallback}\``;
      expect(docs).to.include(`| \`${name}\` | ${help} | ${shown} |`);
    }
  });

  it('has a default for every value that is read without one', () => {
    for (const [name, { schema, fallback }] of Object.entries(DEFINITIONS)) {
      if (fallback !== undefined) expect(schema.safeParse(fallback).success, name).to.equal(true);
    }
  });
});
