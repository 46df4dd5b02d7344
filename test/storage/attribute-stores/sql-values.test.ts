import { expect } from 'chai';
import { messageWithoutValues } from '../../../src/storage/attribute-stores/sql-values.js';

describe('what a database says when it refuses a question (M13)', () => {
  const rows: readonly (readonly [state: string, message: string, shown: string])[] = [
    ['22P02', 'invalid input syntax for type integer: "ada@corp.example"', 'invalid input syntax for type integer: "…"'],
    ['22007', 'invalid input syntax for type date: "a" or "b"', 'invalid input syntax for type date: "…"'],
    ['P0001', 'nobody is "Ada\n Lovelace"', 'nobody is "…"'],
    ['42703', 'column "mail" does not exist', 'column "mail" does not exist'],
    ['42501', 'permission denied\u001B[2J for table staff', 'permission denied [2J for table staff'],
  ];
  for (const [state, message, shown] of rows) {
    it(`${state}: ${shown}`, () => {
      expect(messageWithoutValues(message, state)).to.equal(shown);
    });
  }
});
