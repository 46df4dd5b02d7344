import { expect } from 'chai';
import fc from 'fast-check';
import { networkOf } from '../../src/authn/network.js';

describe('the source of an address', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8:1:2:3:4:192.0.2.1', '2001:db8:1:2::/64'],
    ['unix socket', 'unix socket'],
  ];
  for (const [address, expected] of cases) {
    it(`${address} counts for ${expected}`, () => {
      expect(networkOf(address)).to.equal(expected);
    });
  }

  it('is one for every address of a subscriber, and another for the next one (U02)', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(fc.tuple(group, group, group, group), fc.tuple(group, group, group, group), group, (head, tail, other) => {
        const text = (groups: readonly number[]): string => groups.map((value) => value.toString(16)).join(':');
        const same = networkOf(text([...head, ...tail])) === networkOf(text([...head, other, other, other, other]));
        const [a, b, c] = head;
        const apart = networkOf(text([...head, ...tail])) !== networkOf(text([a, b, c, (head[3] + 1) % 0x10000, ...tail]));
        return same && apart;
      }),
    );
  });

  it('is bounded whatever the address is', () => {
    fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => networkOf(text).length <= 64));
  });
});
