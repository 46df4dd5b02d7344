import { expect } from 'chai';
import { findByReference, openLog, readReference, toLogLine, traceLines, type LogQuery } from '../../src/admin/log.js';
import { SignetError } from '../../src/core/errors.js';
import type { SignOnRecord } from '../../src/core/ports.js';
import { fakeClock, NOW, thrownBy } from '../support/builders.js';
import { aSignOn, memoryJournal } from '../support/memory-journal.js';

const clock = fakeClock();
const HOUR = 3_600_000;

function some(count: number, change: (at: number) => Partial<SignOnRecord> = (): Partial<SignOnRecord> => ({})): SignOnRecord[] {
  return Array.from({ length: count }, (_, at) =>
    aSignOn({ id: `_t${String(at)}`, reference: `SGN-AAAA-${String(at).padStart(4, '0')}`, at: NOW - (count - at) * 1000, ...change(at) }),
  );
}

async function readAll(journal: ReturnType<typeof memoryJournal>, query: LogQuery = {}): Promise<string[]> {
  const read = await openLog({ journal, clock }, query);
  const found: string[] = [];
  for (let entries = await read(); entries.length > 0; entries = await read()) found.push(...entries.map(({ id }) => id));
  return found;
}

async function refused(run: () => unknown, code = 'invalid_input'): Promise<string> {
  const error = await thrownBy(run);
  expect(error, error.message).to.be.instanceOf(SignetError).and.include({ code });
  return error.message;
}

describe('the sign-on log', () => {
  it('gives every record once, oldest first, over pages', async () => {
    const entries = some(1203);
    expect(await readAll(memoryJournal(...entries))).to.deep.equal(entries.map(({ id }) => id));
  });

  it('goes on with what is written later, and misses nothing', async () => {
    const journal = memoryJournal(...some(3));
    const read = await openLog({ journal, clock }, {});
    expect(await read()).to.have.length(3);
    expect(await read()).to.deep.equal([]);
    journal.entries.push(aSignOn({ id: '_late' }));
    expect((await read()).map(({ id }) => id)).to.deep.equal(['_late']);
    expect(await read()).to.deep.equal([]);
  });

  it('begins with the newest when told, and goes on from there', async () => {
    const journal = memoryJournal(...some(20));
    const read = await openLog({ journal, clock }, { newest: 2 });
    expect((await read()).map(({ id }) => id)).to.deep.equal(['_t18', '_t19']);
    journal.entries.push(aSignOn({ id: '_late' }));
    expect((await read()).map(({ id }) => id)).to.deep.equal(['_late']);
    expect(await readAll(memoryJournal(...some(20)), { newest: 0 })).to.deep.equal([]);
  });

  it('leaves sign-ins that went well out unless asked, and looks further back for the newest', async () => {
    const entries = [
      ...some(5),
      ...some(1500, () => ({ event: 'sign-in', outcome: 'succeeded' })),
      aSignOn({ id: '_wrong', event: 'sign-in', outcome: 'refused', check: 'user.password' }),
    ];
    expect(await readAll(memoryJournal(...entries))).to.deep.equal(['_t0', '_t1', '_t2', '_t3', '_t4', '_wrong']);
    expect(await readAll(memoryJournal(...entries), { newest: 3 })).to.deep.equal(['_t3', '_t4', '_wrong']);
    expect(await readAll(memoryJournal(...entries), { everything: true })).to.have.length(1506);
  });

  it('filters by person and by application', async () => {
    const journal = memoryJournal(...some(4, (at) => ({ user: at % 2 === 0 ? 'maria' : 'tom', relyingParty: at < 2 ? 'urn:a' : 'urn:b' })));
    expect(await readAll(journal, { user: 'Maria' })).to.deep.equal(['_t0', '_t2']);
    expect(await readAll(journal, { relyingParty: 'urn:b' })).to.deep.equal(['_t2', '_t3']);
    expect(await readAll(journal, { relyingParty: 'urn:b', user: 'tom' })).to.deep.equal(['_t3']);
  });

  describe('since', () => {
    const journal = memoryJournal(
      aSignOn({ id: '_old', at: NOW - 2 * HOUR, reference: 'SGN-2222-2222' }),
      aSignOn({ id: '_mid', at: NOW - HOUR, reference: 'SGN-3333-3333' }),
      aSignOn({ id: '_new', at: NOW - 60_000, reference: 'SGN-4444-4444' }),
    );

    for (const [since, expected] of [
      ['90m', ['_mid', '_new']],
      ['60s', ['_new']],
      ['1d', ['_old', '_mid', '_new']],
      [new Date(NOW - HOUR).toISOString(), ['_mid', '_new']],
      ['2026-11-24', ['_old', '_mid', '_new']],
      ['SGN-3333-3333', ['_new']],
      ['sgn-4444-4444', []],
      ['2222-2222', ['_mid', '_new']],
    ] as const) {
      it(since, async () => {
        expect(await readAll(journal, { since })).to.deep.equal(expected);
      });
    }

    for (const since of ['yesterday', '2x', '', '5', '2026', 'SGN-33', '-1h']) {
      it(`"${since}" is refused with what it may be`, async () => {
        expect(await refused(() => openLog({ journal, clock }, { since }))).to.match(/give a time .* or how long ago .* also a reference/u);
      });
    }

    it('a reference that nobody knows', async () => {
      expect(await refused(() => openLog({ journal, clock }, { since: 'SGN-9999-9999' }), 'not_found')).to.equal('Nothing is on record under SGN-9999-9999.');
    });
  });

  it('has exactly the fields of the contract', () => {
    expect(toLogLine(aSignOn())).to.deep.equal({
      time: '2026-11-24T09:00:00.000Z',
      reference: 'SGN-7Q4M-X2KD',
      outcome: 'issued',
      protocol: 'saml',
      relyingParty: 'https://app.example/metadata',
      user: 'maria',
      tokenId: '_token1',
      inResponseTo: '_request1',
      check: null,
    });
    const bare: SignOnRecord = {
      id: 'x',
      reference: 'SGN-1',
      at: NOW,
      event: 'sign-on',
      outcome: 'refused',
      check: 'request.destination',
      trace: { startedAt: NOW, checks: [], steps: [] },
    };
    expect(toLogLine(bare)).to.include({ protocol: null, relyingParty: null, user: null, tokenId: null, inResponseTo: null, check: 'request.destination' });
  });
});

