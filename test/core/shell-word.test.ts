import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { shellWord } from '../../src/core/shell-word.js';

describe('core/shell-word', () => {
  it('leaves as it is what no shell looks at', () => {
    for (const text of ['https://app.example/metadata', 'urn:federation:MicrosoftOnline', 'maria@example.com', 'spn:00000002-0000']) {
      expect(shellWord(text)).to.equal(text);
    }
  });

  for (const text of ['https://app.example/?a=1&b=2', 'urn:$(id)', 'urn:x;echo${IFS}y|sh', '`id`', `it's "one"`, '~', 'x\\', '* ?', 'ü漢', '']) {
    it(`${JSON.stringify(text)} reaches a command as it is, and starts no other (M08)`, () => {
      expect(execFileSync('/bin/sh', ['-c', `printf '[%s]' ${shellWord(text)}`], { encoding: 'utf8' })).to.equal(`[${text}]`);
    });
  }
});
