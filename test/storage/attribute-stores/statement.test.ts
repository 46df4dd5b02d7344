import { expect } from 'chai';
import { checkSqlQuestion, readStatement } from '../../../src/storage/attribute-stores/statement.js';

describe('the statement of a SQL store (M12)', () => {
  for (const [query, params, text, parameters] of [
    ['select mail from staff where name = {0}', 1, 'select mail from staff where name =  $1 ', [0]],
    ['select {1}, {0}, {1}', 2, 'select  $1 ,  $2 ,  $1 ', [1, 0]],
    ['select a from t where b = {0} limit 1{0}', 1, 'select a from t where b =  $1  limit 1 $1 ', [0]],
    ['SELECT 1 ; ', 0, 'SELECT 1', []],
    ['  (select 1) union (select 2)', 0, '(select 1) union (select 2)', []],
    ['with x as (select 1) select * from x', 0, 'with x as (select 1) select * from x', []],
    ["select 'it''s; a {word} -- of $1' where x = {0}", 1, "select 'it''s; a {word} -- of $1' where x =  $1 ", [0]],
    ['select "odd;name" from t', 0, 'select "odd;name" from t', []],
    ["select '{a,b}'", 0, "select '{a,b}'", []],
    [String.raw`select '\', {0}`, 1, String.raw`select '\',  $1 `, [0]],
    ['select {11}', 12, 'select  $1 ', [11]],
  ] as const) {
    it(`binds ${query}`, () => {
      expect(readStatement(query, params)).to.deep.equal({ text, parameters });
    });
  }

  for (const [query, params, sentence] of [
    ["select a from t where b = '{0}'", 1, /^\{0\} stands inside quotes/u],
    ['select a as "{0}"', 1, /^\{0\} stands inside quotes/u],
    ['select {1}', 1, /^\{1\} has no parameter: the rule gives 1, counted from \{0\}$/u],
    ['select {0}', 0, /the rule gives none/u],
    ['select {name}', 1, /braces can only stand around the number/u],
    ['select {0', 1, /braces can only stand around the number/u],
    ['select 0}', 1, /braces can only stand around the number/u],
    ['select {-1}', 1, /braces can only stand around the number/u],
    ['select 1; drop table t', 0, /only one statement/u],
    ["select 'open", 0, /never closed/u],
    ['select "open', 0, /never closed/u],
    ["select 'it''s", 0, /never closed/u],
    ["select E'\\'{0}'", 1, /strings with backslashes/u],
    ["select e'x'", 0, /strings with backslashes/u],
    ['select $1', 1, /sign \$ cannot be used/u],
    ['select $$ {0} $$', 1, /sign \$ cannot be used/u],
    ['select 1 -- {0}', 1, /comments/u],
    ['select 1 /* {0} */', 1, /comments/u],
    ['insert into t values ({0})', 1, /only reads: it begins with SELECT/u],
    ['selection', 0, /only reads/u],
    ['', 0, /only reads/u],
    [';', 0, /only reads/u],
  ] as const) {
    it(`refuses ${query}`, () => {
      expect(() => readStatement(query, params))
        .to.throw(sentence)
        .with.property('code', 'invalid_input');
      expect(checkSqlQuestion({ query, params, columns: 1 })).to.have.property('level', 'error');
    });
  }

  it('has nothing to say about a good one', () => {
    expect(checkSqlQuestion({ query: 'select {0}', params: 1, columns: 1 })).to.equal(undefined);
  });
});
