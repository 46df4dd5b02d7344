/** The demo's ports: the wished one where it can be had, else any. */
import { expect } from 'chai';
import { onWishedPort } from '../../src/demo/shared/ports.js';
import { listen } from '../../src/demo/shared/site.js';
import { freePort } from '../support/services/instance.js';

describe('ports of the demo', () => {
  it('are the wished ones where they are free, else any, also when somebody comes first at the last moment', async () => {
    const wished = await freePort();
    const first = await onWishedPort(wished, listen);
    const second = await onWishedPort(wished, listen);
    const asked: number[] = [];
    const third = await onWishedPort(await freePort(), (port) => {
      asked.push(port);
      return listen(port === 0 ? 0 : wished);
    });
    await Promise.all([first, second, third].map((site) => site.close()));
    expect(first.port).to.equal(wished);
    expect(new Set([wished, second.port, third.port]).size).to.equal(3);
    expect(asked).to.have.length(2).and.to.include(0);
  });

  it('are not tried again when it is something else that keeps a server from starting', async () => {
    let tries = 0;
    const problem = new Error('no database');
    const found = await onWishedPort(await freePort(), () => {
      tries += 1;
      return Promise.reject(problem);
    }).catch((error: unknown) => error);
    expect([found, tries]).to.deep.equal([problem, 1]);
  });
});
