/**
 * Address guard: which network addresses an outgoing request may connect to (threats M02). Public addresses, and
 * what an administrator named; everything else is refused with a sentence that says what kind of address it is.
 */
import { BlockList, isIP } from 'node:net';
import { SignetError } from '../core/errors.js';

export interface GuardSettings {
  /** Private ranges that may be reached: addresses or CIDR, as in SIGNET_FETCH_ALLOW. */
  readonly allow: readonly string[];
  /** Loopback, private and link-local addresses may be reached: said on the command line, by somebody at this machine. */
  readonly allowPrivate?: boolean;
}

export type Verdict =
  /** `local`: only because an administrator opened it, so that plain http may go there as well. */
  | { readonly kind: 'allowed'; readonly local: boolean }
  /** `what` completes "10.0.0.1 is …". */
  | { readonly kind: 'refused'; readonly what: string; readonly fix: string };

/** Says whether a connection to an IP address may be made. */
export type AddressGuard = (address: string) => Verdict;

interface Special {
  readonly what: string;
  /** Opened by `allowPrivate`. */
  readonly private: boolean;
  readonly ranges: readonly string[];
}

/** The special-purpose registries of IANA (RFC 6890 and its updates), by kind. The first that fits names the address. */
const SPECIAL: readonly Special[] = [
  { what: 'a loopback address', private: true, ranges: ['127.0.0.0/8', '::1/128'] },
  { what: 'a private address', private: true, ranges: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'] },
  { what: 'a link-local address', private: true, ranges: ['169.254.0.0/16', 'fe80::/10'] },
  { what: 'an address of a carrier network', private: true, ranges: ['100.64.0.0/10'] },
  { what: 'a multicast or broadcast address', private: false, ranges: ['224.0.0.0/4', '255.255.255.255/32', 'ff00::/8'] },
  { what: 'a documentation address', private: false, ranges: ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20'] },
  // Mapped, translated (NAT64), compatible, Teredo and 6to4: each reaches an IPv4 address by another spelling.
  {
    what: 'an IPv4 address inside an IPv6 address',
    private: false,
    ranges: ['::ffff:0:0/96', '::ffff:0:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48', '2001::/32', '2002::/16'],
  },
  { what: 'a reserved address', private: false, ranges: ['0.0.0.0/8', '192.0.0.0/24', '192.88.99.0/24', '198.18.0.0/15', '240.0.0.0/4', '2001::/23'] },
  // Outside 2000::/3 no address of the internet was given out.
  { what: 'a reserved address', private: false, ranges: ['::/3', '4000::/2', '8000::/1'] },
];

/** Addresses and CIDR ranges. The two families are kept apart: BlockList takes an IPv4 address for its mapped IPv6 form. */
interface Ranges {
  readonly ipv4: BlockList;
  readonly ipv6: BlockList;
}

const KINDS = SPECIAL.map(({ ranges, ...kind }) => ({ ...kind, ranges: readRanges(ranges) }));

/** Throws invalid_input with a sentence when an entry of the allow list is neither an address nor CIDR. */
export function createAddressGuard(settings: GuardSettings): AddressGuard {
  const allowed = readRanges(settings.allow);
  return (address) => {
    const family = familyOf(address);
    if (family === undefined) return { kind: 'refused', what: 'not an IP address', fix: 'Use a host name or an IP address.' };
    if (allowed[family].check(address, family)) return { kind: 'allowed', local: true };
    const special = KINDS.find((kind) => kind.ranges[family].check(address, family));
    if (special === undefined) return { kind: 'allowed', local: false };
    if (special.private && settings.allowPrivate === true) return { kind: 'allowed', local: true };
    return {
      kind: 'refused',
      what: special.what,
      fix: special.private
        ? 'Allow it with SIGNET_FETCH_ALLOW or, on the command line, with --allow-private.'
        : 'If it is meant, name its range in SIGNET_FETCH_ALLOW.',
    };
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address);
  if (version === 0) return undefined;
  return version === 4 ? 'ipv4' : 'ipv6';
}

function readRanges(texts: readonly string[]): Ranges {
  const ranges: Ranges = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const text of texts) {
    const [address = '', prefix, ...rest] = text.trim().split('/');
    const family = familyOf(address);
    const bits = family === 'ipv4' ? 32 : 128;
    const length = prefix === undefined ? bits : Number(prefix);
    if (family === undefined || rest.length > 0 || !/^\d{1,3}$/u.test(prefix ?? '0') || length > bits) {
      throw new SignetError('invalid_input', `"${text}" is not an address range; write it like 10.1.0.0/16 or fd00:1::/32 (SIGNET_FETCH_ALLOW).`);
    }
    ranges[family].addSubnet(address, length, family);
  }
  return ranges;
}