describe('the trace of a sign-on', () => {
  it('is found by its reference, however it is typed', async () => {
    const journal = memoryJournal(aSignOn());
    for (const text of ['SGN-7Q4M-X2KD', ' sgn-7q4m-x2kd ', '7Q4M-X2KD']) expect(await findByReference(journal, text), text).to.have.length(1);
    expect(readReference('SGN-7Q4M-X2K')).to.equal(undefined);
    expect(await refused(() => findByReference(journal, 'x\ny'))).to.equal('"x?y" is not a reference; it looks like SGN-7Q4M-X2KD.');
    await refused(() => findByReference(journal, 'SGN-2222-2222'), 'not_found');
  });

  it('says what was checked, with its sentence, and whose turn it is', () => {
    const lines = traceLines(
      aSignOn({
        outcome: 'refused',
        check: 'request.destination',
        clientAddress: '192.0.2.7',
        trace: {
          startedAt: NOW - 12,
          checks: [
            { id: 'request.issuer-known', result: 'passed' },
            { id: 'request.replay', result: 'noted', observed: '09:00' },
            { id: 'request.destination', result: 'failed', observed: 'https://evil.example/\u001b[31m', expected: 'https://idp.example/saml/sso' },
          ],
          steps: [{ name: 'reply address', detail: 'https://app.example/acs, the default' }],
        },
      }),
    );
    expect(lines).to.include('took            12 ms');
    expect(lines).to.include('from            192.0.2.7');
    expect(lines).to.include('  ok     request.issuer-known');
    expect(lines).to.include('  noted  request.replay Already answered at 09:00; answered again.');
    expect(lines).to.include('  FAILED request.destination Sent to https://evil.example/?[31m; this is https://idp.example/saml/sso.');
    expect(lines).to.include('  reply address: https://app.example/acs, the default');
    expect(lines.at(-1)).to.equal('Next: the application has to act (SAML Core 3.2.1, Bindings 3.4.5.2, 3.5.5.2)');
  });

  it('says when nothing was checked or decided', () => {
    const lines = traceLines(aSignOn());
    expect(lines.filter((line) => line === '  none')).to.have.length(2);
    expect(lines.join('\n')).not.to.include('Next:');
  });

  it('says which command helps where one does, without a word of the message in it', () => {
    const of = (id: string): string | undefined =>
      traceLines(aSignOn({ outcome: 'refused', trace: { startedAt: NOW, checks: [{ id, result: 'failed', observed: '$(reboot)' }], steps: [] } })).at(-1);
    expect(of('wsfed.wtrealm'))
      .to.match(/signet rp add-wsfed REALM --reply URL/u)
      .and.not.to.include('reboot');
    expect(of('wsfed.wreply'))
      .to.match(/signet rp set APP reply=URL/u)
      .and.not.to.include('reboot');
    expect(of('wsfed.wct')).to.match(/^Next: the application has to act/u);
  });
});
