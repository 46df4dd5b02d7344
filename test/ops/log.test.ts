import { expect } from 'chai';
import { SignetError } from '../../src/core/errors.js';
import { createLog } from '../../src/ops/log.js';

describe('log', () => {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({ level: 'info', node: 'n1', write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) });
  beforeEach(() => {
    lines.length = 0;
  });

  it('carries time, level, message, node and what it is given', () => {
    log.info('refused', { ref: 'SGN-2222-3333', check: 'request.age' });
    expect(lines[0]).to.include({ level: 'info', msg: 'refused', node: 'n1', ref: 'SGN-2222-3333', check: 'request.age' });
    expect(lines[0]?.['time']).to.match(/^\d{4}-\d\d-\d\dT/u);
  });

  it('strikes secrets out and keeps a line one line (M08, M13)', () => {
    log.info('a\nb', { password: 'hunter2', form: { SAMLResponse: 'PHNhbWw+', token: 't0ken' }, user: 'x\r\n{"level":"fatal"}' });
    expect(lines).to.have.length(1);
    expect(JSON.stringify(lines)).to.not.match(/hunter2|PHNhbWw|t0ken/u);
  });

  it('writes our errors without a stack and others with one', () => {
    log.error('ours', { error: new SignetError('unavailable', 'away', { cause: new TypeError('inner') }) });
    expect(lines[0]?.['error']).to.have.keys(['type', 'message', 'code', 'cause']);
    log.error('other', { error: new TypeError('x') });
    expect(lines[1]?.['error']).to.include.keys(['stack']);
  });

  it('writes nothing below its level', () => {
    log.debug('quiet');
    expect(lines).to.deep.equal([]);
  });
});
