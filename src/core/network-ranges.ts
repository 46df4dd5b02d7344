/**
 * Network addresses and CIDR ranges, compared without the network (RFC 4291, RFC 4632). IPv6 in every spelling of
 * RFC 4291 2.2, also with a zone; an IPv4 address mapped into IPv6 is the IPv4 address.
 */

/** The bytes of an address: 4 or 16. */
type Address = readonly number[];

const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255];

/** True when the address lies in one of the ranges; of the other family, or no address at all, it lies in none. */
export function inRange(address: string, ranges: readonly string[]): boolean {
  const bytes = readAddress(address);
  return bytes !== undefined && ranges.some((range) => contains(range, bytes));
}

/** An address, or a range in CIDR notation: 10.1.2.3, 10.0.0.0/8, 2001:db8::/32. A zone has no place in it. */
export function isRange(text: string): boolean {
  return readRange(text) !== undefined;
}

function contains(range: string, bytes: Address): boolean {
  const read = readRange(range);
  return read !== undefined && read.bytes.length === bytes.length && sameBits(read.bytes, bytes, read.prefix);
}

function readRange(text: string): { readonly bytes: Address; readonly prefix: number } | undefined {
  const [address = '', length, ...more] = text.split('/');
  const bytes = text.includes('%') || more.length > 0 ? undefined : readAddress(address);
  if (bytes === undefined || (length !== undefined && !/^\d{1,3}$/u.test(length))) return undefined;
  const bits = bytes.length * 8;
  if (length === undefined) return { bytes, prefix: bits };
  // ::ffff:10.0.0.0/104 is 10.0.0.0/8; wider than all mapped addresses it is a range of IPv6.
  const written = address.includes(':') ? 128 : 32;
  const prefix = Number(length) - (written - bits);
  if (Number(length) > written) return undefined;
  return prefix < 0 ? { bytes: [...MAPPED, ...bytes], prefix: Number(length) } : { bytes, prefix };
}

function sameBits(one: Address, other: Address, prefix: number): boolean {
  return one.every((byte, at) => {
    const bits = Math.min(Math.max(prefix - at * 8, 0), 8);
    return byte >> (8 - bits) === (other[at] ?? 0) >> (8 - bits);
  });
}

function readAddress(text: string): Address | undefined {
  const ipv4 = readIpv4(text);
  if (ipv4 !== undefined) return ipv4;
  const groups = readGroups(text.replace(/%.+$/su, ''));
  if (groups === undefined) return undefined;
  const bytes = groups.flatMap((group) => [group >> 8, group & 255]);
  return MAPPED.every((byte, at) => bytes[at] === byte) ? bytes.slice(MAPPED.length) : bytes;
}

/** Four numbers, without leading zeros: some readers take those for octal. */
function readIpv4(text: string): Address | undefined {
  const parts = text.split('.');
  const isOctet = (part: string): boolean => /^(?:0|[1-9]\d{0,2})$/u.test(part) && Number(part) < 256;
  return parts.length === 4 && parts.every(isOctet) ? parts.map(Number) : undefined;
}

/** The eight groups of an IPv6 address; the last two may be written as an IPv4 address. */
function readGroups(text: string): readonly number[] | undefined {
  const lastColon = text.lastIndexOf(':');
  const dotted = text.includes('.') ? readIpv4(text.slice(lastColon + 1)) : undefined;
  const [a = 0, b = 0, c = 0, d = 0] = dotted ?? [];
  const plain = dotted === undefined ? text : `${text.slice(0, lastColon + 1)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  const [first = [], second, ...more] = plain.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const given = [...first, ...(second ?? [])];
  if (more.length > 0 || !given.every((group) => /^[0-9a-f]{1,4}$/iu.test(group))) return undefined;
  const missing = 8 - given.length;
  if (second === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...first, ...Array.from({ length: missing }, () => '0'), ...(second ?? [])].map((group) => Number.parseInt(group, 16));
}
