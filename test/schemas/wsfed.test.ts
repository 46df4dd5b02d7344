import { expect } from 'chai';
import { canonicalByLibxml2, schemaProblems } from '../support/xml-oracles.js';
import { ANSWER_KINDS, answerOf } from './wsfed-answers.js';

describe('answers of WS-Federation are valid by the published schemas', () => {
  for (const kind of ANSWER_KINDS) {
    it(`${kind.words} (WSF-11, WSF-12, WSF-14, S11-02)`, async () => {
      const { wresult } = await answerOf(kind);
      expect(wresult.includes('EncryptedData')).to.equal(kind.encrypted);
      expect(wresult.includes('RequestSecurityTokenResponseCollection')).to.equal(kind.trustVersion === '1.3');
      expect(schemaProblems(wresult)).to.deep.equal([]);
      expect(canonicalByLibxml2(wresult, ['xs', 'xsi'])).to.equal(wresult);
    });
  }
});
