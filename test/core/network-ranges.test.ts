import { BlockList, isIP } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { inRange, isRange } from '../../src/core/network-ranges.js';

describe('network ranges', () => {
  const rows: readonly (readonly [string, readonly string[], boolean])[] = [
    ['10.1.2.3', ['10.0.0.0/8'], true],
    ['11.1.2.3', ['10.0.0.0/8'], false],
    ['10.1.2.3', ['192.168.0.0/16', '10.1.2.3'], true],
    ['10.1.2.4', ['10.1.2.3'], false],
    ['10.1.2.3', ['10.1.2.4/30'], false],
    ['10.1.2.6', ['10.1.2.5/30'], true],
    ['203.0.113.7', ['0.0.0.0/0'], true],
    ['203.0.113.7', ['::/0'], false],
    ['2001:db8::1', ['0.0.0.0/0'], false],
    ['2001:db8::1', ['2001:db8::/32'], true],
    ['2001:DB8:0:0:0:0:0:1', ['2001:db8::1'], true],
    ['2001:0db8::0001', ['2001:db8::1/128'], true],
    ['2001:db9::1', ['2001:db8::/32'], false],
    ['2001:db8:7fff::', ['2001:db8::/33'], true],
    ['2001:db8:8000::', ['2001:db8::/33'], false],
    ['::1', ['::1'], true],
    ['::', ['::/128'], true],
    ['64:ff9b::192.0.2.33', ['64:ff9b::c000:221'], true],
    // Mapped addresses are the addresses they stand for, in both places.
    ['::ffff:10.1.2.3', ['10.0.0.0/8'], true],
    ['::FFFF:0a01:0203', ['10.0.0.0/8'], true],
    ['10.1.2.3', ['::ffff:10.0.0.0/104'], true],
    ['11.1.2.3', ['::ffff:10.0.0.0/104'], false],
    ['10.1.2.3', ['::ffff:0:0/96'], true],
    ['10.1.2.3', ['::ffff:0:0/90'], false],
    // A zone says which card of this machine, nothing about the range.
    ['fe80::1%eth0', ['fe80::/10'], true],
    ['fe80::1%', ['fe80::/10'], false],
    ['', ['0.0.0.0/0', '::/0'], false],
    ['10.1.2', ['0.0.0.0/0'], false],
    ['010.1.2.3', ['0.0.0.0/0'], false],
    ['10.1.2.3.', ['0.0.0.0/0'], false],
    ['10.1.2.256', ['0.0.0.0/0'], false],
    ['10.1.2.3/32', ['0.0.0.0/0'], false],
    ['unknown', ['0.0.0.0/0', '::/0'], false],
    ['10.1.2.3', [], false],
    ['10.1.2.3', ['nonsense', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/8/8', '10.0.0.0/'], false],
  ];
  for (const [address, ranges, expected] of rows) {
    it(`${address || 'an empty address'} ${expected ? 'is' : 'is not'} in ${ranges.join(', ') || 'no range'}`, () => {
      expect(inRange(address, ranges)).to.equal(expected);
    });
  }

  it('are written as addresses or in CIDR notation', () => {
    for (const good of ['10.0.0.0', '10.0.0.0/0', '10.0.0.0/32', '::', '::/0', '2001:db8::/128', '::ffff:10.0.0.0/104', '1:2:3:4:5:6:7::', '::2:3:4:5:6:7:8'])
      expect(isRange(good), good).to.equal(true);
    const bad = ['', '/8', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/08a', '::/129', '10.0.0.0/8/8', 'fe80::%eth0/64', 'intranet', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::', '12345::', '::1.2.3', '1.2.3.4::', ' 10.0.0.0', 'fe80::g']; // prettier-ignore
    for (const text of bad) expect(isRange(text), text).to.equal(false);
  });

  it('are read as the system reads them', () => {
    const addresses = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.constantFrom('10.0.0.1', '::1', '::ffff:1.2.3.4', '0::', '1:2:3:4:5:6:1.2.3.4', '::ffff:0:0'),
      fc.stringMatching(/^[0-9a-f:.]{1,24}$/u),
    );
    fc.assert(
      fc.property(addresses, (address) => {
        expect(isRange(address), address).to.equal(isIP(address) > 0);
      }),
      { numRuns: 3_000 },
    );
  });

  it('hold what the system says they hold, within one family', () => {
    const cases = fc.oneof(
      fc.tuple(fc.ipV4(), fc.ipV4(), fc.nat(32), fc.constant('ipv4' as const)),
      fc.tuple(fc.ipV6(), fc.ipV6(), fc.nat(128), fc.constant('ipv6' as const)),
    );
    const isMapped = (address: string): boolean => inRange(address, ['::ffff:0:0/96']);
    fc.assert(
      fc.property(cases, fc.boolean(), ([network, other, prefix, family], near) => {
        const address = near ? flipLast(network, family) : other;
        fc.pre(family === 'ipv4' || (!isMapped(address) && !isMapped(network)));
        const list = new BlockList();
        list.addSubnet(network, prefix, family);
        expect(inRange(address, [`${network}/${String(prefix)}`]), `${address} in ${network}/${String(prefix)}`).to.equal(list.check(address, family));
      }),
      { numRuns: 3_000 },
    );
  });
});

/** An address near by, so that long prefixes have hits. */
function flipLast(address: string, family: 'ipv4' | 'ipv6'): string {
  return family === 'ipv4'
    ? address.replace(/\d+$/u, (part) => String(Number(part) ^ 1))
    : address.replace(/[0-9a-f]$/iu, (digit) => (digit === '1' ? '0' : '1'));
}
