import { expect } from 'chai';
import { createAddressGuard } from '../../src/net/address-guard.js';

describe('address guard (M02)', () => {
  const guard = createAddressGuard({ allow: [] });

  for (const [address, what] of [
    ['127.0.0.1', 'loopback'],
    ['127.255.0.9', 'loopback'],
    ['::1', 'loopback'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['fd00::1', 'private'],
    ['fc00::1', 'private'],
    ['169.254.169.254', 'link-local'],
    ['fe80::1', 'link-local'],
    ['100.64.0.1', 'carrier'],
    ['224.0.0.1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['ff02::1', 'multicast'],
    ['192.0.2.1', 'documentation'],
    ['198.51.100.1', 'documentation'],
    ['203.0.113.1', 'documentation'],
    ['2001:db8::1', 'documentation'],
    ['3fff::1', 'documentation'],
    ['::ffff:127.0.0.1', 'IPv4 address inside'],
    ['::ffff:8.8.8.8', 'IPv4 address inside'],
    ['::ffff:7f00:1', 'IPv4 address inside'],
    ['64:ff9b::a00:1', 'IPv4 address inside'],
    ['2002:7f00:1::', 'IPv4 address inside'],
    ['2001:0:102:304::1', 'IPv4 address inside'],
    ['::7f00:1', 'reserved'],
    ['::', 'reserved'],
    ['0.0.0.0', 'reserved'],
    ['198.18.0.1', 'reserved'],
    ['240.0.0.1', 'reserved'],
    ['192.88.99.1', 'reserved'],
    ['fec0::1', 'reserved'],
    ['5f00::1', 'reserved'],
    ['fe80::1%lo', 'link-local'],
    ['localhost', 'not an IP address'],
    ['0x7f.1', 'not an IP address'],
  ] as const) {
    it(`refuses ${address} as ${what}`, () => {
      const verdict = guard(address);
      expect(verdict.kind).to.equal('refused');
      if (verdict.kind === 'refused') expect(verdict.what).to.include(what);
    });
  }

  it('allows public addresses, without plain http', () => {
    for (const address of ['8.8.8.8', '172.15.0.1', '172.32.0.1', '100.128.0.1', '2001:4860:4860::8888', '2a00:1450::1', '2600::1']) {
      expect(guard(address), address).to.deep.equal({ kind: 'allowed', local: false });
    }
  });

  it('opens what the allow list names, and nothing beside it', () => {
    const opened = createAddressGuard({ allow: ['10.1.0.0/16', '127.0.0.1', 'fd00:1::/32'] });
    for (const address of ['10.1.2.3', '127.0.0.1', 'fd00:1::9']) expect(opened(address), address).to.deep.equal({ kind: 'allowed', local: true });
    for (const address of ['10.2.0.1', '127.0.0.2', 'fd00:2::1', '::ffff:10.1.2.3', '::ffff:127.0.0.1'])
      expect(opened(address).kind, address).to.equal('refused');
  });

  it('opens private networks on the word of somebody at this machine, and no disguises', () => {
    const opened = createAddressGuard({ allow: [], allowPrivate: true });
    for (const address of ['127.0.0.1', '::1', '10.0.0.1', '169.254.1.1', 'fd00::1'])
      expect(opened(address), address).to.deep.equal({ kind: 'allowed', local: true });
    for (const address of ['224.0.0.1', '0.0.0.0', '::ffff:127.0.0.1', '2002:7f00:1::', '192.0.2.1']) expect(opened(address).kind, address).to.equal('refused');
    expect(opened('8.8.8.8')).to.deep.equal({ kind: 'allowed', local: false });
  });

  it('refuses an allow list that it cannot read, naming the entry', () => {
    for (const entry of ['10.0.0.0/33', '10.0.0/8', 'fd00::/129', 'example.com', '10.0.0.0/8/8', '10.0.0.0/', '']) {
      expect(() => createAddressGuard({ allow: [entry] }), entry).to.throw(/is not an address range; write it like/u);
    }
  });
});
